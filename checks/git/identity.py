"""Who the user is, as their own git says."""

from __future__ import annotations

import os
from pathlib import Path

from checks.git.config import read_config
from checks.git.locate import locate
from checks.git.problem import GitProblem
from checks.git.program import base_environment, run_git
from checks.git.repository import Git

_KEYS = ("user.name", "user.email")
_LONGEST = 200


def identity(root: Path) -> str | None:
    """The user's "Name <mail>" from the repository's or the user's own settings, after .mailmap; None when not set.

    The repository's file is read for these two keys only and its includes are not followed. The user's own file is
    theirs to trust, includes that depend on the repository's folder too: git is told where the repository is, and
    reads nothing of it for this. Nothing is executed.

    Raises:
        NoGit: There is no git program.
    """
    try:
        git = Git.open(root)
    except GitProblem:
        # Without a usable repository the user still has a name.
        return _person(_users_own(root))
    with git:
        place = locate(root)
        local = read_config(place.common_dir / "config", top=place.top)
        person = _person(_users_own(place.top, place.git_dir) | {key: local[key] for key in _KEYS if key in local})
        return git.canonical(person) if person else None


def _users_own(top: Path, git_dir: Path | None = None) -> dict[str, str]:
    env = base_environment(outside=top) | {"GIT_DIR": str(git_dir or os.devnull)}
    del env["GIT_CONFIG_GLOBAL"]
    env |= {name: os.environ[name] for name in ("HOME", "XDG_CONFIG_HOME") if name in os.environ}
    # Without --no-pager git would read the repository's settings to choose one.
    done = run_git(
        ["--no-pager", "config", "--global", "--includes", "--null", "--get-regexp", r"^user\.(name|email)$"],
        cwd=Path("/"),
        env=env,
    )
    entries = (entry.partition("\n") for entry in os.fsdecode(done.stdout).split("\0") if entry)
    return {key: value for key, _, value in entries}


def _person(values: dict[str, str]) -> str | None:
    name, mail = (_one_line(values.get(key, "")) for key in _KEYS)
    return f"{name} <{mail}>" if name and mail else None


def _one_line(text: str) -> str:
    """What git itself would keep in an author line: no line ends, no angle brackets, nothing unprintable."""
    return "".join(c for c in text if c.isprintable() and c not in "<>").strip()[:_LONGEST]
