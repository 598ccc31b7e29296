"""Confirm an answer that somebody else gave, or run its recorded command again.

You confirm as who git says you are here (user.name and user.email), and may not be among those who gave the answer.
"""

from __future__ import annotations

import argparse

from workbook import running
from workbook.answers import Evidence
from workbook.cli.asking import allowed_to_run
from workbook.cli.context import Context
from workbook.cli.telling import saved
from workbook.errors import Refused
from workbook.session import Session
from workbook.text import shell_display, terminal, terminal_lines


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument("control", metavar="CONTROL")
    parser.add_argument("--rerun", action="store_true", help="run the recorded command again instead of confirming")
    parser.add_argument("--yes", action="store_true", help="run it without asking")


def run(context: Context, chosen: argparse.Namespace) -> int:
    """Verify, and say what stands now."""
    session = context.workbook()
    context.say(terminal(f"You confirm as {session.people.driver or 'nobody: git knows no name here'}."))
    command = _command(session, chosen.control) if chosen.rerun else None
    if command is None:
        session.verify(chosen.control)
        return saved(context, session, chosen.control)
    argv = [str(word) for word in command.values["argv"]]
    allowed_to_run(context, argv, yes=chosen.yes)
    same, again = running.reproduced(command, session.root, session.place.commit)
    if not same:
        context.say(terminal_lines(again.output.rstrip("\r\n")))
        raise Refused(
            f"not reproduced: it ended with {again.exit}, and with {command.values['exit']} when it was recorded",
            f"the answer stays as it was; look at it: readiness answer {chosen.control} no",
            code=1,
        )
    identical = again.evidence.values["output_sha256"] == command.values.get("output_sha256")
    output = "the same output" if identical else "other output"
    context.out(f"Reproduced: it ended with {again.exit} again, with {output}.")
    session.verify(chosen.control, how=f"run again: {shell_display(argv)}")
    return saved(context, session, chosen.control)


def _command(session: Session, control: str) -> Evidence:
    """The newest recorded command of an answer."""
    pieces = [piece for piece in session.question(control).answer.evidence if piece.values.get("argv")]
    if not pieces:
        raise Refused(f"{control} has no recorded command", f"record one: readiness evidence run {control} -- command")
    return pieces[-1]
