"""What a command says after it changed something: how the control stands now, and where the team does."""

from __future__ import annotations

from datetime import date

from workbook.assess import PLAIN
from workbook.cli.context import Context
from workbook.cli.saving import save
from workbook.errors import Refused
from workbook.session import Session
from workbook.text import terminal


def saved(context: Context, session: Session, *controls: str) -> int:
    """Save, and say how the controls stand now; the exit code."""
    if not save(context, session):
        return 1
    for control in controls:
        judged = session.assessment.standings[control]
        context.out(f"{control}: {PLAIN[judged.standing]}: {terminal(judged.why)}")
    context.out(terminal(session.headline))
    return 0


def day(text: str) -> date:
    """A day as written in an argument.

    Raises:
        Refused: it is none.
    """
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Refused(f"{text!r} is not a day", "write it as in 2026-12-10") from None
