"""Compares a stored measurement with an item's own number (scoring, "Comparison")."""

from __future__ import annotations

from collections.abc import Mapping
from operator import eq, ge, gt, le, lt

from workbook.answers import Measurement
from workbook.catalogue import Item

COMPARE = {">": gt, ">=": ge, "<": lt, "<=": le, "=": eq}


def contradicts(item: Item, measurements: Mapping[str, Measurement]) -> str:
    """Why a measurement fails the item's required threshold, or "" when it holds or nothing was measured."""
    for clause in item.thresholds:
        measured = measurements.get(clause.metric or "")
        if clause.kind != "required" or measured is None or clause.op is None or clause.value is None:
            continue
        if not COMPARE[clause.op](measured.value, clause.value):
            return f"{clause.metric} is {measured.value:g} {measured.unit}; this item asks for {clause.text}"
    return ""
