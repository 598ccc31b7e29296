"""Tests: do they exist, and do they assert."""

from __future__ import annotations

import re

from checks.application.numbers import counted, share
from checks.application.wiring import answer, complain
from checks.files.kinds import is_test
from checks.look import PYTHON, WEB, Look
from checks.observation import Confidence, Location, Observation, Outcome, Severity
from checks.probe import probe
from checks.topics.tests_found import cases

EXIST = "tests.exist"
QUALITY = "tests.assertion-quality"

SEARCHED = ("files that test runners collect (test_*.py, *_test.py, *.test.ts, *.spec.ts, __tests__, e2e, others)",)
_NEARLY_ALL = 0.9
_HALF = 0.5


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
        said = counted(len(real), "test that asserts something", "tests that assert something")
        said += f", in {counted(len({case.path for case in real}), 'file')}"
        first = {case.path: case.place for case in reversed(real)}
        places = [first[path] for path in sorted(first)]
        return answer(EXIST, Outcome.MET, said, places, searched=SEARCHED, confidence=Confidence.HIGH)
    enabled = [case.place for case in found if case.enabled]
    if enabled:
        said = "tests run code but assert nothing"
        return answer(EXIST, Outcome.PARTIAL, said, enabled, searched=SEARCHED, fix="assert what each test expects")
    if not look.has_code() and not unread_tests(look):
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
    sound = 1 - len(poor) / len(found)
    said = f"{share(len(found) - len(poor), len(found), 'test', 'asserts', 'assert')} more than existence"
    if sound >= _NEARLY_ALL:
        return answer(QUALITY, Outcome.MET, said, [case.place for case in found[:3]], searched=SEARCHED)
    message = "this test asserts nothing, or only that something exists"
    places = [case.place for case in poor]
    complain(look, "tests.weak-assertions", QUALITY, places[:50], Severity.LOW, message)
    outcome = Outcome.PARTIAL if sound >= _HALF else Outcome.UNMET
    return answer(QUALITY, outcome, said, places, searched=SEARCHED, fix="assert the values and states that matter")
