"""Functions of the repository that a call is handed to: `withTimeout(fetch(url))`, `withRetry(() => fetch(url))`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from checks.application.calls_seen import Seen, calls_of
from checks.application.wiring import function_at
from checks.look import PYTHON

if TYPE_CHECKING:
    from checks.look import Look


def wrappers(look: Look, call: Seen) -> Iterator[Seen]:
    """The calls in whose arguments a call stands."""
    for outer in calls_of(look, call.path):
        if outer.line <= call.line <= call.end_line <= outer.end_line and outer != call:
            yield outer


def definition(look: Look, call: Seen) -> Iterator[tuple[str, int, int]]:
    """Where the function of the repository that a call names is written: its path, first and last line."""
    if call.path.endswith(PYTHON):
        if found := function_at(look, call.path, call.callee):
            yield found[0].path, found[1].line, found[1].end_line
        return
    path, _, name = call.name.partition("#") if "#" in call.name else (call.path, "", call.callee)
    module = look.web.module(path)
    yield from ((path, item.line, item.end_line) for item in (module.functions if module else ()) if item.name == name)
