"""Help: every key, made from the actions, and what the words mean."""

from __future__ import annotations

from collections.abc import Collection
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from tui.actions import ACTIONS, PLACES, bindings, shown_keys
from tui.widgets.hanging import Hanging
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

ABOUT = 15
"""Cells before what a key does."""

SHARED = frozenset({"everywhere", "entries", "control-entries", "filters", "list"})
"""Places whose keys hold on many screens: they keep their order below those of the screen itself."""


class Help(ModalScreen[None]):
    """A page to scroll, the keys of the screen below first; the same keys stand in docs/keys.md and palette."""

    BINDINGS: ClassVar[list[BindingType]] = bindings("help")

    def __init__(self, here: Collection[str] = ()) -> None:
        """`here` names the places whose keys hold on the screen below, keys of `PLACES`."""
        super().__init__()
        self._here = frozenset(here) - SHARED

    def compose(self) -> ComposeResult:
        """Keys by place, then words."""
        with VerticalScroll(classes="prompt -tall", can_focus=False):
            yield Static(Content("Help (Esc closes, j, k and PgDn scroll)"), classes="prompt-title", markup=False)
            for place in sorted(PLACES, key=lambda one: one not in self._here):
                title = PLACES[place]
                rows = [
                    Content.assemble((f"  {shown_keys(action):<12} ", "bold $text-accent"), action.about)
                    for action in ACTIONS
                    if action.place == place
                ]
                text = Content("\n").join([Content.assemble((title, "bold")), *rows, Content("")])
                yield Static(Hanging(text, ABOUT), markup=False)
            words = [Content.assemble("  ", standing(one), f": {meaning}") for one, meaning in MEANINGS.items()]
            text = Content("\n").join([Content.assemble(("What the words mean", "bold")), *words])
            yield Static(Hanging(text), markup=False)

    def action_cancel(self) -> None:
        """Close."""
        self.dismiss()

    def action_scroll_body(self, lines: int) -> None:
        """Scroll by lines."""
        self.query_one(VerticalScroll).scroll_relative(y=lines * 2, animate=False)

    def action_page_body(self, pages: int) -> None:
        """Scroll by pages."""
        body = self.query_one(VerticalScroll)
        body.scroll_relative(y=pages * max(1, body.size.height - 2), animate=False)
