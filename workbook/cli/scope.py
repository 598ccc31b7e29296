"""Record a fact about the product under your name; it settles which controls do not apply."""

from __future__ import annotations

import argparse

from workbook.cli.context import Context
from workbook.cli.telling import item_states, moved


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument("fact", metavar="FACT")
    parser.add_argument("holds", metavar="yes|no", choices=("yes", "no"))


def run(context: Context, chosen: argparse.Namespace) -> int:
    """Record the fact and say how many controls it leaves."""
    session = context.workbook()
    before = item_states(session)
    session.confirm_scope({chosen.fact: chosen.holds == "yes"})
    controls = session.catalogue.controls_of(session.state.checklists)
    facts = session.state.scope.confirmed
    absent = sum(session.catalogue.controls[name].applies(facts) is False for name in controls)
    told = f"{chosen.fact}: {chosen.holds}. {absent} of {len(controls)} controls do not apply."
    return moved(context, session, before, told)
