"""Which files a folder holds where there is no git to ask: our own walk, with the meaning of .gitignore."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Final

from pathspec import GitIgnoreSpec

from checks.files.regular import folder_below, read_small

NEVER_WALKED: Final = {
    ".git": "git's own directory",
    ".venv": "installed packages",
    "venv": "installed packages",
    "node_modules": "installed packages",
    "__pycache__": "compiled code",
}
_IGNORE_BYTES: Final = 1024 * 1024


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A folder that was not walked, or not to its end; `by_limit` says that it was for its size or depth."""

    path: str
    reason: str
    by_limit: bool = False


@dataclass(frozen=True, slots=True)
class _Entry:
    name: str
    is_folder: bool


@dataclass(frozen=True, slots=True)
class _Rules:
    """One folder's .gitignore. `base` is "" or ends in "/"."""

    base: str
    spec: GitIgnoreSpec


def walk(root: Path, *, most: int, depth: int) -> Iterator[str | LeftOut]:
    """Yield the paths of everything that is no folder and not ignored; what is left out by us, with the reason.

    Symbolic links are yielded, never entered.

    Args:
        root: The folder.
        most: Paths to yield before the walk stops and says so.
        depth: Folders below `root` to enter.
    """
    count = 0
    waiting: list[tuple[str, tuple[_Rules, ...]]] = [("", ())]
    while waiting:
        base, rules = waiting.pop()
        try:
            entries, own = _inside(root, base, most)
        except OSError as error:
            yield LeftOut(base or ".", f"folder cannot be read: {error.strerror}")
            continue
        rules += own
        if len(entries) > most:
            yield LeftOut(base or ".", f"more than {most} entries in one folder", by_limit=True)
        for entry in reversed(entries):
            path = base + entry.name
            if not entry.is_folder and not _ignored(path, rules):
                count += 1
                if count > most:
                    yield LeftOut(base or ".", f"more than {most} files: the walk stopped here", by_limit=True)
                    return
                yield path
        for entry in entries:
            if entry.is_folder:
                path = f"{base}{entry.name}/"
                if entry.name in NEVER_WALKED:
                    yield LeftOut(path, f"{NEVER_WALKED[entry.name]}, never walked")
                elif path.count("/") > depth:
                    yield LeftOut(path, f"more than {depth} folders deep", by_limit=True)
                elif not _ignored(path, rules):
                    waiting.append((path, rules))


def _inside(root: Path, base: str, most: int) -> tuple[list[_Entry], tuple[_Rules, ...]]:
    """What a folder holds, last name first, and its .gitignore.

    Both are read through the open folder, so that a link swapped in for it, or for one above, is not followed.

    Raises:
        OSError: The folder is missing, unreadable, or reached through a symbolic link.
    """
    here = folder_below(root, base.split("/")[:-1])
    try:
        with os.scandir(here) as found:
            listed = [_Entry(entry.name, entry.is_dir(follow_symlinks=False)) for entry in islice(found, most + 1)]
        return sorted(listed, key=lambda entry: entry.name, reverse=True), _rules_of(here, base)
    finally:
        os.close(here)


def _rules_of(folder: int, base: str) -> tuple[_Rules, ...]:
    content = read_small(".gitignore", _IGNORE_BYTES, folder=folder)
    if not content:
        return ()
    lines = content.removeprefix(b"\xef\xbb\xbf").decode("utf-8", "surrogateescape").splitlines()
    spec = []
    for line in lines:
        # Git skips a pattern it cannot use; one bad line must not switch the others off.
        try:
            spec += list(GitIgnoreSpec.from_lines([line]).patterns)
        except ValueError:
            continue
    return (_Rules(base, GitIgnoreSpec(spec)),)


def _ignored(path: str, rules: tuple[_Rules, ...]) -> bool:
    """The deepest .gitignore that has an opinion decides; folders end in "/"."""
    for rule in reversed(rules):
        decision = rule.spec.check_file(path[len(rule.base) :]).include
        if decision is not None:
            return decision
    return False
