"""What a change puts in doubt and what it answers, as the Markdown of a pull request."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, Final

from workbook.assess import Standing
from workbook.change.base import base_of, look
from workbook.change.compared import Change, Given, compared
from workbook.change.effects import Doubt, answered, doubts
from workbook.exports.pr_template import rendered
from workbook.history import Move, Point
from workbook.sentences import sentence
from workbook.session import Session

LINES: Final = 7
"""Lines that are shown; the rest is folded, without boxes."""

FOLDED: Final = 200
"""Lines in the fold; hosts cut descriptions of more than 65,536 characters."""

VERSION: Final = 1


@dataclass(frozen=True, slots=True)
class Line:
    """One line: with a box and the control's id where something is to be looked at again."""

    title: str
    what: str
    control: str = ""
    box: bool = False


def change_since(session: Session, ref: str) -> Change:
    """The change since the merge base with `ref`; the probes look at both sides.

    Raises:
        Refused: the merge base is not in this clone.
    """
    base = base_of(session, ref)
    seen = look(session, base) if session.report else None
    return compared(session, base, seen)


def to_markdown(session: Session, ref: str = "HEAD") -> str:
    """What the change since `ref` puts in doubt and answers: at most seven lines, the rest folded; one, if nothing.

    Raises:
        Refused: the merge base is not in this clone.
    """
    return markdown_of(change_since(session, ref))


def markdown_of(change: Change) -> str:
    """The same of a change that is compared already."""
    lines = [*map(_doubt, doubts(change)), *(_answer(change, one) for one in _answers(change))]
    told = verdict_lines(change)
    if not lines:
        return rendered("nothing.md.jinja", verdict=told[-1] if told else "", looked=change.looked)
    doubted = sum(one.box for one in lines)
    rest = lines[LINES : LINES + FOLDED]
    return rendered(
        "body.md.jinja",
        doubted=doubted,
        looked=change.looked,
        verdicts=told,
        lines=lines[:LINES],
        rest=rest,
        left=len(lines) - LINES - len(rest),
    )


def doubt_lines(change: Change, told: Collection[str]) -> list[str]:
    """What is in doubt, but for the controls that are told already, as one sentence each. Untrusted text."""
    return [f"{one.title}: {one.what}" for one in doubts(change) if one.control not in told]


def answer_lines(change: Change) -> list[str]:
    """What the change answers, as one sentence each. Untrusted text."""
    return [f"{change.after.catalogue.controls[one.control].title}: {answered(one)}" for one in _answers(change)]


def verdict_lines(change: Change) -> list[str]:
    """The verdict before and after where it moved, else where it stands. Untrusted text."""
    before, after = _said(change.before), _said(change.after)
    if change.base.state is None or before == after:
        return [after] if after else []
    return [f"Before: {before}", f"After: {after}", *_why(change.moves)]


def as_data(change: Change) -> dict[str, Any]:
    """The change as versioned JSON (docs/schemas/pr-body-1.json). Texts are as stored."""
    return {
        "version": VERSION,
        "base": change.base.commit,
        "looked": change.looked,
        "verdict": {"before": _said(change.before), "after": _said(change.after)},
        "doubts": [
            {"control": one.control or None, "severity": one.severity, "title": one.title, "what": one.what}
            for one in doubts(change)
        ],
        "answers": [
            {
                "control": one.control,
                "before": str(one.before.status),
                "after": str(one.after.status),
                "rung": str(one.after.rung),
                "by": list(one.after.by),
                "strangers": None if one.strangers is None else list(one.strangers),
                "what": answered(one),
            }
            for one in _answers(change)
        ],
        "moves": [
            {"about": one.about, "before": str(one.before), "after": str(one.after), "reason": str(one.reason),
             "why": one.why}
            for one in change.moves
        ],
    }  # fmt: skip


def _answers(change: Change) -> tuple[Given, ...]:
    asked = change.after.catalogue.controls_of(change.after.state.checklists)
    return tuple(one for one in change.given if one.control in asked)


def _doubt(one: Doubt) -> Line:
    return Line(one.title, one.what, one.control, box=True)


def _answer(change: Change, one: Given) -> Line:
    return Line(f"Answered: {change.after.catalogue.controls[one.control].title}", answered(one))


def _why(moves: tuple[Move, ...]) -> list[str]:
    """What moved it, besides what is listed as doubt or answer: numbers, settings, single items."""
    other = [one for one in moves if not isinstance(one.after, Standing)]
    return [f"{one.about}: {one.before} → {one.after} ({one.reason})" for one in other[:LINES]]


def _said(point: Point) -> str:
    verdict = point.verdict()
    return sentence(verdict) if verdict else ""
