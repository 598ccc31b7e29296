"""What CI jobs do when code changes: test runners, linters, type checkers and scanners, by the command that runs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from checks.files.kinds import is_test, is_vendored
from checks.observation import Location
from checks.readers import azure, bitbucket, circleci, jenkins, travis
from checks.readers.plain import mapping

if TYPE_CHECKING:
    from checks.look import Look
    from checks.readers.commands import Command
    from checks.readers.workflows import Job, Step, Workflow

SEARCHED = (
    ".github/workflows",
    ".gitlab-ci.yml",
    "pipelines of Travis CI, CircleCI, Azure, Bitbucket and Jenkins",
    "the scripts, actions and reusable workflows they call",
)

_OTHER_CI = (
    "/.drone.y*ml", "/.drone.star", "/.drone.jsonnet", "/.woodpecker.y*ml",
    "/.woodpecker/**", "/.buildkite/**", "/appveyor.yml", "/.appveyor.yml", "/.cirrus.yml", "/.cirrus.star",
    "/.gitea/workflows/*", "/.forgejo/workflows/*", "/.semaphore/**", "/.teamcity/**", "/codefresh.y*ml", "/.tekton/**",
    "/codeship-steps.yml", "/wercker.yml", "/cloudbuild.y*ml", "/buildspec.y*ml", "/.harness/**", "/concourse/**",
)  # fmt: skip
"""Pipelines of systems that no reader here understands; some may stand in any folder of a monorepo."""
_PULL = ("pull_request", "pull_request_target", "merge_group", "merge_request")
_CHANGE_TYPES = frozenset({"opened", "synchronize", "reopened", "ready_for_review", "edited"})
_NOT_A_CHANGE = re.compile(
    r"github\.event_name\s*==\s*'(schedule|workflow_dispatch|release)'|\$CI_PIPELINE_SOURCE == \"schedule\""
)
_OPAQUE = frozenset(
    {"bazel", "bazelisk", "earthly", "dagger", "nix", "pants", "act", "inv", "invoke", "rake", "moon", "devbox", "mise"}
)
_ONLY_SHOWS = frozenset(
    {"--version", "--help", "-h", "--collect-only", "--co", "--list", "--showConfig", "--print-config"}
)


@dataclass(frozen=True, slots=True)
class Run:
    """One command of one job of one workflow."""

    workflow: Workflow
    job: Job
    command: Command


READ = (
    "/.github/workflows/*.y*ml", "/.gitlab-ci.y*ml", *travis.PATHS, *circleci.PATHS, *azure.PATHS, *bitbucket.PATHS,
    *jenkins.PATHS,
)  # fmt: skip
"""Pipelines that a reader is there for; one that is broken hides what it runs."""


def is_on_change(workflow: Workflow) -> bool:
    """Whether a push to a branch or a pull request's new commits start the workflow; tags and labels alone do not."""
    for name in _PULL:
        if name in workflow.triggers:
            types = workflow.triggers[name].get("types")
            if not types or _CHANGE_TYPES.intersection(types if isinstance(types, list) else [str(types)]):
                return True
    if "push" not in workflow.triggers:
        return False
    settings = mapping(workflow.triggers["push"])
    return not ("tags" in settings and "branches" not in settings and "branches-ignore" not in settings)


def jobs(look: Look, *, on_change: bool = True) -> Iterator[tuple[Workflow, Job]]:
    """Jobs that can run, with those of called workflows; only of workflows a change starts unless told otherwise."""
    for workflow in look.workflows.all:
        if on_change and not (is_on_change(workflow) and _is_touched(look, workflow)):
            continue
        for job in look.workflows.jobs_of(workflow):
            if not (on_change and (job.manual or _elsewhere(job.condition))):
                yield workflow, job


def _is_touched(look: Look, workflow: Workflow) -> bool:
    """Whether a change to a file that there is can start a workflow, with what it says of paths."""
    started = {"push", *_PULL} & workflow.triggers.keys()
    for name in started:
        listed = mapping(workflow.triggers[name]).get("paths")
        paths = [str(one) for one in listed if one] if isinstance(listed, list) else []
        # A name with a wildcard for many folders may follow it at once: `**.js`.
        wanted = ["/" + re.sub(r"\*\*(?=[^/])", "**/*", one.removeprefix("/")) for one in paths if one[0] != "!"]
        try:
            if not wanted or "$" in "".join(wanted) or look.tree.has_match(*wanted):
                return True
        except ValueError:
            return True  # a pattern that only the host understands
    return not started


