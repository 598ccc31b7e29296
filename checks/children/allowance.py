"""How much processor time one step of our own work may take; the kernel ends a step that no signal handler could.

A pattern or a parser written in C holds the interpreter until it is done, and a hostile file can keep it busy for
hours. So the look runs in a process of its own (`checks.isolated`), which the kernel kills when a step overruns. What
it was working on stands in a small shared file, and is left out of the next attempt.
"""

from __future__ import annotations

import mmap
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

SECONDS: Final = 10.0
"""Processor time of one step: one file read by one reader, or one probe, or what several share, between two files."""

_BYTES: Final = 16_384
_note: mmap.mmap | None = None
_seconds = SECONDS
_probe = b""


def begin(place: Path, seconds: float) -> None:
    """Put this process under the allowance; from now on every step is noted in `place`.

    Args:
        place: A new file for the note.
        seconds: Processor time of one step.
    """
    global _note, _seconds  # noqa: PLW0603  # one allowance for the whole process, as there is one timer
    _seconds = seconds
    with place.open("w+b") as file:
        file.truncate(_BYTES)
        _note = mmap.mmap(file.fileno(), _BYTES)
    # Not left to chance: an inherited "ignore" would make the timer toothless.
    signal.signal(signal.SIGPROF, signal.SIG_DFL)
    probing("")


def seconds() -> float:
    """Processor time of one step of this process."""
    return _seconds


@contextmanager
def shared(work: str) -> Iterator[None]:
    """Work that several probes share is a step of its own: it is blamed on none of them, nor on its last file later."""
    outer = _probe
    probing(work)
    try:
        yield
    finally:
        probing(outer.decode())


def probing(probe: str) -> None:
    """A probe begins; it has not asked for a file yet."""
    global _probe  # noqa: PLW0603  # part of the note
    _probe = probe.encode()
    reading("")


def reading(path: str) -> None:
    """The file at `path` is asked for: the step before has ended well. Costs nothing outside an isolated look."""
    if _note is None:
        return
    signal.setitimer(signal.ITIMER_PROF, _seconds)
    line = _probe + b"\0" + os.fsencode(path) + b"\n"
    _note[: len(line) + 1] = line + b"\0"


def last(place: Path) -> tuple[str, str]:
    """The probe and the path that stood in the note when its process ended; "" for none."""
    try:
        probe, _, rest = place.read_bytes().partition(b"\0")
    except OSError:
        return "", ""
    # A name may hold a line break; the note ends with a line break before a zero byte.
    return probe.decode("utf-8", "replace"), os.fsdecode(rest.partition(b"\n\0")[0])
