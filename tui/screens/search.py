"""Search: controls by their words or by filters."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, cast

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, OptionList, Static

from tui.actions import bindings
from tui.filtering import cycled, hits
from tui.widgets.rows import Rows
from workbook.ledger.half_typed import Field
from workbook.session import Session

if TYPE_CHECKING:
    from tui.app import ReadinessApp

FIELD = Field("search")

HINT = (
    "F2 standing, F3 severity, F4 owner, F5 checklist, F6 changed, F7 area; or typed, as severity:high. "
    "Enter opens, F8 keeps the board's list at these."
)


class Search(ModalScreen[str | None]):
    """Gives the chosen control, or None. Every word typed must occur; arrows move while typing."""

    BINDINGS: ClassVar[list[BindingType]] = bindings("search")

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session

    def compose(self) -> ComposeResult:
        """Input, list, hint. What the board's list is kept at stands there already."""
        with Vertical(classes="prompt -tall"):
            yield Input(
                self._session.typed.get(FIELD) or self._workbook.board_filter,
                select_on_focus=False,
                placeholder="words, or filters: standing:open-gap owner:bo",
            )
            yield Rows()
            yield Static(Content(HINT), classes="hint", markup=False)

    def on_mount(self) -> None:
        """Show everything first, or what was half typed last time."""
        self._filter(self.query_one(Input).value)

    def on_input_changed(self, event: Input.Changed) -> None:
        """Filter while typing."""
        event.stop()
        self._filter(event.value)
        self.keep_typed()

    def keep_typed(self) -> None:
        """Tell what stands in the field now; the app asks when the terminal dies."""
        typed = self.query_one(Input).value
        self._workbook.typing(FIELD, typed if typed != self._workbook.board_filter else "")

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Take the highlighted row."""
        event.stop()
        if chosen := self.query_one(Rows).chosen:
            self._go(chosen)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Take the row."""
        event.stop()
        self._go(event.option_id)

    def action_back(self) -> None:
        """Forget the words."""
        self._go(None)

    def action_keep(self) -> None:
        """The board's list shows these from now on."""
        self._workbook.board_filter = " ".join(self.query_one(Input).value.split())
        self._go(None)
        if self._workbook.board_filter:
            self.app.notify("The board's list shows only these. Esc on the board shows all again.")

    def _go(self, control: str | None) -> None:
        self._workbook.typing.given(FIELD)
        self.dismiss(control)

    @property
    def _workbook(self) -> ReadinessApp:
        return cast("ReadinessApp", self.app)

    def action_move(self, by: int) -> None:
        """Move in the list while the input has the focus."""
        rows = self.query_one(Rows)
        if by > 0:
            rows.action_cursor_down()
        else:
            rows.action_cursor_up()

    def action_filter(self, name: str) -> None:
        """Go through what a filter can be set to, as if it had been typed."""
        field = self.query_one(Input)
        field.value = cycled(self._session, field.value, name)
        field.cursor_position = len(field.value)

    def _filter(self, typed: str) -> None:
        told, rows = hits(self._session, typed, self._workbook.moved)
        listed = self.query_one(Rows)
        listed.show(rows or [("", Content("Nothing has all of that."))])
        listed.highlighted = 0 if rows else None
        self.query_one(".hint", Static).update(Content.assemble(told, ". ", HINT))
