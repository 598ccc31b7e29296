"""The status as versioned JSON: verdicts, standings, totals and the next answer to lapse."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict
from typing import Any, Final

from workbook import agenda, crosswalk, outlook
from workbook.assess import Standing
from workbook.session import Session

VERSION: Final = 1


def to_json(session: Session) -> dict[str, Any]:
    """The status as plain data. Texts are as stored, so encode them before they reach a screen."""
    state = session.state
    controls = session.catalogue.controls_of(state.checklists)
    standings = {name: session.assessment.standings[name] for name in controls}
    totals = Counter(one.standing for one in standings.values())
    return {
        "version": VERSION,
        "decides": state.decides,
        "verdicts": verdicts(session),
        "standings": {name: {"standing": str(one.standing), "why": one.why} for name, one in standings.items()},
        "totals": {"controls": len(standings), **{str(kind): totals[kind] for kind in Standing}},
        "disagreements": [asdict(one) for one in crosswalk.disagreements(session.catalogue, state, session.assessment)],
        "next_lapse": next_lapse(session),
    }


def verdicts(session: Session) -> dict[str, dict[str, Any] | None]:
    """The verdict of each chosen checklist; null where this version does not have its decision model."""
    decided = {
        slug: outlook.decide(session.catalogue.checklists[slug], session.state, session.assessment)
        for slug in session.state.checklists
    }
    return {slug: asdict(verdict) if verdict else None for slug, verdict in decided.items()}


def next_lapse(session: Session) -> dict[str, str] | None:
    """The answer or waiver that stops counting next by its age, today or later; null where none does."""
    entry = agenda.next_lapse(session.dates, session.today())
    return {"control": entry.about, "on": entry.day.isoformat()} if entry else None
