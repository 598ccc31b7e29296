"""A new file below the root: never over anything, never through a link, never half."""

from __future__ import annotations

import contextlib
import errno
import os
from pathlib import Path
from typing import Final

from workbook.errors import Refused
from workbook.store.files import explain, temporary_name

_FOLDER: Final = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_ELSEWHERE: Final = "write another one with --to PATH"
_NO_LINKS: Final = frozenset({errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS})
_NEW: Final = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC


def create(root: Path, path: str, raw: bytes) -> None:
    """Put a new file at `path`, which is plain and relative to `root`; missing folders are made.

    Each folder is opened through the one above it, so that nothing swapped in meanwhile can lead out of the root.

    Raises:
        Refused: something is there already, a part of the path is a link or no folder, or the disk refuses. Then
            nothing was written; folders that were made for it stay.
    """
    *folders, name = path.split("/")
    try:
        with contextlib.ExitStack() as stack:
            here = _opened(stack, os.open(root, _FOLDER & ~os.O_NOFOLLOW))
            for folder in folders:
                here = _opened(stack, _entered(here, folder))
            _require_free(here, name, path)
            _written(here, name, raw)
    except FileExistsError:
        raise Refused(f"{path} is there already and stays as it is", _ELSEWHERE, code=1) from None
    except OSError as error:
        if error.errno in {errno.ELOOP, errno.EMLINK, errno.ENOTDIR}:
            said = f"a folder of {path} is a symbolic link or a file"
            raise Refused(said, "put the folder itself in its place; links are not followed") from None
        raise Refused(f"{path}: {explain(error)[0]}", explain(error)[1]) from error


def _opened(stack: contextlib.ExitStack, handle: int) -> int:
    stack.callback(os.close, handle)
    return handle


def _entered(above: int, folder: str) -> int:
    with contextlib.suppress(FileExistsError):
        os.mkdir(folder, dir_fd=above)
    return os.open(folder, _FOLDER, dir_fd=above)


def _require_free(folder: int, name: str, path: str) -> None:
    """Also in another case: some file systems tell no difference, and a document needs no twin.

    Raises:
        Refused: a file is there.
    """
    for other in os.listdir(folder):
        if other.casefold() == name.casefold():
            shown = "/".join([*path.split("/")[:-1], other])
            raise Refused(f"{shown} is there already and stays as it is", _ELSEWHERE, code=1)


def _written(folder: int, name: str, raw: bytes) -> None:
    """Write beside it, then give it its name, which fails where something has that name by now."""
    temporary = temporary_name(name)
    try:
        _fill(folder, temporary, raw)
        try:
            os.link(temporary, name, src_dir_fd=folder, dst_dir_fd=folder, follow_symlinks=False)
        except OSError as error:
            if error.errno not in _NO_LINKS:
                raise
            _fill(folder, name, raw)
    finally:
        with contextlib.suppress(OSError):
            os.unlink(temporary, dir_fd=folder)
    with contextlib.suppress(OSError):  # some network file systems cannot be asked this about a folder
        os.fsync(folder)


def _fill(folder: int, name: str, raw: bytes) -> None:
    with os.fdopen(os.open(name, _NEW, 0o666, dir_fd=folder), "wb") as file:
        file.write(raw)
        file.flush()
        os.fsync(file.fileno())
