"""Judges the state, or a change, by the team's policy: observe, ratchet or hold."""

from __future__ import annotations

from workbook.change.compared import Change
from workbook.ci import Occasion
from workbook.gate import controls, lists, mending, unseen
from workbook.gate.ground import Ground
from workbook.gate.notes import notes
from workbook.gate.ruling import Level, Reason, Ruling
from workbook.session import Session


def judge(session: Session, occasion: Occasion, change: Change | None, *, ignore_waivers: bool = False) -> Ruling:
    """What the gate says.

    Args:
        session: the workbook, with a fresh look.
        occasion: what the run is for; the calendar fails a scheduled one only.
        change: what is compared; None where nothing is.
        ignore_waivers: whether accepted risk counts as an open gap.
    """
    ground = Ground(session, occasion, change, ignore_waivers)
    about = list(controls.reasons(ground))
    about += lists.items(ground, {one.about for one in about})
    fails = any(one.level is Level.FAILURE for one in about)
    reasons = [
        *_undecided(session),
        *about,
        *(() if fails else lists.fallen(ground)),
        *lists.minimums(ground),
        *unseen.reasons(ground),
    ]
    ordered = tuple(sorted(reasons, key=lambda one: one.weight))
    base = change.base.commit if change else ""
    return Ruling(occasion, str(ground.policy.default.mode), base, ordered, tuple(notes(ground)))


def _undecided(session: Session) -> list[Reason]:
    """What two branches said differently; neither side counts until a person decides."""
    return [Reason(Level.FAILURE, "undecided", one.place, str(one), mending.DECIDE) for one in session.state.standoffs]
