"""Shows what somebody else saved in the same field, both sides, and lets the person decide."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import ipywidgets

from workbook.notebook import words
from workbook.notebook.guard import Guard
from workbook.notebook.handling import handled
from workbook.notebook.views import table
from workbook.session import Session
from workbook.store import Clash
from workbook.text import html


class ClashPanel:
    """The open clashes of a save. Empty while there are none."""

    def __init__(self, session: Session, guard: Guard, on_change: Callable[[], None]) -> None:
        self._session = session
        self._guard = guard
        self._on_change = on_change
        self.open: list[Clash] = []
        """The clashes that wait for a decision, first one first."""
        self.widget = ipywidgets.VBox([])

    def show(self, clashes: tuple[Clash, ...]) -> None:
        """Ask about these clashes."""
        self.open = list(clashes)
        self.widget.children = [self._asking(clash) for clash in self.open]

    def decide(self, clash: Clash, *, keep_mine: bool) -> None:
        """Settle one clash; the next save carries the decision."""
        self._session.settle(clash, keep_mine=keep_mine)
        self.show(tuple(other for other in self.open if other is not clash))
        left = len(self.open)
        self._guard.say(f"Decided; {left} to go." if left else "Decided. Press Save again.")
        self._on_change()

    def _asking(self, clash: Clash) -> ipywidgets.VBox:
        rows = [
            (field, words.value(base), words.value(mine), words.value(theirs))
            for field, (base, mine, theirs) in clash.fields.items()
        ]
        both = ipywidgets.HTML(
            f"<h4>Somebody else changed {html('.'.join(clash.table))} too</h4>"
            + table(("Field", "Before", "Mine", "Theirs"), rows)
        )
        mine = ipywidgets.Button(description="Keep mine")
        theirs = ipywidgets.Button(description="Take theirs")
        mine.on_click(handled(self._guard, partial(self.decide, clash, keep_mine=True)))
        theirs.on_click(handled(self._guard, partial(self.decide, clash, keep_mine=False)))
        return ipywidgets.VBox([both, ipywidgets.HBox([mine, theirs])])
