"""How the application talks to its database: statements, pools, timeouts."""

from __future__ import annotations

import re

from checks.application.apart import connections_without
from checks.application.calls_seen import Seen, calls_in, calls_of, imports
from checks.application.databases import databases, without_database
from checks.application.named_values import assigned
from checks.application.numbers import counted
from checks.application.wiring import (
    Hit,
    absent,
    answer,
    arguments_of,
    blind_spots,
    calls,
    is_one_off,
    line_matches,
    matches_in,
    not_applicable,
    not_examined,
    reached,
)
from checks.files.listed import CODE_OF_PRODUCT, PYTHON_OF_PRODUCT, WEB_OF_PRODUCT, named_so
from checks.look import PYTHON, WEB, Look
from checks.observation import Confidence, Location, Observation, Outcome
from checks.probe import Stage, probe
from checks.reads import SOURCES, of_one_file
from checks.semgrep.findings import RawMatch
from checks.topics.database_fed import fed_pieces, is_fed
from checks.topics.database_filters import joined_filters
from checks.topics.database_quoted import is_built_of_constants, quoted_pieces

STRING_SQL = "db.no-string-sql"
POOLING = "db.pooling"
TIMEOUT = "db.statement-timeout"

_FROM_REQUEST = ("sql.request-input.py", "sql.request-input.js")
_FROM_STRINGS = ("sql.string-built.py", "sql.string-variable.py", "sql.string-built.js", "sql.string-variable.js")
_CONSTANT = re.compile(r"(?:cls|\w+\.__\w+__|(?:\w+\.)*[A-Z][A-Z0-9_]*)(?:\.\w+)*")
_PLACEHOLDERS = re.compile(
    r"[\"'][\s,]*[\"']\.join\(\s*[\[(]?\s*[\"'](?:\?|%s)[\"']\s*(?:for\b[^)\]]*|\]?\s*\*[^)]*)(?:\([^)]*\))?[\])]*"
)
_RUNS = re.compile(
    r"(?i)(?:^|\.)(?:execute\w*|exec|fetch_?\w+|scalars?|query\w*|run_query|read_sql\w*|raw|all|run|prepare|unsafe|\$\w+)$"
)
_ENGINES = (
    r"sqlalchemy\.(?:\w+\.)*(?:create_engine|create_async_engine|engine_from_config)|sqlmodel\.(?:\w+\.)*create_engine"
)
_POOLS = (
    r"psycopg_pool\.(?:\w+\.)*(?:Async|Null)?ConnectionPool|asyncpg\.(?:\w+\.)*create_pool|psycopg2\.pool\.\w+Pool"
    r"|aiomysql\.create_pool|mysql\.connector\.pooling\.\w+|pg(?:\.default|\.\*)?\.Pool|@neondatabase/serverless\.Pool|postgres\.default"
    r"|mysql2(?:/promise)?\.(?:default\.)?createPool|pg-pool\.default|knex(?:\.default|\.knex)?"
    r"|sequelize\.(?:default\.)?Sequelize|typeorm\.DataSource|@nestjs/typeorm\.TypeOrmModule\.forRoot\w*"
    r"|mongoose(?:\.default)?\.(?:connect|createConnection)|mongodb\.(?:default\.)?MongoClient(?:\.connect)?"
    r"|pymongo\.(?:\w+\.)*(?:Async)?MongoClient|motor\.(?:\w+\.)*AsyncIOMotorClient|@nestjs/mongoose\.MongooseModule\.forRoot\w*"
)
_POOL_SETTINGS = (
    r"[\"']pool[\"']\s*:\s*(?:True|\{)"
    r"|SQLALCHEMY_ENGINE_OPTIONS[\"']?\]?\s*[:=][^}]*[\"'](?:pool_size|max_overflow)[\"']"
)
"""Of Django and of Flask-SQLAlchemy."""
_OLD_POOL_SETTINGS = r"SQLALCHEMY_(?:POOL_SIZE|MAX_OVERFLOW)[\"']?\]?\s*="
"""Of Flask-SQLAlchemy before version 3, which reads them no more."""
_SIZES = frozenset(
    {
        "pool_size",
        "max_overflow",
        "poolclass",
        "max_size",
        "min_size",
        "maxsize",
        "max",
        "connectionLimit",
        "maxconn",
        "pool",
        "poolSize",
        "maxPoolSize",
        "minPoolSize",
    }
)
_FLAGS = frozenset({"pool_pre_ping", "pool_recycle", "pool_use_lifo", "pool_timeout", "idleTimeoutMillis"})
_POOLER = (
    r"(?i)\bpgbouncer\b|\bpgcat\b|pooler\.supabase\.com|-pooler\.[\w.-]*neon\.tech|connection_limit=\d|rds[-_]proxy"
)
_TIMEOUTS = (
    r"(?i)(?:(?<![a-z_])statement_?timeout\b|\bcommand_timeout\b|\bmax_execution_time\b|\bquery_?timeout\b)"
    r"(?![\"']?\s{0,4}[:=]\s{0,4}[\"']?(?:0|None|null)(?![\w.]))"
)
_SETTINGS = ("*compose*.y*ml", "*.env.example", ".env.example", "*.tf", "postgresql*.conf", "my.cnf", "*.sql")


