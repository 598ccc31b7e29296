"""How the deciding checklist moved over time, drawn from the history in git."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from workbook.pictures.svg import GOOD, STOP, Canvas, Picture

WIDTH, HEIGHT, LEFT, BASE = 560, 200, 40, 160


@dataclass(frozen=True, slots=True)
class Moment:
    """One point of the history: its day, its name (a tag or a commit), and the certain figure of how many."""

    day: date
    name: str
    figure: int
    of: int
    hold: bool


def trend(moments: Sequence[Moment]) -> Picture:
    """Figures from left to right, oldest first, by day; a red square says that something stopped the launch then."""
    canvas = Canvas(WIDTH, HEIGHT)
    most = max((one.of for one in moments), default=1) or 1
    first = min((one.day for one in moments), default=None)
    last = max((one.day for one in moments), default=None)
    days = (last - first).days if first and last else 0
    canvas.line(LEFT, BASE, WIDTH, BASE)
    for share in (0, 0.5, 1):
        canvas.text(LEFT - 6, BASE - (BASE - 20) * share + 4, str(round(most * share)), anchor="end")
        canvas.line(LEFT, BASE - (BASE - 20) * share, WIDTH, BASE - (BASE - 20) * share)
    points = []
    for place, one in enumerate(moments):
        # All of one day: side by side in their order, else nothing could be told apart.
        share = (one.day - moments[0].day).days / days if days else place / max(len(moments) - 1, 1)
        points.append((LEFT + 8 + (WIDTH - LEFT - 16) * share, BASE - (BASE - 20) * one.figure / most))
    if len(points) > 1:
        canvas.path(points, GOOD)
    lines = tuple(_said(one) for one in moments)
    for one, (x, y), said in zip(moments, points, lines, strict=True):
        if one.hold:
            canvas.box(x - 4, y - 4, 8, 8, STOP, said)
        else:
            canvas.dot(x, y, 4, GOOD, said)
    if first and last:
        canvas.text(LEFT, BASE + 20, first.isoformat())
        canvas.text(WIDTH, BASE + 20, last.isoformat(), anchor="end")
    said = f"from {moments[0].figure} to {moments[-1].figure} of {moments[-1].of}" if moments else "no history yet"
    return canvas.picture("Trend", said, lines)


def _said(one: Moment) -> str:
    return f"{one.day.isoformat()} {one.name}: {one.figure} of {one.of}{', stops launch' if one.hold else ''}"
