"""How a team reads what the articles leave open: the `[readings]` table (docs/verdicts.md names each default)."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from checks.frozen import Frozen, field
from workbook.reading import Table, nearest

PILLARS = ("1", "2", "3", "4", "5")


class Baseline(StrEnum):
    """What a sudden change of traffic is measured against."""

    WEEKDAY_HOUR = "weekday-hour"
    PREVIOUS_DAY = "previous-day"
    PREVIOUS_HOUR = "previous-hour"


class Readings(Frozen):
    """The readings a team chose. Every default is ours; a verdict that used another one says so in its notes."""

    lenient_blockers: bool = False
    """fifty-point: 40 points may ship with a blocker outside pillar 4, under a warning."""
    critical_only: bool = False
    """ten-gates: only the domains of critical risk pause a launch."""
    regulated: bool | None = None
    """fifty-point: whether point 33 is a fixed blocker; None follows from `frameworks`."""
    weights: Mapping[str, float] = field(default_factory=dict)
    """fifty-point: weights of pillars in the secondary figure, where they differ from ours."""
    traffic_window_min: int = 5
    """six-gates: over how many minutes traffic is compared to call a change sudden."""
    traffic_baseline: Baseline = Baseline.WEEKDAY_HOUR
    """six-gates: what it is compared with."""


def read_readings(table: Table) -> Readings:
    """The readings as stored; what cannot be used is reported and keeps its default."""
    known = [*Readings.__annotations__]
    for name in table.names:
        if name not in known:
            table.report(name, f"there is no such reading{nearest(name, known)}")
    return Readings(
        lenient_blockers=bool(table.flag("lenient_blockers")),
        critical_only=bool(table.flag("critical_only")),
        regulated=table.flag("regulated"),
        weights=_weights(table.table("weights")),
        traffic_window_min=_minutes(table, "traffic_window_min"),
        traffic_baseline=table.choice("traffic_baseline", Baseline) or Baseline.WEEKDAY_HOUR,
    )


def _weights(table: Table) -> dict[str, float]:
    found = {}
    for name in table.names:
        weight = table.number(name)
        if name not in PILLARS:
            table.report(name, f"weights belong to the pillars {', '.join(PILLARS)}")
        elif weight is not None and not 0 < weight < float("inf"):
            table.report(name, "a weight is a number above 0")
        elif weight is not None:
            found[name] = weight
    return found


def _minutes(table: Table, key: str) -> int:
    minutes, default = table.number(key), Readings().traffic_window_min
    if minutes is None:
        return default
    if isinstance(minutes, int) and minutes > 0:
        return minutes
    table.report(key, "must be a whole number of minutes above 0")
    return default
