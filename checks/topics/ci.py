"""Continuous integration: does it run on changes, run the tests, lint, check types, and hold coverage."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fnmatch import fnmatch

from checks.application.numbers import counted
from checks.application.wiring import answer, complain
from checks.look import Look
from checks.observation import Confidence, Location, Observation, Outcome, Severity
from checks.probe import probe
from checks.reads import of_one_file
from checks.topics import ci_jobs
from checks.topics.ci_collected import below, chosen_folder, chosen_mark, split_arguments, told_folders
from checks.topics.ci_jobs import SEARCHED, Run
from checks.topics.tests_case import Case
from checks.topics.tests_found import cases

ON_CHANGE = "ci.on-change"
TESTS = "tests.run-in-ci"
LINT = "ci.lint-and-types"

_HOUSEKEEPING = re.compile(
    r"^(actions/(labeler|stale|first-interaction|add-to-project|github-script)|tiangolo/(issue-manager|latest-changes)"
    r"|release-drafter/|eps1lon/actions-label|amannn/action-semantic-pull-request|dessant/|pascalgn/|toshimaru/)"
)
_NEARLY_ALL = 0.8
_FEWEST_FILES = 2
_FEWEST_CASES = 4
"""From so many on, tests of one package are a suite of their own."""


def not_found(look: Look, signal: str, said: str, places: tuple[Location, ...] = (), fix: str = "") -> Observation:
    """Unmet where all of the CI could be followed, else unknown with what could not."""
    hidden, where = ci_jobs.unseen(look)
    if hidden:
        return answer(signal, Outcome.UNKNOWN, f"{said}, but {hidden}", [*places, *where], searched=SEARCHED, fix=fix)
    sure = Confidence.HIGH
    return answer(signal, Outcome.UNMET, said, places, searched=SEARCHED, confidence=sure, fix=fix)


@probe(ON_CHANGE)
def on_change(look: Look) -> Observation:
    """A workflow that does something with the code runs on push or pull request."""
    fix = "start a workflow on push and pull_request"
    places: list[Location] = []
    for workflow, job in ci_jobs.jobs(look):
        works = any(
            step.run or (step.uses and not _HOUSEKEEPING.match(step.uses)) for step in job.steps if not step.never
        )
        if works or (job.calls and look.workflows.called_by(job) is None):
            places.append(_trigger(look, workflow.path))
    if places:
        said = "CI runs on pushes or pull requests"
        return answer(ON_CHANGE, Outcome.MET, said, places, searched=SEARCHED, confidence=Confidence.HIGH)
    others = [item for item in look.workflows.all if not item.only_called and item.jobs]
    if others and not ci_jobs.unseen(look)[0]:
        places = [_trigger(look, item.path) for item in others]
        said = "CI runs only on a schedule, by hand, on tags or for housekeeping"
        return answer(ON_CHANGE, Outcome.PARTIAL, said, places, searched=SEARCHED, fix=fix)
    return not_found(look, ON_CHANGE, "no CI", fix=fix)


def _trigger(look: Look, path: str) -> Location:
    text = look.tree.text(path) or ""
    match = re.search(r"(?m)^[\"']?on[\"']?\s*:", text)
    return Location(path, text.count("\n", 0, match.start()) + 1 if match else 0)


# -- tests --------------------------------------------------------------------------------------------------------


@probe(TESTS)
def run_in_ci(look: Look) -> Observation:
    """The tests that exist run when code changes, and their failure stops the build."""
    fix = "run the test suite in a workflow that starts on every pull request"
    real = [case for case in cases(look) if case.counts]
    tests = [run for run in ci_jobs.runs(look) if ci_jobs.test_kind(run.command)]
    empty = [run for run in tests if run.command.missing or not covered(look, run, real)]
    lost = [
        run for run in ci_jobs.runs(look) if run.command.missing and re.search(r"test", " ".join(run.command.missing))
    ]
    broken = tuple(dict.fromkeys(ci_jobs.place_of(run) for run in [*empty, *lost]))
    message = "CI runs no tests: what this step names does not exist or holds none"
    blocking = {path for run in tests if not ci_jobs.is_ignored(run.command) for path in covered(look, run, real)}
    ignored = {path for run in tests for path in covered(look, run, real)} - blocking
    by_action = _by_action(look, real)
    blocking |= by_action
    files = {case.path for case in real}
    if not files:
        return _no_tests(look, tests, broken, message)
    if not blocking and not ignored:
        complain(look, "ci.no-tests", TESTS, broken, Severity.HIGH, message)
        said = "CI runs no tests: the step names what does not exist" if broken else "no CI job runs the tests"
        if somewhere := [run for run in tests if "$" in run.command.folder]:
            said = f"a test runner starts in {somewhere[0].command.folder}, which is only known when CI runs"
            return answer(TESTS, Outcome.UNKNOWN, said, [ci_jobs.place_of(somewhere[0])], searched=SEARCHED, fix=fix)
        inside = list(_while_building(look))
        if inside and not broken:
            said = "an image runs tests while it is built; whether CI builds that stage is not followed"
            return answer(TESTS, Outcome.UNKNOWN, said, inside, searched=SEARCHED, fix=fix)
        return not_found(look, TESTS, said, broken, fix)
    places = [ci_jobs.place_of(run) for run in tests if covered(look, run, real)]
    if len(blocking) >= _NEARLY_ALL * len(files) and not (suite := _left_suite(look, real, blocking)):
        return answer(TESTS, Outcome.MET, "CI runs the tests on every change", places, searched=SEARCHED)
    if not blocking:
        soft = [ci_jobs.place_of(run) for run in tests if ci_jobs.is_ignored(run.command)]
        complain(look, "ci.tests-ignored", TESTS, soft, Severity.HIGH, "a failing test does not fail this job")
        said = "CI runs tests but ignores their failure"
        return answer(TESTS, Outcome.PARTIAL, said, soft, searched=SEARCHED, fix="let a failing test fail the job")
    left = suite if len(blocking) >= _NEARLY_ALL * len(files) else sorted(files - blocking)
    said = f"CI runs {len(blocking)} of {counted(len(files), 'test file')}; {left[0]} is not among them"
    return answer(TESTS, Outcome.PARTIAL, said, [*places, Location(left[0])], searched=SEARCHED, fix=fix)


_PACKAGES = ("package.json", "pyproject.toml", "requirements.txt", "manage.py", "deno.json")


def _left_suite(look: Look, real: list[Case], blocking: set[str]) -> list[str]:
    """The files of a package's whole suite that CI leaves out, however small its share is; one file is no suite."""
    suites: dict[tuple[str, str], list[Case]] = {}
    packages: dict[str, str] = {}
    for case in real:
        inner = folder = case.path.rpartition("/")[0]
        if inner not in packages:
            while folder and not any(look.tree.exists(f"{folder}/{name}") for name in _PACKAGES):
                folder = folder.rpartition("/")[0]
            packages[inner] = folder
        suites.setdefault((packages[inner], case.kind), []).append(case)
    for found in suites.values():
        paths = {case.path for case in found}
        if len(paths) >= _FEWEST_FILES and len(found) >= _FEWEST_CASES and not paths & blocking:
            return sorted(paths)
    return []


