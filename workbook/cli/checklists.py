"""List the checklists there are, the team's own among them, and choose which decide."""

from __future__ import annotations

import argparse

from workbook.catalogue.own import FOLDER
from workbook.cli.context import Context
from workbook.cli.telling import saved
from workbook.errors import Refused
from workbook.operations.choosing import listed
from workbook.text import terminal


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument("--decides", metavar="SLUG", help="this one decides; the one that did becomes advisory")
    parser.add_argument("--add", action="append", default=[], metavar="SLUG", help="take this one along as advisory")
    parser.add_argument("--drop", action="append", default=[], metavar="SLUG", help="leave this one out; answers stay")


def run(context: Context, wanted: argparse.Namespace) -> int:
    """List the checklists, or change the choice."""
    if not (wanted.decides or wanted.add or wanted.drop):
        return _list(context)
    session = context.workbook()
    first, others = listed(session.ledger.tables)
    before = tuple(dict.fromkeys((first or session.state.decides, *others)))
    for slug in wanted.drop:
        if slug not in before:
            raise Refused(f"{slug!r} is not chosen", f"chosen: {', '.join(before)}")
    decides = wanted.decides or before[0]
    if decides in wanted.drop:
        raise Refused(f"{decides} decides and cannot be left out", "let another one decide: --decides SLUG")
    session.choose(decides, [slug for slug in (*before, *wanted.add) if slug not in wanted.drop])
    return saved(context, session)


def _list(context: Context) -> int:
    session = context.session()
    chosen = session.state.checklists if session.has_state else ()
    for slug, checklist in session.catalogue.checklists.items():
        mark = "decides" if slug == session.state.decides and chosen else "advisory" if slug in chosen else ""
        size = f"{len(checklist.scored)} items"
        context.out(terminal(f"{slug:<16} {mark:<9} {size:<10} {checklist.name}: {checklist.summary}".rstrip()))
    context.say(f"A checklist of your own is a TOML file in {FOLDER}/; docs/own-checklists.md shows one.")
    for problem in session.state.problems:
        context.say(f"warning: {terminal(str(problem))}")
    return 0
