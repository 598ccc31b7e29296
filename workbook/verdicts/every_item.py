"""The plain model of a team's own checklist: every item must be satisfied, nothing is weighed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import ClassVar, Literal

from workbook.answers import Status
from workbook.verdicts.lines import Line, Tally, fit, ids, stops, tally, total
from workbook.verdicts.record import Record, Way

FORMULA = "every item satisfied; a blocker holds the launch"
OPEN = (Status.NEEDS_REVIEW, Status.BLOCKER)


class Verdict(Record, kw_only=True):
    """Whether every item holds, and how each pillar stands: satisfied and size."""

    model: ClassVar[Literal["every-item"]] = "every-item"
    items_met: int
    pillars: dict[str, tuple[int, int]]


def decide(lines: Iterable[Line]) -> Verdict:
    """The verdict over the items of any checklist; their order never matters."""
    given = tuple(lines)
    sizes: dict[str, int] = {}
    for line in given:
        sizes[line.pillar] = sizes.get(line.pillar, 0) + 1
    counts = tally(given, sizes)
    everything = total(counts.values())
    verdict, can_end = _verdict(everything), _can_end(everything)
    return Verdict(
        items_met=everything.met,
        pillars={name: (one.met, one.of) for name, one in counts.items()},
        verdict=verdict,
        formula=FORMULA,
        of=everything.of,
        lowest=everything.met,
        highest=everything.met + everything.unanswered,
        can_end=can_end,
        decided_by=_decided_by(given, sizes, verdict),
        next_better=_next_better(given, sizes, can_end[-1], everything),
        hold=everything.blockers > 0,
        not_applicable=everything.not_applicable,
        needs_review=everything.needs_review,
        blockers=everything.blockers,
        unanswered=everything.unanswered,
        certain=stops(everything.blockers),
        notes=fit(everything.not_applicable),
    )


def _verdict(everything: Tally) -> str:
    if everything.unanswered:
        return "incomplete"
    if everything.blockers:
        return "hold"
    return "all-hold" if everything.full else "gaps"


def _can_end(everything: Tally) -> tuple[str, ...]:
    """The verdicts that the unanswered items leave open, worst first."""
    if everything.blockers:
        return ("hold",)
    if not everything.unanswered:
        return (_verdict(everything),)
    return ("hold", "gaps", *(() if everything.needs_review else ("all-hold",)))


def _decided_by(lines: Sequence[Line], sizes: dict[str, int], verdict: str) -> tuple[str, ...]:
    asked = {"incomplete": (Status.UNANSWERED,), "hold": (Status.BLOCKER,)}.get(verdict, OPEN)
    return ids(lines, asked, sizes)


def _next_better(lines: Sequence[Line], sizes: dict[str, int], best: str, everything: Tally) -> Way | None:
    if best == "all-hold":
        return None
    if best == "hold" and everything.needs_review:
        return Way("gaps", ids(lines, (Status.BLOCKER,), sizes))
    return Way("all-hold", ids(lines, OPEN, sizes))
