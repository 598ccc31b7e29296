"""How long a terminal program takes until a given text stands on its screen: prints the seconds.

python -P -m benchmarks.speed.paint TEXT PROGRAM [ARGUMENT …]
"""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import signal
import struct
import sys
import termios
import time

PATIENCE = 60.0
CONTROL = re.compile(rb"\x1b\[[0-9;?]*[A-Za-z]")
HELLO = """
from textual.app import App
from textual.widgets import Static
class Hello(App):
    def compose(self):
        yield Static("Hello, world")
Hello().run()
"""
"""The smallest program of Textual's that shows something."""


def first_paint(text: bytes, argv: list[str]) -> float | None:
    """Seconds from the start of `argv` in a terminal of 30 lines until `text` is painted; None where it never is."""
    start = time.perf_counter()
    child, screen = pty.fork()
    if child == 0:
        os.execvpe(argv[0], argv, os.environ | {"TERM": "xterm-256color", "COLORTERM": "truecolor"})  # noqa: S606
    try:
        fcntl.ioctl(screen, termios.TIOCSWINSZ, struct.pack("HHHH", 30, 100, 0, 0))
        seen = b""
        while time.perf_counter() - start < PATIENCE:
            if not select.select([screen], [], [], 1.0)[0]:
                continue
            try:
                seen += os.read(screen, 65536)
            except OSError:
                return None
            if text in CONTROL.sub(b"", seen):
                return time.perf_counter() - start
        return None
    finally:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        os.close(screen)


if __name__ == "__main__":
    took = first_paint(sys.argv[1].encode(), sys.argv[2:])
    if took is None:
        sys.exit(f"{sys.argv[1]!r} was never painted")
    sys.stdout.write(f"{took}\n")
