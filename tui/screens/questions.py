"""Every question of the guide in one list."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import OptionList, Static

from tui.actions import bindings
from tui.widgets.rows import Rows
from tui.wording import asks, standing
from workbook.session import Session


class Questions(ModalScreen[str | None]):
    """Gives the chosen control, or None."""

    BINDINGS: ClassVar[list[BindingType]] = bindings("window")

    def __init__(self, controls: Sequence[str]) -> None:
        super().__init__()
        self._controls = controls

    def compose(self) -> ComposeResult:
        """A title and the list."""
        with Vertical(classes="prompt -tall"):
            yield Static(Content("All questions, what matters most first"), classes="prompt-title", markup=False)
            yield Rows()

    def on_mount(self) -> None:
        """Fill the list."""
        session: Session = self.app.session  # type: ignore[attr-defined]  # the app is ours
        self.query_one(Rows).show(
            [
                (
                    name,
                    Content.assemble(
                        standing(session.assessment.standings[name].standing), "  ", asks(session.question(name))
                    ),
                )
                for name in self._controls
            ]
        )

    def action_cancel(self) -> None:
        """Close without a choice."""
        self.dismiss(None)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Give the choice back."""
        event.stop()
        self.dismiss(event.option_id)
