"""One pillar: its items in the article's order, each with its state and its controls."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.content import Content
from textual.widgets import OptionList, Static

from tui.actions import bindings
from tui.screens.base import WorkbookScreen
from tui.screens.detail import Detail
from tui.widgets.rows import Rows
from tui.wording import said, standing, status


class PillarView(WorkbookScreen):
    """The items of one pillar; Enter opens the control."""

    BINDINGS: ClassVar[list[BindingType]] = [
        *bindings("pillar"),
        *bindings("everywhere"),
    ]

    def __init__(self, pillar: str) -> None:
        super().__init__()
        self._pillar = pillar

    def content(self) -> ComposeResult:
        """The pillar's name and its rows."""
        yield Static(id="pillar-title", markup=False, classes="heading")
        yield Rows(id="pillar-rows")

    def paint(self) -> None:
        """Show the items."""
        checklist = self.session.checklist
        pillar = next(one for one in checklist.pillars if one.id == self._pillar)
        self.query_one("#pillar-title", Static).update(said(checklist.heading(pillar)))
        judged = self.session.assessment
        rows = []
        for item in checklist.in_pillar(self._pillar):
            head = Content.assemble(
                f"{item.number:>3}  ", said(item.title, "bold"), "  ", status(judged.items[item.id].status)
            )
            rows.append((f"{item.id}|{item.controls[0] if item.controls else ''}", head))
            if len(item.controls) > 1:
                rows += [
                    (
                        f"{item.id}+{name}|{name}",
                        Content.assemble(
                            said(f"       {self.session.catalogue.controls[name].title}  "),
                            standing(judged.standings[name].standing),
                        ),
                    )
                    for name in item.controls
                ]
        self.query_one(Rows).show(rows)

    @property
    def about(self) -> str:
        """The control of the highlighted line."""
        return self.query_one(Rows).chosen.partition("|")[2]

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Open the control."""
        event.stop()
        control = (event.option_id or "").partition("|")[2]
        if control:
            self.app.push_screen(Detail(control))

    def action_guide(self) -> None:
        """The guide at the highlighted control."""
        self.workbook_app.open_guide(self.query_one(Rows).chosen.partition("|")[2])
