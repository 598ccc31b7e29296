"""Standing by an answer: saying it afresh, holding it against a probe, verifying what somebody else said."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from checks.observation import Outcome
from workbook.answers import Answer, Rung, Status
from workbook.assess import Standing, disagreeing, same_sight, saw
from workbook.errors import Refused
from workbook.evidence import completed
from workbook.ledger.desk import Change
from workbook.operations.answering import change, written
from workbook.operations.given import Given
from workbook.people import person
from workbook.store import MISSING

SEEN = (Outcome.MET, Outcome.PARTIAL, Outcome.NOT_APPLICABLE)


def reaffirmed(given: Given, controls: Iterable[str], note: str = "") -> tuple[Change, ...]:
    """Answers said afresh today by who is here, with new pins. Stamping without looking is refused.

    Args:
        given: the ground.
        controls: the reviewed set; all of it, or nothing.
        note: what was looked at. Needed for every control that no fresh observation speaks for.

    Raises:
        Refused: one of them has no answer to stand by, a probe disagrees, or nobody looked.
    """
    return tuple(_afresh(given, control, note) for control in dict.fromkeys(controls))


def _afresh(given: Given, control: str, note: str) -> Change:
    answer = given.answer(control)
    if answer.status not in (Status.READY, Status.NOT_APPLICABLE) or answer.rung is Rung.PROPOSED:
        raise Refused(f"{control} has no answer to stand by", f"answer it: readiness answer {control} ready")
    judged = given.assess().standings[control]
    against = disagreeing(given.catalogue, control, given.seen)
    noted = bool(answer.dispute_note) and same_sight(answer.saw, saw(given.catalogue, control, given.seen))
    if judged.standing is Standing.DISPUTED or (against and not noted):
        raise Refused(
            f"{control}: the probe disagrees: {against[0].summary if against else judged.why}",
            "mend it, change the answer, or write down why it holds all the same: --dispute",
            code=1,
        )
    seen = given.catalogue.seen_of(control, given.seen).values()
    if not note.strip() and not any(one.outcome in SEEN for one in seen):
        raise Refused(f"{control}: no probe speaks for it today", "look, and say in a note what you saw: --note")
    # A file that is evidence counts with the content it has now.
    pieces = tuple(
        completed(replace(piece, values={k: v for k, v in piece.values.items() if k != "sha256"}), given.place.root)
        if piece.kind == "file"
        else piece
        for piece in answer.evidence
    )
    said = replace(_unverified(answer), rung=Rung.ATTESTED, by=given.people.names, evidence=pieces)
    fresh = written(given, control, replace(said, note=note.strip() or answer.note))
    if seen:
        return fresh
    # Nobody looked: what the probes said when it was answered, and what was said against them, stays.
    return replace(fresh, fields={**fresh.fields, "saw": answer.saw or MISSING})


def disputed(given: Given, control: str, note: str) -> Change:
    """Holds an answer against what the probes show; the note counts as long as they show the same.

    Raises:
        Refused: nothing is disputed, or the note is empty.
    """
    answer = given.answer(control)
    judged = given.assess().standings[control]
    if judged.standing is not Standing.DISPUTED:
        raise Refused(f"{control}: no probe disagrees", "a dispute note answers what a probe shows: readiness probe")
    if not note.strip():
        raise Refused("a dispute note needs its words", "say why the answer holds against what the probe shows")
    fields = {"dispute_note": note.strip(), "saw": saw(given.catalogue, control, given.seen) or answer.saw}
    return change(given, control, fields)


def verified(given: Given, control: str, how: str = "", by: str = "") -> Change:
    """Somebody else confirms an answer that counts as stated or observed.

    Args:
        given: the ground.
        control: whose answer.
        how: for a recorded command that was run again with the same result: what was run. Then anybody may verify.
        by: who confirms it, as "Name <mail>"; the driver where it is left out.

    Raises:
        Refused: the answer does not count now, or who verifies gave it or is not named as a person.
    """
    answer, judged = given.answer(control), given.assess().standings[control]
    waits = judged.standing is Standing.NEEDS_REVIEW and answer.status is Status.READY
    waits = waits and not given.state.undecided("controls", control)
    if answer.rung is Rung.PROPOSED or not (waits or judged.standing in (Standing.CLAIMED, Standing.PROVEN)):
        raise Refused(f"{control} cannot be verified now: {judged.why}", "settle that first", code=1)
    name = person(by) if by else given.people.names[0]
    if not how and name in answer.by:
        raise Refused(
            f"{name} gave this answer and cannot verify it",
            "somebody else does, or a recorded command is run again: --rerun",
            code=1,
        )
    fields = {"rung": str(Rung.VERIFIED), "verified_by": how or name, "verified_at": given.today}
    return change(given, control, fields)


def _unverified(answer: Answer) -> Answer:
    return replace(answer, verified_by="", verified_at=None)