def _no_tests(look: Look, tests: list[Run], broken: tuple[Location, ...], message: str) -> Observation:
    if not look.has_code() and not tests:
        return answer(TESTS, Outcome.NOT_APPLICABLE, "no code and no tests", searched=SEARCHED)
    if tests:
        complain(look, "ci.no-tests", TESTS, broken, Severity.HIGH, message)
        return answer(
            TESTS, Outcome.UNMET, "CI starts a test runner, but no test asserts anything", broken, searched=SEARCHED
        )
    return answer(TESTS, Outcome.UNMET, "there are no tests that CI could run", searched=SEARCHED)


_RUNNERS = ("pytest", "vitest", "jest", "playwright", "unittest")


def covered(look: Look, run: Run, real: list[Case]) -> set[str]:
    """The files of `real` that the command runs: of its kind, below its folder, and below the paths it names."""
    command, kind = run.command, ci_jobs.test_kind(run.command)
    if command.missing or not kind:
        return set()
    base = command.folder
    words, left_out = split_arguments(ci_jobs.given(command))
    if _loads_only(look, command.text, base):
        return set()
    named = [word for word in words if _is_path(look, base, word)]
    roots = [below(base, word.split("::")[0]) for word in named] or [base]
    runner = next((name for name in _RUNNERS if name in command.text), "")
    if runner and not named and "--config" not in command.text:
        chosen = chosen_folder(base, words) if runner in {"vitest", "jest", "unittest"} else []
        roots = chosen or told_folders(look, base, runner) or roots
    away = [below(base, word) for word in left_out]
    mark = chosen_mark(look, command.words) if runner == "pytest" else ""
    return {
        path
        for path in {case.path for case in real if case.kind == kind}
        if (not mark or look.answer_of(_holds_mark, path, mark))
        and any(_is_below(path, root) for root in roots)
        and not any(_is_below(path, folder) for folder in away)
    }


