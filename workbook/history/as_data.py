"""The history as versioned plain data, for JSON. Texts are as stored: encode them before they are shown."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from workbook.history.movement import moves
from workbook.history.replay import Point

VERSION: Final = 1


def to_data(points: Sequence[Point], slug: str) -> dict[str, Any]:
    """What a checklist said at each point, and what moved since the one before."""
    found = []
    for before, after in zip((None, *points), points, strict=False):
        verdict = after.verdict(slug)
        found.append(
            {
                **where(after),
                "verdict": verdict.verdict if verdict else None,
                "lowest": verdict.lowest if verdict else None,
                "highest": verdict.highest if verdict else None,
                "of": verdict.of if verdict else None,
                "moves": [
                    {"about": one.about, "before": str(one.before), "after": str(one.after),
                     "reason": str(one.reason), "why": one.why}
                    for one in (moves(before, after) if before else ())
                ],
            }
        )  # fmt: skip
    return {"version": VERSION, "checklist": slug, "points": found}


def where(point: Point) -> dict[str, Any]:
    """A point as people and git name it."""
    return {"commit": point.commit, "at": point.at.isoformat(), "author": point.author, "tags": list(point.tags)}
