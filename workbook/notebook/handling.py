"""One error boundary for every widget handler: what goes wrong is said in the form, never in a log nobody reads."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from workbook.errors import Refused
from workbook.notebook.guard import Guard

Handler = Callable[[], None]


def handled(guard: Guard, handler: Handler) -> Callable[[object], None]:
    """A widget callback that runs `handler` and shows its errors in place."""

    def callback(_: object = None) -> None:
        try:
            handler()
        except Refused as refusal:
            guard.complain(str(refusal))
        except Exception as error:  # noqa: BLE001  an uncaught error of a handler would vanish in the kernel's log
            guard.complain(f"this failed ({type(error).__name__}: {error}); nothing was saved by it")

    return callback


def running_loop() -> asyncio.AbstractEventLoop | None:
    """The kernel's event loop; None where there is none, as in a test."""
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return None


def hand_over(loop: asyncio.AbstractEventLoop | None, step: Callable[[], None]) -> None:
    """Let the kernel's own thread do what reads the session or the widgets; where there is none, do it here."""
    if loop is not None and not loop.is_closed():
        loop.call_soon_threadsafe(step)
    else:
        step()
