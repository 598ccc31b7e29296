"""List the checklists there are, the team's own among them, and choose which decide."""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Collection

from workbook.catalogue import load_catalogue
from workbook.catalogue.own import FOLDER
from workbook.cli.context import Context
from workbook.cli.telling import item_states, moved
from workbook.errors import Refused
from workbook.operations.choosing import listed
from workbook.session import Session
from workbook.text import terminal
from workbook.words import STATUS_WORDS


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
    states = item_states(session)
    session.choose(decides, [slug for slug in (*before, *wanted.add) if slug not in wanted.drop])
    first, others = listed(session.ledger.tables)
    told = f"{first} decides; advisory: {', '.join(others) or 'none'}.{_sizes(session, before)}"
    return moved(context, session, states, told)


def _sizes(session: Session, before: Collection[str]) -> str:
    """The new checklists, each with the states in which its items come along."""
    told = ""
    for slug in session.state.checklists:
        if slug not in before:
            items = session.catalogue.checklists[slug].scored
            count = Counter(session.assessment.items[item.id].status for item in items)
            parts = ", ".join(f"{count[status]} {word}" for status, word in STATUS_WORDS.items() if count[status])
            told += f" New: {slug}, {len(items)} items: {parts}."
    return told


def _list(context: Context) -> int:
    session = context.session()
    chosen = session.state.checklists if session.has_state else ()
    for slug, checklist in session.catalogue.checklists.items():
        mark = "decides" if slug == session.state.decides and chosen else "advisory" if slug in chosen else ""
        size = f"{len(checklist.scored)} items"
        context.out(terminal(f"{slug:<16} {mark:<9} {size:<10} {checklist.name}: {checklist.summary}".rstrip()))
    if session.catalogue.checklists.keys() <= load_catalogue().checklists.keys():
        context.say(f"A checklist of your own is a TOML file in {FOLDER}/; docs/own-checklists.md shows one.")
    for problem in session.state.problems:
        context.say(f"warning: {terminal(str(problem))}")
    return 0
