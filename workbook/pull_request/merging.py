"""Two branches of a template: our block follows from the answers and is written again, so only the rest is merged."""

from __future__ import annotations

from collections.abc import Callable

from workbook.errors import Refused
from workbook.pull_request.block import BOM, located, updated

Sides = tuple[bytes, bytes, bytes]
"""The common ancestor, ours and theirs."""


def merged(sides: Sides, name: str, by_lines: Callable[[Sides], tuple[bytes, bool]]) -> tuple[bytes, bool]:
    """What both made of a template, and whether a conflict is left in it. The block is that of our side.

    Args:
        sides: the three contents.
        name: the file's name, for messages.
        by_lines: merges three texts line by line, with conflict markers where both changed the same lines.
    """
    base, ours, theirs = sides
    # A block that only they have is taken over with the rest of what they wrote.
    text = _block(ours, name) or _block(theirs, name)
    if not text:
        return by_lines(sides)
    return by_lines((_with(base, text, name), _with(ours, text, name), _with(theirs, text, name)))


def _with(raw: bytes, text: str, name: str) -> bytes:
    """The file with this block in the place of the one it has."""
    return updated(raw, text, name) if _block(raw, name) else raw


def _block(raw: bytes, name: str) -> str:
    """The block of a file with its markers; "" where there is none, or it cannot be told where it is."""
    try:
        place = located(raw, name)
    except Refused:
        return ""
    if place is None:
        return ""
    lines = raw.split(b"\n")[place.begin : place.end + 1]
    text = b"\n".join(line.removesuffix(b"\r") for line in lines).removeprefix(BOM)
    return text.decode("utf-8", "replace")
