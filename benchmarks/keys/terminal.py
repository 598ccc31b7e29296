"""A program in a terminal of its own: keys go in, and what counts is when the last of their paint has come out."""

from __future__ import annotations

import fcntl
import os
import pty
import select
import signal
import struct
import termios
import time
from collections.abc import Sequence
from types import TracebackType
from typing import Self

SIZE = (40, 120)
"""Lines and columns."""

QUIET = 0.06
"""Seconds without a byte after which the paint of a moved row is taken to be complete."""

PATIENCE = 20.0
"""Seconds after which a program that says nothing is given up."""


class Terminal:
    """Runs a program until the block is left."""

    def __init__(self, argv: Sequence[str]) -> None:
        self.seen = b""
        self._child, self._screen = pty.fork()
        if self._child == 0:
            os.execvpe(argv[0], list(argv), os.environ | {"TERM": "xterm-256color", "COLORTERM": "truecolor"})  # noqa: S606
        fcntl.ioctl(self._screen, termios.TIOCSWINSZ, struct.pack("HHHH", *SIZE, 0, 0))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        os.kill(self._child, signal.SIGKILL)
        os.waitpid(self._child, 0)
        os.close(self._screen)

    def settle(self, text: bytes, quiet: float = 2.0) -> None:
        """Wait until the text has been painted and nothing more comes for so long.

        Raises:
            TimeoutError: it never is.
        """
        self.seen = b""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            if not self._read(quiet) and text in self.seen:
                return
        raise TimeoutError(f"{text!r} was never painted; the last of it: {self.seen[-300:]!r}")

    def press(self, keys: bytes, quiet: float = QUIET) -> float:
        """Send the keys at once; seconds until the last byte of what they painted.

        Raises:
            TimeoutError: nothing was painted at all.
        """
        self.seen = b""
        start = last = time.perf_counter()
        os.write(self._screen, keys)
        while self._read(quiet if self.seen else PATIENCE):
            last = time.perf_counter()
        if not self.seen:
            raise TimeoutError(f"{keys!r} painted nothing")
        return last - start

    def _read(self, seconds: float) -> bool:
        if not select.select([self._screen], [], [], seconds)[0]:
            return False
        self.seen += os.read(self._screen, 1 << 16)
        return True
