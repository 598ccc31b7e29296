"""Pillars in figures: how far each one is."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from workbook.answers import Status
from workbook.catalogue import Pillar
from workbook.session import Session


@dataclass(frozen=True, slots=True)
class PillarState:
    """A pillar and how many of its items are in which state."""

    pillar: Pillar
    counts: Counter[Status]

    @property
    def asked(self) -> int:
        """How many of the pillar's items apply, and so ask for an answer."""
        return sum(self.counts.values()) - self.counts[Status.NOT_APPLICABLE]

    @property
    def answered(self) -> int:
        """How many of them are answered."""
        return self.asked - self.counts[Status.UNANSWERED]


def pillars(session: Session) -> tuple[PillarState, ...]:
    """The deciding checklist's pillars, in its order."""
    items = session.assessment.items
    return tuple(
        PillarState(pillar, Counter(items[item.id].status for item in session.checklist.in_pillar(pillar.id)))
        for pillar in session.checklist.scored_pillars
    )
