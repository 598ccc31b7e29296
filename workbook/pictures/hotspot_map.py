"""Complexity against churn: what is far right and far up is complex and changed often."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from workbook.pictures.svg import DOUBT, QUIET, SIZE, STOP, Canvas, Picture

WIDTH, HEIGHT, LEFT, BASE = 560, 320, 46, 280
NAMED = 5
"""How many of the worst are named in the picture; the text names all."""
COMPLEX, VERY_COMPLEX = 10, 20
"""Above these a function is colored: radon's ranks C and D."""


@dataclass(frozen=True, slots=True)
class Spot:
    """A function or file: where it is, how complex, and how many commits touched its file in the last year."""

    name: str
    complexity: int
    commits: int


def hotspot_map(spots: Sequence[Spot]) -> Picture:
    """A dot each, the worst first in the text; the scales start at zero."""
    worst = sorted(spots, key=lambda one: (-one.complexity * one.commits, -one.complexity, one.name))
    across = max((one.commits for one in spots), default=1) or 1
    up = max((one.complexity for one in spots), default=1) or 1
    canvas = Canvas(WIDTH, HEIGHT)
    canvas.line(LEFT, BASE, WIDTH, BASE)
    canvas.line(LEFT, 10, LEFT, BASE)
    canvas.text(WIDTH, BASE + 34, "commits in a year", anchor="end")
    canvas.text(0, 10, "complexity")
    for share in (0.5, 1.0):
        canvas.text(LEFT - 6, BASE - (BASE - 24) * share + 4, str(round(up * share)), anchor="end")
        canvas.text(LEFT + (WIDTH - LEFT - 120) * share, BASE + 16, str(round(across * share)), anchor="middle")
    taken: list[float] = []
    for place, one in enumerate(worst):
        x = LEFT + (WIDTH - LEFT - 120) * one.commits / across
        y = BASE - (BASE - 24) * one.complexity / up
        color = STOP if one.complexity > VERY_COMPLEX else DOUBT if one.complexity > COMPLEX else QUIET
        canvas.dot(x, y, 5, color, _said(one))
        if place < NAMED and all(abs(y - other) > SIZE for other in taken):
            canvas.text(x + 8, y + 4, one.name, room=max(WIDTH - x - 8, 60))
            taken.append(y)
    lines = tuple(_said(one) for one in worst)
    said = f"worst: {worst[0].name}" if worst else "no functions measured"
    return canvas.picture("Complexity and churn", said, lines)


def _said(spot: Spot) -> str:
    return f"{spot.name}: complexity {spot.complexity}, {spot.commits} commits in a year"
