"""Which commit changed which files: one plain `git log`, quick on thousands of commits."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from typing import NamedTuple

from checks.frozen import Frozen


class Changed(Frozen):
    """What one commit changed. `at` is the commit date in UTC, `author` is "Name <mail>" after .mailmap."""

    commit: str
    at: datetime
    author: str
    paths: tuple[str, ...]


class Churn(NamedTuple):
    """How many commits touched a file, and how many people made them (after .mailmap)."""

    commits: int
    authors: int


def layout() -> tuple[str, str]:
    """A mark nobody can foresee, so that no file's name is taken for a commit, and the log format that writes it."""
    mark = os.urandom(16).hex()
    return mark, f"--format={mark}%H%x00%ct%x00%an <%ae>"


def read_changes(
    output: bytes,
    mark: str,
    relative: Callable[[bytes], list[str]],
    canonical: Callable[[Sequence[str]], dict[str, str]],
) -> tuple[Changed, ...]:
    """The commits in a log written with `layout`, in its order."""
    blocks = output.split(mark.encode())[1:]
    rows = [block.split(b"\0", 3) for block in blocks]
    people = {os.fsdecode(author) for _, _, author, *_ in rows}
    names = canonical(sorted(people))
    return tuple(
        Changed(
            commit=commit.decode(),
            at=_moment(int(seconds)),
            author=names.get(os.fsdecode(author), os.fsdecode(author)),
            paths=tuple(relative(b"".join(rest))),
        )
        for commit, seconds, author, *rest in rows
    )


def count_churn(changes: Iterable[Changed]) -> dict[str, Churn]:
    """The churn of every file that the changes touch."""
    people: dict[str, list[str]] = {}
    for change in changes:
        for path in change.paths:
            people.setdefault(path, []).append(change.author)
    return {path: Churn(len(authors), len(set(authors))) for path, authors in people.items()}


def _moment(seconds: int) -> datetime:
    """A crafted commit may lie beyond the calendar; it then counts as the first moment of it."""
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError):
        return datetime.fromtimestamp(0, UTC)
