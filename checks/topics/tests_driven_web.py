"""Which JavaScript and TypeScript tests drive the API or a database for real, and do not mock it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from checks.files.kinds import is_test

if TYPE_CHECKING:
    from checks.look import Look
    from checks.readers.web_facts import WebCall, WebModule

_TOOLS = re.compile(
    r"^(supertest|testcontainers|@testcontainers/|light-my-request|chai-http|mongodb-memory-server|pg-mem|pactum"
    r"|@electric-sql/pglite|hono/testing|next-test-api-route-handler|cloudflare:test|miniflare|unstable_dev|@nestjs/testing/e2e|fastify-inject"
    r"|@shelf/jest-mongodb|jest-dynalite|@databases/pg-test|embedded-postgres|@apollo/server/testing)"
)
_APP = re.compile(r"(?i)(^|\.)\w*(app|server|fastify|api|worker)\w*\.(request|inject|handle|fetch)$|createCaller$")
_OPENS = re.compile(
    r"^(@prisma/client|\.prisma/client)\..*PrismaClient$|^(mongoose|mongodb|pg|mysql2|typeorm|knex|drizzle-orm|postgres"
    r"|better-sqlite3|sequelize|ioredis|redis)\b.*(connect|Pool|Client|DataSource|createConnection|createPool|Sequelize"
    r"|Database|drizzle|default|Redis)$"
)
_ROUTE = re.compile(r"(^|/)(pages/api/.+|api/.+/route|route)\.[cm]?[jt]s$")
_METHODS = frozenset({"GET", "POST", "PUT", "PATCH", "DELETE", "handler"})
_ASKS = re.compile(r"^(fetch|request\.(get|post|put|patch|delete)|axios(\.\w+)?)$")
_BY_BROWSER_TOOL = re.compile(r"^cy\.request$|^(\w+\.)*request\.(get|post|put|patch|delete|fetch)$")
_LOCAL = re.compile(r"(?i)localhost|127\.0\.0\.1|base_?url|address\(|\bport\b")
_FAKES_FETCH = re.compile(
    r"(global(This)?|window)\.fetch\s*=|stubGlobal\(\s*[\"']fetch|spyOn\(\s*\w+,\s*[\"']fetch|fetch-mock|from\s+[\"']msw"
)
_MOCKS = re.compile(r"^(vi|jest)\.(mock|doMock|unstable_mockModule)$")
_MOST_HOPS = 2


def drives(look: Look, module: WebModule, hops: int = _MOST_HOPS) -> bool:
    """Whether the tests of a module, or helpers of theirs, ask the application or open a database unmocked."""
    mocked = {call.arguments[0].strip("'\"`") for call in module.calls if _MOCKS.match(call.callee) and call.arguments}
    heads = {call.callee.split(".", 1)[0] for call in module.calls}
    for item in module.imports:
        if item.type_only or item.specifier in mocked:
            continue
        if _TOOLS.match(item.specifier):
            return True
        if _ROUTE.search(item.path) and _METHODS.intersection(item.names.values()) and heads.intersection(item.names):
            return True
        if item.path and heads.intersection(item.names) and _opens_for_real(look, item.path, mocked, module):
            return True
        if hops and item.path and is_test(item.path) and heads.intersection(item.names):
            helper = look.web.module(item.path)
            if helper and drives(look, helper, hops - 1):
                return True
    text = look.tree.text(module.path) or ""
    return any(_is_driving(call, module, mocked, text) for call in module.calls)


def _opens_for_real(look: Look, path: str, mocked: set[str], module: WebModule) -> bool:
    """Whether a test imports the product's own client of a database, unmocked, and asks or closes it."""
    target = look.web.module(path)
    if target is None or is_test(path) or mocked:
        return False
    asks = re.compile(
        r"(?:^|\.)(?:execute|query|end|close|disconnect|\$disconnect|destroy|truncate|deleteMany|insert|delete)$"
    )
    opened = any(_OPENS.match(call.resolved) and not call.function for call in target.calls)
    names = {name for item in module.imports if item.path == path for name in item.names}
    return opened and any(asks.search(call.callee) and call.callee.split(".", 1)[0] in names for call in module.calls)


def asks_the_api(module: WebModule) -> bool:
    """Whether a browser tool's tests send requests of their own, past the pages."""
    return any(_BY_BROWSER_TOOL.match(call.callee) for call in module.calls)


def _is_driving(call: WebCall, module: WebModule, mocked: set[str], text: str) -> bool:
    if _APP.search(call.callee):
        return any(item.path and item.specifier not in mocked for item in module.imports)
    if _OPENS.match(call.resolved):
        return not any(call.resolved.startswith(name) for name in mocked)
    asks = _ASKS.match(call.callee) and any(_LOCAL.search(argument) for argument in call.arguments)
    return bool(asks) and not _FAKES_FETCH.search(text) and "axios" not in mocked
