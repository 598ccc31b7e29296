"""The status as versioned JSON: verdicts, standings, totals and the next answer to lapse."""

from __future__ import annotations

from collections import Counter
from typing import Any, Final

from checks.frozen import asdict
from workbook import agenda, crosswalk, outlook
from workbook.assess import Standing
from workbook.view import View

VERSION: Final = 1


def to_json(view: View) -> dict[str, Any]:
    """The status as plain data. Texts are as stored, so encode them before they reach a screen."""
    state = view.state
    controls = view.catalogue.controls_of(state.checklists)
    standings = {name: view.assessment.standings[name] for name in controls}
    totals = Counter(one.standing for one in standings.values())
    return {
        "version": VERSION,
        "decides": state.decides,
        "verdicts": verdicts(view),
        "standings": {name: {"standing": str(one.standing), "why": one.why} for name, one in standings.items()},
        "totals": {"controls": len(standings), **{str(kind): totals[kind] for kind in Standing}},
        "disagreements": [asdict(one) for one in crosswalk.disagreements(view.catalogue, state, view.assessment)],
        "next_lapse": next_lapse(view),
    }


def verdicts(view: View) -> dict[str, dict[str, Any] | None]:
    """The verdict of each chosen checklist; null where this version does not have its decision model."""
    decided = {
        slug: outlook.decide(view.catalogue.checklists[slug], view.state, view.assessment)
        for slug in view.state.checklists
    }
    return {slug: asdict(verdict) if verdict else None for slug, verdict in decided.items()}


def next_lapse(view: View) -> dict[str, str] | None:
    """The answer or waiver that stops counting next by its age, today or later; null where none does."""
    entry = agenda.next_lapse(view.dates, view.today())
    return {"control": entry.about, "on": entry.day.isoformat()} if entry else None
