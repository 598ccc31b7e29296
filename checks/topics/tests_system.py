"""Tests of the whole system: browser flows and load."""

from __future__ import annotations

import re
from collections.abc import Iterator

from checks.application.numbers import counted, share
from checks.application.wiring import answer, blind_spots
from checks.look import Look
from checks.observation import Location, Observation, Outcome
from checks.probe import probe
from checks.readers.python_facts import Function, PythonModule
from checks.readers.shell import split, unwrapped
from checks.reads import ALL_FILES
from checks.topics.load_scripts import TIMING, is_timing, loading
from checks.topics.tests import SEARCHED, absent_tests, unread_tests
from checks.topics.tests_case import Case
from checks.topics.tests_driven import fixtures_that
from checks.topics.tests_flows import flow_cases, leave_pages_out
from checks.topics.tests_found import cases

BROWSER = "tests.end-to-end"
LOAD = "tests.load"

_GIVEN = {
    "pytest-playwright": {"page", "browser", "context"}, "playwright-pytest": {"page"},
    "pytest-selenium": {"selenium"}, "pytest-splinter": {"browser"}, "seleniumbase": {"sb"},
}  # fmt: skip
_BROWSER_PYTHON = re.compile(r"^(playwright|selenium|splinter|seleniumbase|helium|pyppeteer|streamlit\.testing)\b")


@probe(BROWSER)
def end_to_end(look: Look) -> Observation:
    """Browser or full-stack tests of user flows that are enabled."""
    fix = "add a browser test of the most important flow"
    fixtures = _browser_fixtures(look)
    found = [case for case in cases(look) if case.kind == "browser" or _drives_browser(look, case, fixtures)]
    enabled = [case.place for case in found if case.counts]
    if enabled and (off := _switched_off(look)):
        said = f"{counted(len(enabled), 'browser test')}, but the CI job that would run them is switched off"
        return answer(BROWSER, Outcome.PARTIAL, said, [*off, *enabled], searched=SEARCHED, fix="enable them")
    skipped = [case.place for case in found if not case.enabled]
    if enabled and len(skipped) > len(enabled):
        said = share(len(skipped), len(found), "browser test", "is skipped", "are skipped")
        return answer(BROWSER, Outcome.PARTIAL, said, [*skipped, *enabled], searched=SEARCHED, fix="enable them")
    if enabled and (off := _commented_out(look)):
        said = f"{counted(len(enabled), 'browser test')}, but the CI job that would run them is a comment"
        return answer(BROWSER, Outcome.PARTIAL, said, [*off, *enabled], searched=SEARCHED, fix="enable them")
    if enabled:
        said = counted(len(enabled), "browser test")
        return answer(BROWSER, Outcome.MET, said, enabled, searched=SEARCHED)
    if found:
        places = [case.place for case in found]
        said = "browser tests exist but are skipped or assert nothing"
        return answer(BROWSER, Outcome.PARTIAL, said, places, searched=SEARCHED, fix="enable them")
    if over_api := flow_cases(look):
        return _over_api(look, over_api)
    flows = next((item for item in look.proposals if item.fact == "user-interface"), None)
    if flows and flows.holds is False and not unread_tests(look):
        return answer(BROWSER, Outcome.NOT_APPLICABLE, "no user interface", searched=SEARCHED)
    hidden = blind_spots(look)
    if flows and flows.holds is None and hidden:
        said = f"no browser tests, and whether there is a user interface cannot be told, {hidden}"
        return answer(BROWSER, Outcome.UNKNOWN, said, searched=SEARCHED)
    return absent_tests(look, BROWSER, "no browser or full-stack tests", SEARCHED, fix)


def _over_api(look: Look, flows: list[Case]) -> Observation:
    """What to say of tests that walk through flows without a browser."""
    enabled = [case.place for case in flows if case.enabled]
    if len(enabled) * 2 < len(flows):
        said = share(len(flows) - len(enabled), len(flows), "test of a flow over the API", "is skipped", "are skipped")
        places = [case.place for case in flows]
        return answer(BROWSER, Outcome.PARTIAL, said, places, searched=SEARCHED, fix="enable them")
    said = counted(len(enabled), "test of a flow over the API", "tests of flows over the API")
    if len(enabled) == 1 or leave_pages_out(look, flows):
        said += ", none through the pages" if len(enabled) > 1 else " only"
        fix = "walk through the most important flow in a browser as well"
        return answer(BROWSER, Outcome.PARTIAL, said, enabled, searched=SEARCHED, fix=fix)
    return answer(BROWSER, Outcome.MET, said, enabled, searched=SEARCHED)


