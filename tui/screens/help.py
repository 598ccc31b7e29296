"""Help: every key, made from the actions, and what the words mean."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from tui.actions import ACTIONS, PLACES, bindings, shown_keys
from tui.wording import standing
from workbook.assess import Standing

MEANINGS = {
    Standing.PROVEN: "it holds, and a probe, a report or a second person confirms it",
    Standing.CLAIMED: "it holds, on the word of the named people",
    Standing.LAPSED: "it held, but what it rested on has changed or grown old",
    Standing.DISPUTED: "somebody says it holds, and the probe sees the opposite",
    Standing.WAIVED: "it does not hold; a named person accepted the risk until a date",
    Standing.NEEDS_REVIEW: "it holds partly, not at all, or nobody knows",
    Standing.BLOCKER: "it does not hold and the launch waits for it",
    Standing.NOT_APPLICABLE: "it does not concern this product; the reason is kept",
    Standing.UNANSWERED: "nobody has answered yet",
}
"""What each standing means."""


class Help(ModalScreen[None]):
    """A page to scroll; the same keys stand in README and palette."""

    BINDINGS: ClassVar[list[BindingType]] = bindings("help")

    def compose(self) -> ComposeResult:
        """Keys by place, then words."""
        with VerticalScroll(classes="prompt -tall", can_focus=False):
            yield Static(Content("Help (Esc closes, j and k scroll)"), classes="prompt-title", markup=False)
            for place, title in PLACES.items():
                rows = [
                    Content.assemble((f"  {shown_keys(action):<12} ", "bold $text-accent"), action.about)
                    for action in ACTIONS
                    if action.place == place
                ]
                yield Static(Content("\n").join([Content.assemble((title, "bold")), *rows, Content("")]), markup=False)
            words = [Content.assemble("  ", standing(one), f": {meaning}") for one, meaning in MEANINGS.items()]
            yield Static(Content("\n").join([Content.assemble(("What the words mean", "bold")), *words]), markup=False)

    def action_cancel(self) -> None:
        """Close."""
        self.dismiss()

    def action_scroll_body(self, lines: int) -> None:
        """Scroll by lines."""
        self.query_one(VerticalScroll).scroll_relative(y=lines * 2, animate=False)
