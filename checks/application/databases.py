"""Which databases the application talks to, by the drivers and mappers its code imports."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from checks.application.calls_seen import Seen, calls_of, calls_that, lines_of
from checks.application.wiring import answer, not_applicable
from checks.look import PYTHON, is_product
from checks.observation import Location, Observation, Outcome
from checks.once import once
from checks.reads import of_one_file

if TYPE_CHECKING:
    from checks.application.calls_seen import Says
    from checks.look import Look

_SERVER = (
    "sqlalchemy", "sqlmodel", "psycopg", "psycopg2", "psycopg_pool", "asyncpg", "aiopg", "pymysql", "MySQLdb",
    "mysql", "aiomysql", "asyncmy", "pyodbc", "oracledb", "peewee", "tortoise", "databases", "piccolo",
    "flask_sqlalchemy",
    "pg", "pg-pool", "postgres", "mysql2", "mssql", "@prisma/client", "drizzle-orm", "knex", "sequelize", "typeorm",
    "kysely", "@neondatabase/serverless", "@vercel/postgres", "@mikro-orm/*", "slonik", "@clickhouse/client",
    "clickhouse_connect",
)  # fmt: skip
_DJANGO = ("django.db",)
_FILE = ("sqlite3", "aiosqlite", "duckdb", "better-sqlite3", "@libsql/client")
_HOSTED = (
    "supabase", "@supabase/supabase-js", "@supabase/ssr", "@supabase/auth-helpers-*", "npm:@supabase/supabase-js*",
    "jsr:@supabase/supabase-js*", "https://esm.sh/@supabase/supabase-js*",
)  # fmt: skip
"""Clients of services that sign people in and keep files too: a database only where code asks for tables."""
_TABLES_ONLY = ("postgrest", "@supabase/postgrest-js")
DOCUMENT = ("pymongo", "motor", "mongoengine", "beanie", "mongoose", "mongodb")
"""Drivers and mappers of MongoDB, whose documents have the fields that the code expects of them."""
_DOCUMENT_ONLY = ("google.cloud.firestore", "@google-cloud/firestore")
_BUCKETS = (
    r"(?<!storage)(?<!storage\(\))(?<!storage[?!])(?<!Array)(?<!Buffer)(?<!Object)(?<!bucket)(?<!buckets)(?<![?!])"
)
"""What has a method `from` and is no database."""


@dataclass(frozen=True, slots=True)
class _Service:
    """A hosted service that also signs people in or keeps files, and the calls by which it is a database.

    `functions` are called by their name, `methods` on any object, `chains` are a first call and what may follow it.
    """

    packages: tuple[str, ...]
    functions: tuple[str, ...] = ()
    methods: tuple[str, ...] = ()
    chains: tuple[tuple[str, tuple[str, ...]], ...] = ()

    @property
    def asks(self) -> re.Pattern[str]:
        """The pattern of its calls."""
        parts = [rf"\b(?:{'|'.join(self.functions)})\s*[(<]"] if self.functions else []
        parts += [rf"\.(?:{'|'.join(self.methods)})\s*[(<]"] if self.methods else []
        parts += [rf"{first}\s*\.\s*(?:{'|'.join(after)})\s*[(<]" for first, after in self.chains]
        return re.compile("|".join(parts))


_SERVICES = (
    _Service(
        ("firebase", "firebase-admin", "firebase_admin"),
        functions=(
            "getDocs?", "setDoc", "addDoc", "updateDoc", "deleteDoc", "onSnapshot", "collectionGroup", "getDatabase",
            "runTransaction", r"db\.reference",
        ),
        methods=("document", "collection_group", "collectionGroup"),
        chains=(
            (r"\.collection\([^()]*\)", (
                "doc", "where", "add", "get", "stream", "limit", "order_?by", "orderBy", "onSnapshot", "on_snapshot",
            )),
            (r"\.database\(\)", ("ref",)),
        ),
    ),
    _Service(
        ("appwrite", "node-appwrite"),
        methods=(
            "listDocuments", "list_documents", "getDocument", "get_document", "createDocument", "create_document",
            "updateDocument", "update_document", "deleteDocument", "delete_document", "listRows", "getRow", "createRow",
            "updateRow", "deleteRow",
        ),
    ),
    _Service(
        ("pocketbase",),
        methods=(
            "getOne", "getList", "getFullList", "getFirstListItem", "get_one", "get_list", "get_full_list",
            "get_first_list_item",
        ),
        chains=((r"\.collection\([^()]*\)", ("create", "update", "delete", "subscribe", "get\\w*")),),
    ),
)  # fmt: skip
"""Services that keep documents."""
_TABLES = _Service(
    _HOSTED,
    functions=(r"SupabaseVectorStore\.\w+", r"new SupabaseVectorStore"),
    chains=(
        (
            _BUCKETS + r"[?!]?\.\s*from_?\(\s*[\w\"'`.\[][^()]*\)\s*\\?",
            ("select", "insert", "update", "upsert", "delete"),
        ),
    ),
)
_ASKS_TABLES = re.compile(
    _TABLES.asks.pattern
    + r"|\.\s*(?:table|rpc)(?:<[^()]*>)?\(\s*[\w\"'`.]|[\"']postgres_changes[\"']|\bSupabaseVectorStore\b\s*[.(]"
)
_FROM = re.compile(r"(?:^|\.)[a-z_]\w*\.from_?$")
_NOT_TABLES = re.compile(r"(?i)(?:storage|buckets?)\w*(?:\(\))?\.from_?$|(?:^|\.)(?:array|buffer)\.from$")
_CHAINED = re.compile(r"(?<!\s)\s+(?=[?!]?\.)")
"""A chain of calls broken into lines."""
_MADE = re.compile(r"(?:^|\.)a?(?:create_?\w*client|Client)$", re.IGNORECASE)
_HOLDERS = re.compile(
    r"@?(?:supabase|react|vue|svelte|next|fastapi|starlette|flask|express|hono|fastify|nestjs|functools|contextlib"
    r"|typing|asyncio|logging|dependency_injector|streamlit|awilix|zustand)\b"
)
"""Packages that keep or pass a client on without asking it anything."""


@dataclass(frozen=True, slots=True)
class Databases:
    """Where code imports a driver, by what it talks to."""

    server: tuple[Location, ...]
    file: tuple[Location, ...]
    hosted: tuple[Location, ...]
    """A database behind a hosted HTTP interface."""
    document: tuple[Location, ...]
    unclear: tuple[Location, ...] = ()
    """Where a hosted client that is seen to read no table goes into code that is not here."""

    @property
    def sql(self) -> tuple[Location, ...]:
        """Everything that speaks SQL."""
        return (*self.server, *self.file, *self.hosted)

    @property
    def any(self) -> tuple[Location, ...]:
        """Every database."""
        return (*self.sql, *self.document)


@once
def databases(look: Look) -> Databases:
    """The databases that reached code talks to, by what it imports; of hosted services, by the tables it asks for.

    A Prisma schema counts, for its client may be generated, and so do migrations of Supabase.
    """
    prisma = tuple(Location(path) for path in look.tree.match("schema.prisma") if is_product(path))
    server = (*look.importers(*_SERVER, *_DJANGO), *prisma)
    clients = look.importers(*_HOSTED)
    services = [(one, places) for one in _SERVICES if (places := look.importers(*one.packages))]
    migrated = tuple(Location(path) for path in look.tree.match("**/supabase/migrations/*.sql") if is_product(path))
    asked = _asked(look, _ASKS_TABLES, _is_table_call) if clients else ()
    read = [place for one, places in services if _asked(look, one.asks) for place in places]
    hosted = (*look.importers(*_TABLES_ONLY), *(clients if asked else ()), *migrated)
    document = (*look.importers(*DOCUMENT, *_DOCUMENT_ONLY), *read)
    unclear = _handed_away(look, clients) if clients and not hosted else ()
    return Databases(server, look.importers(*_FILE), hosted, document, unclear)


def _asked(look: Look, pattern: re.Pattern[str], is_call: Says | None = None) -> tuple[str, ...]:
    """The reached files that ask for tables or documents, by whatever name a wrapper gives the client."""
    named = {call.path for call in calls_that(look, is_call) if call.reached} if is_call else set[str]()
    asking = look.gather(_asks, pattern.pattern)
    named.update(path for path in asking if path not in named and look.reach.reached(path) is not False)
    return tuple(sorted(named))


@of_one_file
def _asks(look: Look, path: str, pattern: str) -> bool:
    return bool(re.search(pattern, _CHAINED.sub("", lines_of(look, path))))


def _is_table_call(call: Seen, _: str) -> bool:
    """Whether the call names a table, in whatever statement it is read: `tasks = client.from("tasks")`."""
    if not call.arguments or not re.match(r"[\"'`]", call.arguments[0]):
        return False
    return bool(_FROM.search(call.callee)) and not _NOT_TABLES.search(call.name) and not _NOT_TABLES.search(call.callee)


def _handed_away(look: Look, clients: tuple[Location, ...]) -> tuple[Location, ...]:
    """Where a client is handed to a package, or asked for something by a computed name."""
    near = {place.path for place in clients}
    near |= {user for path in near for user in look.reach.imported_by(path)}
    found: set[Location] = set()
    for path in near:
        text = lines_of(look, path)
        made = re.findall(r"\b(\w+)(?:\s*:[^=\n]+)?\s*=\s*(?:await\s+)?(?:\w+\.)*(\w+)\(", text)
        names = {name for name, maker in made if _MADE.search(maker) or "supabase" in maker.lower()}
        names |= set(re.findall(r"\b(\w*supabase)\b(?!\s*[(\"'/-])", text, re.IGNORECASE)) - {"supabase_url"}
        outside = _from_outside(look, path)
        if not names:
            continue
        client = re.compile(rf"(?:^|[\s{{,:=.])(?:{'|'.join(map(re.escape, sorted(names)))})(?:$|[\s}},!])")
        for call in calls_of(look, path):
            given = (*call.arguments, *call.keys.values())
            root = re.split(r"\W", call.callee, maxsplit=1)[0]
            leaves = call.reached and (root in outside or call.last == "getattr")
            if leaves and any(client.search(one) for one in given if "=>" not in one and "auth." not in one):
                found.add(call.place)
    return tuple(sorted(found))


def _from_outside(look: Look, path: str) -> set[str]:
    """The local names of a file that come from code that is not here, holders of clients left out."""
    if path.endswith(PYTHON):
        module = look.python.module(path)
        imported = module.imports if module else ()
        return {item.local.split(".", 1)[0] for item in imported if not item.paths and not _HOLDERS.match(item.dotted)}
    web = look.web.module(path)
    from_web = web.imports if web else ()
    return {name for item in from_web if not item.path and not _HOLDERS.match(item.specifier) for name in item.names}


def without_database(look: Look, signal: str, summary: str, *, searched: tuple[str, ...]) -> Observation:
    """Does not apply, unless a driver is declared and not imported, or a hosted client is lost sight of: unknown."""
    found = databases(look)
    if found.unclear:
        said = "a client of a hosted database goes into code that is not here; whether that reads tables is not seen"
        return answer(signal, Outcome.UNKNOWN, said, found.unclear, searched=searched)
    hosted = () if look.importers(*_HOSTED) else _HOSTED
    document = () if found.document else DOCUMENT
    seen = look.importers(*(package for one in _SERVICES for package in one.packages))
    services = () if found.document or seen else ("firebase-admin",)
    drivers = (*_SERVER, *hosted, *document, *services)
    declared = look.depends_on(*(name.replace("_", "-") for name in drivers), "django")
    if declared:
        said = "a database driver is declared, but no import of it was found"
        return answer(signal, Outcome.UNKNOWN, said, declared, searched=searched)
    return not_applicable(look, signal, summary, searched=searched)
