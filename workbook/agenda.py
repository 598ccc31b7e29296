"""What comes due and when: answers that grow old, waivers that end, promises with a date, and the recurring checks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from enum import StrEnum

from checks.frozen import Frozen
from workbook.answers import State, Status
from workbook.assess import SATISFIED, Assessment, Standing
from workbook.catalogue import Catalogue
from workbook.decisions import Condition
from workbook.lapse import WARN_DAYS, dues


class Kind(StrEnum):
    """What comes due."""

    ANSWER = "answer"
    WAIVER = "waiver"
    GAP = "gap"
    CONDITION = "condition"


class Entry(Frozen):
    """One date. `about` is a control, or the decision of a condition; an entry that does not bind only warns."""

    day: date
    kind: Kind
    about: str
    what: str
    who: str = ""
    binds: bool = True


class Recurring(Frozen):
    """A check that an event brings back, as its article or we say, with the controls of the chosen checklists."""

    event: str
    stated: bool
    controls: tuple[str, ...]


EVENTS = (
    "commit", "push", "pull-request", "build", "deployment", "feature", "release",
    "schema-change", "model-change", "pivot",
)  # fmt: skip
"""From the most frequent to the rarest."""


def entries(catalogue: Catalogue, state: State, assessment: Assessment) -> tuple[Entry, ...]:
    """Everything with a date, soonest first."""
    found = [
        *_answers(catalogue, state, assessment),
        *_waivers(state),
        *_gaps(state, assessment),
        *_conditions(state, assessment),
    ]
    return tuple(sorted(found, key=lambda entry: (entry.day, entry.kind, entry.about, entry.what)))


def soon(found: Iterable[Entry], today: date) -> tuple[Entry, ...]:
    """What is over, or will be within the days that warn."""
    return tuple(entry for entry in found if (entry.day - today).days <= WARN_DAYS)


def next_lapse(found: Iterable[Entry], today: date) -> Entry | None:
    """The next entry that takes standing away if nobody acts; None where nothing is dated."""
    return next(
        (entry for entry in found if entry.binds and entry.kind in (Kind.ANSWER, Kind.WAIVER) and entry.day >= today),
        None,
    )


def recurring(catalogue: Catalogue, state: State, assessment: Assessment) -> tuple[Recurring, ...]:
    """The checks that come back with an event, or every so many days, for the controls that apply."""
    found: dict[tuple[str, bool], list[str]] = {}
    for name in catalogue.controls_of(state.checklists):
        freshness = catalogue.controls[name].freshness
        if assessment.standings[name].standing is Standing.NOT_APPLICABLE:
            continue
        events = freshness.on or ((f"{freshness.days} days",) if freshness.days is not None else ())
        for event in events:
            found.setdefault((event, freshness.basis == "source"), []).append(name)
    return tuple(Recurring(event, stated, tuple(names)) for (event, stated), names in sorted(found.items(), key=_often))


def _often(entry: tuple[tuple[str, bool], list[str]]) -> tuple[int, int, bool]:
    (event, stated), _ = entry
    if event in EVENTS:
        return (EVENTS.index(event), 0, not stated)
    return (len(EVENTS), int(event.split()[0]), not stated)


def _answers(catalogue: Catalogue, state: State, assessment: Assessment) -> Iterator[Entry]:
    for name, answer in state.answers.items():
        if assessment.standings[name].standing not in SATISFIED or answer.status is Status.UNANSWERED:
            continue
        for due in dues(catalogue.controls[name], answer, state.policy):
            yield Entry(due.day, Kind.ANSWER, name, due.what, ", ".join(answer.by), due.binds)


def _waivers(state: State) -> Iterator[Entry]:
    for name, waiver in state.waivers.items():
        if waiver.expires:
            yield Entry(waiver.expires, Kind.WAIVER, name, f"the accepted risk ends: {waiver.reason}", waiver.owner)


def _gaps(state: State, assessment: Assessment) -> Iterator[Entry]:
    for name, answer in state.answers.items():
        if answer.due and assessment.standings[name].standing not in SATISFIED:
            yield Entry(answer.due, Kind.GAP, name, "promised to be closed", answer.owner)


class Kept(StrEnum):
    """How a condition of a launch decision stands today."""

    MET = "met"
    OPEN = "open"
    OVERDUE = "overdue"


def kept(condition: Condition, assessment: Assessment, today: date) -> Kept:
    """Whether a condition is met: by its control's standing now, else by what a person said."""
    told = assessment.standings.get(condition.control)
    if told.standing in SATISFIED if told else bool(condition.met_by):
        return Kept.MET
    return Kept.OVERDUE if condition.due and condition.due < today else Kept.OPEN


def _conditions(state: State, assessment: Assessment) -> Iterator[Entry]:
    for decision in state.decisions.values():
        for condition in decision.conditions:
            if condition.due and kept(condition, assessment, condition.due) is not Kept.MET:
                yield Entry(condition.due, Kind.CONDITION, decision.id, condition.text, condition.owner)
