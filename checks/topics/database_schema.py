"""Migrations: whether the database's shape and its changes are in the repository."""

from __future__ import annotations

import re
from functools import partial

from checks.application.calls_seen import lines_of
from checks.application.databases import DOCUMENT, databases, without_database
from checks.application.numbers import counted
from checks.application.wiring import absent, answer, calls, not_applicable, reached, span
from checks.files.listed import PYTHON_OF_PRODUCT
from checks.look import Look
from checks.observation import Location, Observation, Outcome
from checks.probe import probe
from checks.reads import SOURCES, of_one_file
from checks.topics.database_unmigrated import unmigrated

SIGNAL = "db.migrations"
FIX = "add a migration tool, and a first migration that makes the present schema"
SEARCHED = ("migration folders of the usual tools", "schema files")

_KINDS = {
    "Alembic": ("**/versions/*.py",),
    "Django": ("**/migrations/[0-9][0-9][0-9][0-9]_*.py",),
    "Prisma": ("**/migrations/*/migration.sql",),
    "Supabase": ("**/supabase/migrations/*.sql",),
    "Drizzle": ("**/meta/_journal.json",),
    "a migration tool": (
        "**/migrations/[0-9]*.sql", "**/migrations/[0-9]*.ts", "**/migrations/[0-9]*.js", "**/migrations/[0-9]*.py",
        "**/migrations/V[0-9]*.sql", "**/migration/V[0-9]*.sql", "**/migrations/*.up.sql", "**/db/migrate/*.rb",
        "**/changelog/*.xml", "**/migrations/**/[0-9]*_*.sql", "**/migrations/*-*.ts", "**/migrations/*-*.js",
        "**/migrations/models/*.py",
    ),
}  # fmt: skip
_TOOLS = (
    "**/alembic.ini",
    "**/drizzle.config.*",
    "**/knexfile.*",
    "**/.sequelizerc",
    "**/ormconfig.*",
    "**/flyway.conf",
)
_SCHEMAS = (
    "**/schema.sql",
    "**/schema/*.sql",
    "**/init*.sql",
    "**/*schema*.sql",
    "**/schema.prisma",
    "**/db/*.sql",
    "**/sql/*.sql",
)
_DOES_SOMETHING = re.compile(r"(?m)\bop\.\w+|^[ \t]+(?!def\b)[^#\n\"']*\w\(")
"""A call inside a function of a revision."""
_MODELS = re.compile(r"(?:^|/)models(?:\.py|/.*)$")
_MAKES_NO_TABLE = re.compile(r"\b(?:abstract|proxy)\s*=\s*True|\bmanaged\s*=\s*False")
_MAKES_TABLE = re.compile(r"(?i)\bcreate table if not exists\b")
_SENDS = re.compile(r"\.\w*(?:exec\w*|query|run|prepare|batch|begin|unsafe)\w*\(|\bsql`")
_OUTSIDE = re.compile(r"(?:^|/)(?:node_modules|vendor|tests?|fixtures|examples?)/")


@probe(SIGNAL)
def migrations(look: Look) -> Observation:
    """A migration tool with migrations; a schema file alone is half of it."""
    found = databases(look)
    for tool, patterns in _KINDS.items():
        files = [path for path in look.tree.match(*patterns) if _is_migration(look, tool, path)]
        if files and (bare := _incomplete(look, tool, files)):
            said, places = bare
            return answer(SIGNAL, Outcome.PARTIAL, said, places, searched=SEARCHED, fix=FIX)
        if files and (aside := unmigrated(look, _all_migrations(look))):
            said = f"{counted(len(files), 'migration')} of {tool}, but none makes the tables of another service"
            return answer(SIGNAL, Outcome.PARTIAL, said, aside, searched=SEARCHED, fix=FIX)
        if files:
            said = f"{counted(len(files), 'migration')} of {tool}"
            return answer(SIGNAL, Outcome.MET, said, [Location(path) for path in files[:3]], searched=SEARCHED)
    schemas = [
        path
        for path in look.tree.match(*_SCHEMAS)
        if not _OUTSIDE.search(path)
        and re.search(r"(?im)create\s+table|^\s*model\s+\w+\s*\{", look.tree.text(path) or "")
    ]
    configured = [path for path in look.tree.match(*_TOOLS) if not _OUTSIDE.search(path)]
    if not found.any and not schemas and not configured:
        return without_database(look, SIGNAL, "no database", searched=SEARCHED)
    if schemas or configured:
        said = "a schema file without migrations" if schemas else "a migration tool is set up, but holds no migration"
        places = [Location(path) for path in (*schemas, *configured)]
        return answer(SIGNAL, Outcome.PARTIAL, said, places, searched=SEARCHED, fix=FIX)
    if not found.sql and (mapped := look.importers(*DOCUMENT)):
        said = "no migrations: nothing brings the documents that are there up to date"
        return answer(SIGNAL, Outcome.UNMET, said, list(mapped), searched=SEARCHED, fix=FIX)
    if not found.sql:
        return not_applicable(look, SIGNAL, "a document database without a schema", searched=SEARCHED)
    if written := _made_at_start(look):
        said = "the program makes the tables that are missing; nothing changes those that are there step by step"
        return answer(SIGNAL, Outcome.PARTIAL, said, written, searched=SEARCHED, fix=FIX)
    made = [hit.place for hit in calls(look, r".*\.(?:create_all|createTable|sync)")]
    result = absent(look, SIGNAL, "no migrations and no schema file", searched=SEARCHED, fix=FIX)
    return answer(SIGNAL, result.outcome, result.summary, made, searched=SEARCHED, fix=FIX)


