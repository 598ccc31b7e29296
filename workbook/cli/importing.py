"""`readiness evidence import`: read reports of other tools, say what they are, record them as evidence and numbers."""

from __future__ import annotations

import argparse
from collections.abc import Iterable

from workbook.cli.context import Context
from workbook.cli.telling import item_states, moved
from workbook.text import terminal


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the act's arguments."""
    parser.add_argument("files", nargs="+", metavar="FILE", help="what the tools wrote; the format is recognized")
    parser.add_argument(
        "--for", dest="controls", action="append", default=[], metavar="CONTROL",
        help="the control it is evidence for, where the report does not tell; may be repeated",
    )  # fmt: skip
    parser.add_argument("--as", dest="format", default="", metavar="FORMAT", help="take the files for this format only")
    parser.add_argument("--baseline", metavar="TRAFFIC", help="traffic of today, as in 12/s or 40users, for a load run")
    parser.add_argument("--dry-run", action="store_true", help="say what would be recorded; write nothing")


def run(context: Context, chosen: argparse.Namespace) -> int:
    """Read all the files, or refuse all; record what they say; the exit code. No control is answered by it."""
    from workbook.receiving import receive, recorded, ruled, told, traffic, unplaced

    session = context.workbook()
    base = traffic(chosen.baseline or "")
    received = [receive(context.root, name, chosen.format) for name in chosen.files]
    for one in received:
        _out(context, told(one))
    before = item_states(session)
    plan = session.import_reports(received, chosen.controls, base, dry=chosen.dry_run)
    _out(context, recorded(session.catalogue, plan))
    for name, likely in unplaced(received, plan):
        names = f", as in {', '.join(likely)}" if likely else ""
        context.say(terminal(f"{name} does not tell which control it is evidence for: say --for{names}"))
    if plan.ruling:
        _out(context, ruled(plan.ruling))
    if chosen.dry_run:
        context.say("Nothing was written.")
        return 0
    if not plan.evidence and all(one.kept for one in plan.numbers):
        return 0
    return moved(context, session, before, "Recorded. No control is answered by that: a person still has to say.")


def _out(context: Context, lines: Iterable[str]) -> None:
    for line in lines:
        context.out(terminal(line))