_RUNS_BROWSER = re.compile(
    r"(?i)\bplaywright (?!install)|\bcypress (?:run|open)|\be2e\b|end[-_:]?to[-_:]?end|selenium|wdio|detox"
)


_STEP = re.compile(r"\s*#\s*(-\s*)?(run:|uses:|[\w-]+:\s*$)")
"""A commented line that was a step or the name of a job, no remark."""


def _switched_off(look: Look) -> list[Location]:
    """The CI jobs that would run browser tests, where all of them are switched off."""
    off: list[Location] = []
    for workflow in look.workflows.all:
        for job in workflow.jobs:
            runs = any(_RUNS_BROWSER.search(step.run) for step in job.steps) or _RUNS_BROWSER.search(
                f"{job.id} {job.name}"
            )
            if runs and not job.never:
                return []
            off += [job.location] if runs else []
    return off


def _commented_out(look: Look) -> list[Location]:
    """Where a CI file keeps the run of browser tests as a comment, if none of its lines runs them."""
    off: list[Location] = []
    for workflow in look.workflows.all:
        lines = (look.tree.text(workflow.path) or "").splitlines()
        runs = [number for number, line in enumerate(lines, 1) if _RUNS_BROWSER.search(line)]
        if any(not lines[number - 1].lstrip().startswith("#") for number in runs):
            return []
        off += [Location(workflow.path, number) for number in runs if _STEP.match(lines[number - 1])][:1]
    return off


def _drives_browser(look: Look, case: Case, fixtures: frozenset[str]) -> bool:
    module = look.python.module(case.path) if case.kind == "python" else None
    if fixtures.intersection(case.parameters):
        return True
    return bool(module and any(_BROWSER_PYTHON.match(item.dotted) for item in module.imports))


def _browser_fixtures(look: Look) -> frozenset[str]:
    """Fixtures that give a browser or a page: of plug-ins, and the repository's own."""
    installed = look.manifests.names(dev=True)
    given = {name for plugin, names in _GIVEN.items() if plugin in installed for name in names}
    return frozenset(given) | fixtures_that(look, _drives_one)


def _drives_one(look: Look, module: PythonModule, function: Function) -> bool:
    return any(
        _BROWSER_PYTHON.match(look.python.trace(module.path, call))
        for call in module.calls
        if call.function == function.qualified
    )


_DEMO = re.compile(r"test\.k6\.io|quickpizza\.grafana|example\.(com|org)|httpbin")


@probe(LOAD)
def load(look: Look) -> Observation:
    """Scripts of a load-testing tool that target the application."""
    searched = ("k6, Locust, Artillery, JMeter, Gatling, Vegeta and autocannon scripts", "timing scripts")
    fix = "add a load script, such as one for k6 or Locust, with the expected peak"
    real = tuple(_load_scripts(look))
    own = [place for place in real if not _DEMO.search(look.tree.text(place.path) or "")]
    if own:
        return answer(LOAD, Outcome.MET, "load-test scripts", own, searched=searched)
    by_hand = [Location(path) for path in look.tree.named_like(TIMING) if is_timing(look, path)]
    by_hand += [case.place for case in cases(look) if "benchmark" in case.parameters]
    if real or by_hand:
        said = (
            "load scripts aim at a demonstration site"
            if real
            else "only a hand-written timing script or micro-benchmarks"
        )
        return answer(LOAD, Outcome.PARTIAL, said, [*real, *by_hand], searched=searched, fix=fix)
    return answer(LOAD, Outcome.UNMET, "no load-test scripts", searched=searched, fix=fix)


_LOAD_COMMAND = re.compile(
    r"^(k6 run|wrk2?|hey|ab|vegeta|bombardier|oha|siege|drill|autocannon|loadtest|artillery (run|quick)|plow)\b"
    r".*(http|localhost|-n|-c)"
)


def _load_scripts(look: Look) -> Iterator[Location]:
    for path, lines in look.gather(loading, "", (ALL_FILES, "")).items():
        yield from (Location(path, line) for line in lines)
    for script in look.manifests.scripts:
        for line in script.commands:
            if any(_LOAD_COMMAND.match(" ".join(unwrapped(one.words, "")[0])) for one in split(line)):
                yield Location(script.path, script.line)
