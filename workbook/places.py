"""Where a workbook lives: its root, the commit it stands on, and the private folder for locks and drafts."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, nullcontext
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Final

from checks.digests import blake2b
from checks.frozen import Frozen
from workbook.answers import STATE_FILE, WAIVER_FILE, State
from workbook.assess import Assessment
from workbook.breadth import broad
from workbook.culprits import EVERYTHING, lapsed_by_content, named
from workbook.errors import Refused
from workbook.ground import Ground
from workbook.lapse import Release

if TYPE_CHECKING:
    # To load them takes a quarter of a status, which often knows already what they would say.
    from checks.git import Changed, Git
    from checks.tree import Tree

_HOSTS: Final = (".github/", "docs/", ".forgejo/", ".gitea/", ".azuredevops/", ".vsts/")
"""Where hosts look for templates, besides the root."""

_TEMPLATE: Final = "pull_request_template"
"""The name they look for, in any case: a file, or a folder of several."""

COMMITS = 500
"""The newest commits in which the culprit of a lapse is looked for."""


def is_ours(path: str) -> bool:
    """Whether a file, relative to the root, is one of our own: answering must not make answers lapse."""
    if path.partition("/")[0] in {STATE_FILE, WAIVER_FILE, ".readiness"}:
        return True
    host = next((one for one in _HOSTS if path.startswith(one)), "")
    name, _, below = path[len(host) :].lower().partition("/")
    template = name == _TEMPLATE if below else name in {f"{_TEMPLATE}.md", f"{_TEMPLATE}.txt"}
    return template or path.startswith(".gitlab/merge_request_templates/")


class Place(Frozen):
    """One folder with a workbook. Outside git, commit and identity are empty and the lock lives in the user's state."""

    __slots__ = ("__dict__",)
    root: Path
    commit: str
    git_dir: Path | None
    trouble: str
    """Why git was not read, in plain words and with the way out; "" where it was."""
    damaged: bool = False
    """Whether git could not be read though there may be a repository: what follows from it is unknown, not absent."""
    snapshot: Git | None = None
    """The repository as it was at one moment, for who reads it once; else it is opened anew for every question."""
    settled: bool = False
    """Whether the folder looks as it did when `ground_read` was read, so that none of that is read again."""

    @classmethod
    def of(cls, root: Path, snapshot: Git | None = None) -> Place:
        """Look at a folder; only ever through `snapshot`, where one is given.

        Raises:
            Refused: there is no such folder.
        """
        from checks.git import Git, GitProblem, NoRepository

        if not root.is_dir():
            raise Refused(f"{root} is not a folder", "name a repository with -C DIR")
        try:
            with nullcontext(snapshot) if snapshot is not None else Git.open(root) as git:
                return cls(root, git.head() or "", git.git_dir, "", snapshot=snapshot)
        except GitProblem as problem:
            damaged = not isinstance(problem, NoRepository) or os.path.lexists(root / ".git")
            return cls(root, "", None, str(problem), damaged)

    @classmethod
    def as_before(cls, root: Path, ground: Ground) -> Place:
        """A folder that looks as it did when this was read of it; git is asked only what it does not say."""
        place = cls(root, ground.commit, Path(ground.git_dir), "", settled=True)
        place._digests.update(ground.digests)
        place._releases.update(ground.releases)
        return place

    @property
    def ground_read(self) -> Ground | None:
        """What was read of the repository for the answers; None where git could not be read."""
        if self.git_dir is None:
            return None
        return Ground(self.commit, str(self.git_dir), self._digests, self._releases)

    @cached_property
    def branch(self) -> str:
        """The current branch; "" where HEAD is detached, or there is no git to ask."""
        from checks.git import GitProblem

        if self.git_dir is None:
            return ""
        try:
            with self._git() as git:
                return git.branch() or ""
        except GitProblem:
            return ""

    @cached_property
    def identity(self) -> str:
        """The user as git knows them, "" when it does not, or when there is no git to ask."""
        from checks.git import GitProblem
        from checks.git.identity import identity

        try:
            return identity(self.root) or ""
        except GitProblem:
            return ""

    @property
    def private(self) -> Path:
        """The folder for locks and drafts: in the git directory, else in the user's own state folder."""
        if self.git_dir is not None:
            return self.git_dir / "readiness"
        import platformdirs

        name = blake2b(str(self.root).encode(errors="surrogateescape"), digest_size=8).hexdigest()
        return platformdirs.user_state_path("readiness-workbook") / name

    def digest(self, patterns: Sequence[str]) -> str:
        """The digest of the watched content as it is now, our own files left out.

        Raises:
            Refused: a pattern cannot be used.
        """
        try:
            return self._tree().digest(patterns, is_ours)
        except ValueError as error:
            raise Refused(str(error), "name the files to watch in a simpler way") from None

    def ground(self, state: State) -> tuple[Mapping[str, str], Release | None]:
        """What answers are held against: the digests of all watched content as it is now, and the newest release.

        The tree is read only where something is watched, and git is opened at most once. The release is None where
        there is none, or releases are counted in days.
        """
        watched = {name: answer.watch or EVERYTHING for name, answer in state.answers.items() if answer.pins}
        tags = state.policy.release_tags
        counted = self.git_dir is not None and state.policy.release_days is None
        reads = not (self.settled and all(patterns in self._digests for patterns in watched.values()))
        with ExitStack() as stack:
            open_git = self.git_dir is not None and ((watched and reads) or (counted and tags not in self._releases))
            git = stack.enter_context(self._git()) if open_git else None
            if git is not None and counted and tags not in self._releases:
                newest = next(iter(git.tags(tags)), None)
                self._releases[tags] = Release(newest.name, newest.at.date()) if newest else None
            digests = self._read(set(watched.values()), git) if watched and reads else self._digests
        pins = {name: digests[patterns] for name, patterns in watched.items()}
        return pins, self._releases[tags] if counted else None

    def _read(self, watched: set[tuple[str, ...]], git: Git | None) -> Mapping[tuple[str, ...], str]:
        """The digests of watched content; kept, unless our own files had a part in where the tree was cut off."""
        from checks.tree import Tree

        tree = Tree.read(self.root, git)
        digests = {patterns: tree.digest(patterns, is_ours) for patterns in watched}
        if not tree.cut:
            self._digests.update(digests)
        return digests

    @cached_property
    def _digests(self) -> dict[tuple[str, ...], str]:
        """The digest of watched content by its patterns, as it was read last."""
        return {}

    @cached_property
    def _releases(self) -> dict[str, Release | None]:
        """The newest release by tag pattern: asked for with every answer, and the same until somebody looks again."""
        return {}

    def told(self, assessment: Assessment, state: State) -> Assessment:
        """The assessment with the commit and file named that made an answer lapse; git is asked only where one did."""
        if self.git_dir is None or not lapsed_by_content(assessment):
            return assessment
        from checks.git import GitProblem

        try:
            with self._git() as git:
                unsaved = [*(git.changed_between("HEAD") or ()), *(one.path for one in git.files() if not one.tracked)]
        except GitProblem:
            # The lapse itself is known without git.
            return assessment
        return named(assessment, state, self._changes, unsaved, is_ours)

    def broad(self, watch: Sequence[str]) -> str:
        """A warning where what is watched changes very often; "" where it does not, or there is no history."""
        return broad(watch, self._changes) if watch else ""

    def unmatched(self, watch: Sequence[str]) -> tuple[str, ...]:
        """The patterns that no file matches now."""
        if not watch:
            return ()
        tree = self._tree()
        return tuple(pattern for pattern in watch if not tree.match(pattern))

    @cached_property
    def _changes(self) -> tuple[Changed, ...]:
        """The newest commits, to explain with; none where history cannot be read, and then nothing is explained."""
        from checks.git import GitProblem

        if self.git_dir is None:
            return ()
        try:
            with self._git() as git:
                return git.changes(COMMITS)
        except GitProblem:
            return ()

    def _tree(self) -> Tree:
        from checks.tree import Tree

        with ExitStack() as stack:
            git = None if self.git_dir is None else stack.enter_context(self._git())
            return Tree.read(self.root, git)

    def _git(self) -> AbstractContextManager[Git]:
        from checks.git import Git

        return Git.open(self.root) if self.snapshot is None else nullcontext(self.snapshot)
