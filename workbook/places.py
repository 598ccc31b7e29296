"""Where a workbook lives: its root, the commit it stands on, and the private folder for locks and drafts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from functools import cached_property
from hashlib import blake2b
from pathlib import Path

from checks.git import Git, GitProblem, identity
from checks.tree import Tree
from workbook.answers import State
from workbook.errors import Refused


@dataclass(frozen=True)
class Place:
    """One folder with a workbook. Outside git, commit and identity are empty and the lock lives in the user's state."""

    root: Path
    commit: str
    branch: str
    git_dir: Path | None
    trouble: str
    """Why git was not read, in plain words; "" where it was."""

    @classmethod
    def of(cls, root: Path) -> Place:
        """Look at a folder.

        Raises:
            Refused: there is no such folder.
        """
        if not root.is_dir():
            raise Refused(f"{root} is not a folder", "name a repository with -C DIR")
        try:
            with Git.open(root) as git:
                return cls(root, git.head() or "", git.branch() or "", git.git_dir, "")
        except GitProblem as problem:
            return cls(root, "", "", None, str(problem))

    @cached_property
    def identity(self) -> str:
        """The user as git knows them, "" when it does not, or when there is no git to ask."""
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
        """The digest of the watched content as it is now."""
        return self._tree().digest(patterns)

    def pins(self, state: State) -> Mapping[str, str]:
        """The digests of all watched content as it is now; the tree is read only where something is watched."""
        watched = {name: answer.watch for name, answer in state.answers.items() if answer.watch and answer.pins}
        if not watched:
            return {}
        tree = self._tree()
        return {name: tree.digest(patterns) for name, patterns in watched.items()}

    def _tree(self) -> Tree:
        with ExitStack() as stack:
            git = None if self.git_dir is None else stack.enter_context(Git.open(self.root))
            return Tree.read(self.root, git)
