"""Planted gaps, clean code and traps for database, scale, dependency and code signals."""

# ruff: noqa: E501 - planted sources read best as one case a line

from __future__ import annotations

import json
from textwrap import dedent

import pytest

from checks.observation import Outcome
from checks.semgrep import CodeFindings, scan
from checks.topics.code import maintainability, no_complex_hotspots
from checks.topics.database import pooling, statement_timeout, string_sql
from checks.topics.database_loops import n_plus_one
from checks.topics.database_schema import migrations
from checks.topics.dependencies import locked, update_automation
from checks.topics.scale import background_jobs, caching
from checks.topics.scale_blocking import no_blocking_async

MET, PARTIAL, UNMET, NONE = Outcome.MET, Outcome.PARTIAL, Outcome.UNMET, Outcome.NOT_APPLICABLE
UNKNOWN = Outcome.UNKNOWN

APP = """
    from fastapi import FastAPI, BackgroundTasks
    app = FastAPI()
    @app.get("/orders")
    def orders():
        return []
"""
PACKAGE = {
    "package.json": '{"name": "x", "private": true, "main": "server.ts", "scripts": {"start": "node server.ts"}}'
}
CLAIM = {"README.md": "Redis caching, Celery workers, Alembic migrations, pgbouncer and statement_timeout.\n"}
ALEMBIC = "revision = 'a1'\ndown_revision = None\n\ndef upgrade():\n    op.create_table('x')\n"
BRANCHES = "\n".join(f"    if x == {number}:\n        return {number}" for number in range(21))


def app(body: str, **more: str) -> dict[str, str]:
    return {"main.py": dedent(APP) + dedent(body), **more}


def web(body: str) -> dict[str, str]:
    return {
        "server.ts": "import express from 'express';\nconst app = express();\n" + body + "\napp.listen(3000);\n",
        **PACKAGE,
    }


def bot(*updates: str, extra: str = "") -> dict[str, str]:
    lines = "".join(f"  - package-ecosystem: {name}\n    directory: /\n{extra}" for name in updates)
    return {"requirements.txt": "fastapi==0.1\n", ".github/dependabot.yml": "version: 2\nupdates:\n" + lines}


