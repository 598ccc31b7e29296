"""What the items of a checklist rest on: one bar, cut by how much anybody knows."""

from __future__ import annotations

from collections.abc import Sequence

from workbook.pictures.svg import DOUBT, GOOD, QUIET, STATED, STOP, Canvas, Picture

WIDTH, TALL, LEGEND, LETTER = 660, 22, 42, 6.5

SHADES = ((GOOD, 1.0), (STATED, 1.0), (QUIET, 1.0), (DOUBT, 1.0), (STOP, 1.0), (QUIET, 0.25))
"""Backed, stated, does not apply, open, stops launch, unknown: the order in which `score_split` takes its parts."""


def score_split(parts: Sequence[tuple[str, int]]) -> Picture:
    """The bar, and below it each part with its number, those of none too; `parts` are word and number, as `SHADES`."""
    of = sum(number for _, number in parts)
    canvas, left = Canvas(WIDTH, 58), 0.0
    for (word, number), (color, strength) in zip(parts, SHADES, strict=True):
        if number:
            wide = WIDTH * number / of
            canvas.box(left, 4, max(wide - 2, 1), TALL, color, f"{number} {word}", strength=strength)
            left += wide
    lines = tuple(f"{number} {word}" for word, number in parts)
    spare, left = (WIDTH - LETTER * sum(len(line) for line in lines)) / len(SHADES), 0.0
    for said, (color, strength) in zip(lines, SHADES, strict=True):
        wide = spare + LETTER * len(said)
        canvas.box(left, LEGEND - 4, 10, 10, color, said, strength=strength)
        canvas.text(left + 15, LEGEND + 5, said, room=wide - 16)
        left += wide
    return canvas.picture("What the score rests on", f"{of} items: {', '.join(lines)}", lines)
