"""Accept the risk of an open gap for a while. It never counts as ready and always shows."""

from __future__ import annotations

import argparse

from workbook.cli.context import Context
from workbook.cli.telling import saved
from workbook.errors import Refused
from workbook.typed import day

YEAR = 366
"""Days after which accepted risk is remarked on: by then people and systems have changed."""


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument("control", metavar="CONTROL")
    parser.add_argument("--reason", help="why the risk is acceptable until then")
    parser.add_argument("--owner", metavar="PERSON", help="who answers for it, as Name <mail>; you, if left out")
    parser.add_argument("--approved-by", metavar="PERSON", help="who approves it: not the owner")
    parser.add_argument("--expires", metavar="DAY", help="the last day, as in 2026-12-20")
    parser.add_argument("--withdraw", action="store_true", help="accept it no longer")


def run(context: Context, chosen: argparse.Namespace) -> int:
    """Record the waiver in its own file and say what stands now."""
    session = context.workbook()
    session.question(chosen.control)
    if chosen.withdraw:
        session.withdraw_waiver(chosen.control)
        return saved(context, session, chosen.control)
    missing = [name for name in ("reason", "approved_by", "expires") if not getattr(chosen, name)]
    if missing:
        options = " and ".join(f"--{name.replace('_', '-')}" for name in missing)
        raise Refused(f"accepted risk needs {options}", "see: readiness waive --help")
    until = day(chosen.expires)
    session.waive(
        chosen.control,
        reason=chosen.reason,
        owner=chosen.owner or session.people.names[0],
        approved_by=chosen.approved_by,
        expires=until,
    )
    if (until - session.today()).days > YEAR:
        context.say(f"warning: this accepts the risk for more than a year, until {until}; shorter is looked at sooner")
    return saved(context, session, chosen.control)