def runs(look: Look, *, on_change: bool = True) -> tuple[Run, ...]:
    """Every command of those jobs, scripts followed; steps that a condition keeps for other events are left out."""
    found = []
    for workflow, job in jobs(look, on_change=on_change):
        kept_away = {(step.path, step.line) for step in job.steps if on_change and _elsewhere(step.condition)}
        found += [
            Run(workflow, job, command)
            for command in look.workflows.commands_of(job)
            if (command.path, command.line) not in kept_away
        ]
    return tuple(found)


def uses(look: Look, *, on_change: bool = True) -> Iterator[tuple[Job, Step]]:
    """Every step that uses an action, of jobs that can run."""
    for _, job in jobs(look, on_change=on_change):
        for step in job.steps:
            if step.uses and not step.never and not (on_change and _elsewhere(step.condition)):
                yield job, step


def never_starts(workflow: Workflow, condition: str) -> bool:
    """Whether a condition asks for an event that does not start the workflow."""
    event = re.fullmatch(r"\s*(?:\$\{\{)?\s*github\.event_name\s*==\s*'(\w+)'\s*(?:\}\})?\s*", condition)
    return event is not None and event[1] not in workflow.triggers and "workflow_call" not in workflow.triggers


def _elsewhere(condition: str) -> bool:
    return bool(_NOT_A_CHANGE.search(condition)) and not re.search(r"'(push|pull_request)|\|\||!=", condition)


def other_systems(look: Look) -> tuple[Location, ...]:
    """Pipeline files of CI systems that are not read here."""
    paths = look.tree.match(*_OTHER_CI)
    return tuple(
        Location(path) for path in paths if not is_vendored(path) and not is_test(path) and look.tree.text(path)
    )


_CALLED = r"(?i)/\.github/workflows/(?:[\w.-]*[-_.])?(?:%s)(?:[-_.][\w.-]*)?$"
_HOUSEKEEPS = re.compile(
    _CALLED % r"licen[cs]es?|labels?|labeler|stale|cla|dco|changelog|notify|notifications?|slack|discord|backport"
    r"|triage|assign(?:er)?|greetings?|lock|docs?"
)
_PUBLISHES = re.compile(
    _CALLED % r"(?:docker|image|package|npm|pypi)[-_](?:publish|release|push)"
    r"|(?:publish|push|build)[-_](?:docker|images?|containers?|npm|pypi)"
)
"""Reusable workflows of other repositories whose names say that they do something beside checking the code."""


def unseen(look: Look, *, publishing: bool = False) -> tuple[str, tuple[Location, ...]]:
    """What of the CI could not be followed, in words and with the places; ("", ()) where everything was.

    Workflows of other repositories that publish something count where `publishing` is asked about.
    """
    look.workflows.all  # noqa: B018 - reading them fills the list of unread files
    pipelines = {*look.tree.match(*READ)}
    broken = [item.path for item in look.unread if item.path in pipelines]
    if broken:
        return f"{broken[0]} could not be read", (Location(broken[0]),)
    for workflow in look.workflows.all:
        for said in workflow.hidden:
            return f"{workflow.path} {said}", (Location(workflow.path),)
    if others := other_systems(look):
        return f"{others[0].path} is of a system that is not read here", others
    for _, job in jobs(look):
        called = job.calls.partition("@")[0]
        beside = _HOUSEKEEPS.search(called) or (not publishing and _PUBLISHES.search(called))
        if called and not called.startswith("./") and not beside:
            return f"{job.path}:{job.line} calls {job.calls}, which lies elsewhere", (job.location,)
    for run in runs(look):
        if run.command.program in _OPAQUE:
            place = run.command.location
            return f"what {run.command.program} runs is not followed ({place.path}:{place.line})", (place,)
    for path in look.tree.match("/.gitlab-ci.yml"):
        match = re.search(r"(?m)^\s*-?\s*(project|remote|template|component):\s", look.tree.text(path) or "")
        if match:
            line = (look.tree.text(path) or "").count("\n", 0, match.start()) + 1
            return f"{path} includes files that lie elsewhere", (Location(path, line),)
    return "", ()


# -- what a command is --------------------------------------------------------------------------------------------

_WRAPPERS = frozenset({"c8", "nyc", "dotenv", "start-server-and-test", "with-server", "env-cmd", "bunx", "percy"})


def _words(command: Command) -> tuple[str, ...]:
    words = command.words
    while words and words[0] in _WRAPPERS:
        words = tuple(word for word in words[1:] if not word.startswith("-"))
    return words


