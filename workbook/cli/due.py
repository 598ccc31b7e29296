"""Say what comes due and when: answers that lapse, accepted risk that ends, promises, and the recurring checks."""

from __future__ import annotations

import argparse
from typing import Any

from workbook.agenda import Entry, Recurring, recurring, soon
from workbook.cli.context import Context
from workbook.session import Session
from workbook.text import json_document, terminal

VERSION = 1


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument("--all", action="store_true", help="all dates, not only those of the next 14 days")
    parser.add_argument("--format", choices=("text", "json"), default="text")


def run(context: Context, chosen: argparse.Namespace) -> int:
    """Print the dates and the recurring checks."""
    session = context.workbook()
    if chosen.format == "json":
        context.out(json_document(_json(session)))
        return 0
    entries = session.dates if chosen.all else soon(session.dates, session.today())
    if not entries:
        context.out("Nothing comes due." if chosen.all else "Nothing comes due in the next 14 days; --all shows all.")
    for entry in entries:
        context.out(entry_line(session, entry))
    for name, answer in session.state.answers.items():
        if often := session.place.broad(answer.watch):
            context.out(terminal(f"Watched too broadly: {name}: {often}"))
    context.out("")
    context.out("Comes back with:")
    for check in recurring(session.catalogue, session.state, session.assessment):
        for source, controls in _by_source(session, check):
            context.out(f"  {check.event:<14} {source:<9} {', '.join(controls)}")
    return 0


def _by_source(session: Session, check: Recurring) -> list[tuple[str, list[str]]]:
    """The controls of a recurring check by who asks for it: an article, the team that adopted our proposal, or we."""
    if check.stated:
        return [("stated", list(check.controls))]
    known, policy = session.catalogue.controls, session.state.policy
    adopted = [name for name in check.controls if policy.binds(known[name])]
    proposed = [name for name in check.controls if not policy.binds(known[name])]
    return [(source, names) for source, names in (("adopted", adopted), ("proposed", proposed)) if names]


def entry_line(session: Session, entry: Entry) -> str:
    """One date in one line for a terminal."""
    over = "over  " if entry.day < session.today() else ""
    mild = "" if entry.binds else " (a reminder: this period is proposed, not stated)"
    who = f"  {entry.who}" if entry.who else ""
    return terminal(f"{entry.day}  {over}{entry.about}: {entry.what}{mild}{who}")


def _json(session: Session) -> dict[str, Any]:
    return {
        "version": VERSION,
        "dates": [
            {"on": entry.day.isoformat(), "kind": str(entry.kind), "about": entry.about, "what": entry.what,
             "who": entry.who, "binds": entry.binds}
            for entry in session.dates
        ],
        "recurring": [
            {"event": check.event, "stated": check.stated, "controls": list(check.controls)}
            for check in recurring(session.catalogue, session.state, session.assessment)
        ],
    }  # fmt: skip
