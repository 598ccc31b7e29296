"""Which databases the application talks to, by the drivers and mappers its code imports."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from checks.observation import Location

if TYPE_CHECKING:
    from checks.look import Look

_SERVER = (
    "sqlalchemy", "sqlmodel", "psycopg", "psycopg2", "psycopg_pool", "asyncpg", "aiopg", "pymysql", "MySQLdb",
    "mysql", "aiomysql", "asyncmy", "pyodbc", "oracledb", "peewee", "tortoise", "databases", "piccolo", "flask_sqlalchemy",
    "pg", "pg-pool", "postgres", "mysql2", "mssql", "@prisma/client", "drizzle-orm", "knex", "sequelize", "typeorm",
    "kysely", "@neondatabase/serverless", "@vercel/postgres", "@mikro-orm/*", "slonik",
)  # fmt: skip
_DJANGO = ("django.db",)
_FILE = ("sqlite3", "aiosqlite", "duckdb", "better-sqlite3", "@libsql/client")
_HOSTED = ("supabase", "@supabase/supabase-js", "@supabase/ssr")
_DOCUMENT = ("pymongo", "motor", "mongoengine", "beanie", "mongoose", "mongodb", "firebase_admin", "firebase-admin")


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
    """The databases that reached code imports a driver for."""
    return Databases(
        look.importers(*_SERVER, *_DJANGO), look.importers(*_FILE), look.importers(*_HOSTED), look.importers(*_DOCUMENT)
    )
