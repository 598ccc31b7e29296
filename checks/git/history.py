"""Who committed what and when, read with GitPython on the sanitized git directory."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from checks.children.process import run
from checks.git.problem import GitProblem, SlowGit
from checks.git.program import TIMEOUT_S, find_git
from checks.git.sanitize import PinnedDirectory

_SHA1_DIGITS = 40
_CHILD = Path(__file__).with_name("history_child.py")


@dataclass(frozen=True, slots=True)
class Commit:
    """One commit. `author` and `co_authors` are "Name <mail>" after .mailmap; `at` is the author date in UTC."""

    id: str
    author: str
    at: datetime
    subject: str
    co_authors: tuple[str, ...] = ()


def read_commits(
    pinned: PinnedDirectory, ids: Sequence[str], canonical: Callable[[Sequence[str]], dict[str, str]]
) -> tuple[Commit, ...]:
    """The commits with these full ids, in this order. `canonical` maps "Name <mail>" through .mailmap.

    Raises:
        SlowGit: Reading took too long.
        GitProblem: An object is missing or damaged, or ids are not SHA-1.
    """
    if not ids:
        return ()
    if len(ids[0]) != _SHA1_DIGITS:
        raise GitProblem("The history of SHA-256 repositories cannot be read yet; the files can.")
    environment = pinned.environment()
    done = run(
        # -I: neither the current folder nor the user's own packages may supply what is imported.
        [sys.executable, "-I", "-B", str(_CHILD)],
        cwd=pinned.path,
        env=environment | {"GIT_PYTHON_GIT_EXECUTABLE": find_git(environment)},
        timeout_s=TIMEOUT_S,
        stdin="".join(f"{commit}\n" for commit in ids).encode(),
    )
    if done.timed_out:
        raise SlowGit(f"The history of {pinned.place.top} was not read in {TIMEOUT_S:.0f} seconds. Try again later.")
    if not done.ok:
        raise GitProblem(f"A commit in {pinned.place.top} cannot be read. Run git fsck there.")
    records = [json.loads(line) for line in done.stdout.splitlines()]
    names = canonical(sorted({name for record in records for name in (record["author"], *record["co_authors"])}))
    return tuple(
        Commit(
            id=commit,
            author=names.get(record["author"], record["author"]),
            at=_moment(record["at"]),
            subject=record["subject"],
            co_authors=tuple(dict.fromkeys(names.get(name, name) for name in record["co_authors"])),
        )
        for commit, record in zip(ids, records, strict=True)
    )


def _moment(seconds: int) -> datetime:
    """A commit's date; one beyond the calendar, which a crafted commit may have, is the first moment of it."""
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError):
        return datetime.fromtimestamp(0, UTC)
