"""When nearly everything is open, every face says so, and shows only what comes next: one rule for all of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from workbook.answers import Status
from workbook.assess import ItemState

NEARLY_ALL: Final = 80
"""From this share of open items on, in percent, nearly everything is open (our choice)."""

USUAL_START: Final = 15
"""How much of the criteria is met at the start on average, in percent (Seven steps)."""


@dataclass(frozen=True, slots=True)
class Met:
    """How many items of a checklist hold, and of how many. What does not apply holds."""

    met: int
    of: int

    @property
    def nearly_all_open(self) -> bool:
        """Whether so much is open that only the next steps help."""
        return self.of > 0 and 100 * (self.of - self.met) >= NEARLY_ALL * self.of

    @property
    def sentence(self) -> str:
        """What to say then, instead of a wall of red."""
        return (
            f"Nearly everything is open: {self.met} of {self.of} items hold. That is usual, the average generated app "
            f"starts near {USUAL_START} % (Seven steps)."
        )


def met(items: Iterable[ItemState]) -> Met:
    """How many of the items hold."""
    states = [one.status for one in items]
    return Met(sum(one in (Status.READY, Status.NOT_APPLICABLE) for one in states), len(states))
