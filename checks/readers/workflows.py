"""Continuous integration in one form, whatever the service: workflows of jobs of steps, local files followed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from checks.observation import Location, Unread

if TYPE_CHECKING:
    from checks.readers.commands import Command
    from checks.readers.manifests import Manifests
    from checks.tree import Tree

_ON_CHANGE = frozenset({"push", "pull_request", "pull_request_target", "merge_group", "merge_request"})
SCHEDULED_ONLY = '$CI_PIPELINE_SOURCE == "schedule"'
"""The condition of a job that no change starts, whatever the service calls it."""


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a job. `tolerated` says that its failure does not fail the job.

    `path` and `line` are where it is written: the workflow, or the local action it was taken from. `condition` is the
    text of `if`; `never` says that it can never hold (`if: false`).
    """

    name: str
    path: str
    line: int
    uses: str = ""
    run: str = ""
    folder: str = ""
    condition: str = ""
    tolerated: bool = False
    inputs: Mapping[str, str] = field(default_factory=dict)
    environment: Mapping[str, str] = field(default_factory=dict)

    @property
    def never(self) -> bool:
        """Whether its condition is constantly false."""
        whole = self.condition.strip().removeprefix("${{").removesuffix("}}").lower()
        parts = [whole] if "||" in whole else whole.split("&&")
        return any(part.strip() == "false" for part in parts)


@dataclass(frozen=True, slots=True)
class Job:
    """One job. `steps` include those of local composite actions; `calls` is the reusable workflow it runs, "" if none.

    `needs` are ids of jobs of the same workflow. `environment` is the deployment environment's name. `permissions` is
    None where the job says nothing.
    """

    id: str
    name: str
    path: str
    line: int
    steps: tuple[Step, ...] = ()
    needs: tuple[str, ...] = ()
    calls: str = ""
    environment: str = ""
    condition: str = ""
    tolerated: bool = False
    permissions: Mapping[str, str] | None = None
    images: tuple[str, ...] = ()
    manual: bool = False
    """Whether somebody starts it every time."""

    @property
    def location(self) -> Location:
        """Where the job is written."""
        return Location(self.path, self.line)

    @property
    def never(self) -> bool:
        """Whether its condition is constantly false."""
        return Step("", "", 0, condition=self.condition).never


@dataclass(frozen=True, slots=True)
class Workflow:
    """One workflow. `triggers` maps event names to their settings; `system` is "github", "gitlab", "travis" and so on.

    `broken` are references that lead nowhere: local actions and reusable workflows that do not exist. `included` names
    what is brought in from elsewhere: templates, components and orbs, as in "Jobs/SAST.gitlab-ci.yml". `hidden` says of
    services other than these two what runs and cannot be followed, as in "uses node/test of an orb".
    """

    path: str
    name: str
    system: str
    triggers: Mapping[str, Mapping[str, object]]
    jobs: tuple[Job, ...]
    permissions: Mapping[str, str] | None = None
    broken: tuple[str, ...] = ()
    included: tuple[str, ...] = ()
    hidden: tuple[str, ...] = ()

    @property
    def on_change(self) -> bool:
        """Whether a push or a pull request starts it."""
        return bool(_ON_CHANGE.intersection(self.triggers))

    @property
    def only_called(self) -> bool:
        """Whether only other workflows start it."""
        return set(self.triggers) == {"workflow_call"}


class Workflows:
    """All workflows of a tree, and what their jobs really run."""

    def __init__(self, tree: Tree, manifests: Manifests, found: tuple[Workflow, ...]) -> None:
        self._tree = tree
        self._manifests = manifests
        self.all = found
        self._commands: dict[int, tuple[Command, ...]] = {}

    @classmethod
    def read(cls, tree: Tree, manifests: Manifests, unread: list[Unread]) -> Workflows:
        """Read the pipelines of every service that is known, with the local files they name."""
        from checks.readers import azure, bitbucket, circleci, github, gitlab, jenkins, travis

        services = (github, gitlab, travis, circleci, azure, bitbucket, jenkins)
        return cls(tree, manifests, tuple(one for service in services for one in service.read(tree, unread)))

    @cached_property
    def on_change(self) -> tuple[Workflow, ...]:
        """The workflows a push or a pull request starts."""
        return tuple(item for item in self.all if item.on_change)

    def jobs_of(self, workflow: Workflow) -> tuple[Job, ...]:
        """Its jobs, and those of the local reusable workflows it calls. Jobs that never run are left out."""
        return tuple(self._jobs(workflow, frozenset()))

    def _jobs(self, workflow: Workflow, above: frozenset[str]) -> Iterator[Job]:
        for job in workflow.jobs:
            if job.never:
                continue
            yield job
            called = self.called_by(job)
            if called and called.path not in above and len(above) < 5:  # noqa: PLR2004 - GitHub nests four levels
                yield from self._jobs(called, above | {workflow.path})

    def called_by(self, job: Job) -> Workflow | None:
        """The local reusable workflow the job calls, or None."""
        path = job.calls.removeprefix("./")
        return next((item for item in self.all if item.path == path), None) if job.calls.startswith("./") else None

    def commands_of(self, job: Job) -> tuple[Command, ...]:
        """Every command the job runs, expanded through the scripts it names; steps that never run are left out."""
        from checks.readers.commands import expand

        with self._tree.reads.step("commands of jobs"):
            if id(job) not in self._commands:
                self._commands[id(job)] = tuple(expand(job, self._tree, self._manifests))
        return self._commands[id(job)]

    def commands_on_change(self) -> tuple[Command, ...]:
        """Every command that a push or a pull request runs."""
        return tuple(
            command
            for workflow in self.on_change
            for job in self.jobs_of(workflow)
            for command in self.commands_of(job)
        )
