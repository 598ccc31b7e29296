"""Shows what somebody else saved in the same place, both sides, and lets the person decide part by part, or at once."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import ipywidgets

from workbook.ledger.clashes import parts, sides, title
from workbook.notebook.guard import Guard
from workbook.notebook.handling import button
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
        """The parts that wait for a decision, first one first."""
        self.widget = ipywidgets.VBox([])

    def show(self, clashes: tuple[Clash, ...]) -> None:
        """Ask about these clashes."""
        self._ask([part for clash in clashes for part in parts(clash)])

    def decide(self, *decided: Clash, keep_mine: bool) -> None:
        """Settle parts; the next save carries the decision."""
        for part in decided:
            self._session.settle(part, keep_mine=keep_mine)
        self._ask([other for other in self.open if other not in decided])
        left = len(self.open)
        self._guard.say(f"Decided; {left} to go." if left else "Decided. Press Save again.")
        self._on_change()

    def _ask(self, open_parts: list[Clash]) -> None:
        self.open = open_parts
        boxes = [self._asking(part) for part in self.open]
        if len(boxes) > 1:
            heading = ipywidgets.HTML("<h4>All of it</h4>")
            boxes.append(ipywidgets.VBox([heading, self._choices("all ", *self.open)]))
        self.widget.children = boxes

    def _asking(self, part: Clash) -> ipywidgets.VBox:
        rows = [(side.field, side.before, side.mine, side.theirs) for side in sides(part)]
        both = ipywidgets.HTML(
            f"<h4>Somebody else changed {html(title(self._session.catalogue, part))}</h4>"
            + table(("Field", "Before", "Mine", "Theirs"), rows)
        )
        return ipywidgets.VBox([both, self._choices("", part)])

    def _choices(self, of_what: str, *of: Clash) -> ipywidgets.HBox:
        mine = button(self._guard, f"Keep {of_what}mine", partial(self.decide, *of, keep_mine=True))
        theirs = button(self._guard, f"Take {of_what}theirs", partial(self.decide, *of, keep_mine=False))
        return ipywidgets.HBox([mine, theirs])
