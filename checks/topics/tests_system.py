"""Tests of the whole system: browser flows and load."""

from __future__ import annotations

import re
from collections.abc import Iterator

from checks.application.numbers import counted, share
from checks.application.wiring import answer, blind_spots
from checks.blanks import unfilled
from checks.files.kinds import is_vendored
from checks.look import PYTHON, WEB, Look
from checks.observation import Location, Observation, Outcome
from checks.probe import probe
from checks.readers.python_facts import Function, PythonModule
from checks.readers.shell import split, unwrapped
from checks.reads import ALL_FILES, of_one_file
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


_TIMING = re.compile(
    r"(?i)(^|/)([^/]*[-_])?(stress([-_]?tests?)?|(load|perf|performance)[-_]?tests?|bench(mark)?s?|latency|throughput|timings?|time)"
    r"([-_][^/]*)?\.(py|[cm]?[jt]s|sh)$|(^|/)(load|perf|peak)([-_][^/]*)?\.sh$"
)
_BESIDE = re.compile(r"(?i)(^|/)(scripts?|tools?|tests?|load\w*|perf\w*|bench\w*|stress\w*|k6|ops|hack|dev|qa)/")
"""Folders of programs that people start by hand, where a load script may have any name."""
_ASKS = re.compile(r"\b(requests|httpx|aiohttp|fetch\(|axios|undici|https?\.(get|request)|curl|client)\b|\bfetch\(")
_AT_ONCE = re.compile(
    r"asyncio\.(gather|TaskGroup|Semaphore|create_task|as_completed)|ThreadPoolExecutor|ProcessPoolExecutor|threading\.Thread"
    r"|Promise\.all(Settled)?\(|worker_threads|multiprocessing|gevent"
)
_PERCENTILES = re.compile(r"(?i)\bp9[059]\b|p_?9[59]|percentiles?\b|quantiles?\(|\*\s*0?\.9[59]\b|\b0?\.9[59]\s*\*")
_COUNTS_ERRORS = re.compile(r"(?i)err(or)?s?\b|fail(ed|ures?)?\b|error_?rate|status(_code)?\s*(>=|!==?)|\.ok\b")
_TIMES = re.compile(r"perf_counter|time\.(time|monotonic)\(|performance\.now|Date\.now|timeit|\btime\b|time_total")
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
    by_hand = [Location(path) for path in look.tree.named_like(_TIMING) if _is_timing(look, path)]
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


_LOAD_IN_SHELL = re.compile(
    r"(?:^\s*|[;&|(]\s*|\b(?:exec|time|sudo|then|do)\s+)"
    r"(?:k6 run|wrk2?|hey|ab|vegeta attack|bombardier|oha|siege|autocannon|loadtest|artillery (?:run|quick)|locust"
    r"|npx (?:-y |--yes )?(?:autocannon|artillery run|loadtest))\s.*(?:http|localhost|\$|-n|-c|\.js|-f)"
    r"|\bdocker run\b.*\b(?:grafana/k6|loadimpact/k6|williamyeh/(?:hey|wrk)|fortio/fortio|artilleryio/artillery"
    r"|peterevans/vegeta|locustio/locust|skandyla/wrk)\b"
)


def _is_by_hand(look: Look, path: str) -> bool:
    """Whether a program asks with many users at once, tells percentiles and counts errors: a load tool of one's own."""
    if not (_TIMING.search(path) or _BESIDE.search(path)):
        return False
    text = look.tree.text(path) or ""
    return all(form.search(text) for form in (_ASKS, _AT_ONCE, _PERCENTILES, _COUNTS_ERRORS, _TIMES))


def _load_scripts(look: Look) -> Iterator[Location]:
    for path, lines in look.gather(_loading, "", (ALL_FILES, "")).items():
        yield from (Location(path, line) for line in lines)
    for script in look.manifests.scripts:
        for line in script.commands:
            if any(_LOAD_COMMAND.match(" ".join(unwrapped(one.words, "")[0])) for one in split(line)):
                yield Location(script.path, script.line)


@of_one_file
def _loading(look: Look, path: str, _: str) -> list[int]:
    """The lines where a file that is filled in shows that a load-testing tool reads it."""
    lines = [] if is_vendored(path) else [place.line for place in _load_script(look, path)]
    return lines if lines and not unfilled(look.tree.text(path) or "") else []


_DOES = re.compile(
    r"(?m)^\s*@(?:\w+\.)?task\b|^\s*tasks\s*(?::[^=\n]+)?=\s*[\[{]\s*[^\s\]}]|\bclient\.\w+\(|\bLoadTestShape\b"
)
"""What a user of Locust does; one without tasks asks for nothing."""


def _load_script(look: Look, path: str) -> Iterator[Location]:
    """Where a file shows that a load-testing tool reads it."""
    if path.endswith(".jmx"):
        yield Location(path)
    elif path.endswith((*PYTHON, *WEB)) and _is_by_hand(look, path):
        yield Location(path, 1)
    elif path.endswith(PYTHON):
        text = look.tree.text(path) or ""
        module = look.python.module(path) if "locust" in text and _DOES.search(text) else None
        yield from (Location(path, item.line) for item in (module.imports if module else ()) if item.top == "locust")
    elif path.endswith(WEB):
        yield from _first_line(
            look, path, r"(?m)^\s*(import\b.*from\s+[\"']k6[/\"']|(import|const)\b.*[\"'](autocannon|loadtest)[\"'])"
        )
    elif path.endswith((".yml", ".yaml")):
        text = look.tree.text(path) or ""
        if re.search(r"(?m)^scenarios:", text) and re.search(r"(?m)^\s+(target|phases):", text):
            yield Location(path, 1)
    elif re.search(r"Simulation\.(scala|java|kt)$", path) and "gatling" in (look.tree.text(path) or ""):
        yield Location(path)
    elif path.endswith(".sh"):
        for number, line in enumerate((look.tree.text(path) or "").splitlines(), 1):
            if not line.lstrip().startswith("#") and _LOAD_IN_SHELL.search(line):
                yield Location(path, number)


def _first_line(look: Look, path: str, pattern: str) -> Iterator[Location]:
    text = look.tree.text(path) or ""
    if match := re.search(pattern, text):
        yield Location(path, text.count("\n", 0, match.start()) + 1)


def _is_timing(look: Look, path: str) -> bool:
    if is_vendored(path) or not _TIMING.search(path):
        return False
    text = look.tree.text(path) or ""
    return bool(_ASKS.search(text) and _TIMES.search(text))