@of_one_file
def _holds_mark(look: Look, path: str, mark: str) -> bool:
    return f"mark.{mark}" in (look.tree.text(path) or "")


_PROGRAM = re.compile(r"(?:python[\d.]*|coverage run)(?: -\S+)* (\S*(?<!manage)(?<!runtests)\.py)\b")
_STARTS_TESTS = re.compile(r"\b(?:unittest|pytest|tap|absltest)\.main\(|^\s*main\(|TestRunner|__main__", re.MULTILINE)


def _loads_only(look: Look, text: str, base: str) -> bool:
    """Whether Python is told to load a test file that starts no test when it is loaded."""
    program = _PROGRAM.match(text)
    return program is not None and not _STARTS_TESTS.search(look.tree.text(below(base, program[1])) or "")


def _is_below(path: str, root: str) -> bool:
    return not root or path == root or path.startswith(f"{root}/")


def _is_path(look: Look, base: str, word: str) -> bool:
    bare = word.split("::", maxsplit=1)[0].rstrip("/")
    # `playwright test` and `jest run` name what to do; a folder called test may still stand beside them.
    is_verb = bare in {"test", "run"} and not word.endswith("/")
    return (
        bool(bare) and bare != "." and not word.startswith("-") and not is_verb and look.tree.exists(below(base, bare))
    )


def _while_building(look: Look) -> Iterator[Location]:
    """Image stages that run tests, where CI builds images at all."""
    builds = any(run.command.program in {"docker", "podman", "buildah"} for run in ci_jobs.runs(look))
    if builds or any(step.uses.startswith("docker/build-push-action") for _, step in ci_jobs.uses(look)):
        for image in look.containers.dockerfiles:
            for stage in image.stages:
                if any(re.search(r"\b(pytest|vitest|jest|npm (run )?test|go test)\b", text) for text in stage.runs):
                    yield Location(image.path, stage.line)


def _by_action(look: Look, real: list[Case]) -> set[str]:
    """Test files that an action of the tool's maker runs."""
    makers = ("cypress-io/github-action@*", "pavelzw/pytest-action@*")
    found = {
        "browser" if step.uses.startswith("cypress") else "python"
        for job, step in ci_jobs.uses(look)
        if any(fnmatch(step.uses, maker) for maker in makers) and not (job.tolerated or step.tolerated)
    }
    return {case.path for case in real if case.kind in found}


# -- lint and types -----------------------------------------------------------------------------------------------


