"""Say what comes due and when: answers that lapse, accepted risk that ends, promises, and the recurring checks."""

from __future__ import annotations

import argparse
from typing import Any

from workbook.agenda import Entry, recurring, soon
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
        source = "stated" if check.stated else "proposed"
        context.out(f"  {check.event:<14} {source:<9} {', '.join(check.controls)}")
    return 0


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
