"""State a yes-or-no fact that a decision model asks for, under your name."""

from __future__ import annotations

import argparse

from workbook.cli.context import Context
from workbook.cli.telling import item_states, moved
from workbook.operations.measuring import ATTESTABLE


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.epilog = "facts:\n" + "\n".join(f"  {name:<25} {question}" for name, question in ATTESTABLE.items())
    parser.add_argument("fact", metavar="FACT")
    parser.add_argument("holds", metavar="yes|no", choices=("yes", "no"))
    parser.add_argument("--note", default="", help="what a reader should know")


def run(context: Context, chosen: argparse.Namespace) -> int:
    """Record the fact and say where the team stands."""
    session = context.workbook()
    before = item_states(session)
    session.attest(chosen.fact, holds=chosen.holds == "yes", note=chosen.note)
    return moved(context, session, before, f"Stored: {chosen.fact}: {chosen.holds}.")
