"""Compares stored numbers with an item's own thresholds (docs/verdicts.md, "Numbers")."""

from __future__ import annotations

from collections.abc import Mapping
from operator import eq, ge, gt, le, lt

from workbook.answers import Measurement
from workbook.catalogue import Item

COMPARE = {">": gt, ">=": ge, "<": lt, "<=": le, "=": eq}
ALERT = "alert."
"""Before a metric's name: the limit at which a configured alert fires, not the metric itself."""


def contradicts(item: Item, measurements: Mapping[str, Measurement]) -> str:
    """Why a stored number fails one of the item's thresholds, or "" when all hold or nothing was stored."""
    for clause in item.thresholds:
        if clause.metric is None or clause.op is None or clause.value is None:
            continue
        measured, alert = measurements.get(clause.metric), measurements.get(ALERT + clause.metric)
        if clause.kind == "required" and measured and not COMPARE[clause.op](measured.value, clause.value):
            return f"{clause.metric} is {measured.value:g} {measured.unit}; this item asks for {clause.text}"
        if clause.kind == "alert" and alert and not alert_ok(clause.op, clause.value, alert.value):
            return f"the alert fires at {clause.metric} {alert.value:g} {alert.unit}; this item asks for {clause.text}"
    return ""


def alert_ok(op: str, limit: float, configured: float) -> bool:
    """Whether an alert configured at one limit fires no later than a rule that asks for another."""
    return configured <= limit if op.startswith(">") else configured >= limit
