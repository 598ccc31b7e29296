"""What can be wrong with a repository, said for people: what, where, what to do."""

from __future__ import annotations


class GitProblem(Exception):  # noqa: N818  # the words of the interface: a problem to show, not a defect of ours
    """Git cannot tell us what we asked. The message is one line for people."""


class NoGit(GitProblem):
    """There is no git program on this machine."""


class NoRepository(GitProblem):
    """The folder is in no git repository."""


class BareRepository(GitProblem):
    """The repository has no work tree, so there are no files to look at."""


class UnsafeRepository(GitProblem):
    """The repository points outside itself in a way that must not be followed."""


class SlowGit(GitProblem):
    """git gave no answer in time: a very large repository, or a pipe where git expects a file."""