@probe(STRING_SQL, stage=Stage.CODE)
def string_sql(look: Look) -> Observation:
    """No statement holds values by concatenation; input of requests that reaches one is the worst case."""
    fix = "pass values as bound parameters"
    searched = ("statements that code runs, by the code rules",)
    found = databases(look)
    seen = _outside_tests(look.code.of(*_FROM_REQUEST, *_FROM_STRINGS))
    if not any(place.path.endswith(WEB) for place in (*found.server, *found.file)):
        seen = [
            one for one in seen if not re.fullmatch(r"sql\.string-\w+\.js", one.rule)
        ]  # a name like `query` of another library
    joined = joined_filters(look)
    if not seen and not joined and found.sql and not _speaks_sql(look):
        return answer(
            STRING_SQL,
            Outcome.NOT_APPLICABLE,
            "no SQL of its own: a library gets the connection",
            found.sql[:3],
            searched=searched,
        )
    if not found.sql and not seen and not joined:
        return without_database(look, STRING_SQL, "no SQL", searched=searched)
    fed = [
        one
        for one in seen
        if one.rule.startswith("sql.request-input") or is_fed(look, one.path, one.line, one.end_line)
    ]
    quoted = quoted_pieces(look) if found.sql else []
    reached_by_input = [*_places(fed), *fed_pieces(look), *(one.place for one in quoted if one.fed)]
    if reached_by_input:
        said = f"input reaches {counted(len(reached_by_input), 'statement')} built from strings"
        return answer(
            STRING_SQL, Outcome.UNMET, said, reached_by_input, searched=searched, confidence=Confidence.HIGH, fix=fix
        )
    if pieces := [one.place for one in joined if one.fed and not one.is_filter]:
        said = f"input is joined into {counted(len(pieces), 'piece')} of statements"
        return answer(STRING_SQL, Outcome.UNMET, said, pieces, searched=searched, fix=fix)
    if unclear := [*(one.place for one in joined), *(one.place for one in quoted)]:
        said = f"values are joined into filters or pieces of statements that are taken as text: {len(unclear)}"
        return answer(STRING_SQL, Outcome.PARTIAL, said, unclear, searched=searched, fix=fix)
    code = [path for path in not_examined(look) if reached(look, path) and _may_run_sql(look, path)]
    if look.code.trouble or not look.code.complete_for(code):
        left = [path for path in code if path not in look.code.examined]
        said = (
            look.code.trouble
            or f"{counted(len(left), 'file was', 'files were')} not examined in full, "
            f"{left[0] if left else 'none'} among them"
        )
        return answer(STRING_SQL, Outcome.UNKNOWN, said, searched=searched)
    if blind := blind_spots(look):
        return answer(STRING_SQL, Outcome.UNKNOWN, f"nothing found, but {blind}", searched=searched)
    doubtful = [
        one
        for one in seen
        if not (_is_own_constant(look, one) or is_built_of_constants(look, one.path, one.line, one.end_line))
    ]
    if doubtful:
        said = f"statements built from strings whose parts could not be traced: {len(doubtful)}"
        return answer(STRING_SQL, Outcome.PARTIAL, said, _places(doubtful), searched=searched, fix=fix)
    return answer(STRING_SQL, Outcome.MET, "no statement is assembled from input", found.sql[:3], searched=searched)


_ASKS = re.compile(
    r"(?i)(?:^|\.)(?:execute\w*|exec|fetch_?\w+|scalars?|query\w*|run_query|read_sql\w*|raw|prepare|unsafe|\$\w+|select|insert|update|delete"
    r"|filter\w*|objects\.\w+|add|merge|find\w*|create\w*|save|where|values|from_?|table|rpc|get|all|first|session)$"
)
_HANDED_ON = re.compile(
    r"(?:langgraph|langchain|llama_index|apscheduler|celery|procrastinate|agno|mem0|crewai|autogen)"
)
"""Libraries that keep tables of their own in a database they are given."""


def _speaks_sql(look: Look) -> bool:
    """Whether code that holds a driver asks anything itself, where libraries with tables of their own are used."""
    files = {place.path for place in databases(look).sql}
    if not any(imports(look, path, _HANDED_ON) for path in files):
        return True
    near = files | {user for path in files for user in look.reach.imported_by(path)}
    if calls_in(look, near, _asks_a_driver):
        return True
    return bool(look.importers("sqlmodel", "django.db", "peewee", "tortoise"))


