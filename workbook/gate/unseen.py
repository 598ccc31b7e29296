"""What a gate cannot tell, and would have to for a pass. An unknown never undoes what a person said."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from checks.observation import Outcome
from workbook.answers import Rung, State
from workbook.assess import SATISFIED
from workbook.gate import mending
from workbook.gate.ground import Ground
from workbook.gate.ruling import Level, Reason
from workbook.gate_policy import Mode
from workbook.session import Session

BOOK: Final = "workbook"
"""The table that names the chosen checklists."""


def reasons(ground: Ground) -> Iterator[Reason]:
    """What cannot be told: chosen checklists that are not here, git, the look, and signals behind what counts."""
    if not ground.holds_anything:
        return
    for problem in ground.session.state.problems:
        if problem.table == BOOK and problem.key in ("decides", "also"):
            what = f"{problem.what}; correct the name, or install the plug-in that brings it"
            yield Reason(Level.UNKNOWN, "verdict", f"{BOOK}.{problem.key}", what, "readiness checklists")
    place, report = ground.session.place, ground.session.report
    if place.damaged:
        yield Reason(Level.UNKNOWN, "look", "git", f"git was not read: {place.trouble}", "readiness doctor")
    if report is None or not report.complete:
        what = "the probes did not look to their end, so what they would have seen is unknown"
        yield Reason(Level.UNKNOWN, "look", "probes", what, mending.LOOK_AGAIN)
    lost = {shift.after.signal for shift in ground.change.shifts if shift.lost} if ground.change else set()
    for name, rule in ground.rules.items():
        if rule.mode is not Mode.OBSERVE and (unseen := _unknown(ground, name, lost)):
            known = report.observations if report else {}
            what = "; ".join(f"{one}: {known[one].summary}" for one in unseen)
            severity = ground.session.catalogue.controls[name].severity
            yield Reason(Level.UNKNOWN, "look", name, what, mending.of_signals(unseen), severity)


def _unknown(ground: Ground, name: str, lost: set[str]) -> tuple[str, ...]:
    """The signals of a satisfied control that nothing is known of now: it was observed, or the change hid them."""
    if ground.session.report is None or ground.after.assessment.standings[name].standing not in SATISFIED:
        return ()
    seen = ground.session.catalogue.seen_of(name, ground.session.report.observations)
    observed = ground.after.state.answer(name).rung is Rung.OBSERVED
    return tuple(
        signal for signal, one in seen.items() if one.outcome is Outcome.UNKNOWN and (observed or signal in lost)
    )


def worth_comparing(session: Session, base: State | None) -> tuple[str, ...]:
    """The signals to look for at the merge base too.

    Those that object or cannot be told now may have done so there; those behind an answer that the change moved say how
    it stood before.
    """
    seen = session.report.observations if session.report else {}
    moved, feeding = set(), set()
    for name in session.catalogue.controls_of(session.state.checklists):
        signals = {signal.id for signal in session.catalogue.feeding[name]}
        feeding |= signals
        if base is not None and base.answer(name) != session.state.answer(name):
            moved |= signals
    against = {name for name in feeding & seen.keys() if seen[name].outcome in (Outcome.UNMET, Outcome.UNKNOWN)}
    return tuple(name for name in seen if name in against | moved)
