"""Git, read safely: the repository under review may be hostile, and so may its own git directory."""

from checks.git.changes import Changed, Churn
from checks.git.history import Commit
from checks.git.identity import identity
from checks.git.listing import SUBMODULE_MODE, Listed
from checks.git.problem import BareRepository, GitProblem, NoGit, NoRepository, SlowGit, UnsafeRepository
from checks.git.repository import Git, Tag
from checks.git.timeline import Moment

__all__ = [
    "SUBMODULE_MODE",
    "BareRepository",
    "Changed",
    "Churn",
    "Commit",
    "Git",
    "GitProblem",
    "Listed",
    "Moment",
    "NoGit",
    "NoRepository",
    "SlowGit",
    "Tag",
    "UnsafeRepository",
    "identity",
]
