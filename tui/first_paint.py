"""What stands on screen before Textual is loaded: whose workbook it is, and that it is being read.

Loading Textual and all that is drawn with it takes longer than a person waits without wondering. Until the first real
screen what is typed is not shown, and waits in the terminal for that screen.
"""

from __future__ import annotations

import os
import signal
import termios
from contextlib import suppress
from typing import Any, Final

from workbook.text import terminal

TEXT: Final = "Reading the workbook …"

_KEYS: Final = 0
_SCREEN: Final = 2
"""Standard input and standard error: Textual reads the one and draws on the other."""

_ENTER: Final = "\x1b[?1049h\x1b[?25l\x1b[2J\x1b[H"
_LEAVE: Final = "\x1b[?25h\x1b[?1049l"
_QUIET: Final = "".join(f"\x1b[?{mode}l" for mode in (1000, 1003, 1004, 1006, 1015, 2004)) + "\x1b[<u"
"""Ends what Textual may have asked the terminal to report: mouse, focus, pastes, keys in full."""

_ENDINGS: Final = (signal.SIGTERM, signal.SIGHUP)
_TO_LAST_LINE: Final = "\x1b[999H"
"""Where some terminals put the prompt again when the program has ended."""


class FirstPaint:
    """Paints on the terminal that Textual will take over, and leaves it as it was where that does not come to pass."""

    def __init__(self, folder: str) -> None:
        self._folder = folder
        self._mode: list[Any] | None = None
        """How the terminal was set before; None where there is none."""
        self._ours = False

    def show(self) -> None:
        """Paint, where there is a terminal. Whatever happens from here on, call `withdraw` in the end."""
        if os.isatty(_KEYS) and os.isatty(_SCREEN):
            self._mode = termios.tcgetattr(_KEYS)
            self._set(_for_keys(self._mode))
            self._ours = True
            # Until Textual listens for itself; by default they would leave the terminal as it is.
            for number in _ENDINGS:
                with suppress(ValueError):  # only the main thread may
                    signal.signal(number, self._stopped)
            os.write(_SCREEN, f"{_ENTER}{terminal(self._folder)}\r\n\r\n{TEXT}{_TO_LAST_LINE}".encode())

    def hand_over(self) -> None:
        """From now on the screen is Textual's; it will leave it by itself."""
        self._ours = False

    def withdraw(self) -> None:
        """Set the terminal as it was, and leave the screen where it was not handed over."""
        with suppress(OSError, termios.error):  # the terminal may be gone
            if self._ours:
                os.write(_SCREEN, _LEAVE.encode())
            if self._mode is not None:
                self._set(self._mode)

    def _stopped(self, number: int, _: object) -> None:
        """A signal before the app hears signals itself: the terminal as it was, then the end the signal means."""
        with suppress(OSError):
            os.write(_SCREEN, _QUIET.encode())
        self._ours = True
        self.withdraw()
        signal.signal(number, signal.SIG_DFL)
        os.kill(os.getpid(), number)

    def _set(self, mode: list[Any]) -> None:
        # At once, without dropping what was typed.
        termios.tcsetattr(_KEYS, termios.TCSANOW, mode)


def _for_keys(mode: list[Any]) -> list[Any]:
    """The mode in which each key waits as it was pressed, unseen; Ctrl-C still stops us."""
    input_flags, output_flags, control_flags, local_flags, *rest = mode
    input_flags &= ~(termios.ICRNL | termios.INLCR | termios.IGNCR | termios.IXON)
    local_flags &= ~(termios.ECHO | termios.ICANON)
    return [input_flags, output_flags, control_flags, local_flags, *rest]
