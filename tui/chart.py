"""A trend as lines of blocks: what was certain, and above it what was still possible."""

from __future__ import annotations

from collections.abc import Sequence

from textual.content import Content

EIGHTHS = " ▁▂▃▄▅▆▇█"
POSSIBLE = "░"

Bar = tuple[float, float]
"""What was certain and what was possible, as shares of all."""


def trend(bars: Sequence[Bar], width: int, height: int) -> list[Content]:
    """The chart, newest on the right, top line first. Where there are more bars than columns the oldest go."""
    shown = list(bars)[-max(1, width) :]
    wide = max(1, min(4, width // max(1, len(shown))))
    lines = []
    for row in range(height, 0, -1):
        cells = [_cell(bar, row, height) for bar in shown]
        parts = [(cell * wide, _style(cell)) for cell in cells]
        lines.append(Content.assemble(*parts))
    return lines


def span(low: float, high: float, width: int) -> Content:
    """One line: what is certain in full blocks, what is possible in light ones, what is lost as dots."""
    certain, possible = round(low * width), round(high * width)
    parts = [("█" * certain, "$text-success"), (POSSIBLE * (possible - certain), "$text-accent")]
    return Content.assemble(*parts, ("·" * (width - possible), "$foreground 60%"))


def _style(cell: str) -> str:
    """What is not certain of a cell is not empty either."""
    if cell in EIGHTHS[1:-1]:
        return "$text-accent on $panel"
    return "$foreground 60%" if cell == POSSIBLE else "$text-accent"


def _cell(bar: Bar, row: int, height: int) -> str:
    """The block of one bar in one row; rows count from below, 1 the lowest."""
    low, high = bar[0] * height, bar[1] * height
    if low >= row:
        return EIGHTHS[-1]
    if low > row - 1:
        return EIGHTHS[int((low - row + 1) * (len(EIGHTHS) - 1))]
    return POSSIBLE if high >= row - 0.5 else " "
