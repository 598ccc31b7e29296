"""What a command says after it changed something: how the control stands now, and where the team does."""

from __future__ import annotations

from collections.abc import Mapping

from workbook.answers import Status
from workbook.assess import PLAIN
from workbook.cli.context import Context
from workbook.cli.saving import save
from workbook.session import Session
from workbook.text import terminal
from workbook.words import STATUS_WORDS

MOST_MOVED = 6
"""Items that are named after a change; the others are counted."""


def saved(context: Context, session: Session, *controls: str) -> int:
    """Save, and say how the controls stand now; the exit code."""
    if not save(context, session):
        return 1
    for control in controls:
        judged = session.assessment.standings[control]
        context.out(f"{control}: {PLAIN[judged.standing]}: {terminal(judged.why)}")
    context.out(terminal(session.headline))
    return 0


def item_states(session: Session) -> Mapping[str, Status]:
    """The state of every deciding item of the chosen checklists, by id."""
    known, items = session.catalogue.checklists, session.assessment.items
    return {item.id: items[item.id].status for slug in session.state.checklists for item in known[slug].scored}


def moved(context: Context, session: Session, before: Mapping[str, Status], stored: str) -> int:
    """Save, and say what was stored, which items it moved, and where the team stands; the exit code.

    Args:
        context: the call.
        session: the session with the unsaved change.
        before: the items' states before the change; one that is new among them did not move.
        stored: what was stored, in one line.
    """
    if not save(context, session):
        return 1
    context.out(terminal(stored))
    changed = [
        f"{name} ({STATUS_WORDS[before[name]]} → {STATUS_WORDS[status]})"
        for name, status in item_states(session).items()
        if name in before and before[name] is not status
    ]
    rest = f" and {len(changed) - MOST_MOVED} more" if len(changed) > MOST_MOVED else ""
    shown = f"Moved: {', '.join(changed[:MOST_MOVED])}{rest}." if changed else "No item of the chosen checklists moved."
    context.out(terminal(shown))
    context.out(terminal(session.headline))
    return 0
