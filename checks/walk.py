"""Which files a folder holds where there is no git to ask: our own walk, with the meaning of .gitignore."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from pathspec import GitIgnoreSpec

from checks.observation import Unread
from checks.regular import read_small

NEVER_WALKED: Final = {
    ".git": "git's own directory",
    ".venv": "installed packages",
    "venv": "installed packages",
    "node_modules": "installed packages",
    "__pycache__": "compiled code",
}
_IGNORE_BYTES: Final = 1024 * 1024


@dataclass(frozen=True, slots=True)
class _Rules:
    """One folder's .gitignore. `base` is "" or ends in "/"."""

    base: str
    spec: GitIgnoreSpec


def walk(root: Path, *, most: int, depth: int) -> Iterator[str | Unread]:
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
            with os.scandir(root / base) as found:
                entries = sorted(found, key=lambda entry: entry.name, reverse=True)
        except OSError as error:
            yield Unread(base or ".", f"folder cannot be read: {error.strerror}")
            continue
        rules += _rules_of(root, base)
        for entry in reversed(entries):
            path = base + entry.name
            if not entry.is_dir(follow_symlinks=False) and not _ignored(path, rules):
                count += 1
                if count > most:
                    yield Unread(base or ".", f"more than {most} files: the walk stopped here")
                    return
                yield path
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                path = f"{base}{entry.name}/"
                if entry.name in NEVER_WALKED:
                    yield Unread(path, f"{NEVER_WALKED[entry.name]}, never walked")
                elif path.count("/") > depth:
                    yield Unread(path, f"more than {depth} folders deep")
                elif not _ignored(path, rules):
                    waiting.append((path, rules))


def _rules_of(root: Path, base: str) -> tuple[_Rules, ...]:
    content = read_small(root / base / ".gitignore", _IGNORE_BYTES)
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
