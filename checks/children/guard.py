"""A small watcher that ends our children when we die without a chance to do it: SIGKILL, out of memory, a crash.

One shell per process of ours, started with the first child. It reads group numbers from a pipe whose other end only
we hold, so the end of the pipe is our end, however we ended. It also removes our temporary folders then.
"""

from __future__ import annotations

import atexit
import os
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final, NamedTuple

from checks.children.stray import VARIABLE

_SCRIPT: Final = r"""
live=" " none="
"
folders=$none
while read -r what name; do
  case $what in
    +) live="$live$name " ;;
    -) live="${live%% $name *} ${live#* $name }" ;;
    q) [ "$live" != " " ] || [ "$folders" != "$none" ] || exit ;;
    f) folders="$folders$name
" ;;
    d) folders="${folders%%
$name
*}
${folders#*
$name
}" ;;
  esac
done
for group in $live; do kill -s KILL -- "-$group"; done 2>/dev/null
round=0
while [ $round -lt 20 ]; do
  found=$(cd /proc 2>/dev/null && grep -l -a -s -F -e "$1" [0-9]*/environ)
  [ -n "$found" ] || break
  for one in $found; do kill -s KILL "${one%%/*}"; done 2>/dev/null
  round=$((round + 1))
done
IFS="
"
for folder in $folders; do [ -z "$folder" ] || rm -rf -- "$folder"; done 2>/dev/null
"""


class _Guard(NamedTuple):
    """The pipe to the watcher of one process; after a fork the new process starts its own."""

    owner: int
    pipe: int
    shell: subprocess.Popen[bytes]
    mark: str


_lock = threading.Lock()
_guard: _Guard | None = None


def owner() -> str:
    """What the mark of every child of this process begins with (see `checks.children.stray`)."""
    with _lock:
        return _ready().mark


def watch(group: int) -> None:
    """Have `group` killed should this process die before `release(group)`."""
    _tell(f"+ {group}\n")


def release(group: int) -> None:
    """Forget `group`: it has ended."""
    _tell(f"- {group}\n")


@contextmanager
def folder() -> Iterator[Path]:
    """A private temporary folder, removed at the end of the block, and also when this process dies inside it."""
    import shutil
    import tempfile

    # Resolved: what lies behind a link (macOS) would not be found again by the names that tools report.
    made = Path(tempfile.mkdtemp(prefix="readiness-")).resolve()
    _tell(f"f {made}\n")
    try:
        yield made
    finally:
        shutil.rmtree(made, ignore_errors=True)
        _tell(f"d {made}\n")


def _tell(line: str) -> None:
    # A watcher that someone killed protects nothing, and must stop nothing either.
    with _lock, suppress(OSError):
        os.write(_ready().pipe, os.fsencode(line))


def _ready() -> _Guard:
    global _guard  # noqa: PLW0603  # one watcher per process, started when first needed
    if _guard is None or _guard.owner != os.getpid():
        _guard = _start()
    return _guard


def _start() -> _Guard:
    mark = os.urandom(8).hex()
    reading, writing = os.pipe()
    try:
        shell = subprocess.Popen(
            ["/bin/sh", "-c", _SCRIPT, "guard", f"{VARIABLE}={mark}."],
            stdin=reading,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env={},
            cwd="/",
            start_new_session=True,
        )
    finally:
        os.close(reading)
    return _Guard(os.getpid(), writing, shell, mark)


def _stop() -> None:
    """Let the watcher go at a normal end of ours; it ends what is still on its list first, and looks for no strays."""
    if _guard is not None and _guard.owner == os.getpid():
        # Every child that ended was cleaned up after already: with nothing on the list there is nothing to look for.
        with suppress(OSError):
            os.write(_guard.pipe, b"q\n")
        os.close(_guard.pipe)
        with suppress(subprocess.TimeoutExpired):
            _guard.shell.wait(timeout=1)


atexit.register(_stop)
