"""Tests: do they exist, do they assert, and do they reach the API and the database."""

from __future__ import annotations

import re

from checks.databases import databases
from checks.endpoints import endpoints
from checks.kinds import is_test, is_vendored
from checks.look import PYTHON, WEB, Look
from checks.observation import Confidence, Location, Observation, Outcome, Severity
from checks.probe import probe
from checks.topics.tests_found import cases
from checks.wiring import answer, complain

EXIST = "tests.exist"
QUALITY = "tests.assertion-quality"
INTEGRATION = "tests.integration"

SEARCHED = ("files that test runners collect (test_*.py, *_test.py, *.test.ts, *.spec.ts, __tests__, e2e, others)",)
_NEARLY_ALL = 0.9
_HALF = 0.5
_SEVERAL = 3


def unread_tests(look: Look) -> str:
    """The first file of tests that could not be read in full, "" if none."""
    cases(look)  # reading them fills the list
    return next((item.path for item in look.unread if is_test(item.path) and item.path.endswith(PYTHON + WEB)), "")


def absent_tests(look: Look, signal: str, said: str, searched: tuple[str, ...], fix: str) -> Observation:
    """Unmet where every test file could be read, else unknown."""
    unread = unread_tests(look)
    if unread:
        return answer(signal, Outcome.UNKNOWN, f"{said}, but {unread} could not be read in full", searched=searched)
    return answer(signal, Outcome.UNMET, said, searched=searched, confidence=Confidence.HIGH, fix=fix)


@probe(EXIST)
def exist(look: Look) -> Observation:
    """At least one test that a runner collects asserts something."""
    fix = "write a first test for the most important path"
    found = cases(look)
    real = [case for case in found if case.counts]
    if real:
        said = f"{len(real)} tests that assert something, in {len({case.path for case in real})} files"
        first = {case.path: case.place for case in reversed(real)}
        places = [first[path] for path in sorted(first)]
        return answer(EXIST, Outcome.MET, said, places, searched=SEARCHED, confidence=Confidence.HIGH)
    enabled = [case.place for case in found if case.enabled]
    if enabled:
        said = "tests run code but assert nothing"
        return answer(EXIST, Outcome.PARTIAL, said, enabled, searched=SEARCHED, fix="assert what each test expects")
    if not look.source_paths() and not unread_tests(look):
        return answer(EXIST, Outcome.NOT_APPLICABLE, "no code to test", searched=SEARCHED)
    named = [path for path in look.test_paths() if re.search(r"(^|/)test_|[._](test|spec)\.", path)]
    said = "all tests are skipped" if found else "files named like tests hold none" if named else "no tests"
    if named or found:
        message = "named like a test, but no runner collects a test with an assertion from it"
        complain(look, "tests.none-real", EXIST, [Location(path) for path in named], Severity.MEDIUM, message)
    return absent_tests(look, EXIST, said, SEARCHED, fix)


@probe(QUALITY)
def quality(look: Look) -> Observation:
    """Almost all tests assert behavior: more than that something exists or does not raise."""
    found = [case for case in cases(look) if case.enabled and case.kind != "other"]
    if not found:
        if any(case.kind == "other" for case in cases(look)):
            return answer(QUALITY, Outcome.UNKNOWN, "tests are in a language that is not read", searched=SEARCHED)
        return answer(QUALITY, Outcome.NOT_APPLICABLE, "no tests", searched=SEARCHED)
    poor = [case for case in found if case.grade != "asserts"]
    share = 1 - len(poor) / len(found)
    said = f"{len(found) - len(poor)} of {len(found)} tests assert more than existence"
    if share >= _NEARLY_ALL:
        return answer(QUALITY, Outcome.MET, said, [case.place for case in found[:3]], searched=SEARCHED)
    message = "this test asserts nothing, or only that something exists"
    places = [case.place for case in poor]
    complain(look, "tests.weak-assertions", QUALITY, places[:50], Severity.LOW, message)
    outcome = Outcome.PARTIAL if share >= _HALF else Outcome.UNMET
    return answer(QUALITY, outcome, said, places, searched=SEARCHED, fix="assert the values and states that matter")


# -- integration --------------------------------------------------------------------------------------------------

