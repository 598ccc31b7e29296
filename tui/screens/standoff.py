"""Standoffs: what a merge of two branches left for a person, both sides one below the other."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from tui.actions import bindings
from tui.screens.base import WorkbookScreen
from tui.wording import said, said_lines
from workbook.errors import Refused
from workbook.merge.standoffs import Standoff, shown


class Standoffs(WorkbookScreen):
    """One after the other; what stands in the file here, or what the other branch said."""

    BINDINGS: ClassVar[list[BindingType]] = [
        *bindings("standoff"),
        *bindings("listing"),
        *bindings("everywhere"),
    ]

    def content(self) -> ComposeResult:
        """Which one, then both sides."""
        yield Static(id="standoff-title", markup=False, classes="heading")
        with VerticalScroll(can_focus=False):
            yield Static(id="standoff-sides", markup=False)

    def paint(self) -> None:
        """Show the first that is left."""
        left = self.session.standoffs
        title, sides = self.query_one("#standoff-title", Static), self.query_one("#standoff-sides", Static)
        if not left:
            title.update(Content("Nothing is left to decide"))
            sides.update(Content("Save with s. In the middle of a merge, go on with: git add, then git commit"))
            return
        many = f"{len(left)} left: " if len(left) > 1 else ""
        title.update(Content.assemble(f"Two branches disagree. {many}", said(self._called(left[0]))))
        sides.update(_both(left[0]))

    def action_agree(self, take_other: bool) -> None:
        """Decide for a side, and go on to the next."""
        left = self.session.standoffs
        if left and self.workbook_app.may_edit():
            try:
                self.session.agree(left[0], take_other=take_other)
            except Refused as refused:
                self.workbook_app.complain(str(refused))
            self.workbook_app.changed()

    def _called(self, one: Standoff) -> str:
        """Its table in people's words, where it is a control's."""
        known = self.session.catalogue.controls
        if one.table[:1] == ("controls",) and one.table[-1] in known:
            return f"{known[one.table[-1]].title}{f': {one.unit}' if one.unit else ''}"
        return one.place


def _both(one: Standoff) -> Content:
    """Both sides, field by field where they differ."""
    if not one.unit:
        text = (
            f"This entry is not one that a merge wrote: {shown(one.entry)}\nm keeps the table as it is, and drops it."
        )
        return said_lines(text)
    lines = [Content("Neither side counts until you decide. m keeps ours, t takes theirs.")]
    for name in dict.fromkeys((*one.kept, *one.other)):
        here, there = one.kept.get(name), one.other.get(name)
        if here != there:
            lines += [Content(""), said(name.replace("_", " "), "bold")]
            for word, value, color in (("ours", here, "$text-accent"), ("theirs", there, "$text-warning")):
                told = said_lines(shown(value)) if value is not None else Content("(nothing)")
                lines.append(Content.assemble((f"  {word:<7}", color), told))
    return Content("\n").join(lines)
