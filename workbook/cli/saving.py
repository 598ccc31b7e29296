"""Saving from the command line: at once, and with both sides shown where somebody else changed the same thing."""

from __future__ import annotations

from workbook.cli.context import Context
from workbook.ledger.clashes import parts, sides, title
from workbook.session import Session
from workbook.store import Clash, Clashed
from workbook.text import terminal

KEYS = "m keeps yours, t takes theirs, M and T the same for all that is left, Enter decides later: "


def save(context: Context, session: Session, *, asking: bool = False) -> bool:
    """Save; where it clashes a person decides. False when nobody did: nothing is written, the edits stay as a draft.

    Args:
        context: the call.
        session: the session with the unsaved edits.
        asking: whether a conversation is going on anyway, also without a terminal.
    """
    while isinstance(result := session.save(), Clashed):
        for clash in result.clashes:
            for part in parts(clash):
                _tell(context, session, part)
        if not ((asking or context.interactive) and _decide(context, session, result.clashes)):
            context.say(
                "Nothing was written. To put yours on top, run the same command again; to keep theirs, do nothing. "
                "Yours is kept as a draft: readiness, or readiness guide --plain, lets you decide part by part."
            )
            return False
    return True


def _tell(context: Context, session: Session, part: Clash) -> None:
    context.say(f"Clash, {terminal(title(session.catalogue, part))}")
    for side in sides(part):
        told = f"  {side.field}: was {side.before}, yours {side.mine}, theirs {side.theirs}"
        context.say(terminal(told))


def _decide(context: Context, session: Session, clashes: tuple[Clash, ...]) -> bool:
    """Ask for each part whose side counts; False when it is put off."""
    rest = ""
    for part in (part for clash in clashes for part in parts(clash)):
        key = rest
        while key not in ("m", "t", "M", "T"):
            context.say(f"Whose counts: {terminal(title(session.catalogue, part))}?")
            key = context.ask(KEYS) or ""
            if not key:
                return False
        rest = key if key in ("M", "T") else ""
        session.settle(part, keep_mine=key in ("m", "M"))
    return True
