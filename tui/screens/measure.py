"""Measurements: one number is stored once, and every item that asks for it says at once what it makes of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar

from textual.content import Content

from tui.asked import FAILS, HOLDS, asked_for, called, read, unit_of
from tui.screens.form import FormScreen
from tui.widgets.part import Part
from tui.wording import said
from workbook.answers import Measurement
from workbook.catalogue import Item
from workbook.errors import Refused
from workbook.metrics import ALERT, COUNT, misfit
from workbook.thresholds import Comparison, comparisons
from workbook.typed import parted


class Measure(FormScreen):
    """One number: value with unit, and where it comes from."""

    KIND: ClassVar[str] = "number"

    def heading(self) -> Content:
        """Which number."""
        return Content.assemble("Measurement: ", called(self.subject, asked_for(self.session).get(self.subject, ())))

    def lead(self) -> Content:
        """In which unit it counts, and what stood there."""
        old = self.session.state.measurements.get(self.subject)
        before = f" It was {read(old.value, old.unit)}{f', {old.at}' if old.at else ''}." if old else ""
        unit = unit_of(self.session, self.subject)
        return said(f"{'A count' if unit == COUNT else f'In {unit} if you write no unit'}.{before}")

    def parts(self) -> Sequence[Part]:
        """Value and source."""
        old = self.session.state.measurements.get(self.subject)
        unit = unit_of(self.session, self.subject)
        return (
            Part("value", "Value", f"as in {'83.4 %' if unit == 'share' else read(12, unit)}", check=self._number),
            Part("source", "Source", "where it comes from, as in coverage.xml", value=old.source if old else ""),
        )

    def preview(self, values: Mapping[str, str]) -> Content:
        """What every item that asks for it makes of it."""
        try:
            value, unit = self._number(values["value"])
        except Refused:
            return self._limits()
        stored = {**self.session.state.measurements, self.subject: Measurement(value, unit, values["source"])}
        lines = [said(f"{read(value, unit)}:")]
        lines += [_told(item, one) for item, one in self._compared(stored)]
        return Content("\n").join(lines) if len(lines) > 1 else Content("No item of the chosen checklists compares it.")

    def take(self, values: Mapping[str, str]) -> str:
        """Store it."""
        value, unit = self._number(values["value"])
        self.session.measure(self.subject, value, unit, values["source"])
        return f"{self.subject} = {read(value, unit)}"

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


def _told(item: Item, one: Comparison) -> Content:
    return Content.assemble(HOLDS if one.holds else FAILS, "  ", said(item.id, "bold"), "  ", said(one.clause.text))
