"""Tests of the whole system: browser flows and load."""

from __future__ import annotations

import re
from collections.abc import Iterator

from checks.application.wiring import answer, blind_spots
from checks.files.kinds import is_vendored
from checks.look import PYTHON, WEB, Look
from checks.observation import Location, Observation, Outcome
from checks.probe import probe
from checks.readers.python_facts import Function, PythonModule
from checks.readers.shell import split, unwrapped
from checks.topics.tests import SEARCHED, absent_tests, unread_tests
from checks.topics.tests_case import Case
from checks.topics.tests_driven import fixtures_that
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
        said = f"{len(enabled)} browser tests, but the CI job that would run them is switched off"
        return answer(BROWSER, Outcome.PARTIAL, said, [*off, *enabled], searched=SEARCHED, fix="enable them")
    if enabled:
        said = f"{len(enabled)} browser tests"
        return answer(BROWSER, Outcome.MET, said, enabled, searched=SEARCHED)
    if found:
        places = [case.place for case in found]
        said = "browser tests exist but are skipped or assert nothing"
        return answer(BROWSER, Outcome.PARTIAL, said, places, searched=SEARCHED, fix="enable them")
    flows = next((item for item in look.proposals if item.fact == "user-interface"), None)
    if flows and flows.holds is False and not unread_tests(look):
        return answer(BROWSER, Outcome.NOT_APPLICABLE, "no user interface", searched=SEARCHED)
    hidden = blind_spots(look)
    if flows and flows.holds is None and hidden:
        said = f"no browser tests, and whether there is a user interface cannot be told, {hidden}"
        return answer(BROWSER, Outcome.UNKNOWN, said, searched=SEARCHED)
    return absent_tests(look, BROWSER, "no browser or full-stack tests", SEARCHED, fix)


_RUNS_BROWSER = re.compile(
    r"(?i)\bplaywright (?!install)|\bcypress (?:run|open)|\be2e\b|end[-_:]?to[-_:]?end|selenium|wdio|detox"
)


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


_TIMING = re.compile(
    r"(?i)(^|/)([^/]*[-_])?(stress([-_]?tests?)?|(load|perf|performance)[-_]?tests?|bench(mark)?s?)([-_][^/]*)?\.(py|[cm]?[jt]s|sh)$"
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
    by_hand = [Location(path) for path in look.tree.paths if _is_timing(look, path)]
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
    for path in look.tree.paths:
        if not is_vendored(path):
            yield from _load_script(look, path)
    for script in look.manifests.scripts:
        for line in script.commands:
            if any(_LOAD_COMMAND.match(" ".join(unwrapped(one.words, "")[0])) for one in split(line)):
                yield Location(script.path, script.line)


def _load_script(look: Look, path: str) -> Iterator[Location]:
    """Where a file shows that a load-testing tool reads it."""
    if path.endswith(".jmx"):
        yield Location(path)
    elif path.endswith(PYTHON):
        module = look.python.module(path) if "locust" in (look.tree.text(path) or "") else None
        yield from (Location(path, item.line) for item in (module.imports if module else ()) if item.top == "locust")
    elif path.endswith(WEB):
        yield from _first_line(
            look, path, r"(?m)^\s*(import\b.*from\s+[\"']k6/|(import|const)\b.*[\"']autocannon[\"'])"
        )
    elif path.endswith((".yml", ".yaml")):
        text = look.tree.text(path) or ""
        if re.search(r"(?m)^scenarios:", text) and re.search(r"(?m)^\s+(target|phases):", text):
            yield Location(path, 1)
    elif re.search(r"Simulation\.(scala|java|kt)$", path) and "gatling" in (look.tree.text(path) or ""):
        yield Location(path)
    elif path.endswith(".sh"):
        for number, line in enumerate((look.tree.text(path) or "").splitlines(), 1):
            if _LOAD_COMMAND.match(line.strip()):
                yield Location(path, number)


def _first_line(look: Look, path: str, pattern: str) -> Iterator[Location]:
    text = look.tree.text(path) or ""
    if match := re.search(pattern, text):
        yield Location(path, text.count("\n", 0, match.start()) + 1)


def _is_timing(look: Look, path: str) -> bool:
    if is_vendored(path) or not _TIMING.search(path):
        return False
    text = look.tree.text(path) or ""
    asks = re.search(r"\b(requests|httpx|aiohttp|fetch\(|axios|curl|client)\b", text)
    return bool(asks and re.search(r"perf_counter|time\.time\(|performance\.now|Date\.now|timeit|\btime\b", text))
