"""Verdicts as faces show them: the decision models by slug, and a sentence that says where the team stands."""

from __future__ import annotations

from collections.abc import Sequence

from workbook.answers import State
from workbook.assess import Assessment, ItemState
from workbook.catalogue import Checklist
from workbook.verdicts import fifty_point

WORDS = {
    "incomplete": "No decision yet",
    "ship": "Ship",
    "harden": "Harden before a date is set",
    "hold": "Hold: a blocker stands in the way",
    "do-not-launch": "Do not launch",
}
"""The fifty-point verdicts in plain words."""


def fifty(checklist: Checklist, state: State, assessment: Assessment) -> fifty_point.Verdict:
    """The fifty-point verdict over the assessed items."""
    return fifty_point.decide(_points(assessment.of(checklist)), _facts(state))


def sentence(verdict: fifty_point.Verdict) -> str:
    """Where the team stands, in one line: "No decision yet: 38 unanswered. Already certain: 2 stop launch. …"."""
    head = WORDS[verdict.verdict]
    if not verdict.unanswered:
        absent = f", {verdict.not_applicable} of them do not apply" if verdict.not_applicable else ""
        return f"{head}: {verdict.score} of {verdict.of}{absent}, {verdict.band}, path {verdict.path}."
    certain = f" Already certain: {'; '.join(verdict.certain)}." if verdict.certain else ""
    absent = f" ({verdict.not_applicable} do not apply)" if verdict.not_applicable else ""
    return (
        f"{head}: {verdict.unanswered} unanswered.{certain}"
        f" The score ends between {verdict.lowest} and {verdict.highest} of {verdict.of}{absent}."
    )


def _points(states: Sequence[ItemState]) -> tuple[fifty_point.Point, ...]:
    return tuple(fifty_point.Point(one.item.pillar, one.item.number, one.status) for one in states)


def _facts(state: State) -> fifty_point.Facts:
    holds = {name: fact.holds for name, fact in state.attested.items()}
    return fifty_point.Facts(
        regulated=bool(state.frameworks),
        core_logic_sound=holds.get("core-logic-sound", False),
        foundations_incompatible=holds.get("foundations-incompatible", False),
    )
