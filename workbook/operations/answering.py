"""Answering controls: what holds, with which evidence, who takes care of a gap."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from checks.plugins.signals import is_built_in
from workbook.answers import Answer, Evidence, Gap, Override, Rung, Status
from workbook.assess import saw
from workbook.culprits import EVERYTHING
from workbook.errors import Refused
from workbook.evidence import completed
from workbook.lapse import follows_content
from workbook.ledger.desk import Change
from workbook.operations.given import Given
from workbook.people import person
from workbook.reading import nearest
from workbook.store import MISSING


def answered(
    given: Given,
    control: str,
    status: Status,
    *,
    gap: Gap | None = None,
    note: str | None = None,
    reason: str | None = None,
    evidence: Iterable[Evidence] | None = None,
    watch: Sequence[str] | None = None,
    facets: Sequence[str] | None = None,
    proposed_by: str = "",
) -> Change:
    """An answer. Parts left None keep what was there; `proposed_by` makes it a proposal, never a pass.

    Raises:
        Refused: the control is unknown, a reason or a name is missing, or a proposal would replace an answer.
    """
    before = given.answer(control)
    if proposed_by and before.status is not Status.UNANSWERED and before.rung is not Rung.PROPOSED:
        raise Refused(f"{control} has an answer already", "a proposal never replaces what a person or a probe said")
    if status is Status.NOT_APPLICABLE and not (reason or before.reason):
        raise Refused('"doesn\'t apply" needs a reason', "say why, in a few words")
    pieces = before.evidence if evidence is None else tuple(completed(one, given.place.root) for one in evidence)
    answer = Answer(
        status=status,
        rung=Rung.PROPOSED if proposed_by else Rung.ATTESTED,
        by=() if proposed_by else given.people.names,
        proposed_by=proposed_by or before.proposed_by,
        gap=(gap or Gap.UNKNOWN) if status is Status.NEEDS_REVIEW else None,
        note=before.note if note is None else note,
        reason=(before.reason if reason is None else reason) if status is Status.NOT_APPLICABLE else "",
        evidence=_newest(pieces),
        watch=before.watch if watch is None else tuple(watch),
        facets=before.facets if facets is None else tuple(facets),
        owner=before.owner,
        due=before.due,
    )
    return written(given, control, answer)


def _newest(pieces: Iterable[Evidence]) -> tuple[Evidence, ...]:
    """The pieces, of a file that is named twice only the last: its digest is that of now."""
    found = [*pieces]
    later = [{one.values.get("path") for one in found[number + 1 :]} for number in range(len(found))]
    pairs = zip(found, later, strict=True)
    return tuple(one for one, after in pairs if one.kind != "file" or one.values["path"] not in after)


def written(given: Given, control: str, answer: Answer) -> Change:
    """The answer as the fields of its table, dated and pinned as of now. Files that are evidence are always watched.

    A check that is asked for with every change watches everything, unless a person named what it rests on.
    """
    entry = given.control(control)
    everything = not answer.watch and follows_content(entry, given.state.policy)
    named = () if everything else (str(one.values["path"]) for one in answer.evidence if one.kind == "file")
    watch = tuple(dict.fromkeys((*answer.watch, *named)))
    pinned = EVERYTHING if everything else watch
    fields: dict[str, Any] = {
        "status": str(answer.status),
        "rung": str(answer.rung),
        "by": list(answer.by) or MISSING,
        "at": given.today,
        "commit": given.place.commit[:12] or MISSING,
        "text": entry.fingerprint,
        "watch": list(watch) or MISSING,
        "pins": given.place.digest(pinned) if pinned else MISSING,
        "saw": saw(given.catalogue, control, given.seen) or MISSING,
        "gap": str(answer.gap) if answer.gap else MISSING,
        "note": answer.note or MISSING,
        "reason": answer.reason or MISSING,
        "facets": list(answer.facets) or MISSING,
        "evidence": [piece.table() for piece in answer.evidence] or MISSING,
        "proposed_by": answer.proposed_by or MISSING,
        "verified_by": answer.verified_by or MISSING,
        "verified_at": answer.verified_at or MISSING,
        "dispute_note": answer.dispute_note or MISSING,
    }
    if answer.status is Status.UNANSWERED:
        fields = dict.fromkeys(fields, MISSING) | {"status": "unanswered"}
    return change(given, control, fields)


def change(given: Given, control: str, fields: dict[str, Any]) -> Change:
    """New values for some fields of a control's table."""
    return Change(("controls", control), fields, given.control(control).title)


