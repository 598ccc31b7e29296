"""Bring a workbook up to the catalogue's version: what was added, renamed and reworded. No answer is lost."""

from __future__ import annotations

import argparse

from workbook.cli.context import Context
from workbook.cli.telling import saved
from workbook.text import terminal


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument("--dry-run", action="store_true", help="say what would change, write nothing")


def run(context: Context, chosen: argparse.Namespace) -> int:
    """Say what is new, and write it."""
    session = context.workbook()
    found = session.upgrade()
    version = session.catalogue.version
    if found.version != version:
        context.out(terminal(f"Answered under catalogue {found.version or 'of no version'}; this one is {version}."))
    for name in found.added:
        context.out(terminal(f"  new: {name}: {session.catalogue.controls[name].title}"))
    for old, new in found.renamed:
        context.out(terminal(f"  renamed: {old} → {new}"))
    for name in found.reworded:
        context.out(terminal(f"  reworded: {name}: look at it again: readiness explain {name}"))
    for name in found.unknown:
        context.out(terminal(f"  unknown: {name} stays as it is; nothing reads it"))
    if not found.needed and found.version == version:
        waiting = len(found.reworded)
        wait = "1 answer waits" if waiting == 1 else f"{waiting} answers wait"
        context.out(f"Nothing has to be written; {wait} for a look." if waiting else "Everything is up to date.")
        return 0
    if chosen.dry_run:
        context.say("Nothing was written.")
        return 0
    session.take_upgrade()
    return saved(context, session)
