"""Everything a result depends on besides the repository: our own code and rules, the tools, the interpreter."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterable, Iterator
from contextlib import suppress
from functools import cache
from hashlib import blake2b
from pathlib import Path
from typing import Final

from checks.git import GitProblem
from checks.git.program import base_environment, find_git

_TOOLS: Final = ("semgrep-", "radon-", "tree_sitter", "pyyaml-", "pathspec-")
"""Distributions whose versions decide results, as their folders of metadata are named, in lower case."""
_CODE: Final = (".py", ".yaml", ".yml", ".toml", ".json")


@cache
def digest() -> str:
    """A digest that differs where a result might: 32 hexadecimal digits. The same for all looks of a process.

    Files of ours count by size and time of change, which costs a thousandth of reading them.
    """
    return _digest(_facts())


def digest_of(folders: Iterable[Path]) -> str:
    """A digest that differs where one of our files below `folders` changed, by their sizes and times of change."""
    return _digest(path for folder in folders for path in sorted(_files(str(folder))))


def _digest(facts: Iterable[str]) -> str:
    total = blake2b(digest_size=16)
    for one in facts:
        total.update(one.encode("utf-8", "surrogateescape") + b"\0")
    return total.hexdigest()


def _facts() -> Iterator[str]:
    yield sys.version
    yield sys.platform
    checks = Path(__file__).parents[1]
    yield from sorted(_files(str(checks)))
    radon = next((path for path in sys.path if os.path.isdir(os.path.join(path, "radon"))), "")  # noqa: PTH112, PTH118  # this runs before every answer from the cache
    if radon:
        yield from sorted(name for name in os.listdir(radon) if name.lower().startswith(_TOOLS))  # noqa: PTH208  # names
    beside = Path(sys.executable).parent / "semgrep"
    for program in (str(beside), shutil.which("semgrep")):
        yield _seen(program) if program else ""
    with suppress(GitProblem):
        yield _seen(find_git(base_environment()))


def _files(folder: str) -> Iterator[str]:
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                if entry.name != "__pycache__":
                    yield from _files(entry.path)
            elif entry.name.endswith(_CODE):
                yield _seen(entry.path)


def _seen(path: str) -> str:
    try:
        found = os.stat(path)  # noqa: PTH116  # many files, before every answer from the cache
    except OSError:
        return path
    return f"{path}\n{found.st_size}\n{found.st_mtime_ns}"
