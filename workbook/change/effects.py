"""What a change puts in doubt, worst first, and what it answers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from checks.observation import Location, Severity
from workbook.answers import Answer, Rung, Status
from workbook.assess import PLAIN, Standing
from workbook.catalogue import SEVERITY_ORDER
from workbook.change.compared import Change, Given, Shift
from workbook.words import OUTCOME_WORDS, STATUS_WORDS

_RANK: Final = {
    Standing.PROVEN: 0, Standing.CLAIMED: 0, Standing.NOT_APPLICABLE: 0, Standing.WAIVED: 1, Standing.UNANSWERED: 2,
    Standing.NEEDS_REVIEW: 2, Standing.LAPSED: 2, Standing.DISPUTED: 3, Standing.BLOCKER: 4,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Doubt:
    """One thing a change puts in doubt: a control whose standing fell, else a signal or a finding. Untrusted texts."""

    control: str
    """The control to look at again; "" for a finding no chosen control is fed by."""
    title: str
    what: str
    """From what to what, and why."""
    severity: str


def doubts(change: Change) -> tuple[Doubt, ...]:
    """What is in doubt, worst first; a signal or finding behind a control that is listed is not listed again."""
    found = list(_standings(change))
    told = {one.control for one in found}
    found += _signals(change, told)
    found += _findings(change, told | {one.control for one in found})
    return tuple(sorted(found, key=lambda one: SEVERITY_ORDER.get(one.severity, len(SEVERITY_ORDER))))


def is_worse(before: Standing, after: Standing) -> bool:
    """Whether a standing got worse. Taking an answer back never makes it better."""
    withdrawn = after is Standing.UNANSWERED and before is not Standing.UNANSWERED
    return withdrawn or _RANK[after] > _RANK[before]


def answered(given: Given) -> str:
    """An answer of the change: from what to what, raised by whom, on what, and whether they committed it."""
    before, after = given.before, given.after
    moved = STATUS_WORDS[after.status]
    if before.status is not after.status:
        moved = f"{STATUS_WORDS[before.status]} → {moved}"
    if after.rung is Rung.PROPOSED:
        return f"{moved}, proposed by {after.proposed_by or ', '.join(after.by)}; a person has to confirm it"
    if after.status is Status.UNANSWERED:
        return moved
    who = f"observed: {after.saw}" if after.rung is Rung.OBSERVED else f"said by {', '.join(after.by)}"
    checked = f", verified by {after.verified_by}" if after.verified_by else ""
    return f"{moved}, {who}{checked}{_on(after)}{_authors(given)}"


def _on(answer: Answer) -> str:
    """What the answer rests on: its evidence, else what it watches, else its reason or note."""
    if answer.evidence:
        return f", on {'; '.join(piece.label for piece in answer.evidence)}"
    if answer.watch:
        return f", watching {', '.join(answer.watch)}"
    said = answer.reason or answer.note
    return f", because {said}" if said else ", on nothing but their word"


def _authors(given: Given) -> str:
    if given.after.rung is Rung.OBSERVED:
        return ""
    if given.strangers is None:
        return "; who committed cannot be read"
    if given.strangers:
        return f"; {', '.join(given.strangers)} committed nothing of this change"
    return "; among the authors of this change"


def _standings(change: Change) -> Iterator[Doubt]:
    for move in change.moves:
        control = change.after.catalogue.controls.get(move.about)
        if control is None or not isinstance(move.before, Standing) or not isinstance(move.after, Standing):
            continue
        if is_worse(move.before, move.after):
            what = f"{PLAIN[move.before]} → {PLAIN[move.after]}: {move.why}"
            yield Doubt(control.id, control.title, what, control.severity)


def _signals(change: Change, told: set[str]) -> Iterator[Doubt]:
    chosen = change.after.catalogue.controls_of(change.after.state.checklists)
    for shift in change.shifts:
        fed = [name for name in change.after.catalogue.signals[shift.after.signal].feeds if name in chosen]
        if (shift.worse or shift.lost) and fed and not told.intersection(fed):
            control = change.after.catalogue.controls[fed[0]]
            yield Doubt(control.id, control.title, _moved(shift), control.severity)


def _moved(shift: Shift) -> str:
    words = f"{OUTCOME_WORDS[shift.before.outcome]} → {OUTCOME_WORDS[shift.after.outcome]}"
    first = shift.after.locations[0] if shift.after.locations else None
    return f"the probe says {words}: {shift.after.summary}{_at(first)}"


def _findings(change: Change, told: set[str]) -> Iterator[Doubt]:
    known = change.after.catalogue.signals
    for one in change.findings:
        feeds = known[one.signal].feeds if one.signal in known else ()
        if not told.intersection(feeds) and one.severity in (Severity.BLOCKER, Severity.HIGH):
            yield Doubt("", "New finding", f"{one.message}{_at(one.location)}", str(one.severity))


def _at(place: Location | None) -> str:
    if place is None:
        return ""
    return f" ({place.path}:{place.line})" if place.line else f" ({place.path})"
