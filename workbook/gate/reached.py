"""What a checklist reaches, in its own count: points, boxes, levels or items."""

from __future__ import annotations

from workbook.catalogue import Checklist
from workbook.history import Point
from workbook.verdicts import fifty_point, six_gates, ten_gates


def reached(checklist: Checklist, point: Point) -> int | None:
    """The number a minimum is compared with; None where this version does not have the checklist's model."""
    match point.verdict(checklist.slug):
        case None:
            return None
        case fifty_point.Verdict(score=count) | six_gates.Verdict(boxes=count) | ten_gates.Verdict(total=count):
            return count
        case verdict:
            return verdict.items_met
