"""Where each checklist stands and between which figures it can still end, one bar a checklist."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from workbook.pictures.svg import GOOD, STOP, Canvas, Picture

WIDTH, ROW, LEFT, RIGHT = 660, 34, 170, 130


@dataclass(frozen=True, slots=True)
class Bar:
    """One checklist: its lowest and highest possible figure of how many, and whether something stops the launch."""

    name: str
    verdict: str
    lowest: int
    highest: int
    of: int
    hold: bool


def verdict_bars(bars: Sequence[Bar]) -> Picture:
    """The certain part full, the part that is still open faint; a launch that is stopped says so in words."""
    canvas = Canvas(WIDTH, ROW * len(bars) + 6)
    lines = []
    for row, bar in enumerate(bars):
        top, scale = row * ROW + 4, (WIDTH - LEFT - RIGHT) / max(bar.of, 1)
        color = STOP if bar.hold else GOOD
        span = (
            f"{bar.lowest} of {bar.of}" if bar.lowest == bar.highest else f"{bar.lowest} to {bar.highest} of {bar.of}"
        )
        said = f"{bar.name}: {bar.verdict}; {span}{', stops launch' if bar.hold else ''}"
        canvas.text(0, top + 17, bar.name, room=LEFT - 8)
        canvas.line(LEFT, top + 24, WIDTH - RIGHT, top + 24)
        canvas.box(LEFT, top + 4, bar.highest * scale, 18, color, said, strength=0.3)
        if bar.lowest:
            canvas.box(LEFT, top + 4, bar.lowest * scale, 18, color, said)
        canvas.text(WIDTH - RIGHT + 8, top + 12, span, room=RIGHT - 8)
        canvas.text(WIDTH - RIGHT + 8, top + 26, "✖ stops launch" if bar.hold else bar.verdict, room=RIGHT - 8)
        lines.append(said)
    return canvas.picture("Verdicts", "What is certain is full, what is still open is faint", tuple(lines))
