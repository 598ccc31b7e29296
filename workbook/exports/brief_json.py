"""The brief for a coding agent as versioned data (docs/schemas/brief-1.json)."""

from __future__ import annotations

from typing import Any, Final

from checks.observation import Finding, Location, Observation
from workbook.brief import CONTRACT, Brief, Task, brief_of
from workbook.hands import Work
from workbook.report.words import worst_first
from workbook.session import Session

VERSION: Final = 1


def to_json(session: Session) -> dict[str, Any]:
    """The document of an open workbook, with what its probes saw. Texts are as stored: encode the whole as JSON."""
    return as_data(brief_of(session))


def as_data(brief: Brief) -> dict[str, Any]:
    """The same of a brief that is made already."""
    return {
        "version": VERSION,
        "contract": list(CONTRACT),
        "checklist": brief.checklist,
        "commit": brief.commit or None,
        "verdict": brief.verdict,
        "probed": brief.probed,
        "gaps": [_task(task) for task in brief.tasks],
    }


def _task(task: Task) -> dict[str, Any]:
    gap = task.gap
    return {
        "control": gap.control.id,
        "title": gap.control.title,
        "needs": str(task.work),
        "because": task.because or None,
        "severity": gap.severity,
        "standing": str(gap.standing),
        "asks": task.asks,
        "ready_when": gap.control.ready_when,
        "why": gap.why,
        "half_days": gap.half_days,
        "after": list(gap.after),
        "owner": gap.owner or None,
        "places": [_place(place) for place in task.places],
        "findings": [_finding(one) for one in worst_first(task.findings)],
        "observations": [_seen(one) for one in task.seen],
        "form": (task.gap.form if task.work is not Work.PERSON else "") or None,
        "proof": list(task.proof) or None,
        "propose": list(task.propose) or None,
    }


def _place(place: Location) -> dict[str, Any]:
    return {"path": place.path, "line": place.line, "end_line": place.end_line}


def _finding(one: Finding) -> dict[str, Any]:
    return {
        "rule": one.rule,
        "signal": one.signal,
        **_place(one.location),
        "severity": str(one.severity),
        "message": one.message,
    }


def _seen(one: Observation) -> dict[str, Any]:
    return {
        "signal": one.signal,
        "outcome": str(one.outcome),
        "summary": one.summary,
        "to_do": one.fix or None,
        "searched": list(one.searched),
        "places": [_place(place) for place in one.locations],
    }
