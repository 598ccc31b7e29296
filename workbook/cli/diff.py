"""Say what changed between two points of history, and why."""

from __future__ import annotations

import argparse

from workbook.cli.context import Context
from workbook.cli.history import moved_line
from workbook.history import at, figure, moves, replay
from workbook.text import json_document, terminal

VERSION = 1


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument("before", metavar="A", help="a tag, a commit, or its beginning")
    parser.add_argument("after", metavar="B", nargs="?", default="now", help="the same; left out: as it is now")
    parser.add_argument("--format", choices=("text", "json"), default="text")


def run(context: Context, chosen: argparse.Namespace) -> int:
    """Print the verdicts of both points and every control that moved."""
    session = context.workbook()
    points = replay(session)
    before, after = (at(session, points, name) for name in (chosen.before, chosen.after))
    moved = moves(before, after)
    if chosen.format == "json":
        listed = [
            {"about": one.about, "before": str(one.before), "after": str(one.after),
             "reason": str(one.reason), "why": one.why}
            for one in moved
        ]  # fmt: skip
        names = {"before": before.commit, "after": after.commit}
        context.out(json_document({"version": VERSION, **names, "moves": listed}))
        return 0
    for slug in after.state.checklists:
        name = session.catalogue.checklists[slug].name
        context.out(terminal(f"{name}: {figure(before.verdict(slug))} → {figure(after.verdict(slug))}"))
    for move in moved:
        context.out(f"  {moved_line(move)}")
    if not moved:
        context.out("Nothing moved.")
    return 0
