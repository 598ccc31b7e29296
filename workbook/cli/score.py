"""Give one domain of a scorecard its level, 0 to 5, under your name."""

from __future__ import annotations

import argparse

from workbook.cli.context import Context
from workbook.cli.telling import saved


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument("domain", metavar="DOMAIN")
    parser.add_argument("level", metavar="LEVEL", type=int, help="0 nothing there, 3 enough for most, 5 exemplary")


def run(context: Context, chosen: argparse.Namespace) -> int:
    """Record the level and say where the team stands."""
    session = context.workbook()
    session.score(chosen.domain, chosen.level)
    return saved(context, session)
