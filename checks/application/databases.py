"""Which databases the application talks to, by the drivers and mappers its code imports."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from checks.application.wiring import answer, not_applicable
from checks.look import is_product
from checks.observation import Location, Observation, Outcome

if TYPE_CHECKING:
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
_HOSTED = ("supabase", "@supabase/supabase-js", "@supabase/ssr")
_DOCUMENT = ("pymongo", "motor", "mongoengine", "beanie", "mongoose", "mongodb", "firebase_admin", "firebase-admin")
_found: WeakKeyDictionary[Look, Databases] = WeakKeyDictionary()


@dataclass(frozen=True, slots=True)
class Databases:
    """Where code imports a driver, by what it talks to."""

    server: tuple[Location, ...]
    file: tuple[Location, ...]
    hosted: tuple[Location, ...]
    """A database behind a hosted HTTP interface."""
    document: tuple[Location, ...]

    @property
    def sql(self) -> tuple[Location, ...]:
        """Everything that speaks SQL."""
        return (*self.server, *self.file, *self.hosted)

    @property
    def any(self) -> tuple[Location, ...]:
        """Every database."""
        return (*self.sql, *self.document)


def databases(look: Look) -> Databases:
    """The databases that reached code imports a driver for; a Prisma schema counts, its client may be generated."""
    if look in _found:
        return _found[look]
    prisma = tuple(Location(path) for path in look.tree.match("schema.prisma") if is_product(path))
    server = (*look.importers(*_SERVER, *_DJANGO), *prisma)
    _found[look] = Databases(server, look.importers(*_FILE), look.importers(*_HOSTED), look.importers(*_DOCUMENT))
    return _found[look]


def without_database(look: Look, signal: str, summary: str, *, searched: tuple[str, ...]) -> Observation:
    """Does not apply, unless a manifest declares a driver that no import was found for: then unknown."""
    drivers = (*_SERVER, *_HOSTED, *(() if databases(look).document else _DOCUMENT))
    declared = look.depends_on(*(name.replace("_", "-") for name in drivers), "django")
    if declared:
        said = "a database driver is declared, but no import of it was found"
        return answer(signal, Outcome.UNKNOWN, said, declared, searched=searched)
    return not_applicable(look, signal, summary, searched=searched)
