"""A small watcher that kills our children when we die without a chance to do it: SIGKILL, out of memory, a crash.

One shell per process of ours, started with the first child. It reads group numbers from a pipe whose other end only
we hold, so the end of the pipe is our end, however we ended.
"""

from __future__ import annotations

import atexit
import os
import subprocess
import threading
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

_SCRIPT: Final = """
live=" "
while read -r what group; do
  case $what in
    +) live="$live$group " ;;
    -) live="${live%% $group *} ${live#* $group }" ;;
  esac
done
for group in $live; do kill -s KILL -- "-$group"; done 2>/dev/null
"""


@dataclass(frozen=True, slots=True)
class _Guard:
    """The pipe to the watcher of one process; after a fork the new process starts its own."""

    owner: int
    pipe: int
    shell: subprocess.Popen[bytes]


_lock = threading.Lock()
_guard: _Guard | None = None


def watch(group: int) -> None:
    """Have `group` killed should this process die before `release(group)`."""
    _tell(f"+ {group}\n")


def release(group: int) -> None:
    """Forget `group`: it has ended."""
    _tell(f"- {group}\n")


def _tell(line: str) -> None:
    # A watcher that someone killed protects nothing, and must stop nothing either.
    with _lock, suppress(OSError):
        os.write(_ready().pipe, line.encode())


def _ready() -> _Guard:
    global _guard  # noqa: PLW0603  # one watcher per process, started when first needed
    if _guard is None or _guard.owner != os.getpid():
        _guard = _start()
    return _guard


def _start() -> _Guard:
    reading, writing = os.pipe()
    try:
        shell = subprocess.Popen(
            ["/bin/sh", "-c", _SCRIPT],
            stdin=reading,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env={},
            cwd="/",
            start_new_session=True,
        )
    finally:
        os.close(reading)
    return _Guard(os.getpid(), writing, shell)


def _stop() -> None:
    """Let the watcher go at a normal end of ours; it kills what is still on its list first."""
    if _guard is not None and _guard.owner == os.getpid():
        os.close(_guard.pipe)
        with suppress(subprocess.TimeoutExpired):
            _guard.shell.wait(timeout=1)


atexit.register(_stop)
