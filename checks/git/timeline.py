"""A branch's content commit by commit, in two git calls: what each commit put where."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from checks.git.changes import Changed, layout, read_changes

REGULAR = (b"100644", b"100755")


@dataclass(frozen=True, slots=True)
class Moment:
    """One commit of the first-parent line. `blobs` holds the paths it changed; None for one it removed.

    The first moment of a timeline holds its whole tree.
    """

    commit: str
    at: datetime
    author: str
    blobs: Mapping[str, str | None]


def read_timeline(
    log: Callable[[str], bytes],
    tree: Callable[[str], bytes],
    prefix: str,
    canonical: Callable[[Sequence[str]], dict[str, str]],
) -> tuple[Moment, ...]:
    """The moments, oldest first.

    Args:
        log: runs git log with a format option, oldest first, raw and NUL-separated.
        tree: lists the whole tree of a commit, NUL-separated.
        prefix: where the opened folder lies: "" or a path that ends in "/".
        canonical: maps people through .mailmap.
    """
    mark, option = layout()
    raw: dict[str, dict[str, str | None]] = {}
    kept: list[bytes] = []

    def relative(rest: bytes) -> list[str]:
        kept.append(rest)
        return []

    commits: tuple[Changed, ...] = read_changes(log(option), mark, relative, canonical)
    if not commits:
        return ()
    for commit, rest in zip(commits, kept, strict=True):
        raw[commit.commit] = _changed(rest, prefix)
    raw[commits[0].commit] = dict(_whole(tree(commits[0].commit), prefix))
    return tuple(Moment(one.commit, one.at, one.author, raw[one.commit]) for one in commits)


def _changed(output: bytes, prefix: str) -> dict[str, str | None]:
    """The pairs of `:mode mode id id status` and a path."""
    found: dict[str, str | None] = {}
    parts = output.lstrip(b"\n").split(b"\0")
    for entry, name in zip(parts[::2], parts[1::2], strict=False):
        fields = entry.lstrip(b"\n:").split(b" ")
        path = os.fsdecode(name)
        if path.startswith(prefix):
            found[path[len(prefix) :]] = fields[3].decode() if fields[1] in REGULAR else None
    return found


def _whole(output: bytes, prefix: str) -> list[tuple[str, str]]:
    found = []
    for line in output.split(b"\0"):
        entry, _, name = line.partition(b"\t")
        fields, path = entry.split(b" "), os.fsdecode(name)
        if name and fields[0] in REGULAR and path.startswith(prefix):
            found.append((path[len(prefix) :], fields[2].decode()))
    return found


def read_blobs(output: bytes) -> dict[str, bytes]:
    """What `git cat-file --batch` said, by id; what is missing is left out."""
    found: dict[str, bytes] = {}
    while output:
        head, _, rest = output.partition(b"\n")
        fields = head.split(b" ")
        if fields[-1] == b"missing":
            output = rest
            continue
        size = int(fields[2])
        found[fields[0].decode()] = rest[:size]
        output = rest[size + 1 :]
    return found
