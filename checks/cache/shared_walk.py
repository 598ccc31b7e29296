"""A large work tree looked at from outside by two processes, where there are two processors: half of it each."""

from __future__ import annotations

import os
import sys

from checks.cache.signs import NoSignError, Seen, look_into, walk

_ENOUGH = 32
"""Folders to share out, so that two halves are about as large."""


def walk_shared(root: str, waiting: list[str], seen: Seen) -> None:
    """Look at what lies in some folders, and in those below, as `checks.cache.signs.walk` does.

    Raises:
        NoSignError, OSError: as looking does, in either process.
    """
    while 0 < len(waiting) < _ENOUGH:
        waiting = [below for folder in waiting for below in look_into(folder, root, seen)]
    if not waiting or _processors() == 1:
        walk(root, waiting, seen)
        return
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        _report(root, waiting[::2], seen.left, writing)
    os.close(writing)
    try:
        with os.fdopen(reading, "rb") as answer:
            walk(root, waiting[1::2], seen)
            said = answer.read().decode().split()
    finally:
        _, status = os.waitpid(child, 0)
    if status:
        raise NoSignError
    seen.newest = max(seen.newest, int(said[0]))
    seen.left -= int(said[1])
    seen.folders += said[2:]
    if seen.left < 0:
        raise NoSignError


def _processors() -> int:
    return len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count() or 1


def _report(root: str, waiting: list[str], most: int, writing: int) -> None:
    """Look, in the child, and write what was seen; the process ends here, whatever happens."""
    code = 1
    try:
        seen = Seen(most)
        walk(root, waiting, seen)
        with os.fdopen(writing, "wb") as answer:
            answer.write(" ".join([str(seen.newest), str(most - seen.left), *seen.folders]).encode())
        code = 0
    finally:
        os._exit(code)
