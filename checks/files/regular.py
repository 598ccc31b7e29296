"""Opening what others supplied: regular files only, never through a symbolic link, never waiting for a writer."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable
from pathlib import Path
from typing import Final

_FILE: Final = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
_FOLDER: Final = os.O_RDONLY | os.O_NOFOLLOW | os.O_DIRECTORY | os.O_CLOEXEC


class NotRegularError(OSError):
    """What is there is a folder, pipe, socket or device."""


def read_small(path: Path | str, limit: int = 4096, *, folder: int | None = None) -> bytes | None:
    """The bytes of a regular file; None when it is missing, larger than `limit` bytes, or anything else.

    `path` is relative to the open `folder`, where one is given.
    """
    try:
        handle = _regular(os.open(path, _FILE, dir_fd=folder))
    except OSError:
        return None
    with os.fdopen(handle, "rb") as file:
        content = file.read(limit + 1)
    return content if len(content) <= limit else None


def open_below(root: Path, path: str) -> int:
    """A file descriptor for the regular file `path`, relative to `root`; no part of `path` may be a symbolic link.

    Each folder is opened through the one above it, so that nothing swapped in meanwhile can lead out of the root.

    Raises:
        NotRegularError: It is no regular file.
        OSError: It is missing, unreadable, or reached through a symbolic link.
    """
    *folders, name = path.split("/")
    if not name or {"", ".", ".."}.intersection(folders) or name in {".", ".."}:
        raise NotRegularError(f"{path!r} is not a plain relative path")
    here = folder_below(root, folders)
    try:
        return _regular(os.open(name, _FILE, dir_fd=here))
    finally:
        os.close(here)


def folder_below(root: Path, folders: Iterable[str]) -> int:
    """A file descriptor for the folder that `folders` lead to from `root`, one name after the other.

    Raises:
        OSError: One of them is missing, unreadable, no folder, or a symbolic link.
    """
    here = os.open(root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    for folder in folders:
        try:
            below = os.open(folder, _FOLDER, dir_fd=here)
        finally:
            os.close(here)
        here = below
    return here


def _regular(handle: int) -> int:
    if stat.S_ISREG(os.fstat(handle).st_mode):
        return handle
    os.close(handle)
    raise NotRegularError("not a regular file")
