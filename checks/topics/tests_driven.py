"""Which Python tests drive the API or a database for real: by what they, their fixtures and their helpers call."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING

from checks.files.kinds import is_test
from checks.readers.python_lineage import lineage
from checks.reads import TEST_FILES, of_one_file
from checks.topics.tests_python import helpers

if TYPE_CHECKING:
    from checks.look import Look
    from checks.readers.python_facts import Call, Function, PythonModule
    from checks.topics.tests_case import Case

_API = re.compile(
    r"^(fastapi\.testclient|starlette\.testclient|rest_framework\.test|ninja\.testing|litestar\.testing|webtest"
    r"|flask_testing|aiohttp\.test_utils|async_asgi_testclient|schemathesis"
    r"|streamlit\.testing)\."
    r"|^django\.test\.(Async)?(Client|RequestFactory)\b"
    r"|(^|\.)(test_client|test_request_context|TestClient|APIClient|ASGITransport|WSGITransport)(\.|$)"
    r"|^self\.(api_?)?client\.(get|post|put|patch|delete|head|options|generic|login|force_login|force_authenticate)$"
)
_DATABASE = re.compile(
    r"^(sqlalchemy|sqlmodel)\b.*\.(create_engine|create_async_engine|Session|AsyncSession|sessionmaker"
    r"|async_sessionmaker|scoped_session)(\.|$)|(^|\.)create_all$|(^|\.)objects\.\w+(\.|$)|^alembic\.command\."
    r"|^(psycopg2?|psycopg_pool|asyncpg|sqlite3|aiosqlite|duckdb|pymysql|MySQLdb|mysql\.connector)\."
    r"(\w+\.)*(connect|create_pool|Async\w+|Connection(Pool)?)(\.|$)"
    r"|^(pymongo|motor|mongomock\w*)\b.*Client(\.|$)|^(redis|fakeredis)\b.*(Redis|from_url)(\.|$)"
    r"|^testcontainers\.|^moto\.|^(mongomock|fakeredis|localstack|pytest_httpserver)\b|^chromadb\.\w*Client(\.|$)|^(qdrant_client|weaviate|elasticsearch|opensearchpy)\."
)
_HTTP = re.compile(r"^(httpx|requests|aiohttp|urllib\.request)\.")
_HERE = re.compile(
    r"(?i)localhost|127\.0\.0\.1|testserver|(base|api|server|live)_?(server)?_?url|http://test\b|\{(?:base|host|server|root)\}"
)
_PATCHES = re.compile(r"(^|\.)(patch(\.object|\.dict)?|setattr|setitem)$")
_GIVEN = {
    "pytest-django": {"client", "admin_client", "async_client", "db", "transactional_db", "live_server", "rf"},
    "pytest-flask": {"client", "live_server"},
    "pytest-aiohttp": {"aiohttp_client"},
    "pytest-postgresql": {"postgresql"},
    "pytest-databases": {"postgres_service"},
}
"""Fixtures that a plug-in gives, which drive the application or its database."""
_SET_UP = frozenset({"setUp", "setUpClass", "setUpTestData", "asyncSetUp", "setup_method", "setup_class"})
_MOST_HELPERS = 2


def driving_cases(look: Look, cases: list[Case]) -> list[Case]:
    """Those of the Python cases that call the API or open a database that is not replaced."""
    fixtures = _driving_fixtures(look)
    found = []
    for case in cases:
        module = look.python.module(case.path)
        function = module.function(case.function) if module else None
        if module and function and _drives(look, module, function, fixtures):
            found.append(case)
    return found


def _drives(look: Look, module: PythonModule, function: Function, fixtures: frozenset[str]) -> bool:
    given = fixtures.intersection(item.name for item in function.parameters)
    if any(not _only_looked_at(look, module, function, name) for name in given):
        return True
    if _marked(module, function, fixtures):
        return True
    before = [item for item in module.functions if item.owner and item.owner == function.owner and item.name in _SET_UP]
    return any(_calls_for_real(look, module, item, _MOST_HELPERS) for item in (function, *before))


def _only_looked_at(look: Look, module: PythonModule, function: Function, name: str) -> bool:
    """Whether a test asks of a fixture no more than that it is there: `assert client is not None`."""
    return look.answer_of(_is_only_there, module.path, f"{function.line} {function.end_line} {name}")


@of_one_file
def _is_only_there(look: Look, path: str, where: str) -> bool:
    first, last, name = where.split()
    lines = (look.tree.text(path) or "").splitlines()[int(first) - 1 : int(last)]
    body = "\n".join(lines).partition("):")[2] or "\n".join(lines[1:])
    word = rf"(?<![\w.]){re.escape(name)}\b"
    if not re.search(word, body):
        return False  # a fixture that opens a database is there by being asked for
    idle = (
        rf"\bassert {name}(?: is not None)?\s*(?:$|#|,|and\b)|\b(?:isinstance|hasattr|callable|bool|type)\(\s*{name}\b"
    )
    return not re.search(word, re.sub(idle, "", body, flags=re.MULTILINE))


def _marked(module: PythonModule, function: Function, fixtures: frozenset[str]) -> bool:
    """Whether a mark on the test, its class or its module asks for a database or a driving fixture."""
    owner = next((item for item in module.classes if item.name == function.owner), None)
    marks = [f"{one.callee} {' '.join(value.text for value in one.arguments)}" for one in function.decorators]
    marks += owner.decorators if owner else ()
    marks += [item.value.text for item in module.assignments if item.target == "pytestmark"]
    for mark in marks:
        if "django_db" in mark or ("usefixtures" in mark and fixtures.intersection(re.findall(r"\w+", mark))):
            return True
    return False


def _calls_for_real(look: Look, module: PythonModule, function: Function, depth: int) -> bool:
    inner = [call for call in module.calls if call.function == function.qualified]
    if any(_is_driving(look, module, call) for call in inner):
        return True
    return depth > 0 and any(
        is_test(found[0].path) and _calls_for_real(look, *found, depth - 1)
        for call in inner
        for found in helpers(look, module, function.owner, call.callee)
    )


def _is_driving(look: Look, module: PythonModule, call: Call) -> bool:
    name = look.python.trace(module.path, call)
    if _API.search(name) or _is_own_client(look, module, call.callee):
        return True
    if name.startswith("httpx.") and {"transport", "app"}.intersection(call.keywords):
        return not any("Mock" in value.text for value in call.keywords.values())
    here = _HTTP.match(name) and any(_HERE.search(item.text) for item in (*call.arguments, *call.keywords.values()))
    if not here and not _DATABASE.search(name):
        return False
    if any("Mock" in item.text for item in (*call.arguments, *call.keywords.values())):
        return False
    return not _is_replaced(module, name)


def _is_own_client(look: Look, module: PythonModule, callee: str) -> bool:
    """Whether a class of the tests' own is made that inherits from a framework's test client."""
    if not callee.rpartition(".")[2][:1].isupper():
        return False
    for owner, item in lineage(look.python, module, callee):
        named = {one.local: one.dotted for one in owner.imports if not one.paths}
        for base in item.bases:
            head, _, rest = base.partition(".")
            if _API.search(f"{named.get(head, head)}.{rest}" if rest else named.get(head, head)):
                return True
    return False


def _is_replaced(module: PythonModule, name: str) -> bool:
    """Whether the module patches what opens the database, or puts a double in the place of its driver."""
    parts = {part for part in name.split(".") if len(part) > 2}  # noqa: PLR2004 - "db" and the like say nothing
    for call in module.calls:
        if _PATCHES.search(call.callee):
            named = " ".join(item.text.strip("\"'") for item in call.arguments[:2])
            if parts.intersection(re.findall(r"\w+", named)):
                return True
    doubles = " ".join(item.target for item in module.assignments if item.target.startswith("sys.modules"))
    return name.split(".", 1)[0] in re.findall(r"\w+", doubles)


def _driving_fixtures(look: Look) -> frozenset[str]:
    """Fixtures that make a client of the application or a database session, those built on them, and plug-ins'."""
    made = {name for name, _, _ in _fixtures(look)}
    installed = look.manifests.names(dev=True)
    given = frozenset(name for plugin, names in _GIVEN.items() if plugin in installed for name in names - made)
    return fixtures_that(look, partial(_calls_for_real, depth=_MOST_HELPERS), given)


