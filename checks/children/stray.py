"""Finding processes that left the group of the child that started them, by a mark in the environment they inherited."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final

VARIABLE: Final = "READINESS_CHILD"
_PROCESSES: Final = Path("/proc")
_MOST_ROUNDS: Final = 20
_FEW: Final = 2000


def kill(mark: str, *, since: int) -> None:
    """Kill every process that inherited `mark`, until there is none. Does nothing where there is no /proc (macOS).

    Args:
        mark: The value of `VARIABLE`, or its beginning.
        since: The number of the process that was given the mark; younger ones have higher numbers, or numbers that
            began anew.
    """
    wanted = f"{VARIABLE}={mark}".encode()
    # A process that forks while it is looked for is found in a later round.
    for _ in range(_MOST_ROUNDS):
        found = [number for number in _younger(since) if _has(number, wanted)]
        if not found:
            return
        for number in found:
            with suppress(ProcessLookupError, PermissionError):
                os.kill(number, signal.SIGKILL)


def _younger(since: int) -> Iterator[int]:
    try:
        newest = int((_PROCESSES / "loadavg").read_text().split()[-1])
    except (OSError, ValueError, IndexError):
        newest = 0
    if since <= newest <= since + _FEW:
        return iter(range(since + 1, newest + 1))
    try:
        return (int(name) for name in os.listdir(_PROCESSES) if name.isdigit())  # noqa: PTH208  # only the names
    except OSError:
        return iter(())


def _has(number: int, wanted: bytes) -> bool:
    try:
        given = (_PROCESSES / str(number) / "environ").read_bytes()
    except OSError:
        return False
    return any(one.startswith(wanted) for one in given.split(b"\0"))