def _asks_a_driver(call: Seen, _: str) -> bool:
    return "." in call.callee and not call.callee.startswith("app.") and bool(_ASKS.search(call.callee))


def _may_run_sql(look: Look, path: str) -> bool:
    """Whether the file holds a call named like those that run statements; others cannot hide one from the rules."""
    module = look.module(path)
    drivers = databases(look)
    if path.endswith(WEB) and not any(place.path.endswith(WEB) for place in (*drivers.server, *drivers.file)):
        return False  # nothing in this language holds a driver that takes SQL
    if module is None or not module.complete:
        return True
    return bool(calls_of(look, path, _runs_statements))


def _runs_statements(call: Seen, _: str) -> bool:
    return bool(_RUNS.search(call.callee))


def _outside_tests(found: tuple[RawMatch, ...]) -> list[RawMatch]:
    is_source = named_so(CODE_OF_PRODUCT)
    return [one for one in found if is_source(one.path) and not is_one_off(one.path)]


def _places(found: list[RawMatch]) -> list[Location]:
    return sorted({Location(one.path, one.line, one.end_line) for one in found})


def _is_own_constant(look: Look, match: RawMatch) -> bool:
    """Whether every hole is an attribute of the class itself or a constant name: nothing that a caller chose."""
    return look.answer_of(_holds_own_constants, match.path, f"{match.line} {match.end_line}")


@of_one_file
def _holds_own_constants(look: Look, path: str, lines: str) -> bool:
    first, last = map(int, lines.split())
    whole = look.tree.text(path) or ""
    holes = re.findall(r"\$?\{([^{}]+)\}", "\n".join(whole.splitlines()[first - 1 : last]))
    return bool(holes) and all(_is_constant_hole(hole.strip(), whole) for hole in holes)


def _is_constant_hole(hole: str, text: str) -> bool:
    """Whether it is a constant, a join over one, or a name that holds nothing but placeholders for bound values."""
    joined = re.fullmatch(r"[\"'][^\"']*[\"']\.join\(([\w.]+)\)", hole)
    if _CONSTANT.fullmatch(joined[1] if joined else hole):
        return True
    made = re.findall(rf"(?m)\b{re.escape(hole)}\s*=(?!=)\s*(.+)$", text) if re.fullmatch(r"\w+", hole) else []
    return bool(made) and all(_PLACEHOLDERS.fullmatch(value.strip()) for value in made)


@probe(POOLING)
def pooling(look: Look) -> Observation:
    """A pool with a size of its own, or a pooler before the database."""
    fix = "set the pool's size and overflow to what the database allows, divided by the number of processes"
    searched = ("engines and pools in code", "database settings", "compose and environment examples")
    found = databases(look)
    pooler = [place for path in look.tree.match(*_SETTINGS, "*.prisma") for place in line_matches(look, path, _POOLER)]
    engines = [hit for hit in (*calls(look, _ENGINES), *calls(look, _POOLS)) if not is_one_off(hit.place.path)]
    sized = [hit.place for hit in engines if _has(look, hit, _SIZES)]
    pattern = f"{_POOL_SETTINGS}|{_OLD_POOL_SETTINGS}" if _is_old_flask_sqlalchemy(look) else _POOL_SETTINGS
    settings = matches_in(look, pattern, PYTHON_OF_PRODUCT)
    if look.importers("typeorm", "@nestjs/typeorm"):  # options that stand apart from the call
        settings += matches_in(look, r"\bextra\s*:\s*\{[^}]*\bmax\s*:|\bpoolSize\s*:", WEB_OF_PRODUCT)
    if sized or pooler or settings:
        said = "a pool with a size of its own" if sized or settings else "a pooler stands before the database"
        having = [*sized, *settings, *pooler]
        if aside := connections_without(look, having):
            said += ", but not for every service"
            return answer(POOLING, Outcome.PARTIAL, said, [*aside, *having], searched=searched, fix=fix)
        return answer(POOLING, Outcome.MET, said, having, searched=searched)
    flagged = [hit.place for hit in engines if _has(look, hit, _FLAGS)]
    flagged += matches_in(look, r"\bCONN_MAX_AGE\b|conn_max_age", PYTHON_OF_PRODUCT)
    if flagged:
        return answer(
            POOLING, Outcome.PARTIAL, "flags of the pool are set, its size is not", flagged, searched=searched, fix=fix
        )
    if _is_bound(look) and not engines:
        return not_applicable(look, POOLING, "the platform binds its database to the worker", searched=searched)
    if not found.server and not engines:
        if not found.any and not found.unclear:
            return without_database(look, POOLING, "no database", searched=searched)
        said = "the database is reached over HTTP or is a file"
        return not_applicable(look, POOLING, said, searched=searched)
    places = [hit.place for hit in engines] or list(found.server)
    result = absent(look, POOLING, "the driver's default pool", searched=searched, fix=fix)
    return answer(POOLING, result.outcome, result.summary, places, searched=searched, fix=fix)


