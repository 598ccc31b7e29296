"""Pillars in figures: how far each one is, and whether nearly everything is red."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from checks.observation import Outcome
from workbook.answers import Status
from workbook.catalogue import Pillar
from workbook.guide import Question
from workbook.session import Session

ENOUGH = 8
"""Below this many known points nothing is said about how red everything is."""

NEARLY_ALL = 0.25
"""When less than this share of what is known holds, the board shows only what comes next."""


@dataclass(frozen=True, slots=True)
class PillarState:
    """A pillar and how many of its items are in which state."""

    pillar: Pillar
    counts: Counter[Status]

    @property
    def total(self) -> int:
        """How many items the pillar has."""
        return sum(self.counts.values())

    @property
    def answered(self) -> int:
        """How many of them are answered."""
        return self.total - self.counts[Status.UNANSWERED]

    @property
    def holds(self) -> int:
        """How many are ready or do not apply."""
        return self.counts[Status.READY] + self.counts[Status.NOT_APPLICABLE]


def pillars(session: Session) -> tuple[PillarState, ...]:
    """The deciding checklist's pillars, in its order."""
    items = session.assessment.items
    return tuple(
        PillarState(pillar, Counter(items[item.id].status for item in session.checklist.in_pillar(pillar.id)))
        for pillar in session.checklist.scored_pillars
    )


def nearly_all_red(asked: tuple[Question, ...]) -> bool:
    """Whether hardly anything holds of what is known so far, by answer or, where there is none, by probe."""
    known = [verdict for verdict in map(_holds, asked) if verdict is not None]
    return len(known) >= ENOUGH and sum(known) / len(known) < NEARLY_ALL


def _holds(question: Question) -> bool | None:
    status = question.answer.status
    if status is not Status.UNANSWERED:
        return status in (Status.READY, Status.NOT_APPLICABLE)
    return {Outcome.MET: True, Outcome.UNMET: False}.get(question.worst)