_TEST = re.compile(
    r"^(?P<python>(\S*/)?(pytest|py\.test|unittest|nose2|ward|green)\b|(python[\d.]*"
    r"|coverage run)( -\S+)* (\S*/)?manage\.py test\b"
    r"|(python[\d.]* )?(\S*/)?manage\.py test\b|django-admin test\b|trial\b|(python[\d.]*"
    r"|coverage run) \S*runtests\.py|hatch test\b"
    r"|(python[\d.]*|coverage run)( -\S+)* (?=(\S*/)?(tests?|tests?_\w+|\w+_tests?)\.py\b))"
    r"|^(?P<browser>playwright test\b|cypress run\b|wdio\b|testcafe\b|nightwatch\b|detox test\b)"
    r"|^(?P<web>(\S*/)?(vitest|jest|mocha|ava|karma|tap|tape|uvu|wtr|jasmine|qunit|lab)\b|(bun|deno) test\b"
    r"|(node|tsx)\b.* --test\b|(react-scripts|react-app-rewired|craco|ng|umi|aegir|vue-cli-service|gts|dts|tsdx) test)"
    r"|^(?P<other>(go|cargo|dotnet|swift|flutter|dart|mix|sbt|zig) (nextest run|test)\b|rspec\b|phpunit\b"
    r"|\S*vendor/bin/(phpunit|pest)\b"
    r"|(mvn|\S*mvnw)\b.*\b(test|verify|install)\b|(gradle|\S*gradlew)\b.*\b(test|check|build)\b|ctest\b|rails test\b)"
)


def test_kind(command: Command) -> str:
    """What a command tests: "python", "web", "browser" or "other"; "" where it runs no test."""
    words = _words(command)
    text = " ".join(words)
    match = _TEST.match(text)
    if not match or _ONLY_SHOWS.intersection(words) or words[1:2] in {("init",), ("install",), ("--watch",)}:
        return ""
    return next((name for name, found in match.groupdict().items() if found), "")


def given(command: Command) -> tuple[str, ...]:
    """What stands after a test runner's name and verb: options, and the paths it is pointed at."""
    text = " ".join(_words(command))
    match = _TEST.match(text)
    return tuple(text[match.end() :].split()) if match else ()


_LINT = re.compile(
    r"^(\S*/)?(ruff(-check)?(?! format)\b(?!-format)|flake8|pylint|eslint|biome( (check|lint|ci)\b|$)|biome-(check"
    r"|lint|ci)|oxlint|standard|xo"
    r"|(next|ng|vue-cli-service) lint|deno lint|prospector|pycodestyle|pyflakes|rubocop|golangci-lint|tslint"
    r"|trunk check"
    r"|cargo clippy|clippy|phpcs|ktlint|detekt|wemake\S*|bunx eslint)\b"
)
_LINT_ACTION = re.compile(
    r"^(super-linter/|github/super-linter|oxsecurity/megalinter|astral-sh/ruff-action|chartboost/ruff-action"
    r"|golangci/golangci-lint-action|biomejs/biome-action|trunk-io/trunk-action|reviewdog/action-(eslint|flake8|ruff))"
)
_TYPES = re.compile(
    r"^(\S*/)?((mypy|dmypy|pyright|basedpyright|pytype|pyre|ty check|zuban|pyrefly|tsc|vue-tsc|svelte-check|tsgo"
    r"|flow)\b"
    r"|(astro|deno) check\b|nuxi typecheck|nuxt typecheck|next build|ng build|(go|cargo|dotnet) build|go vet"
    r"|cargo (check|clippy))"
)
_TYPES_ACTION = re.compile(r"^(jakebailey/pyright-action|tsuyoshicho/action-mypy|jpetrucciani/mypy-check)")
_IGNORED = frozenset({"--exit-zero", "--exit-0", "--warn-only", "--no-fail", "--fail-under=0", "--ignore-errors"})


def is_ignored(command: Command) -> bool:
    """Whether its failure changes nothing."""
    return command.tolerated or bool(_IGNORED.intersection(command.words))


def is_lint(command: Command) -> bool:
    """Whether it lints code. Formatters and hooks for white space do not count."""
    return bool(_LINT.match(" ".join(_words(command)))) and not _ONLY_SHOWS.intersection(command.words)


def is_type_check(command: Command) -> bool:
    """Whether it checks types, on its own or as part of a compile."""
    return bool(_TYPES.match(" ".join(_words(command)))) and not _ONLY_SHOWS.intersection(command.words)


def is_lint_action(step: Step) -> bool:
    """Whether an action lints; one that is told to format does not."""
    return bool(_LINT_ACTION.match(step.uses)) and not step.inputs.get("args", "").strip().startswith("format")


def is_type_action(step: Step) -> bool:
    """Whether an action checks types."""
    return bool(_TYPES_ACTION.match(step.uses))


def place_of(run: Run) -> Location:
    """Where the step stands that runs the command."""
    return run.command.location
