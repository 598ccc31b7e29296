"""Say what comes due and when: answers that lapse, accepted risk that ends, promises, and the recurring checks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from workbook.agenda import Entry, Recurring, recurring, soon
from workbook.cli.context import Context
from workbook.text import json_document, terminal
from workbook.view import View

if TYPE_CHECKING:
    import argparse

VERSION = 1

WIDTH = 100
"""Characters of a line; a terminal that is narrower wraps by itself."""


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument("--all", action="store_true", help="all dates, not only those of the next 14 days")
    parser.add_argument("--format", choices=("text", "json"), default="text")


def run(context: Context, chosen: argparse.Namespace) -> int:
    """Print the dates and the recurring checks."""
    view = context.view()
    if chosen.format == "json":
        context.out(json_document(_json(view)))
        return 0
    entries = view.dates if chosen.all else soon(view.dates, view.today())
    if not entries:
        context.out("Nothing comes due." if chosen.all else "Nothing comes due in the next 14 days; --all shows all.")
    for entry in entries:
        context.out(entry_line(view, entry))
    for name, answer in view.state.answers.items():
        if often := view.place.broad(answer.watch):
            context.out(terminal(f"Watched too broadly: {name}: {often}"))
    context.out("")
    context.out("Comes back with:")
    for check in recurring(view.catalogue, view.state, view.assessment):
        for source, controls in _by_source(view, check):
            head = f"  {check.event:<14} {source:<9} "
            context.out(wrapped(head, ", ".join(controls)))
    return 0


def wrapped(head: str, words: str) -> str:
    """A text behind its head, on lines that end between words."""
    import textwrap  # status shows dates as well, and wraps nothing

    return textwrap.fill(
        words,
        WIDTH,
        initial_indent=head,
        subsequent_indent=" " * len(head),
        break_long_words=False,
        break_on_hyphens=False,
    )


def _by_source(view: View, check: Recurring) -> list[tuple[str, list[str]]]:
    """The controls of a recurring check by who asks for it: an article, the team that adopted our proposal, or we."""
    if check.stated:
        return [("stated", list(check.controls))]
    known, policy = view.catalogue.controls, view.state.policy
    adopted = [name for name in check.controls if policy.binds(known[name])]
    proposed = [name for name in check.controls if not policy.binds(known[name])]
    return [(source, names) for source, names in (("adopted", adopted), ("proposed", proposed)) if names]


def entry_line(view: View, entry: Entry) -> str:
    """One date in one line for a terminal."""
    over = "over  " if entry.day < view.today() else ""
    mild = "" if entry.binds else " (a reminder: this period is proposed, not stated)"
    who = f"  {entry.who}" if entry.who else ""
    return terminal(f"{entry.day}  {over}{entry.about}: {entry.what}{mild}{who}")


def _json(view: View) -> dict[str, Any]:
    return {
        "version": VERSION,
        "dates": [
            {"on": entry.day.isoformat(), "kind": str(entry.kind), "about": entry.about, "what": entry.what,
             "who": entry.who, "binds": entry.binds}
            for entry in view.dates
        ],
        "recurring": [
            {"event": check.event, "stated": check.stated, "controls": list(check.controls)}
            for check in recurring(view.catalogue, view.state, view.assessment)
        ],
    }  # fmt: skip
