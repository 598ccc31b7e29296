"""A clash: somebody else saved the same field. Both sides side by side, a person decides."""

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
from workbook.store import MISSING, Clash


class ClashView(WorkbookScreen):
    """One clash after the other; after the last one the save is tried again."""

    BINDINGS: ClassVar[list[BindingType]] = bindings("clash", "everywhere")

    def __init__(self, clashes: tuple[Clash, ...]) -> None:
        super().__init__()
        self._clashes = clashes
        self._at = 0

    def content(self) -> ComposeResult:
        """Which one, then both sides."""
        yield Static(id="clash-title", markup=False, classes="heading")
        with VerticalScroll(can_focus=False):
            yield Static(id="clash-sides", markup=False)

    def paint(self) -> None:
        """Show the clash that waits."""
        clash = self._clashes[self._at]
        known = self.session.catalogue.controls
        name = known[clash.table[1]].title if clash.table[-1] in known else ".".join(clash.table)
        title = Content.assemble(f"Clash {self._at + 1} of {len(self._clashes)}: ", said(name))
        self.query_one("#clash-title", Static).update(title)
        about = Content("Somebody saved this while you were editing. Nothing has been written. Whose value stays?\n")
        parts = [about]
        for field, (base, mine, theirs) in clash.fields.items():
            parts.append(Content.assemble(said(field, "bold")))
            parts += [
                Content.assemble((f"  {who:<7}", color), said_lines(_value(value)))
                for who, value, color in (
                    ("before", base, "$foreground 60%"),
                    ("mine", mine, "$text-accent"),
                    ("theirs", theirs, "$text-warning"),
                )
            ]
        self.query_one("#clash-sides", Static).update(Content("\n").join(parts))

    def action_settle(self, keep_mine: bool) -> None:
        """Decide this one and go on."""
        self.session.settle(self._clashes[self._at], keep_mine=keep_mine)
        if self._at + 1 < len(self._clashes):
            self._at += 1
            self.repaint()
        else:
            self.dismiss()
            self.workbook_app.call_after_refresh(self.workbook_app.action_save)


def _value(value: object) -> str:
    return "(not there)" if value is MISSING else str(value)