def _is_old_flask_sqlalchemy(look: Look) -> bool:
    """Whether the range of Flask-SQLAlchemy keeps to a version before 3."""
    ranges = [one.requirement for one in look.manifests.dependencies if one.name == "flask-sqlalchemy"]
    return any(re.search(r"(?:==|~=|\^|<=)\s*[12]\b|<\s*3\b", text) for text in ranges)


def _is_bound(look: Look) -> bool:
    """Whether the one database is reached without a connection of its own: D1 of Cloudflare, or one over HTTP."""
    http = look.importers(
        "drizzle-orm/neon-http", "drizzle-orm/planetscale-serverless", "@planetscale/database", "@libsql/client/*"
    )
    bound = bool(http) or any(
        item.data.get("d1_databases") for item in look.containers.platforms if item.platform == "cloudflare"
    )
    drivers = look.importers("pg", "postgres", "mysql2", "@prisma/client", "mongoose")
    return bound and not drivers


def _has(look: Look, hit: Hit, names: frozenset[str]) -> bool:
    given = set(getattr(hit.call, "keywords", {})) | set(getattr(hit.call, "keys", {}))
    kept_open = getattr(hit.call, "keywords", {}).get("poolclass")
    if kept_open and re.search(r"NullPool|StaticPool", kept_open.text):
        return False  # no pool at all
    if given & names:
        return True
    if "max" in names and re.search(r"\bmax\s*:", getattr(hit.call, "keys", {}).get("extra", "")):
        return True  # TypeORM hands it to the driver
    named = next(iter(arguments_of(hit.call)), "")
    if not hit.place.path.endswith(PYTHON) and named.isidentifier():
        text = assigned(look, hit.place.path, named)
        if text.startswith("{") and re.search(rf"\b(?:{'|'.join(sorted(names))})\s*:", text):
            return True
    hidden = getattr(hit.call, "unpacked", False) or getattr(hit.call, "spread", False)
    wanted = "|".join(sorted(names - {"max", "pool"}))
    return hidden and bool(line_matches(look, hit.place.path, rf"\b(?:{wanted})\b"))


_FIELD = re.compile(r"[ \t]+(\w+)\s*:\s*(?:int|float|str|Optional|PositiveInt|NonNegativeInt)\b[^,()]*$")


def _is_read(look: Look, home: str, name: str) -> bool:
    """Whether any code asks an object for the field, or a function is given it as a parameter."""
    asked = re.compile(rf"\.{name}\b")
    return not home.endswith(".py") or any(
        asked.search(look.tree.text(path) or "") for path in look.sources_with(name.lower(), among=(SOURCES, ".py"))
    )


@probe(TIMEOUT)
def statement_timeout(look: Look) -> Observation:
    """A limit on how long one statement may run, set where connections are made or in the database itself."""
    fix = "set statement_timeout on the connections that serve users"
    searched = ("engines, pools and statements in code", "database settings", "migrations")
    found = databases(look)
    if not found.sql:
        return without_database(look, TIMEOUT, "no SQL database", searched=searched)
    central: list[Location] = []
    local: list[Location] = []
    for place in matches_in(look, _TIMEOUTS, PYTHON_OF_PRODUCT, WEB_OF_PRODUCT):
        path = place.path
        text = (look.tree.text(path) or "").splitlines()[place.line - 1]
        if (field := _FIELD.match(text)) and not _is_read(look, path, field[1]):
            continue
        (local if re.search(r"(?i)set\s+local", text) or is_one_off(path) else central).append(place)
    for path in look.tree.match(*_SETTINGS):
        for place in line_matches(look, path, _TIMEOUTS):
            line = (look.tree.text(path) or "").splitlines()[place.line - 1]
            if not path.endswith(".sql") or re.search(r"(?i)alter\s+(?:role|database|system|user)", line):
                central.append(place)
    if central and (aside := connections_without(look, central)):
        said = "statements are cut off after a set time, but not in every service"
        return answer(TIMEOUT, Outcome.PARTIAL, said, [*aside, *central], searched=searched, fix=fix)
    if central:
        return answer(TIMEOUT, Outcome.MET, "statements are cut off after a set time", central, searched=searched)
    if local:
        return answer(TIMEOUT, Outcome.PARTIAL, "set for single statements only", local, searched=searched, fix=fix)
    if found.hosted and not found.server and not found.file:
        said = "not set here; the hosted database has limits of its own that are not in the repository"
        return answer(TIMEOUT, Outcome.UNKNOWN, said, found.hosted[:3], searched=searched, fix=fix)
    return absent(look, TIMEOUT, "no statement timeout is set", searched=searched, fix=fix)