def _all_migrations(look: Look) -> list[str]:
    """The migrations of every tool, each service may have its own; a journal names no table, its statements do."""
    found = [
        path for tool, kinds in _KINDS.items() for path in look.tree.match(*kinds) if _is_migration(look, tool, path)
    ]
    folders = {path.rpartition("/meta/")[0] for path in found if path.endswith("/meta/_journal.json")}
    return [*found, *(path for path in look.tree.match("*.sql") if path.rpartition("/")[0] in folders)]


def _made_at_start(look: Look) -> list[Location]:
    """Where reached code holds the statements that make its tables, and sends statements to a database."""
    found = []
    for path in filter(partial(reached, look), look.sources_with("create table if not")):
        text = lines_of(look, path)
        if (match := _MAKES_TABLE.search(text)) and _SENDS.search(text):
            found.append(Location(path, text.count("\n", 0, match.start()) + 1))
    return found


def _incomplete(look: Look, tool: str, files: list[str]) -> tuple[str, list[Location]] | None:
    """What of the tables no migration makes: all where no revision does anything, or those of single Django apps."""
    if tool == "Alembic" and not any(_DOES_SOMETHING.search(look.tree.text(path) or "") for path in files):
        return "the revisions of Alembic change nothing", [Location(path) for path in files]
    if tool != "Django" or look.sources_with("migration_modules", among=(SOURCES, ".py")):
        return None
    homes = {path.rpartition("/migrations/")[0] for path in files}
    models = [path for home, path in _apps_with_tables(look).items() if home not in homes]
    without = [Location(path, line) for path in models for line in _tables(look, path)[:1]]
    said = f"{counted(len(without), 'Django app has', 'Django apps have')} tables and no migrations"
    return (said, without) if without else None


def _apps_with_tables(look: Look) -> dict[str, str]:
    """The installed Django apps whose models make tables: the folder of each, with the first module of such models."""
    settings = [look.tree.text(path) or "" for path in look.sources_with("installed_apps", among=(SOURCES, ".py"))]
    found: dict[str, str] = {}
    # Whether they are reached does not matter: Django itself loads the models of what is installed.
    for path in look.gather(_makes_tables, "", PYTHON_OF_PRODUCT):
        home = _MODELS.sub("", path)
        app = re.escape(home.rpartition("/")[2])
        if home not in found and any(re.search(rf"[\"'.]{app}[\"'.]", text) for text in settings):
            found[home] = path
    return found


@of_one_file
def _makes_tables(look: Look, path: str, _: str) -> bool:
    return bool(_MODELS.search(path) and _tables(look, path))


def _tables(look: Look, path: str) -> list[int]:
    """The lines of the classes of a module of Django models that make a table."""
    module = look.python.module(path)
    return [
        item.line
        for item in (module.classes if module else ())
        if "models.Model" in item.bases and not _MAKES_NO_TABLE.search(span(look, path, item.line, item.end_line))
    ]


def _is_migration(look: Look, tool: str, path: str) -> bool:
    if _OUTSIDE.search(path) or path.endswith("__init__.py"):
        return False
    return look.answer_of(_migrates, path, tool)


@of_one_file
def _migrates(look: Look, path: str, tool: str) -> bool:
    text = look.tree.text(path) or ""
    if tool == "Alembic":
        return bool(re.search(r"(?m)^(?:down_)?revision\b", text))
    if tool == "Django":
        return "migrations.Migration" in text
    return bool(text.strip())
