"""What a description ticks against what the workbook says. A tick is a claim: it is told, or proposed, never a pass."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from workbook.answers import Rung, Status
from workbook.assess import PLAIN, SATISFIED, Standing
from workbook.ci import Description
from workbook.errors import Refused
from workbook.exports.pr_template import shown_id
from workbook.pull_request.ticks import Boxes, Mark, Tick, read_boxes
from workbook.session import Session
from workbook.words import STATUS_WORDS


class Kind(StrEnum):
    """How a box and the workbook disagree."""

    TICKED = "ticked"
    """Ticked, and not ready."""
    OPEN = "open"
    """Not ticked, and ready: somebody took the tick out."""
    ABSENT = "absent"
    """Said not to apply, with a reason; the workbook does not say so."""
    NO_REASON = "no-reason"
    """Said not to apply, and not why."""
    UNCLEAR = "unclear"
    MISSING = "missing"
    """An item whose line was deleted."""
    STRANGER = "stranger"
    """An id that no checklist has."""


@dataclass(frozen=True, slots=True)
class Disagreement:
    """One box the workbook does not agree with. Texts are untrusted."""

    kind: Kind
    about: str
    """The id of the item or control."""
    controls: tuple[str, ...]
    """What would have to be answered."""
    says: str
    """What the workbook says."""
    reason: str = ""
    """Why it does not apply, as the description says."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A description, read against the workbook."""

    boxes: Boxes
    disagreements: tuple[Disagreement, ...]
    truncated: bool
    """Whether part of it is not here: then nothing that was read counts as ticked."""


@dataclass(frozen=True, slots=True)
class Proposed:
    """What ticks were turned into: controls with a proposal now, and those left alone, each with why."""

    taken: tuple[str, ...]
    left: tuple[tuple[str, str], ...]


def read(session: Session, description: Description) -> Reading:
    """What a description says, and where the workbook says otherwise."""
    boxes = read_boxes(description.body)
    return Reading(boxes, tuple(_disagreements(session, boxes)), description.truncated or boxes.cut)


def propose(session: Session, reading: Reading, name: str) -> Proposed:
    """Turn ticks, and what does not apply for a reason, into proposals; a person's answer is left alone.

    Args:
        session: the workbook; nothing is saved here.
        reading: what was ticked.
        name: who proposes, for `proposed_by`.

    Raises:
        Refused: part of the description is not here, or the workbook cannot be changed.
    """
    if reading.truncated:
        raise Refused("the description was cut, so it cannot be told what is ticked", "read it from a file", code=3)
    taken: dict[str, None] = {}
    left: dict[str, str] = {}
    for one in reading.disagreements:
        status = {Kind.TICKED: Status.READY, Kind.ABSENT: Status.NOT_APPLICABLE}.get(one.kind)
        for control in one.controls if status else ():
            before = session.state.answer(control)
            if control in taken or session.assessment.standings[control].standing in SATISFIED:
                continue
            if before.rung is Rung.PROPOSED and (before.status, before.proposed_by) == (status, name):
                taken[control] = None
                continue
            try:
                session.answer(control, status or before.status, reason=one.reason or None, proposed_by=name)
            except Refused as refused:
                left[control] = str(refused)
            else:
                taken[control] = None
    return Proposed(tuple(taken), tuple(left.items()))


def _disagreements(session: Session, boxes: Boxes) -> Iterator[Disagreement]:
    items = {shown_id(name): name for name in session.catalogue.items}
    seen = set()
    for tick in boxes.ticks:
        known = items.get(tick.subject) if tick.kind == "item" else tick.subject
        if known is None or (tick.kind == "control" and known not in session.catalogue.controls):
            yield Disagreement(Kind.STRANGER, tick.subject, (), "no checklist has this id")
            continue
        seen.add(known)
        yield from _judged(session, tick, known, boxes.style)
    if boxes.style == "state" and not boxes.cut:
        for item in session.checklist.scored:
            if item.id not in seen:
                says = STATUS_WORDS[session.assessment.items[item.id].status]
                yield Disagreement(Kind.MISSING, item.id, item.controls, says)


def _judged(session: Session, tick: Tick, name: str, style: str) -> Iterator[Disagreement]:
    controls, ready, absent, says = _standing(session, tick.kind, name)
    if tick.mark is Mark.UNCLEAR:
        yield Disagreement(Kind.UNCLEAR, name, controls, says)
    elif tick.mark is Mark.TICKED and not ready:
        yield Disagreement(Kind.TICKED, name, controls, says)
    elif tick.mark is Mark.OPEN and tick.absent and not absent:
        kind = Kind.ABSENT if tick.reason else Kind.NO_REASON
        yield Disagreement(kind, name, controls, says, tick.reason)
    elif tick.mark is Mark.OPEN and ready and not absent and style == "state":
        yield Disagreement(Kind.OPEN, name, controls, says)


def _standing(session: Session, kind: str, name: str) -> tuple[tuple[str, ...], bool, bool, str]:
    """The controls behind an id, whether it is ready, whether it does not apply, and that in words."""
    if kind == "control":
        standing = session.assessment.standings[name].standing
        return (name,), standing in SATISFIED, standing is Standing.NOT_APPLICABLE, PLAIN[standing]
    state = session.assessment.items[name]
    absent = state.status is Status.NOT_APPLICABLE
    return state.item.controls, state.status is Status.READY, absent, STATUS_WORDS[state.status]
