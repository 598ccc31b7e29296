"""Compares stored numbers with an item's own thresholds (docs/verdicts.md, "Numbers")."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from operator import eq, ge, gt, le, lt

from checks.frozen import Frozen
from workbook.answers import Measurement
from workbook.catalogue import Item, Threshold
from workbook.metrics import ALERT, in_unit, metrics

COMPARE = {">": gt, ">=": ge, "<": lt, "<=": le, "=": eq}


class Stored(Frozen):
    """A stored number as a metric asks for it: under which name it was found, and its value in the metric's unit."""

    name: str
    value: float
    measurement: Measurement

    def __str__(self) -> str:
        return f"{self.name.removeprefix(ALERT)} {self.measurement.value:g} {self.measurement.unit}"


class Comparison(Frozen):
    """One clause of an item's threshold held against the stored number."""

    stored: Stored
    clause: Threshold
    holds: bool
    said: str


def stored(name: str, measurements: Mapping[str, Measurement], unit: str = "") -> Stored | None:
    """The number stored for a metric, under its own name or else under one that stands in for it.

    Args:
        name: the metric, after `alert.` where the limit of a configured alert is meant.
        measurements: everything stored.
        unit: the unit to convert to, for a metric that templates/metrics.toml does not know.
    """
    prefix, bare = (ALERT, name.removeprefix(ALERT)) if name.startswith(ALERT) else ("", name)
    metric = metrics().get(bare)
    wanted = metric.unit if metric else unit
    for one in (bare, *(metric.also if metric else ())):
        if found := measurements.get(prefix + one):
            return Stored(prefix + one, in_unit(found.value, found.unit, wanted), found)
    return None


def comparisons(item: Item, measurements: Mapping[str, Measurement]) -> Iterator[Comparison]:
    """Every clause of the item that a stored number can be held against."""
    for clause in item.thresholds:
        if clause.metric is None or clause.op is None or clause.value is None:
            continue
        if clause.kind == "alert":
            if alert := stored(ALERT + clause.metric, measurements, clause.unit):
                holds = alert_ok(clause.op, clause.value, alert.value)
                said = f"the alert fires at {alert}; this item asks for {clause.text}"
                yield Comparison(alert, clause, holds, said)
        elif clause.kind in ("required", "implied") and (number := stored(clause.metric, measurements, clause.unit)):
            holds = COMPARE[clause.op](number.value, clause.value)
            yield Comparison(number, clause, holds, f"measured {number}; this item asks for {clause.text}")


def rests_on(item: Item, name: str) -> bool:
    """Whether one of the item's thresholds is compared with the number stored under a name."""
    bare = name.removeprefix(ALERT)
    asked = {clause.metric for clause in item.thresholds if clause.metric is not None}
    return any(bare in (one, *(metrics()[one].also if one in metrics() else ())) for one in asked)


def contradicts(item: Item, measurements: Mapping[str, Measurement]) -> str:
    """Why a stored number fails one of the item's thresholds, or "" when all hold or nothing was stored."""
    return next((one.said for one in comparisons(item, measurements) if not one.holds), "") if measurements else ""


def alert_ok(op: str, limit: float, configured: float) -> bool:
    """Whether an alert configured at one limit fires no later than a rule that asks for another."""
    return configured <= limit if op.startswith(">") else configured >= limit
