"""Coverage: is a floor enforced by what CI runs, or by the coverage service's own configuration."""

from __future__ import annotations

import configparser
import re
from collections.abc import Iterator

from checks.application.wiring import answer
from checks.look import Look
from checks.observation import Location, Observation, Outcome
from checks.probe import probe
from checks.readers.plain import mapping, read_toml, read_yaml
from checks.topics import ci_jobs
from checks.topics.ci import covered, not_found
from checks.topics.ci_jobs import SEARCHED, Run
from checks.topics.tests_found import cases

SIGNAL = "tests.coverage-threshold"

_ON_COMMAND = re.compile(
    r"--(cov-)?fail-under[= ]\"?'?([1-9]\d*)|--check-coverage\b|--coverage\.thresholds?\.[\w.]+[= ]?[1-9]"
    r"|--coverageThreshold\b.*[1-9]"
)
_MEASURES = re.compile(
    r"--cov(erage)?\b|--cov=|^coverage (run|report|xml|json)|^(c8|nyc)\b|--experimental-test-coverage"
)
_SERVICES = re.compile(
    r"^(codecov/codecov-action|coverallsapp/github-action|codacy/|paambaati/|qltysh/|romeovs/lcov|5monkeys/cobertura"
    r"|MishaKav/|orgoro/coverage|davelosert/vitest-coverage|irongut/|py-cov-action/)"
)
_CODECOV = ("/codecov.yml", "/.codecov.yml", "/.github/codecov.yml", "/codecov.yaml", "/.codecov.yaml")
_INI = {
    "pytest.ini": ("pytest", ""),
    "setup.cfg": ("tool:pytest", "coverage:report"),
    "tox.ini": ("pytest", "coverage:report"),
    ".coveragerc": ("", "report"),
}
"""Files, with the sections that hold pytest's options and coverage's report."""
_WEB_CONFIG = ("vitest.config.*", "vite.config.*", "jest.config.*", "package.json", ".nycrc*", ".c8rc*")
_COLLECTS = re.compile(r"collectCoverage[\"']?:\s*true|coverage[\"']?\s*:\s*\{[^{}]*enabled[\"']?:\s*true")
_FLOOR = re.compile(
    r"(?s)(coverageThreshold[\"']?\s*:\s*\{.{0,300}?:\s*-?(?!0\b)\d+|thresholds?[\"']?\s*:\s*\{.{0,300}?:\s*(?!0\b)\d+"
    r"|[\"']?check-coverage[\"']?\s*:\s*true)"
)


@probe(SIGNAL)
def threshold(look: Look) -> Observation:
    """Falling below a floor fails the build; measuring alone does not."""
    fix = "fail the test job below a floor, such as --cov-fail-under=70"
    searched = (*SEARCHED, "configuration of pytest-cov, coverage, Jest, Vitest, nyc and Codecov")
    ran = [run for run in ci_jobs.runs(look) if not run.command.missing]
    enforced = [*_enforced(look, ran), *_by_step(look)]
    measured = [ci_jobs.place_of(run) for run in ran if _measures(run) or _measures_by_settings(look, run)]
    uploads = [Location(step.path, step.line) for _, step in ci_jobs.uses(look) if _SERVICES.match(step.uses)]
    uploads += [ci_jobs.place_of(run) for run in ran if run.command.program in {"codecov", "coveralls", "codecovcli"}]
    if uploads:
        enforced += _by_service(look)
    if enforced:
        return answer(SIGNAL, Outcome.MET, "a coverage floor fails the build", enforced, searched=searched)
    if measured or uploads:
        said = "CI measures coverage, but no floor is enforced"
        return answer(SIGNAL, Outcome.PARTIAL, said, [*measured, *uploads], searched=searched, fix=fix)
    return not_found(look, SIGNAL, "CI neither reports nor enforces coverage", fix=fix)


def _measures(run: Run) -> bool:
    return bool(_MEASURES.search(run.command.text))


def _measures_by_settings(look: Look, run: Run) -> bool:
    """Whether a test runner measures coverage without being asked on the command line."""
    kind = ci_jobs.test_kind(run.command)
    if kind == "python":
        return _python_floor(look, run.command.folder)[1]
    return kind == "web" and any(_COLLECTS.search(text) for _, text in _web_settings(look, run))


