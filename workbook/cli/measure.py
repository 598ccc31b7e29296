"""Store a number once; every item compares it with its own threshold."""

from __future__ import annotations

import argparse

from workbook.cli.context import Context
from workbook.cli.telling import item_states, moved
from workbook.typed import parted


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument("name", metavar="NAME", help="as in coverage.percent; readiness explain NAME says more")
    parser.add_argument("value", metavar="VALUE", help="a number with its unit, as in 83.4%% or 420ms")
    parser.add_argument("--unit", help="the unit, where the value does not carry it")
    parser.add_argument("--source", default="", help="where the number comes from, as in coverage.xml")


def run(context: Context, chosen: argparse.Namespace) -> int:
    """Store the number and say where the team stands."""
    session = context.workbook()
    value, unit = parted(chosen.value, chosen.unit)
    before = item_states(session)
    session.measure(chosen.name, value, unit, chosen.source)
    source = f", from {chosen.source}" if chosen.source else ""
    return moved(context, session, before, f"Stored: {chosen.name} = {value:g} {unit}{source}.")
