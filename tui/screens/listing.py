"""What lists of entries share: a heading, a word before the list, the lines, and a form behind each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.content import Content
from textual.widgets import OptionList, Static

from tui.actions import bindings
from tui.screens.base import WorkbookScreen
from tui.widgets.rows import Rows


class Listing(WorkbookScreen):
    """Lines to go through; Enter or a click opens one."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings("listing"), *bindings("everywhere")]

    def heading(self) -> Content:
        """What is listed."""
        raise NotImplementedError

    def lead(self) -> Content:
        """What a person should know about it; may be empty."""
        return Content("")

    def rows(self) -> Sequence[tuple[str, Content]]:
        """The lines: an id and what is shown; an id of "" makes a heading."""
        raise NotImplementedError

    def open(self, name: str) -> None:
        """Open a line."""
        raise NotImplementedError

    def content(self) -> ComposeResult:
        """Heading, lead, lines."""
        yield Static(id="listing-heading", markup=False, classes="heading")
        yield Static(id="listing-lead", markup=False)
        yield Rows(id="listing-rows")

    def paint(self) -> None:
        """Show the lines as they stand now."""
        self.query_one("#listing-heading", Static).update(self.heading())
        lead = self.query_one("#listing-lead", Static)
        lead.update(self.lead())
        lead.display = bool(self.lead().plain)
        self.query_one(Rows).show(self.rows())

    @property
    def chosen(self) -> str:
        """The id of the highlighted line, "" where there is none."""
        return self.query_one(Rows).chosen

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Open the line."""
        event.stop()
        if event.option_id:
            self.open(event.option_id)