_DRIVES_PYTHON = re.compile(
    r"^(fastapi\.testclient|starlette\.testclient|httpx\.(ASGITransport|AsyncClient)|django\.test"
    r"|rest_framework\.test"
    r"|testcontainers|sqlalchemy|sqlmodel|psycopg|asyncpg|sqlite3|pymongo|ninja\.testing|litestar\.testing|webtest"
    r"|alembic"
    r"|flask_testing|aiohttp\.test_utils|pytest_aiohttp|async_asgi_testclient|schemathesis|chromadb|redis|fakeredis)\b"
)
_DRIVES_WEB = re.compile(
    r"^(supertest|testcontainers|@testcontainers/|light-my-request|chai-http|mongodb-memory-server|pg-mem|pactum"
    r"|@electric-sql/pglite|hono/testing|next-test-api-route-handler)"
)
_TEST_CLIENT = re.compile(
    r"(^|\.)(test_client|TestClient|ASGITransport|APIClient|create_engine|create_all|test_request_context)$"
)
_PATH = re.compile(r"(^|/)(integration|integration[-_]tests?|e2e|functional|api)(/|[-_.])|[-_.](integration|int)[-_.]")


@probe(INTEGRATION)
def integration(look: Look) -> Observation:
    """Tests that call the API, use a database, or run several modules together."""
    fix = "test the main endpoints against a real database with the framework's test client"
    real = [case for case in cases(look) if case.counts]
    files = {case.path for case in real}
    driving = {path for path in files if _drives(look, path)}
    fixtures = _driving_fixtures(look)
    through = [case for case in real if case.path in driving or (fixtures and fixtures.intersection(case.parameters))]
    places = [case.place for case in through]
    if len(through) >= _SEVERAL:
        said = f"{len(through)} tests drive the API or a database"
        return answer(INTEGRATION, Outcome.MET, said, places, searched=SEARCHED)
    if through:
        return answer(INTEGRATION, Outcome.PARTIAL, "only one or two", places, searched=SEARCHED, fix=fix)
    if any(case.kind == "other" for case in real):
        said = "tests in a language that is not read may be integration tests"
        return answer(INTEGRATION, Outcome.UNKNOWN, said, searched=SEARCHED)
    has_none = not endpoints(look) and not databases(look).any and not look.tree.match("*.sql", "*.prisma")
    if has_none and not unread_tests(look):
        return answer(INTEGRATION, Outcome.NOT_APPLICABLE, "no API or database", searched=SEARCHED)
    return absent_tests(look, INTEGRATION, "no test calls the API or uses a database", SEARCHED, fix)


def _drives(look: Look, path: str) -> bool:
    if path.endswith(PYTHON):
        module = look.python.module(path)
        if module is None:
            return False
        return any(_DRIVES_PYTHON.match(item.dotted) for item in module.imports) or any(
            _TEST_CLIENT.search(call.resolved) for call in module.calls
        )
    web = look.web.module(path)
    if web is None:
        return False
    if any(_DRIVES_WEB.match(item.specifier) for item in web.imports if not item.type_only):
        return True
    asks = any(
        re.search(
            r"^(fetch|cy\.request|request\.(get|post|put|patch|delete)|axios\.\w+|\w*app\.(request|inject|handle|fetch))$",
            call.callee,
        )
        for call in web.calls
    )
    return bool(asks and _PATH.search(path))


def _driving_fixtures(look: Look) -> frozenset[str]:
    """Fixtures that make a client of the application or a database session, and those built on them."""
    made: dict[str, tuple[bool, frozenset[str]]] = {}
    for path in look.tree.paths:
        if not path.endswith(".py") or not is_test(path) or is_vendored(path):
            continue
        module = look.python.module(path)
        for function in module.functions if module else ():
            if module and any(mark.callee.endswith("fixture") for mark in function.decorators):
                inner = [call for call in module.calls if call.function == function.qualified]
                drives = any(
                    _TEST_CLIENT.search(call.resolved) or _DRIVES_PYTHON.match(call.resolved) for call in inner
                )
                made[function.name] = (drives, frozenset(item.name for item in function.parameters))
    found = {name for name, (drives, _) in made.items() if drives}
    for _ in range(5):
        found |= {name for name, (_, needs) in made.items() if needs & found}
    return frozenset(found)
