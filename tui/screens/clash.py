"""A clash: somebody else saved the same thing. Both sides one below the other, a person decides."""

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
from workbook.ledger.clashes import parts, sides, title
from workbook.store import Clash


class ClashView(WorkbookScreen):
    """One part of an answer after the other, or all at once; after the last one the save is tried again."""

    BINDINGS: ClassVar[list[BindingType]] = bindings("clash", "everywhere")

    def __init__(self, clashes: tuple[Clash, ...]) -> None:
        super().__init__()
        self._set(clashes)

    def content(self) -> ComposeResult:
        """Which one, then both sides."""
        yield Static(id="clash-title", markup=False, classes="heading")
        with VerticalScroll(can_focus=False):
            yield Static(id="clash-sides", markup=False)

    def show(self, clashes: tuple[Clash, ...]) -> None:
        """Ask about these instead, as when somebody saved again in the meantime."""
        self._set(clashes)
        self.repaint()

    def paint(self) -> None:
        """Show the part that waits."""
        part = self._parts[self._at]
        counted = f"Clash {self._at + 1} of {len(self._parts)}: "
        self.query_one("#clash-title", Static).update(
            Content.assemble(counted, said(title(self.session.catalogue, part)))
        )
        rows = [Content("Somebody saved this while you were editing. Nothing has been written. Whose stays?\n")]
        for side in sides(part):
            rows.append(said(side.field, "bold"))
            rows += [
                Content.assemble((f"  {who:<7}", color), said_lines(value))
                for who, value, color in (
                    ("before", side.before, "$foreground 60%"),
                    ("mine", side.mine, "$text-accent"),
                    ("theirs", side.theirs, "$text-warning"),
                )
            ]
        self.query_one("#clash-sides", Static).update(Content("\n").join(rows))

    def action_settle(self, keep_mine: bool) -> None:
        """Decide this part and go on."""
        self.session.settle(self._parts[self._at], keep_mine=keep_mine)
        if self._at + 1 < len(self._parts):
            self._at += 1
            self.repaint()
        else:
            self._done()

    def action_settle_rest(self, keep_mine: bool) -> None:
        """Decide everything that is left in the same way."""
        for part in self._parts[self._at :]:
            self.session.settle(part, keep_mine=keep_mine)
        self._done()

    def _done(self) -> None:
        self.dismiss()
        self.workbook_app.call_after_refresh(self.workbook_app.action_save)

    def _set(self, clashes: tuple[Clash, ...]) -> None:
        self._parts = [part for clash in clashes for part in parts(clash)]
        self._at = 0