def _enforced(look: Look, ran: list[Run]) -> Iterator[Location]:
    real = [case for case in cases(look) if case.counts]
    for run in ran:
        if ci_jobs.is_ignored(run.command):
            continue
        text, kind = run.command.text, ci_jobs.test_kind(run.command)
        if kind and not covered(look, run, real):
            continue  # a runner that finds no test enforces nothing
        if _ON_COMMAND.search(text) and (kind or _MEASURES.search(text)):
            yield ci_jobs.place_of(run)
        elif kind == "python" or text.startswith("coverage report"):
            floor, measures = _python_floor(look, run.command.folder)
            if floor and (measures or _MEASURES.search(text)):
                yield from (ci_jobs.place_of(run), floor)
        elif kind == "web":
            yield from _web_floor(look, run)


def _by_step(look: Look) -> Iterator[Location]:
    """Steps that set a status from a floor: Smokeshow and a coverage comment that fails."""
    for workflow in look.workflows.all:
        for job in look.workflows.jobs_of(workflow):
            for step in job.steps:
                floor = step.environment.get("SMOKESHOW_GITHUB_COVERAGE_THRESHOLD", "0").strip()
                by_comment = step.uses.startswith("orgoro/coverage") and "thresholdAll" in step.inputs
                if (floor not in {"", "0"} or by_comment) and not (job.tolerated or step.tolerated or step.never):
                    yield Location(step.path, step.line)


def _python_floor(look: Look, folder: str) -> tuple[Location | None, bool]:
    """Where coverage.py is told its floor, and whether pytest measures without being asked on the command line."""
    measures = False
    for where in dict.fromkeys((folder, "")):
        prefix = f"{where}/" if where else ""
        path = f"{prefix}pyproject.toml"
        table = mapping(read_toml(look.tree, path, []).get("tool")) if look.tree.exists(path) else {}
        pytest = mapping(table.get("pytest"))  # version 9 reads the table itself
        options = str(mapping(pytest.get("ini_options")).get("addopts", "") or pytest.get("addopts", ""))
        measures = measures or "--cov" in options
        if _ON_COMMAND.search(options.replace("', '", " ")):
            return Location(path, _line(look, path, "fail-under")), True
        floor = mapping(mapping(table.get("coverage")).get("report")).get("fail_under", 0)
        if isinstance(floor, int | float) and floor > 0:
            return Location(path, _line(look, path, "fail_under")), measures
        for name, sections in _INI.items():
            text = look.tree.text(prefix + name) if look.tree.exists(prefix + name) else None
            measures = measures or "--cov" in _ini(text or "", sections[0], "addopts")
            if _ON_COMMAND.search(_ini(text or "", sections[0], "addopts")):
                return Location(prefix + name, _line(look, prefix + name, "fail-under")), True
            if re.match(r"\s*[1-9]", _ini(text or "", sections[1], "fail_under")):
                return Location(prefix + name, _line(look, prefix + name, "fail_under")), measures
    return None, measures


def _ini(text: str, section: str, key: str) -> str:
    parser = configparser.ConfigParser(interpolation=None, strict=False, allow_no_value=True)
    try:
        parser.read_string(text)
    except configparser.Error:
        return ""
    return parser.get(section, key, fallback="") or ""


def _line(look: Look, path: str, word: str) -> int:
    text = look.tree.text(path) or ""
    return text.count("\n", 0, text.find(word)) + 1 if word in text else 0


def _web_floor(look: Look, run: Run) -> Iterator[Location]:
    for path, text in _web_settings(look, run):
        match = _FLOOR.search(text)
        on = "--coverage" in run.command.text or _COLLECTS.search(text)
        wrapped = run.command.program in {"c8", "nyc"} or run.command.words[:1] in {("c8",), ("nyc",)}
        if match and (on or wrapped):
            yield Location(path, text.count("\n", 0, match.start()) + 1)


def _web_settings(look: Look, run: Run) -> Iterator[tuple[str, str]]:
    """The files that configure a web test runner where it runs, without comment lines."""
    for path in look.tree.match(*_WEB_CONFIG):
        if path.rpartition("/")[0] in {run.command.folder, ""}:
            yield path, re.sub(r"(?m)^\s*//.*$", "", look.tree.text(path) or "")


def _by_service(look: Look) -> list[Location]:
    """A status of the coverage service with a target, where its own configuration asks for one."""
    for path in look.tree.match(*_CODECOV):
        for document in read_yaml(look.tree, path, look.noted)[:1]:
            status = mapping(mapping(mapping(document).get("coverage")).get("status"))
            for kind in ("project", "patch"):
                for rule in mapping(status.get(kind)).values():
                    table = mapping(rule)
                    informs = str(table.get("informational", "")).lower() == "true"
                    if "target" in table and not informs:
                        return [Location(path, _line(look, path, "target"))]
    return []
