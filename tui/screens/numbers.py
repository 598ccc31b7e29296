"""All numbers at once: what is stored, and whether it is enough for every item that asks for it."""

from __future__ import annotations

from collections.abc import Sequence

from textual.content import Content

from tui.asked import FAILS, HOLDS, asked_for, called, read
from tui.screens.listing import Listing
from tui.screens.measure import Measure
from tui.wording import said
from workbook.answers import Measurement
from workbook.catalogue import Item
from workbook.thresholds import comparisons


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
        head = called(name, items)
        if stored is None:
            return Content.assemble(head, "  · not measured")
        where = f", {stored.source}" if stored.source else ""
        told = said(f"  {read(stored.value, stored.unit)}{where}{f', {stored.at}' if stored.at else ''}")
        verdicts = [one for item in items for one in comparisons(item, {name: stored})]
        failing = sum(not one.holds for one in verdicts)
        count = f"{len(verdicts)} of {len(verdicts)}" if not failing else f"{failing} of {len(verdicts)}"
        word, color = FAILS if failing else HOLDS
        return Content.assemble(head, told, ("  " + f"{word} for {count}", color) if verdicts else "")