@probe(LINT)
def lint_and_types(look: Look) -> Observation:
    """A linter and a type checker run in CI, and both can fail the build."""
    fix = "run a linter and a type checker in CI, and let both fail the build"
    ran = [run for run in ci_jobs.runs(look) if not (run.command.missing or _is_told_to_ignore(look, run))]
    actions = [(step, job.tolerated or step.tolerated) for job, step in ci_jobs.uses(look)]
    found: dict[str, list[tuple[Location, bool]]] = {}
    for word, by_command, by_action in (
        ("lint", ci_jobs.is_lint, ci_jobs.is_lint_action),
        ("types", ci_jobs.is_type_check, ci_jobs.is_type_action),
    ):
        found[word] = [
            (ci_jobs.place_of(run), ci_jobs.is_ignored(run.command)) for run in ran if by_command(run.command)
        ]
        found[word] += [(Location(step.path, step.line), soft) for step, soft in actions if by_action(step)]
    hard = {word: [place for place, soft in places if not soft] for word, places in found.items()}
    places = [place for word in hard for place in hard[word]]
    if hard["lint"] and hard["types"] and (idle := _idle_type_checker(look, ran)):
        said = "types are checked for a part only; the type checker of the Python code runs in no job"
        return answer(LINT, Outcome.PARTIAL, said, [*idle, *places], searched=SEARCHED, fix=fix)
    if hard["lint"] and hard["types"]:
        return answer(LINT, Outcome.MET, "a linter and a type checker run and block", places, searched=SEARCHED)
    anywhere = [place for word in found for place, _ in found[word]]
    if not anywhere:
        said = "neither a linter nor a type checker runs in CI"
        if re.search(r"(?m)^ci:", look.tree.text(".pre-commit-config.yaml") or ""):
            said = "no job lints or checks types, but a hosted service may run .pre-commit-config.yaml"
            return answer(LINT, Outcome.UNKNOWN, said, [Location(".pre-commit-config.yaml")], searched=SEARCHED)
        return not_found(look, LINT, said, fix=fix)
    soft = [place for word in found for place, ignored in found[word] if ignored]
    if soft and not all(hard.values()):
        message = "a failure of this check does not fail the job"
        complain(look, "ci.check-ignored", LINT, soft, Severity.MEDIUM, message)
    missing = next(word for word in ("types", "lint") if not hard[word])
    said = {"types": "no type check", "lint": "no linter"}[missing] + " blocks a change"
    return answer(LINT, Outcome.PARTIAL, said, anywhere, searched=SEARCHED, fix=fix)


_IGNORES_ALL = re.compile(r"(?m)^\[(?:tool\.)?mypy\]\s*\n(?:(?!\[).*\n)*?ignore_errors\s*=\s*[Tt]rue")
"""Settings of mypy that silence every module, as against a section of one."""
_PYTHON_TYPES = ("mypy", "pyright", "basedpyright", "ty", "pyrefly", "pytype")


def _idle_type_checker(look: Look, ran: list[Run]) -> tuple[Location, ...]:
    """Where the Python code of a mixed repository declares a type checker, if CI checks the other code alone."""
    declared = look.depends_on(*_PYTHON_TYPES, dev=True)
    declared = tuple(place for place in declared if place.path.rsplit("/", 1)[-1] != "package.json")
    checks = [run.command.text for run in ran if ci_jobs.is_type_check(run.command)]
    web = [text for text in checks if re.search(r"\btsc\b|\bvue-tsc\b|svelte-check|astro check|next build", text)]
    if not declared or not checks or len(web) < len(checks):
        return ()
    python = [path for path in look.source_paths(".py") if "/" in path]
    hooked = re.search(rf"\b(?:{'|'.join(_PYTHON_TYPES)})\b", look.tree.text(".pre-commit-config.yaml") or "")
    return declared if python and not hooked else ()


def _is_told_to_ignore(look: Look, run: Run) -> bool:
    """Whether it is a framework's build, or a type checker, that is configured to ignore type errors."""
    if run.command.program in {"mypy", "dmypy"}:
        told = look.tree.match("/pyproject.toml", "/mypy.ini", "/.mypy.ini", "/setup.cfg")
        return any(_IGNORES_ALL.search(look.tree.text(path) or "") for path in told)
    configured = look.tree.match("next.config.*") if run.command.words[:2] == ("next", "build") else ()
    return any(re.search(r"ignoreBuildErrors\s*:\s*true", look.tree.text(path) or "") for path in configured)
