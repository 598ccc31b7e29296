"""A page of rows: the beginning of the plan, the findings, the history, the checklists and the warnings."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.content import Content
from textual.widgets import OptionList, Static

from tui.actions import bindings
from tui.screens.base import WorkbookScreen
from tui.screens.detail import Detail
from tui.widgets.rows import Rows

Row = tuple[str, Content]
"""What a row opens, and its text: "control:<id>", "info:<anything>" for what is only read, "" for a heading."""


class Page(WorkbookScreen):
    """A title and rows; Enter opens what a row is about. Made when it is opened, so that it costs nothing before."""

    BINDINGS: ClassVar[list[BindingType]] = bindings("page", "everywhere")

    def content(self) -> ComposeResult:
        """The title, what it says at once, and the rows."""
        yield Static(id="page-title", markup=False, classes="heading")
        yield Static(id="page-about", markup=False, classes="hint")
        yield Rows(id="page-rows")

    def paint(self) -> None:
        """Show the rows as they are now."""
        title, about, rows = self.page()
        self.query_one("#page-title", Static).update(title)
        said = self.query_one("#page-about", Static)
        said.update(about)
        said.display = bool(about.plain)
        self.query_one(Rows).show(rows)

    def page(self) -> tuple[Content, Content, Sequence[Row]]:
        """The title, a line about it, and the rows."""
        raise NotImplementedError

    @property
    def chosen(self) -> str:
        """The highlighted row's name."""
        return self.query_one(Rows).chosen

    def copied(self) -> str:
        """The highlighted row as it is read."""
        return self.query_one(Rows).text

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Open what the row is about."""
        event.stop()
        self.open_row(event.option_id or "")

    def action_select(self) -> None:
        """Enter where the list has no focus."""
        self.open_row(self.chosen)

    def open_row(self, name: str) -> None:
        """Open a row; a page with rows of its own kind opens those itself."""
        if control := self._control(name):
            self.app.push_screen(Detail(control))

    def action_guide(self) -> None:
        """The guide at the highlighted control."""
        self.workbook_app.open_guide(self._control(self.chosen))

    def _control(self, name: str) -> str:
        kind, _, rest = name.partition(":")
        control = rest.partition("|")[0]
        return control if kind == "control" and control in self.session.catalogue.controls else ""


def info(rows: Sequence[Content], first: int = 0) -> list[Row]:
    """Rows that are only read. They can be highlighted all the same, so that the keyboard reaches every line."""
    return [(f"info:{number}", text) for number, text in enumerate(rows, first)]
