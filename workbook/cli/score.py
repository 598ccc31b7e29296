"""Give one domain of a scorecard its level, 0 to 5, under your name."""

from __future__ import annotations

import argparse

from workbook.cli.context import Context
from workbook.cli.telling import item_states, moved
from workbook.errors import Refused
from workbook.verdicts.ten_gates import LEVELS


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument("domain", metavar="DOMAIN")
    parser.add_argument("level", metavar="LEVEL", help="a whole number from 0 to 5")
    levels = "\n".join(f"  {level}  {text}" for level, text in enumerate(LEVELS))
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.epilog = f"levels, as we read them (docs/verdicts.md):\n{levels}"


def run(context: Context, chosen: argparse.Namespace) -> int:
    """Record the level and say where the team stands."""
    session = context.workbook()
    if chosen.level not in map(str, range(len(LEVELS))):
        raise Refused(f"{chosen.level!r} is no level", "levels are whole numbers from 0 to 5")
    before, level = item_states(session), int(chosen.level)
    session.score(chosen.domain, level)
    return moved(context, session, before, f"Stored: {chosen.domain} is at level {level}: {LEVELS[level]}.")
