"""The weeks of the plan as bars of work, one row a week."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from workbook.pictures.svg import STATED, Canvas, Picture

WIDTH, ROW, LEFT = 600, 30, 230


@dataclass(frozen=True, slots=True)
class Span:
    """A week: its name, how many open controls it holds, and their size in half days (our estimate)."""

    name: str
    controls: int
    half_days: int


def timeline(spans: Sequence[Span]) -> Picture:
    """The longer a bar, the more work; numbers say how much. Estimates are ours, not a promise."""
    most = max((one.half_days for one in spans), default=1) or 1
    canvas = Canvas(WIDTH, ROW * len(spans) + 4)
    lines = []
    for row, one in enumerate(spans):
        said = f"{one.name}: {one.controls} open, about {one.half_days / 2:g} days"
        top = row * ROW
        canvas.text(0, top + 19, one.name, room=LEFT - 8)
        wide = (WIDTH - LEFT - 170) * one.half_days / most
        if one.half_days:
            canvas.box(LEFT, top + 5, wide, ROW - 10, STATED, said)
        canvas.text(LEFT + wide + 8, top + 19, f"{one.controls} open, {one.half_days / 2:g} days")
        lines.append(said)
    return canvas.picture("Plan by week", "Sizes are our estimate", tuple(lines))
