"""The trend of a checklist: what it said at each point, and what moved between them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from workbook.history.movement import Move, moves
from workbook.history.replay import Point
from workbook.sentences import WORDS, Verdict

STEPS = "▁▂▃▄▅▆▇█"


@dataclass(frozen=True, slots=True)
class Turn:
    """A point worth telling: something moved since the one before, or it carries a tag."""

    point: Point
    moved: tuple[Move, ...]


def figure(verdict: Verdict | None) -> str:
    """What a checklist said, short: figure, range and verdict."""
    if verdict is None:
        return "no verdict"
    span = f"{verdict.lowest}" if verdict.lowest == verdict.highest else f"{verdict.lowest} to {verdict.highest}"
    return f"{span} of {verdict.of}  {WORDS[verdict.verdict].lower()}"


def sparkline(verdicts: Sequence[Verdict | None]) -> str:
    """One step a point, as high as what was certain then."""
    levels = [verdict.lowest / verdict.of if verdict else 0.0 for verdict in verdicts]
    return "".join(STEPS[min(len(STEPS) - 1, int(level * len(STEPS)))] for level in levels)


def turns(points: Sequence[Point]) -> Iterator[Turn]:
    """The points at which something moved, oldest first; the first one is always told."""
    if points:
        yield Turn(points[0], ())
    for before, after in pairwise(points):
        moved = moves(before, after)
        if moved or after.tags:
            yield Turn(after, moved)
