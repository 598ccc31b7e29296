"""The numbers that checklists ask for: which items compare them, in which unit, and how people read them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from textual.content import Content

from tui.wording import said
from workbook.answers import SCORECARD
from workbook.catalogue import Item
from workbook.metrics import ALERT, COUNT, metrics
from workbook.session import Session

COMPARED = ("required", "implied", "alert")
"""The kinds of clauses a number is held against."""

HOLDS, FAILS = ("✓ holds", "$text-success"), ("✖ does not hold", "$text-error")
"""What an item makes of a number: sign, word and color."""


def asked_for(session: Session) -> Mapping[str, tuple[Item, ...]]:
    """The numbers that items of the chosen checklists compare, by name, and those stored besides; with these items."""
    found: dict[str, list[Item]] = {}
    for slug in session.state.checklists:
        for item in session.catalogue.checklists[slug].items:
            for clause in item.thresholds:
                if clause.metric and item.layer != SCORECARD and clause.kind in COMPARED and clause.value is not None:
                    name = f"{ALERT}{clause.metric}" if clause.kind == "alert" else clause.metric
                    found.setdefault(name, []).append(item)
    for name in session.state.measurements:
        found.setdefault(name, [])
    return {name: tuple(dict.fromkeys(items)) for name, items in found.items()}


def unit_of(session: Session, name: str) -> str:
    """The unit a number of this name is compared in."""
    bare = name.removeprefix(ALERT)
    if bare in metrics():
        return metrics()[bare].unit
    clauses = (clause for item in session.catalogue.items.values() for clause in item.thresholds)
    return next((clause.unit for clause in clauses if clause.metric == bare and clause.unit), COUNT)


def called(name: str, items: Sequence[Item]) -> Content:
    """What the number is about in the words of an item that asks for it; its name, as commands know it, behind."""
    if not items:
        return said(name, "bold")
    more = f" and {len(items) - 1} more" if len(items) > 1 else ""
    return Content.assemble(said(f"{items[0].title}{more}", "bold"), said(f"  {name}", "$foreground 60%"))


def read(value: float, unit: str) -> str:
    """A number as people read it."""
    return f"{value:g}" if unit == COUNT else f"{value:g} {unit}"
