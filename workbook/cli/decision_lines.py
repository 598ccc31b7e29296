"""A launch decision as lines for a terminal."""

from __future__ import annotations

from workbook.agenda import kept
from workbook.decisions import Decision
from workbook.text import terminal
from workbook.view import View


def lines(view: View, decision: Decision) -> list[str]:
    """A decision as lines for a terminal: who, on what, and how its conditions stand today."""
    who = ", ".join(f"{one.name} ({one.role})" if one.role else one.name for one in decision.by)
    found = [
        terminal(f"{decision.id}  {decision.outcome}{on(decision)}, by {who}"),
        terminal(f"  shown then: {decision.verdict}"),
    ]
    for place, one in enumerate(decision.conditions, start=1):
        state = kept(one, view.assessment, view.today())
        found.append(terminal(f"  {place}. {state}: {one.text}, {one.owner}, until {one.due}"))
    return found


def on(decision: Decision) -> str:
    """The commit a decision was taken on, and whether its answers were in it."""
    if not decision.commit:
        return ", on no commit"
    return f", on {decision.commit}{', with answers not committed then' if decision.uncommitted else ''}"
