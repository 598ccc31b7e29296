"""Integration tests: do tests reach the API and the database, rather than doubles of them."""

from __future__ import annotations

from checks.application.databases import databases
from checks.application.endpoints import endpoints
from checks.application.numbers import counted
from checks.application.wiring import answer
from checks.look import Look
from checks.observation import Observation, Outcome
from checks.probe import probe
from checks.topics.tests import SEARCHED, absent_tests, unread_tests
from checks.topics.tests_doubled import is_doubled
from checks.topics.tests_driven import driving_cases
from checks.topics.tests_driven_web import asks_the_api, drives
from checks.topics.tests_found import cases

SIGNAL = "tests.integration"

_SEVERAL = 3


@probe(SIGNAL)
def integration(look: Look) -> Observation:
    """Tests that call the API or use a database; what replaces the database with a double shows neither."""
    fix = "test the main endpoints against a real database with the framework's test client"
    real = [case for case in cases(look) if case.counts]
    through = driving_cases(look, [case for case in real if case.kind == "python"])
    kinds = {case.path: case.kind for case in real if case.kind in {"web", "browser"}}
    modules = {path: look.web.module(path) for path in kinds}
    driving = {
        path
        for path, module in modules.items()
        if module and (drives(look, module) if kinds[path] == "web" else asks_the_api(module))
    }
    through += [case for case in real if case.path in driving]
    outer = [case for case in through if is_doubled(look, case)]
    doubled = {(case.path, case.line) for case in outer}
    through = [case for case in through if (case.path, case.line) not in doubled]
    places = [case.place for case in through]
    if len(through) >= _SEVERAL:
        said = f"{counted(len(through), 'test drives', 'tests drive')} the API or a database"
        return answer(SIGNAL, Outcome.MET, said, places, searched=SEARCHED)
    if outer:
        said = counted(len(outer), "test calls", "tests call")
        said += " the API while what it stores in or works through is replaced by a double"
        return answer(SIGNAL, Outcome.PARTIAL, said, [case.place for case in outer], searched=SEARCHED, fix=fix)
    if through:
        return answer(SIGNAL, Outcome.PARTIAL, "only one or two", places, searched=SEARCHED, fix=fix)
    if any(case.kind == "other" for case in real):
        said = "tests in a language that is not read may be integration tests"
        return answer(SIGNAL, Outcome.UNKNOWN, said, searched=SEARCHED)
    has_none = not endpoints(look) and not databases(look).any and not look.tree.match("*.sql", "*.prisma")
    if has_none and not unread_tests(look):
        return answer(SIGNAL, Outcome.NOT_APPLICABLE, "no API or database", searched=SEARCHED)
    said = "no test calls the API or uses a database that is not replaced"
    return absent_tests(look, SIGNAL, said, SEARCHED, fix)
