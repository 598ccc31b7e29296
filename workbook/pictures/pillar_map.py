"""Pillars against standings: how many items of each pillar stand how."""

from __future__ import annotations

from collections.abc import Mapping

from workbook.answers import Status
from workbook.pictures.svg import DOUBT, GOOD, QUIET, STOP, Canvas, Picture
from workbook.words import STATUS_WORDS

COLORS = {
    Status.READY: GOOD,
    Status.NEEDS_REVIEW: DOUBT,
    Status.BLOCKER: STOP,
    Status.NOT_APPLICABLE: QUIET,
    Status.UNANSWERED: QUIET,
}
LEFT, CELL, ROW, TOP = 220, 92, 26, 22


def pillar_map(counts: Mapping[str, Mapping[Status, int]]) -> Picture:
    """One row a pillar by its name, one column a state; the more items, the stronger the cell. Numbers say the rest."""
    columns = [status for status in Status if any(row.get(status) for row in counts.values())]
    most = max((number for row in counts.values() for number in row.values()), default=1)
    canvas = Canvas(LEFT + CELL * max(len(columns), 1), TOP + ROW * len(counts) + 4)
    for place, status in enumerate(columns):
        canvas.text(LEFT + CELL * place + CELL / 2, 14, STATUS_WORDS[status], anchor="middle")
    lines = []
    for row, (pillar, states) in enumerate(counts.items()):
        top = TOP + row * ROW
        canvas.text(0, top + 16, pillar, room=LEFT - 8)
        for place, status in enumerate(columns):
            number = states.get(status, 0)
            if number:
                tip = f"{pillar}: {number} {STATUS_WORDS[status]}"
                strength = 0.15 + 0.45 * number / most
                canvas.box(LEFT + CELL * place + 2, top + 2, CELL - 4, ROW - 4, COLORS[status], tip, strength=strength)
                canvas.text(LEFT + CELL * place + CELL / 2, top + 17, str(number), anchor="middle", bold=True)
        said = ", ".join(f"{states[status]} {STATUS_WORDS[status]}" for status in columns if states.get(status))
        lines.append(f"{pillar}: {said or 'no items'}")
    return canvas.picture("Pillars", "How many items of each stand how", tuple(lines))
