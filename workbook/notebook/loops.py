"""The kernel's own thread: what reads the session or the widgets is done there, one after the other."""

from __future__ import annotations

import asyncio
from collections.abc import Callable


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
