"""Items as the models see them, counted by the pillar they stand in."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence

from checks.frozen import Frozen
from workbook.answers import Status

OPEN = (Status.NEEDS_REVIEW, Status.BLOCKER)
"""Answered, and not satisfied."""

MANY_ABSENT = 10
"""Above this many items that do not apply, the checklist may not fit the product."""


class Line(Frozen):
    """One item of a checklist: its pillar, its state and its id."""

    pillar: str
    status: Status
    item: str = ""

    @property
    def number(self) -> str:
        """The last part of the id, as people quote it: "31"."""
        return self.item.rsplit(".", 1)[-1]


class Tally(Frozen):
    """How the items of a pillar stand. `met` counts what is ready and what does not apply."""

    of: int
    met: int
    not_applicable: int
    needs_review: int
    blockers: int
    unanswered: int

    @property
    def full(self) -> bool:
        """Whether every item is satisfied."""
        return self.met == self.of

    @property
    def reachable(self) -> bool:
        """Whether answering what is unanswered can still fill it, with the given answers as they are."""
        return self.met + self.unanswered == self.of


def tally(lines: Iterable[Line], sizes: Mapping[str, int]) -> dict[str, Tally]:
    """One tally for each pillar of `sizes`; a line that is missing counts as unanswered, other pillars are ignored."""
    by_pillar: dict[str, list[Status]] = {pillar: [] for pillar in sizes}
    for line in lines:
        if line.pillar in by_pillar:
            by_pillar[line.pillar].append(line.status)
    return {pillar: _tally(found, sizes[pillar]) for pillar, found in by_pillar.items()}


def total(tallies: Iterable[Tally]) -> Tally:
    """Several tallies as one."""
    all_of = tuple(tallies)
    return Tally(
        of=sum(one.of for one in all_of),
        met=sum(one.met for one in all_of),
        not_applicable=sum(one.not_applicable for one in all_of),
        needs_review=sum(one.needs_review for one in all_of),
        blockers=sum(one.blockers for one in all_of),
        unanswered=sum(one.unanswered for one in all_of),
    )


def ids(lines: Iterable[Line], among: Collection[Status], pillars: Collection[str]) -> tuple[str, ...]:
    """The items of these pillars in one of these states, in the order of their numbers; lines without an id are not."""
    found = [line.item for line in lines if line.status in among and line.pillar in pillars and line.item]
    return tuple(sorted(found, key=_by_number))


def _by_number(item: str) -> list[tuple[int, str]]:
    return [(int(part), "") if part.isdigit() else (0, part) for part in re.split(r"(\d+)", item)]


def stops(blockers: int) -> tuple[str, ...]:
    """What blockers make certain: "2 stop launch"; nothing without any."""
    return (f"{blockers} stop{'s' if blockers == 1 else ''} launch",) if blockers else ()


def fit(absent: int) -> tuple[str, ...]:
    """The doubt that many items which do not apply cast on the choice of checklist."""
    if absent <= MANY_ABSENT:
        return ()
    return (f"{absent} items do not apply: this checklist may not fit the product",)


def listed(words: Sequence[object]) -> str:
    """Words as people list them: "1, 2 and 5"."""
    *first, last = (str(word) for word in words)
    return f"{', '.join(first)} and {last}" if first else last


def _tally(found: Sequence[Status], of: int) -> Tally:
    absent = found.count(Status.NOT_APPLICABLE)
    return Tally(
        of=of,
        met=found.count(Status.READY) + absent,
        not_applicable=absent,
        needs_review=found.count(Status.NEEDS_REVIEW),
        blockers=found.count(Status.BLOCKER),
        unanswered=found.count(Status.UNANSWERED) + of - len(found),
    )