CASES = [
    # -- pools
    ("sqlalchemy-default", pooling, UNMET, {**app("""
    from sqlalchemy import create_engine
    engine = create_engine("postgresql://h/db")
    """), **CLAIM}),
    ("sqlalchemy-sized", pooling, MET, app("""
    from sqlalchemy import create_engine
    engine = create_engine("postgresql://h/db", pool_size=5, max_overflow=5)
    """)),
    ("sqlalchemy-ping-only", pooling, PARTIAL, app("""
    from sqlalchemy import create_engine
    engine = create_engine("postgresql://h/db", pool_pre_ping=True)
    """)),
    ("asyncpg-sized", pooling, MET, app("""
    import asyncpg
    async def start():
        app.state.pool = await asyncpg.create_pool("x", max_size=10)
    app.add_event_handler("startup", start)
    """)),
    ("pg-sized", pooling, MET, web("import { Pool } from 'pg';\nconst pool = new Pool({ max: 10 });")),
    ("pg-default", pooling, UNMET, web("import { Pool } from 'pg';\nconst pool = new Pool({ connectionString: 'x' });")),
    ("pool-in-a-dead-module", pooling, UNMET, {**app("""
    from sqlalchemy import create_engine
    engine = create_engine("postgresql://h/db")
    """), "old_db.py": "from sqlalchemy import create_engine\nengine = create_engine('x', pool_size=5)\n"}),
    ("no-database", pooling, NONE, app("")),
    # -- migrations
    ("alembic", migrations, MET, app("import sqlalchemy\n", **{"alembic/versions/a1.py": ALEMBIC, "alembic.ini": "[alembic]\n"})),
    ("alembic-empty", migrations, PARTIAL, app("import sqlalchemy\n", **{"alembic.ini": "[alembic]\n"})),
    ("django", migrations, MET, {"manage.py": "import django.db\n", "shop/migrations/0001_initial.py": "from django.db import migrations\nclass Migration(migrations.Migration):\n    pass\n"}),
    ("prisma", migrations, MET, {**web("import { PrismaClient } from '@prisma/client';"), "prisma/migrations/1_init/migration.sql": "CREATE TABLE x (id int);\n"}),
    ("prisma-schema-only", migrations, PARTIAL, {**web("import { PrismaClient } from '@prisma/client';"), "prisma/schema.prisma": "model User {\n  id Int @id\n}\n"}),
    ("schema-file", migrations, PARTIAL, app("import psycopg\n", **{"db/schema.sql": "CREATE TABLE x (id int);\n"})),
    ("create-all", migrations, UNMET, {**app("import sqlalchemy\nBase.metadata.create_all(engine)\n"), **CLAIM}),
    ("no-database", migrations, NONE, app("")),
    # -- statement timeouts
    ("connect-args", statement_timeout, MET, app("""
    from sqlalchemy import create_engine
    engine = create_engine("x", connect_args={"options": "-c statement_timeout=5000"})
    """)),
    ("asyncpg", statement_timeout, MET, app("import asyncpg\npool = asyncpg.create_pool('x', command_timeout=5)\n")),
    ("pg", statement_timeout, MET, web("import { Pool } from 'pg';\nconst pool = new Pool({ statement_timeout: 5000 });")),
    ("set-local", statement_timeout, PARTIAL, app("""
    import psycopg
    def report(connection):
        connection.execute("SET LOCAL statement_timeout = '5s'")
    """)),
    ("comment-only", statement_timeout, UNMET, {**app("import psycopg\n# TODO set statement_timeout\n"), **CLAIM}),
    ("no-sql", statement_timeout, NONE, app("")),
    # -- queries in loops
    ("sqlalchemy-loop", n_plus_one, UNMET, app("""
    import sqlalchemy
    @app.get("/x")
    def x(session):
        return [session.get(User, one.user_id) for one in rows()]
    """)),
    ("django-loop", n_plus_one, UNMET, app("""
    import django.db
    def x():
        for order in orders():
            user = User.objects.get(id=order.user_id)
    """)),
    ("prisma-loop", n_plus_one, UNMET, web("""
import { PrismaClient } from "@prisma/client";
const prisma = new PrismaClient();
app.get("/x", async (req, res) => {
  for (const order of orders) { await prisma.user.findUnique({ where: { id: order.userId } }); }
});""")),
    ("walked-once", n_plus_one, MET, app("""
    import sqlalchemy
    def x(session):
        return [row.id for row in session.execute(statement).scalars().all()]
    """)),
    ("joined", n_plus_one, MET, app("""
    import sqlalchemy
    def x(session):
        rows = session.execute(select(Order).options(selectinload(Order.user)))
        return [row.user.name for row in rows]
    """)),
    ("retry", n_plus_one, PARTIAL, app("""
    import sqlalchemy
    def ready(session):
        for attempt in range(5):
            session.execute(text("SELECT 1"))
    """)),
    ("dictionary-get", n_plus_one, MET, app("""
    import sqlalchemy
    def x(session, names):
        return [session.get("name") for name in names]
    """)),
    # -- caches
    ("redis", caching, PARTIAL, app("""
    import redis
    client = redis.Redis()
    @app.get("/hot")
    def hot():
        return client.get("hot")
    """)),
    ("decorated", caching, MET, app("""
    from fastapi_cache.decorator import cache
    @app.get("/a")
    @cache(expire=60)
    def a():
        return 1

    pad = [1,
           2,
           3,
           4,
           5]
    @app.get("/b")
    @cache(expire=60)
    def b():
        return 1

    more = [1,
            2,
            3,
            4,
            5,
            6]
    @app.get("/c")
    @cache(expire=60)
    def c():
        return 1

    most = [1,
            2,
            3,
            4,
            5,
            6]
    @app.get("/d")
    @cache(expire=60)
    def d():
        return 1
    """)),
    ("memoized-settings", caching, UNMET, {**app("""
    from functools import lru_cache
    @lru_cache
    def get_settings():
        return {}
    @lru_cache
    def get_client(name):
        return name
    """), **CLAIM}),
    ("never-imported", caching, UNMET, {**app(""), "cache.py": "import redis\nclient = redis.Redis()\nclient.get('x')\nclient.set('x', 1)\n"}),
    ("ioredis", caching, PARTIAL, web("import Redis from 'ioredis';\nconst cache = new Redis();\napp.get('/x', async (q, r) => { r.json(await cache.get('x')); });")),
    # -- background jobs
    ("celery", background_jobs, MET, {**app("""
    from tasks import send
    @app.post("/mail")
    def mail():
        send.delay("ana@example.com")
    """), "tasks.py": "from celery import Celery\nqueue = Celery('x')\n@queue.task\ndef send(to):\n    pass\n"}),
    ("celery-unused", background_jobs, UNMET, {**app("import tasks\n"), "tasks.py": "from celery import Celery\nqueue = Celery('x')\n"}),
    ("background-tasks", background_jobs, PARTIAL, app("""
    @app.post("/mail")
    def mail(background_tasks: BackgroundTasks):
        background_tasks.add_task(print, "x")
    """)),
    ("slow-in-request", background_jobs, UNMET, {**app("""
    import openai
    @app.post("/ask")
    def ask():
        return openai.OpenAI().chat.completions.create(model="m", messages=[])
    """), **CLAIM}),
    ("bullmq", background_jobs, MET, web("import { Queue, Worker } from 'bullmq';\nconst jobs = new Queue('mail');\nnew Worker('mail', async (job) => job.data);\napp.post('/x', async (q, r) => { await jobs.add('m', {}); r.json(1); });")),
    ("bullmq-nobody-works", background_jobs, PARTIAL, web("import { Queue } from 'bullmq';\nconst jobs = new Queue('mail');\napp.post('/x', async (q, r) => { await jobs.add('m', {}); r.json(1); });")),
    # -- blocking
    ("requests-in-async", no_blocking_async, PARTIAL, app("""
    import requests
    @app.get("/x")
    async def x():
        return requests.get("https://example.com").text
    """)),
    ("one-hop", no_blocking_async, PARTIAL, {**app("""
    from remote import ask
    @app.get("/x")
    async def x():
        return ask()
    """), "remote.py": "import time\ndef ask():\n    time.sleep(3)\n"}),
    ("many", no_blocking_async, UNMET, app("""
    import time, subprocess
    async def x():
        time.sleep(1)
        time.sleep(2)
        subprocess.run(["ls"])
        subprocess.run(["ls"])
    """)),
    ("threaded", no_blocking_async, MET, app("""
    import asyncio, requests, time
    @app.get("/x")
    async def x():
        await asyncio.sleep(1)
        return await asyncio.to_thread(requests.get, "https://example.com")
    """)),
    ("sync-only", no_blocking_async, NONE, app("")),
    # -- locks
    ("ranges", locked, UNMET, {"requirements.txt": "fastapi>=0.1\n"}),
    ("pinned", locked, MET, {"requirements.txt": "fastapi==0.1\n"}),
    ("uv", locked, MET, {"pyproject.toml": "[project]\nname='x'\nversion='1'\ndependencies=['fastapi>=0.1']\n", "uv.lock": "version = 1\n"}),
    ("one-of-two", locked, PARTIAL, {"requirements.txt": "fastapi==0.1\n", "web/package.json": '{"private": true, "dependencies": {"react": "^18"}}'}),
    ("workspace", locked, MET, {"package.json": '{"private": true, "workspaces": ["web"]}', "package-lock.json": "{}", "web/package.json": '{"dependencies": {"react": "^18"}}'}),
    ("lock-of-another-folder", locked, UNMET, {"web/package.json": '{"private": true, "dependencies": {"react": "^18"}}', "docs/package-lock.json": "{}"}),
    ("nothing", locked, NONE, {"README.md": "x\n"}),
    # -- update bots
    ("dependabot", update_automation, MET, bot("pip")),
    ("dependabot-off", update_automation, PARTIAL, bot("pip", extra="    open-pull-requests-limit: 0\n")),
    ("dependabot-other", update_automation, PARTIAL, bot("npm")),
    ("dependabot-no-folder", update_automation, PARTIAL, {"requirements.txt": "x==1\n", ".github/dependabot.yml": "version: 2\nupdates:\n  - package-ecosystem: pip\n    directory: /gone\n"}),
    ("renovate", update_automation, MET, {"requirements.txt": "x==1\n", "renovate.json": '{"extends": ["config:recommended"]}'}),
    ("renovate-off", update_automation, PARTIAL, {"requirements.txt": "x==1\n", "renovate.json": '{"enabled": false}'}),
    ("only-named", update_automation, UNMET, {"requirements.txt": "x==1\n", "README.md": "We use Dependabot and renovate.json.\n"}),
    # -- complexity
    ("hotspot", no_complex_hotspots, UNMET, {"main.py": f"def pick(x):\n{BRANCHES}\n"}),
    ("hotspot-ts", no_complex_hotspots, UNMET, {"server.ts": "export function pick(x: number) {\n" + "\n".join(f"  if (x === {n}) return {n};" for n in range(21)) + "\n}\n"}),
    ("hotspot-in-tests-only", no_complex_hotspots, MET, {"main.py": "def one():\n    return 1\n", "tests/test_pick.py": f"def pick(x):\n{BRANCHES}\n"}),
    ("simple", no_complex_hotspots, MET, app("")),
    ("maintainable", maintainability, MET, app("")),
    ("no-python", maintainability, NONE, web("")),
]  # fmt: skip


