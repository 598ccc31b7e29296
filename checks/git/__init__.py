"""Git, read safely: the repository under review may be hostile, and so may its own git directory."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Final

from checks.git.listing import SUBMODULE_MODE, Listed
from checks.git.problem import BareRepository, GitProblem, NoGit, NoRepository, SlowGit, UnsafeRepository
from checks.git.repository import Git, Tag

if TYPE_CHECKING:
    from checks.git.changes import Changed, Churn
    from checks.git.history import Commit
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
]

_OF_HISTORY: Final = {"Changed": "changes", "Churn": "changes", "Commit": "history", "Moment": "timeline"}
"""What most calls do without, and where it lives: loaded when asked for, as `readiness status` runs at every save."""


def __getattr__(name: str) -> object:
    if name not in _OF_HISTORY:
        raise AttributeError(name)
    return getattr(import_module(f"checks.git.{_OF_HISTORY[name]}"), name)
