"""Private folders that do not outlive us: locked while their owner lives, and swept by the next process of ours."""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
import weakref
from contextlib import suppress
from functools import cache
from pathlib import Path
from types import TracebackType
from typing import Final, Self

PREFIX: Final = "readiness-held-"
_FOLDER: Final = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC


class PrivateFolder:
    """A new folder of mode 0700, removed by `close()` or at the end of the process.

    A process that is killed cannot remove its own. The kernel frees the lock it held on it, and so the next process
    of ours can tell it from one that is in use, whatever became of process numbers meanwhile.
    """

    def __init__(self, purpose: str) -> None:
        sweep(Path(tempfile.gettempdir()))
        self.path, handle = _make(f"{PREFIX}{purpose}-")
        self.close = weakref.finalize(self, _remove, self.path, handle)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


@cache
def sweep(folder: Path) -> None:
    """Remove from `folder`, once a process, what processes of this user left there when they were killed."""
    with suppress(OSError), os.scandir(folder) as entries:
        for entry in entries:
            if entry.name.startswith(PREFIX):
                with suppress(OSError):
                    _remove_abandoned(Path(entry.path))


def _make(prefix: str) -> tuple[Path, int]:
    while True:
        path = Path(tempfile.mkdtemp(prefix=prefix))
        try:
            handle = os.open(path, _FOLDER)
        except FileNotFoundError:  # swept between its making and our opening it
            continue
        if _is_ours(path, handle):
            return path, handle
        os.close(handle)


def _is_ours(path: Path, handle: int) -> bool:
    """Whether we hold the new folder: somebody's sweep may have come between the making and the lock."""
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:
        # A file system without locks: nobody can sweep it either.
        return True
    try:
        return os.path.samestat(os.fstat(handle), path.lstat())
    except FileNotFoundError:
        return False


def _remove(path: Path, handle: int) -> None:
    shutil.rmtree(path, ignore_errors=True)
    os.close(handle)


def _remove_abandoned(path: Path) -> None:
    handle = os.open(path, _FOLDER)
    try:
        if os.fstat(handle).st_uid == os.geteuid():
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(path, ignore_errors=True)
    finally:
        os.close(handle)