def attached(given: Given, control: str, evidence: Evidence) -> Change:
    """One more piece of evidence; a file that is attached again takes the place of what it was before.

    What the answer watches keeps its pins: attaching is no fresh look. A file joins what is watched where nothing of
    that has changed since; else it does with the next answer.

    Raises:
        Refused: the evidence cannot be used, or the control is unknown.
    """
    answer = given.answer(control)
    piece = completed(evidence, given.place.root)
    others = [one for one in answer.evidence if piece.kind != "file" or one.values.get("path") != piece.values["path"]]
    fields: dict[str, Any] = {"evidence": [one.table() for one in (*others, piece)]}
    # What we keep ourselves is never watched: it changes when somebody measures again, not when the code does.
    if piece.kind == "file" and not _is_ours(piece) and _still(given, answer):
        path = str(piece.values["path"])
        watch = [*answer.watch, *([] if path in answer.watch else [path])]
        fields.update(watch=watch, pins=given.place.digest(watch))
    return change(given, control, fields)


def _still(given: Given, answer: Answer) -> bool:
    """Whether what an answer watches is as it was then, or nothing is watched; everything watched stays so."""
    return not answer.pins if not answer.watch else given.place.digest(answer.watch) == answer.pins


def _is_ours(piece: Evidence) -> bool:
    return str(piece.values["path"]).startswith(".readiness/")


def noted(given: Given, control: str, text: str) -> Change:
    """A note without an answer; an empty one is taken away."""
    return change(given, control, {"note": text or MISSING})


def assigned(given: Given, control: str, owner: str, due: date | None) -> Change:
    """Who closes a gap, and until when; "" and None take it away.

    Raises:
        Refused: the owner is not "Name <mail>", or the day is over.
    """
    if due is not None and due < given.today:
        raise Refused(f"{due} is over", "name a day from today on")
    return change(given, control, {"owner": person(owner) if owner else MISSING, "due": due or MISSING})


def overridden(given: Given, item: str, status: Status, reason: str) -> Change:
    """A named person's answer to one item, over what its controls say; `unanswered` takes it away.

    Raises:
        Refused: there is no such item, or the reason is missing.
    """
    if item not in given.catalogue.items:
        raise Refused(
            f"there is no item {item!r}{nearest(item, given.catalogue.items)}",
            f"the items of a checklist: readiness explain {given.state.decides}",
        )
    table = ("items", item)
    if status is Status.UNANSWERED:
        return Change(table, dict.fromkeys(("status", "by", "at", "reason", "text"), MISSING))
    if not reason.strip():
        raise Refused("an answer to a single item needs a reason", "say why it differs from its controls")
    override = Override(status, given.people.names[0], given.today, reason, given.catalogue.items[item].fingerprint)
    fields = {"status": str(status), "by": override.by, "at": override.at, "reason": reason, "text": override.text}
    return Change(table, fields, given.catalogue.items[item].title)


def observed(given: Given, controls: Iterable[str] | None = None) -> tuple[Change, ...]:
    """The answers that fresh probes may give by themselves (design section 2, rule 2); a person's answer stays.

    Args:
        given: the ground; `seen` holds what the probes showed.
        controls: those to consider; all of the chosen checklists when None.
    """
    names = given.catalogue.controls_of(given.state.checklists) if controls is None else tuple(controls)
    return tuple(_observed(given, name) for name in names if _may_be_observed(given, name))


def _may_be_observed(given: Given, name: str) -> bool:
    control, answer = given.control(name), given.state.answer(name)
    seen = given.catalogue.seen_of(name, given.seen)
    outcomes = [one.outcome for one in seen.values()]
    free = answer.status is Status.UNANSWERED or answer.rung in (Rung.PROPOSED, Rung.OBSERVED)
    reports = [piece for piece in answer.evidence if piece.kind == "report"]
    # A report that speaks against the control is no help to it, whatever others say.
    reported = "report" not in control.evidence or bool(reports and not any("against" in one.values for one in reports))
    return (
        control.automatable == "auto"
        and control.severity != "blocker"
        and free
        and reported
        and len(outcomes) == len(given.catalogue.feeding[name])
        # What a plug-in sees can hinder, and never suffices.
        and any(one.outcome == "met" for signal, one in seen.items() if is_built_in(signal))
        and set(outcomes) <= {"met", "not-applicable"}
    )


def _observed(given: Given, name: str) -> Change:
    """A ready answer of rung observed, watching the files in which the probes saw it."""
    before = given.state.answer(name)
    places = (
        place.path
        for one in given.catalogue.seen_of(name, given.seen).values()
        for place in one.locations
        if one.outcome == "met"
    )
    answer = replace(before, status=Status.READY, rung=Rung.OBSERVED, by=(), gap=None, reason="", facets=())
    return written(given, name, replace(answer, watch=tuple(dict.fromkeys(places)), dispute_note=""))
