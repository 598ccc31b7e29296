"""Why the standing moved between two points: code, age, an answer, a waiver, a policy, a number, the texts and more."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from enum import StrEnum

from workbook.answers import UNANSWERED, Answer, Status
from workbook.assess import Standing
from workbook.history.replay import Point
from workbook.lapse import Cause


class Reason(StrEnum):
    """What moved a control or an item."""

    ANSWER = "answer"
    WAIVER = "waiver"
    CODE = "code"
    AGE = "age"
    RELEASE = "release"
    SCOPE = "scope"
    NUMBER = "number"
    POLICY = "policy"
    """The team changed its policy or its readings: the same answers are judged otherwise."""
    CATALOGUE = "catalogue"
    TOOL = "tool"


@dataclass(frozen=True, slots=True)
class Move:
    """One control that moved, or a single item decided over its controls: from what to what, and why."""

    about: str
    before: Standing | str
    after: Standing | str
    reason: Reason
    why: str


CAUSES = {
    Cause.CONTENT: Reason.CODE,
    Cause.AGE: Reason.AGE,
    Cause.RELEASE: Reason.RELEASE,
    Cause.TEXT: Reason.CATALOGUE,
    Cause.PROBE: Reason.TOOL,
}


BY_POLICY = (None, Cause.AGE, Cause.RELEASE)
"""What a policy decides: who has to look twice, and which periods and releases end an answer."""


def moves(before: Point, after: Point) -> tuple[Move, ...]:
    """Every control of the chosen checklists that moved, in the catalogue's order; then items, numbers, settings."""
    chosen = tuple(dict.fromkeys((*after.state.checklists, *before.state.checklists)))
    names = after.catalogue.controls_of(chosen)
    found = [move for name in names if (move := _control(name, before, after))]
    return (*found, *_items(before, after), *_numbers(before, after), *_settings(before, after))


def _control(name: str, before: Point, after: Point) -> Move | None:
    old, new = before.assessment.standings[name], after.assessment.standings[name]
    if old.standing is new.standing:
        return None
    return Move(name, old.standing, new.standing, _reason(name, before, after), new.why)


def _reason(name: str, before: Point, after: Point) -> Reason:
    old, new = before.assessment.standings[name], after.assessment.standings[name]
    if _by_waiver(name, before, after):
        return Reason.WAIVER
    if _said(before, name) != _said(after, name):
        return Reason.ANSWER
    if before.state.waivers.get(name) != after.state.waivers.get(name):
        return Reason.WAIVER
    if before.state.policy != after.state.policy and (new.cause or old.cause) in BY_POLICY:
        return Reason.POLICY
    if cause := new.cause or old.cause:
        return CAUSES[cause]
    if Standing.WAIVED in (old.standing, new.standing):
        return Reason.AGE
    if after.state.answer(name) == UNANSWERED or after.state.scope != before.state.scope:
        return Reason.SCOPE
    return Reason.CATALOGUE if before.state.catalogue != after.state.catalogue else Reason.TOOL


def _said(point: Point, name: str) -> Answer:
    # Points of the past do not know which wording was answered; today's does, and that is no other answer.
    return replace(point.state.answer(name), text="")


def _by_waiver(name: str, before: Point, after: Point) -> bool:
    """Whether a waiver that came or went made the move, whatever else was said: it was an open gap on both sides."""
    standings = (before.assessment.standings[name].standing, after.assessment.standings[name].standing)
    said = (before.state.answer(name).status, after.state.answer(name).status)
    changed = before.state.waivers.get(name) != after.state.waivers.get(name)
    return (
        changed and Standing.WAIVED in standings and all(one in (Status.NEEDS_REVIEW, Status.BLOCKER) for one in said)
    )


def _settings(before: Point, after: Point) -> list[Move]:
    """What the team changed of how answers are judged."""
    found = []
    for old, new in ((before.state.policy, after.state.policy), (before.state.readings, after.state.readings)):
        for one in fields(new):
            was, now = (_shown(getattr(side, one.name)) for side in (old, new))
            if was != now:
                found.append(Move(one.name, was, now, Reason.POLICY, "the team set it otherwise"))
    return found


def _shown(value: object) -> str:
    return ", ".join(value) or "none" if isinstance(value, tuple) else "none" if value in (None, {}) else str(value)


def _items(before: Point, after: Point) -> list[Move]:
    found = []
    for name in sorted({*before.state.items, *after.state.items}):
        old, new = before.state.items.get(name), after.state.items.get(name)
        if old != new:
            was, now = before.assessment.items[name], after.assessment.items[name]
            found.append(Move(name, str(was.status), str(now.status), Reason.ANSWER, now.why))
    return found


def _numbers(before: Point, after: Point) -> list[Move]:
    old, new = before.state.measurements, after.state.measurements

    def said(name: str, point: Point) -> str:
        measured = point.state.measurements.get(name)
        return f"{measured.value:g} {measured.unit}" if measured else "not measured"

    return [
        Move(name, said(name, before), said(name, after), Reason.NUMBER, new[name].source if name in new else "")
        for name in sorted({*old, *new})
        if said(name, before) != said(name, after)
    ]
