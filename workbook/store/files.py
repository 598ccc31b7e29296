"""Bytes in and out of one file: regular files only, no link followed, replaced whole or not at all."""

from __future__ import annotations

import contextlib
import errno
import os
import stat
from pathlib import Path

_RANDOM = 8
"""Bytes in the name of a temporary file."""
_OPEN = os.O_CLOEXEC | os.O_NOFOLLOW
_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC
_DISK_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_DENIED = {errno.EACCES, errno.EPERM}


class NotRegularError(Exception):
    """The path is a link, folder, pipe or device. The message says which."""


class TooLargeError(Exception):
    """The file is larger than the caller wants to read."""


class UnconfirmedError(Exception):
    """The bytes are in place for every reader, but the disk did not confirm that they survive a power cut.

    Its cause is the error of the disk.
    """


def read_regular(path: Path, cap: int) -> bytes:
    """Return the bytes of a regular file of at most `cap` bytes.

    Raises:
        NotRegularError: for anything else than a regular file; nothing was read and no link followed.
        TooLargeError: beyond the cap.
        OSError: as `open` and `read` do.
    """
    try:
        # Without O_NONBLOCK the open of a pipe would wait for a writer that never comes.
        handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | _OPEN)
    except OSError as error:
        if error.errno in {errno.ELOOP, errno.EMLINK} and path.is_symlink():
            raise NotRegularError("a symbolic link") from error
        if error.errno == errno.ENXIO:
            raise NotRegularError("not a regular file") from error
        raise
    with os.fdopen(handle, "rb") as stream:
        mode = os.fstat(handle).st_mode
        if not stat.S_ISREG(mode):
            raise NotRegularError("a folder" if stat.S_ISDIR(mode) else "not a regular file")
        raw = stream.read(cap + 1)
    if len(raw) > cap:
        raise TooLargeError
    return raw


def temporary_name(name: str) -> str:
    """Return a fresh name beside the file `name`; `is_temporary` recognizes it."""
    return f".{name}.{os.urandom(_RANDOM).hex()}.tmp"


def is_temporary(candidate: str, name: str) -> bool:
    """Say whether `candidate` is a temporary file of ours for the file `name`."""
    prefix, suffix = f".{name}.", ".tmp"
    middle = candidate[len(prefix) : -len(suffix)]
    return (
        candidate.startswith(prefix)
        and candidate.endswith(suffix)
        and len(middle) == 2 * _RANDOM
        and set(middle) <= set("0123456789abcdef")
    )


def replace_bytes(path: Path, raw: bytes, *, mode: int | None = None) -> None:
    """Put `raw` at `path`: temporary file beside it, write, fsync, rename, fsync of the folder.

    Readers see the old bytes or the new ones; when this returns, the new ones survive a crash.

    Args:
        path: the file; it may be absent.
        raw: its new content.
        mode: permission bits; None leaves them to the umask.

    Raises:
        OSError: the old file is intact, and the temporary file is gone unless its removal failed too.
        UnconfirmedError: the new file is in place; only the last fsync, that of the folder, failed.
    """
    folder = os.open(path.parent, _FOLDER)
    try:
        name = temporary_name(path.name)
        handle = os.open(
            name, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _OPEN, 0o666 if mode is None else mode, dir_fd=folder
        )
        try:
            try:
                if mode is not None:
                    os.fchmod(handle, mode)
                rest = memoryview(raw)
                while rest:
                    rest = rest[os.write(handle, rest) :]
                os.fsync(handle)
            finally:
                os.close(handle)
            os.replace(name, path.name, src_dir_fd=folder, dst_dir_fd=folder)
        except BaseException:
            with contextlib.suppress(OSError):
                os.unlink(name, dir_fd=folder)
            raise
        _confirm_names(folder)
    finally:
        # Nothing was written through this handle, so its closing says nothing about the file.
        with contextlib.suppress(OSError):
            os.close(folder)


def confirm(path: Path) -> None:
    """Have the disk confirm a file as it is, name and content, whoever wrote it.

    Raises:
        UnconfirmedError: it did not.
    """
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | _OPEN)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
        folder = os.open(path.parent, _FOLDER)
    except OSError as error:
        raise UnconfirmedError from error
    try:
        _confirm_names(folder)
    finally:
        with contextlib.suppress(OSError):
            os.close(folder)


def _confirm_names(folder: int) -> None:
    try:
        os.fsync(folder)
    except OSError as error:
        # Some network file systems cannot be asked this about a folder. That is a property, not a failure.
        if error.errno not in {errno.EINVAL, errno.ENOTSUP}:
            raise UnconfirmedError from error


def make_private(folder: Path) -> None:
    """Make a folder that only its owner may enter, or take the one that is there.

    Raises:
        NotRegularError: a link stands there: whoever made it decides where our files would go.
        OSError: as `mkdir` and `chmod` do.
    """
    # Each by itself: `mkdir` gives its mode to the last folder only, the others would be open where the umask is.
    for missing in reversed([one for one in (folder, *folder.parents) if not one.exists()]):
        missing.mkdir(mode=0o700, exist_ok=True)
    about = folder.lstat()
    if not stat.S_ISDIR(about.st_mode):
        raise NotRegularError("a symbolic link")
    if about.st_uid == os.geteuid() and about.st_mode & 0o077:
        folder.chmod(0o700)


def explain(error: OSError) -> tuple[str, str]:
    """Return what is wrong and what to do next, for an error of reading or writing a file."""
    if error.errno in _DISK_FULL:
        return "the disk is full", "Free some space, then try again."
    if error.errno == errno.EROFS:
        return "the file system is read-only", "Work on a writable copy."
    if error.errno in _DENIED:
        return "permission denied", "Check who owns the file and its folder, then try again."
    return (error.strerror or type(error).__name__).lower(), "Look at the disk and try again."
