"""An explanation as lines for a terminal."""

from __future__ import annotations

from collections.abc import Iterator

from workbook.explain.record import Explanation, Shown
from workbook.text import terminal, terminal_lines


def lines(one: Explanation) -> Iterator[str]:
    """The whole explanation, encoded; examples indented, so that what they hold is never taken for our words."""
    yield f"{terminal(one.id)}: {terminal(one.title)}"
    for part in one.parts():
        heading = terminal(part.heading)
        if len(part.lines) == 1:
            yield f"  {heading}: {terminal(part.lines[0])}"
        else:
            yield f"  {heading}:"
            yield from (f"    {terminal(line)}" for line in part.lines)
    for shown in one.examples:
        yield from _example(shown)


def _example(shown: Shown) -> Iterator[str]:
    yield f"  Example for {terminal(shown.signal)}, {terminal(shown.note)}:"
    yield from (f"    take out of the tree: {terminal(path)}" for path in shown.removes)
    for path, text in shown.files.items():
        yield f"    {terminal(path)}"
        yield from (f"      {line}".rstrip() for line in terminal_lines(text).rstrip("\n").split("\n"))