@pytest.mark.parametrize(
    ("ask", "wanted", "files"), [case[1:] for case in CASES], ids=[f"{c[1].__name__}-{c[0]}" for c in CASES]
)
def test_data_and_scale_signals(look_at, ask, wanted, files):
    seen = ask(look_at(files))
    assert seen.outcome is wanted, seen
    assert seen.searched


def test_a_file_that_cannot_be_measured_makes_no_hotspots_unknown(look_at):
    seen = no_complex_hotspots(look_at({"main.py": "def one():\n    return 1\n", "broken.py": "def (:\n"}))
    assert seen.outcome is UNKNOWN
    assert "broken.py" in seen.summary


SQL_CASES = [
    ("request-input", UNMET, app("""
    import psycopg
    @app.get("/find")
    def find(q: str):
        with psycopg.connect("x") as connection:
            return connection.execute(f"SELECT * FROM t WHERE n = '{q}'").fetchall()
    """)),
    ("through-a-helper", UNMET, {**app("""
    import store
    @app.get("/find")
    def find(q: str):
        return store.search(q)
    """), "store.py": """
    import psycopg
    connection = psycopg.connect("x")
    def search(q):
        return connection.execute(f"SELECT * FROM t WHERE n = '{q}'").fetchall()
    """}),
    ("bound", MET, app("""
    import psycopg
    TABLE = "t"
    @app.get("/find")
    def find(q: str):
        with psycopg.connect("x") as connection:
            return connection.execute(f"SELECT * FROM {TABLE} WHERE n = %s", (q,)).fetchall()
    """)),
    ("express", UNMET, web("import { Pool } from 'pg';\nconst pool = new Pool();\napp.get('/f', async (req, res) => {\n  const r = await pool.query(`SELECT * FROM t WHERE n = '${req.query.q}'`);\n  res.json(r.rows);\n});")),
    ("express-bound", MET, web("import { Pool } from 'pg';\nconst pool = new Pool();\napp.get('/f', async (req, res) => {\n  const r = await pool.query('SELECT * FROM t WHERE n = $1', [req.query.q]);\n  res.json(r.rows);\n});")),
    ("no-sql", NONE, app("")),
]  # fmt: skip


