"""Writes what somebody asked for to the place they named: whole, and nowhere else."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from workbook.answers import STATE_FILE, WAIVER_FILE
from workbook.errors import Refused
from workbook.store.files import UnconfirmedError, explain, replace_bytes
from workbook.text import terminal

_OURS = {STATE_FILE, WAIVER_FILE}
_ELSEWHERE = "name another file"


def write(root: Path, named: str, raw: bytes) -> Path:
    """Put `raw` at `named`, relative to the current folder; who reads it sees the old bytes or the new ones.

    A person may name any place of theirs. What a repository supplies cannot turn it into another: no link is followed
    at its end, and none on the way leads out of the repository.

    Args:
        root: the folder with the workbook.
        named: the file, as the person typed it.
        raw: its new content.

    Raises:
        Refused: the place is no plain file, a file of the workbook, in a git directory, or cannot be written.
    """
    target = checked(root, named)
    try:
        mode = stat.S_IMODE(target.lstat().st_mode) if target.exists() else None
        replace_bytes(target, raw, mode=mode)
    except OSError as error:
        raise Refused(f"{named} was not written: {explain(error)[0]}", explain(error)[1]) from error
    except UnconfirmedError:
        # It is in place; that the disk did not confirm it matters for answers, not for what can be made again.
        return target
    return target


def checked(root: Path, named: str, *, folder: bool = False) -> Path:
    """The place that a name means, with the folders on the way resolved; with `folder`, that of a new folder.

    Raises:
        Refused: as for `write`.
    """
    typed = Path(os.path.abspath(named)) if named and "\0" not in named else None  # noqa: PTH100  links stay as typed
    if typed is None or not typed.name or named.endswith(("/", "/.")):
        raise Refused(f"{terminal(named)!r} is no name of a file", _ELSEWHERE)
    try:
        parent = typed.parent.resolve(strict=True)
    except (OSError, RuntimeError) as error:
        raise Refused(f"{named} was not written: its folder is not there", "make it first, or name another") from error
    home = root.resolve()
    if (typed.is_relative_to(home) or typed.is_relative_to(root)) and not parent.is_relative_to(home):
        raise Refused(f"{named} leads out of the repository through a link", _ELSEWHERE)
    target = parent / typed.name
    if ".git" in (part.casefold() for part in target.parts):
        raise Refused(f"{named} lies in a git directory", _ELSEWHERE)
    if target.name.casefold() in _OURS or any(_same(target, home / name) for name in _OURS):
        raise Refused(f"{named} is a file of the workbook", _ELSEWHERE)
    if folder and os.path.lexists(target):
        if target.is_symlink() or not target.is_dir() or any(target.iterdir()):
            raise Refused(f"{named} is there already", "name a new folder, an empty one or a .zip file")
        return target
    if os.path.lexists(target) and not stat.S_ISREG(target.lstat().st_mode):
        kind = "a symbolic link" if target.is_symlink() else "a folder" if target.is_dir() else "no regular file"
        raise Refused(f"{named} is {kind}", f"{_ELSEWHERE}; without -o it goes to standard output")
    return target


def _same(one: Path, other: Path) -> bool:
    try:
        return one.samefile(other)
    except OSError:
        return False
