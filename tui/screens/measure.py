"""Measurements: one number is stored once, and every item that asks for it says at once what it makes of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar

from textual.content import Content

from tui.screens.form import FormScreen
from tui.screens.listing import Listing
from tui.widgets.form import Part
from tui.wording import said
from workbook.answers import SCORECARD, Measurement
from workbook.catalogue import Item
from workbook.errors import Refused
from workbook.metrics import ALERT, COUNT, metrics, misfit
from workbook.session import Session
from workbook.thresholds import Comparison, comparisons
from workbook.typed import parted

COMPARED = ("required", "implied", "alert")
"""The kinds of clauses a number is held against."""

HOLDS, FAILS = ("✓ holds", "$text-success"), ("✖ does not hold", "$text-error")


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


class Numbers(Listing):
    """Every number the chosen checklists compare: what is stored, and whether it is enough."""

    def heading(self) -> Content:
        """What is listed."""
        return Content("Measurements")

    def lead(self) -> Content:
        """What they are for."""
        return Content("A number is stored once. Each item compares it with its own limit.")

    def rows(self) -> Sequence[tuple[str, Content]]:
        """Stored ones first, each with what its items make of it."""
        asked, stored = asked_for(self.session), self.session.state.measurements
        names = sorted(asked, key=lambda name: name not in stored)
        return [(name, self._row(name, asked[name], stored.get(name))) for name in names]

    def open(self, name: str) -> None:
        """Enter a number."""
        if self.workbook_app.may_edit():
            self.app.push_screen(Measure(name))

    def _row(self, name: str, items: Sequence[Item], stored: Measurement | None) -> Content:
        head = _head(name, items)
        if stored is None:
            return Content.assemble(head, "  · not measured")
        where = f", {stored.source}" if stored.source else ""
        told = said(f"  {_read(stored.value, stored.unit)}{where}{f', {stored.at}' if stored.at else ''}")
        verdicts = [one for item in items for one in comparisons(item, {name: stored})]
        failing = sum(not one.holds for one in verdicts)
        count = f"{len(verdicts)} of {len(verdicts)}" if not failing else f"{failing} of {len(verdicts)}"
        word, color = FAILS if failing else HOLDS
        return Content.assemble(head, told, ("  " + f"{word} for {count}", color) if verdicts else "")


class Measure(FormScreen):
    """One number: value with unit, and where it comes from."""

    KIND: ClassVar[str] = "number"

    def heading(self) -> Content:
        """Which number."""
        return Content.assemble("Measurement: ", _head(self.subject, asked_for(self.session).get(self.subject, ())))

    def lead(self) -> Content:
        """In which unit it counts, and what stood there."""
        old = self.session.state.measurements.get(self.subject)
        before = f" It was {_read(old.value, old.unit)}{f', {old.at}' if old.at else ''}." if old else ""
        unit = unit_of(self.session, self.subject)
        return said(f"{'A count' if unit == COUNT else f'In {unit} if you write no unit'}.{before}")

    def parts(self) -> Sequence[Part]:
        """Value and source."""
        old = self.session.state.measurements.get(self.subject)
        unit = unit_of(self.session, self.subject)
        return (
            Part("value", "Value", f"as in {'83.4 %' if unit == 'share' else _read(12, unit)}", check=self._number),
            Part("source", "Source", "where it comes from, as in coverage.xml", value=old.source if old else ""),
        )

    def preview(self, values: Mapping[str, str]) -> Content:
        """What every item that asks for it makes of it."""
        try:
            value, unit = self._number(values["value"])
        except Refused:
            return self._limits()
        stored = {**self.session.state.measurements, self.subject: Measurement(value, unit, values["source"])}
        lines = [said(f"{_read(value, unit)}:")]
        lines += [_told(item, one) for item, one in self._compared(stored)]
        return Content("\n").join(lines) if len(lines) > 1 else Content("No item of the chosen checklists compares it.")

    def take(self, values: Mapping[str, str]) -> str:
        """Store it."""
        value, unit = self._number(values["value"])
        self.session.measure(self.subject, value, unit, values["source"])
        return f"{self.subject} = {_read(value, unit)}"

    def _number(self, text: str) -> tuple[float, str]:
        """The number and its unit, the usual one where none was written.

        Raises:
            Refused: it is no number, or cannot be one of this name.
        """
        bare = text[-1:].isdecimal()
        value, unit = parted(text, unit_of(self.session, self.subject) if bare else None)
        if trouble := misfit(self.subject, value, unit):
            raise Refused(trouble)
        return value, unit

    def _limits(self) -> Content:
        """What is asked for, while there is nothing to compare."""
        lines = [
            Content.assemble(said(item.id, "bold"), "  asks for ", said(clause.text))
            for item in asked_for(self.session).get(self.subject, ())
            for clause in item.thresholds
            if clause.metric == self.subject.removeprefix(ALERT)
        ]
        return Content("\n").join(lines)

    def _compared(self, stored: Mapping[str, Measurement]) -> Sequence[tuple[Item, Comparison]]:
        slugs = self.session.state.checklists
        items = [item for slug in slugs for item in self.session.catalogue.checklists[slug].items]
        return [(item, one) for item in items for one in comparisons(item, stored) if one.stored.name == self.subject]


def _head(name: str, items: Sequence[Item]) -> Content:
    """What the number is about in the words of an item that asks for it; its name, as commands know it, behind."""
    if not items:
        return said(name, "bold")
    more = f" and {len(items) - 1} more" if len(items) > 1 else ""
    return Content.assemble(said(f"{items[0].title}{more}", "bold"), said(f"  {name}", "$foreground 60%"))


def _read(value: float, unit: str) -> str:
    """A number as people read it."""
    return f"{value:g}" if unit == COUNT else f"{value:g} {unit}"


def _told(item: Item, one: Comparison) -> Content:
    return Content.assemble(HOLDS if one.holds else FAILS, "  ", said(item.id, "bold"), "  ", said(one.clause.text))
