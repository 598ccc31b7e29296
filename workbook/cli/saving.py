"""Saving from the command line: at once, and with both sides shown where somebody else changed the same field."""

from __future__ import annotations

from workbook.cli.context import Context
from workbook.session import Session
from workbook.store import MISSING, Clashed
from workbook.text import terminal


def save(context: Context, session: Session) -> bool:
    """Save; False when it clashed, which was then told. The unsaved edits stay as a draft."""
    result = session.save()
    if not isinstance(result, Clashed):
        return True
    for clash in result.clashes:
        for field, (base, mine, theirs) in clash.fields.items():
            name = f"[{'.'.join(clash.table)}] {field}"
            context.say(terminal(f"clash in {name}: was {_shown(base)}, yours {_shown(mine)}, theirs {_shown(theirs)}"))
    context.say("Nothing was written; your edits are kept as a draft. Decide which side counts in: readiness")
    return False


def _shown(value: object) -> str:
    return "nothing" if value is MISSING else repr(value)
