"""Which files git knows below a folder, in one call where the index may be believed, else in two."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from typing import Final, NamedTuple

from checks.cache.signs import UNWALKED
from checks.git.problem import UnsafeRepository

SUBMODULE_MODE: Final = 0o160000
_PLAIN_TAG: Final = "H"
_SPARSE_TAGS: Final = ("S", "s")
_PLAIN_VERSIONS: Final = (b"DIRC\0\0\0\2", b"DIRC\0\0\0\3")
"""How an index begins that spells every path out; version 4 shortens them."""
_ABOVE: Final = (b"../", b"/..", b"..\0")
_GIT_ITSELF: Final = (b".git/", b".git\0")
_SETTLED: Final = (b"H 100", b"H 160", b"R ", b"r ")
"""How lines begin that settle the content of their file: clean files, submodules, files that are gone."""


class Listed(NamedTuple):
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


class Told(NamedTuple):
    """What git said of its files when it was asked: for another process, which need not ask again."""

    output: bytes
    """The answer of `ask`."""
    unlisted: tuple[str, ...]
    """The folders it could not read, in its words."""
    asked_at: int
    """When, as `checks.files.fingerprint.moment` tells."""


def spells_all_paths(index: bytes) -> bool:
    """Whether no path of an index can lead out of the work tree, as far as its bytes tell at once."""
    if index[:8] not in _PLAIN_VERSIONS or any(one in index for one in _ABOVE):
        return False
    content = index.lower()
    return not any(one in content for one in _GIT_ITSELF)


def ask(call: Callable[[list[str]], bytes], prefix: str, *, plain: bool) -> bytes:
    """What git says of the index and the work tree below `prefix` ("" or ending in "/"): zero-ended lines.

    Args:
        call: Runs git and returns its output.
        prefix: Where to look.
        plain: Whether `spells_all_paths` said so of the index. Else its paths are read first.

    Raises:
        UnsafeRepository: The index names a path that leads out of the work tree, or into the git directory.
    """
    below = ["--", prefix] if prefix else []
    if not plain:
        # Before git is asked which files changed: it would look at them wherever they are.
        for line in _split(call(["ls-files", "-z", "-s", *below])):
            _require_inside(line.partition("\t")[2])
    excludes = [f"--exclude={name}/" for name in UNWALKED]
    return call(["ls-files", "-z", "-s", "-v", "-c", "-m", "-d", "-o", "--exclude-standard", *excludes, *below])


def listed(output: bytes, prefix: str) -> tuple[Listed, ...]:
    """The files in the answer of `ask`, sorted by path."""
    index, gone, changed, others = [], set(), set(), []
    for line in _split(output):
        tag = line[0]
        if tag == _PLAIN_TAG:
            index.append(line)
        elif tag == "?":
            others.append(line[2:])
        elif tag in "Rr":
            gone.add(line.partition("\t")[2])
        elif tag in "Cc":
            changed.add(line.partition("\t")[2])
        else:
            index.append(line)
    found: dict[str, Listed] = {}
    start = len(prefix)
    for line in index:
        head, _, path = line.partition("\t")
        tag, mode, blob, stage = head.split(" ")
        if path not in gone:
            # Entries marked assume-unchanged (lower case) or skip-worktree (S) say nothing about the file on disk.
            kept = blob if tag == _PLAIN_TAG and stage == "0" and path not in changed else None
            found[path] = Listed(path[start:], int(mode, 8), kept, True, tag not in _SPARSE_TAGS)
    for path in others:
        kind = SUBMODULE_MODE if path.endswith("/") else 0
        found[path] = Listed(path[start:].rstrip("/"), kind, None, tracked=False)
    # No two have one path, which stands first.
    return tuple(sorted(found.values()))


def unsure(output: bytes, prefix: str) -> Iterator[str]:
    """The paths in the answer of `ask` whose content the answer does not settle, relative to `prefix`."""
    for entry in output.split(b"\0"):
        if entry and not entry.startswith(_SETTLED):
            line = os.fsdecode(entry)
            path = line[2:] if line.startswith("? ") else line.partition("\t")[2]
            yield path[len(prefix) :].rstrip("/")


def _require_inside(path: str) -> None:
    # Git refuses to make such an entry and believes the one it reads. Most paths hold neither piece: this is quick.
    if (".." in path or ".git" in path.lower()) and not {"..", ".git"}.isdisjoint(path.lower().split("/")):
        raise UnsafeRepository(f"The index names {path!r}, which no checkout can hold. Clone the repository again.")


def _split(output: bytes) -> list[str]:
    return [line for line in os.fsdecode(output).split("\0") if line]
