"""`readiness` without a command: the workbook in a terminal; the first look or the status where there is none."""

from __future__ import annotations

import sys
from pathlib import Path

from workbook.cli.context import Context
from workbook.cli.folder import root_of
from workbook.text import shell_display


def run(context: Context) -> int:
    """Open the terminal workbook, or print what it would show first."""
    if context.faces is not None and sys.stdin.isatty() and sys.stdout.isatty():
        return context.faces.tui(context.root)
    return first_look_or_status(context)


def first_look_or_status(context: Context) -> int:
    """The status of a workbook; without one, a first look that writes nothing.

    Raises:
        Refused: the state file is damaged.
    """
    from workbook.cli.looking import look
    from workbook.cli.seen import show_first_look
    from workbook.cli.status import show
    from workbook.errors import Refused
    from workbook.first_look import first_look

    session = context.session()
    if session.read_only:
        raise Refused(session.read_only)
    if session.has_state:
        show(context, session)
        return 0
    look(session)
    show_first_look(context, first_look(session))
    context.out(f"Next: {_command(context)} init")
    return 0


def _command(context: Context) -> str:
    """How to call the command for this folder from where the person stands."""
    elsewhere = root_of(Path.cwd()) != context.root
    return shell_display(["readiness", *(["-C", str(context.root)] if elsewhere else [])])
