"""Which files git knows below a folder, in two calls."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from checks.git.problem import UnsafeRepository

UNWALKED: Final = (".venv", "venv", "node_modules", "__pycache__")
"""Folders of installed or generated code; untracked files in them are never listed."""

SUBMODULE_MODE: Final = 0o160000
_PLAIN_TAG: Final = "H"
_SPARSE_TAGS: Final = ("S", "s")


@dataclass(frozen=True, slots=True)
class Listed:
    """A file git tracks, or that is neither tracked nor ignored.

    `path` is relative to the opened folder; bytes that are not UTF-8 are kept as surrogates. `mode` is git's (0 for
    untracked files). `blob` is the id of the content as git stores it, only where the work tree certainly equals it.
    A nested repository is one entry with `SUBMODULE_MODE`. `expected` is False for what a sparse checkout leaves out
    of the work tree, or may.
    """

    path: str
    mode: int
    blob: str | None
    tracked: bool
    expected: bool = True


def list_files(call: Callable[[list[str]], bytes], prefix: str) -> tuple[Listed, ...]:
    """List what lies below `prefix` ("" or ending in "/"), sorted by path. `call` runs git and returns its output.

    Raises:
        UnsafeRepository: The index names a path that leads out of the work tree, or into the git directory.
    """
    below = ["--", prefix] if prefix else []
    index = _split(call(["ls-files", "-z", "-s", "-v", *below]))
    # Before git is asked which files changed: it would look at them wherever they are.
    for line in index:
        _require_inside(line.partition("\t")[2])
    excludes = [f"--exclude={name}/" for name in UNWALKED]
    state = _split(call(["ls-files", "-z", "-t", "-m", "-d", "-o", "--exclude-standard", *excludes, *below]))
    gone = {line[2:] for line in state if line[0] == "R"}
    changed = {line[2:] for line in state if line[0] == "C"}
    found: dict[str, Listed] = {}
    for line in index:
        head, _, path = line.partition("\t")
        tag, mode, blob, stage = head.split(" ")
        if path not in gone:
            # Entries marked assume-unchanged (lower case) or skip-worktree (S) say nothing about the file on disk.
            clean = tag == _PLAIN_TAG and stage == "0" and path not in changed
            kept = blob if clean else None
            found[path] = Listed(
                path[len(prefix) :], int(mode, 8), kept, tracked=True, expected=tag not in _SPARSE_TAGS
            )
    for line in state:
        if line[0] == "?":
            path = line[2:]
            kind = SUBMODULE_MODE if path.endswith("/") else 0
            found[path] = Listed(path[len(prefix) :].rstrip("/"), kind, None, tracked=False)
    return tuple(sorted(found.values(), key=lambda listed: listed.path))


def _require_inside(path: str) -> None:
    # Git refuses to make such an entry and believes the one it reads. Most paths hold neither piece: this is quick.
    if (".." in path or ".git" in path.lower()) and not {"..", ".git"}.isdisjoint(path.lower().split("/")):
        raise UnsafeRepository(f"The index names {path!r}, which no checkout can hold. Clone the repository again.")


def _split(output: bytes) -> list[str]:
    return [os.fsdecode(line) for line in output.split(b"\0") if line]