@pytest.mark.parametrize(("wanted", "files"), [case[1:] for case in SQL_CASES], ids=[case[0] for case in SQL_CASES])
def test_string_sql(look_at, wanted, files):
    look = look_at(files)
    look.begin_code(scan(look.tree))
    seen = string_sql(look)
    assert seen.outcome is wanted, seen


@pytest.mark.parametrize("code", [CodeFindings(trouble="semgrep is not installed"), CodeFindings()])
def test_string_sql_is_unknown_where_the_rules_did_not_look(look_at, code):
    look = look_at(
        app("""
    import psycopg
    def find(connection, q):
        return connection.execute("SELECT 1")
    """)
    )
    look.begin_code(code)
    assert string_sql(look).outcome is UNKNOWN


def test_a_loop_of_queries_becomes_a_finding_at_its_line(look_at):
    look = look_at(
        {"main.py": "import psycopg\ndef x(cursor, rows):\n    for row in rows:\n        cursor.execute('SELECT 1')\n"}
    )
    n_plus_one(look)
    assert [(one.rule, one.location.line) for one in look.findings] == [("db.query-in-loop", 4)]


def test_renovate_for_one_manager_leaves_the_others(look_at):
    files = {
        "requirements.txt": "x==1\n",
        "package.json": json.dumps({"private": True, "dependencies": {"react": "18.0.0"}}),
    }
    seen = update_automation(look_at({**files, "renovate.json": '{"enabledManagers": ["pip_requirements"]}'}))
    assert (seen.outcome, seen.summary) == (PARTIAL, "not updated: node")
