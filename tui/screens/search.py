"""Search: controls by their words or their standing."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, cast

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, OptionList, Static

from tui.widgets.rows import Rows
from tui.wording import said, standing
from workbook.assess import PLAIN
from workbook.ledger.half_typed import Field
from workbook.session import Session

if TYPE_CHECKING:
    from tui.app import ReadinessApp

FIELD = Field("search")


class Search(ModalScreen[str | None]):
    """Gives the chosen control, or None. Every word typed must occur; arrows move while typing."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "back", "back"),
        Binding("down", "move(1)", show=False),
        Binding("up", "move(-1)", show=False),
    ]

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self._texts = {name: _words(session, name) for name in session.catalogue.controls}

    def compose(self) -> ComposeResult:
        """Input, list, hint."""
        with Vertical(classes="prompt -tall"):
            yield Input(
                self._session.typed.get(FIELD),
                select_on_focus=False,
                placeholder="words of a control, or: stops launch, open gap, not answered",
            )
            yield Rows()
            yield Static(Content("Enter opens, Esc goes back"), classes="hint", markup=False)

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
        self._workbook.typing(FIELD, self.query_one(Input).value)

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

    def _filter(self, typed: str) -> None:
        words = typed.lower().split()
        found = [name for name, text in self._texts.items() if all(word in text for word in words)]
        titles = self._session.catalogue.controls
        found.sort(key=lambda name: -sum(word in titles[name].title.lower().split() for word in words))
        standings = self._session.assessment.standings
        rows = [
            (name, Content.assemble(standing(standings[name].standing), "  ", said(titles[name].title)))
            for name in found
        ]
        listed = self.query_one(Rows)
        listed.show(rows or [("", Content("Nothing has all of these words."))])
        listed.highlighted = 0 if rows else None


def _words(session: Session, name: str) -> str:
    control = session.catalogue.controls[name]
    asks = " ".join(item.asks for item in session.catalogue.asked_by[name])
    word = PLAIN[session.assessment.standings[name].standing]
    return f"{name} {control.title} {control.why} {control.severity} {asks} {word}".lower()
