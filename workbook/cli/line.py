"""One line of text from a person at a terminal, with a beat in which what is half typed is kept and news are told."""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from types import FrameType

from workbook.cli.context import Context

BEAT = 0.5
"""Seconds between two beats."""

TERMINATED = 128
"""Added to a signal's number, the exit code of what ended by it."""

Beat = Callable[[str], str]
"""Given what stands in the line, returns what to tell the person, "" for nothing."""


def ask_line(context: Context, question: str, beat: Beat, text: str = "") -> str | None:
    """One line without blanks around it, `text` standing in it at first; None when the input has ended.

    Without a terminal on both sides a line is read as it comes, and a line that is only "=" stands for `text`.
    """
    if not (_is_real(sys.stdin, 0) and _is_real(sys.stdout, 1)):
        if text:
            context.say(f"Half typed before (= takes it): {text}")
        given = context.ask(question)
        return text if given == "=" and text else given
    try:
        import readline
    except ImportError:  # a Python built without it
        return context.ask(question)
    # Typed text belongs into the workbook, not into a history of lines.
    readline.set_auto_history(False)
    readline.parse_and_bind("set enable-bracketed-paste off")
    readline.set_startup_hook(lambda: readline.insert_text(text))
    shown = context.encoded(question)

    def tick(*, last: bool = False) -> None:
        typed = readline.get_line_buffer()
        if last and not typed:
            return  # a hung-up terminal may have emptied the line; what was kept before stays
        if news := beat(typed):
            sys.stdout.write(f"\n{context.encoded(news)}\n{shown}{typed}")
            sys.stdout.flush()

    try:
        with _beating(tick):
            return input(shown).strip()
    except EOFError:
        return None
    finally:
        readline.set_startup_hook(None)


def _is_real(stream: object, number: int) -> bool:
    """Whether a stream is the process's own terminal, as `input` needs it to edit a line."""
    try:
        return bool(stream.isatty() and stream.fileno() == number)  # type: ignore[attr-defined]  # any stream, also a stand-in
    except (AttributeError, OSError, ValueError):
        return False


@contextmanager
def _beating(tick: Callable[..., None]) -> Iterator[None]:
    """Call `tick` every beat, and once more, as the last one, when a signal ends the process."""

    def ending(number: int, _: FrameType | None) -> None:
        with suppress(OSError):  # nobody is there to be told any more
            tick(last=True)
        if number == signal.SIGINT:
            raise KeyboardInterrupt
        raise SystemExit(TERMINATED + number)

    ends = (signal.SIGHUP, signal.SIGTERM, signal.SIGINT)
    before = {number: signal.signal(number, ending) for number in ends}
    before[signal.SIGALRM] = signal.signal(signal.SIGALRM, lambda *_: tick())
    signal.setitimer(signal.ITIMER_REAL, BEAT, BEAT)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        for number, handler in before.items():
            signal.signal(number, handler)