def fixtures_that(
    look: Look, do: Callable[[Look, PythonModule, Function], bool], given: frozenset[str] = frozenset()
) -> frozenset[str]:
    """The names of `given` fixtures, of the repository's own that `do` holds for, and of those built on them."""
    needs: dict[str, frozenset[str]] = {}
    found = set(given)
    for name, module, function in _fixtures(look):
        needs[name] = frozenset(item.name for item in function.parameters)
        if do(look, module, function):
            found.add(name)
    for _ in range(5):
        found |= {name for name, wanted in needs.items() if wanted & found}
    return frozenset(found)


@of_one_file
def _makes_fixtures(look: Look, path: str, _: str) -> bool:
    module = look.python.module(path)
    return any(_is_fixture(mark) for function in module.functions for mark in function.decorators) if module else False


def _is_fixture(mark: Call) -> bool:
    return mark.callee.endswith("fixture")


def _fixtures(look: Look) -> Iterator[tuple[str, PythonModule, Function]]:
    """Every fixture, with the name that tests ask for it by."""
    for path in look.gather(_makes_fixtures, "", (TEST_FILES, ".py")):
        module = look.python.module(path)
        for function in module.functions if module else ():
            for mark in function.decorators:
                if module and _is_fixture(mark):
                    given = mark.keywords["name"].value if "name" in mark.keywords else None
                    yield (given if isinstance(given, str) else function.name), module, function
