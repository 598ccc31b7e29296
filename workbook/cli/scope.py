"""Say what is true of the product, under your name; these facts settle which controls do not apply."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from workbook.cli.context import Context
from workbook.cli.telling import item_states, moved
from workbook.errors import Refused
from workbook.text import terminal

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from workbook.session import Session

WORDS = {"yes": True, "no": False}
SAID = {True: "yes", False: "no", None: "open"}


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument(
        "facts", nargs="*", metavar="FACT yes|no", help="one fact or several; without any, all are listed"
    )
    parser.add_argument("--propose", metavar="NAME", help="a proposal by this tool or agent, for a person to confirm")
    parser.add_argument("--confirm", action="store_true", help="confirm all that is proposed, under your name")


def run(context: Context, chosen: argparse.Namespace) -> int:
    """List the facts, or record some and say how many controls they leave."""
    session = context.workbook()
    facts = dict(_pairs(chosen.facts))
    if chosen.confirm and chosen.propose:
        raise Refused("--confirm is a person's and --propose a tool's", "give one of them")
    if chosen.confirm:
        facts = {**session.state.scope.proposed, **facts}
        if not facts:
            raise Refused("nothing is proposed", "name a fact: readiness scope server yes")
    if not facts:
        _list(context, session)
        return 0
    before = item_states(session)
    if chosen.propose:
        session.propose_scope(facts, chosen.propose)
        told = f"Proposed: {_read(facts)}. Nothing is settled by that: a person confirms it, readiness scope --confirm"
    else:
        session.confirm_scope(facts)
        controls = session.catalogue.controls_of(session.state.checklists)
        confirmed = session.state.scope.confirmed
        absent = sum(session.catalogue.controls[name].applies(confirmed) is False for name in controls)
        told = f"{_read(facts)}. {absent} of {len(controls)} controls do not apply."
    return moved(context, session, before, terminal(told))


def _pairs(words: Sequence[str]) -> list[tuple[str, bool]]:
    names, values = words[::2], words[1::2]
    if len(names) != len(values) or any(value not in WORDS for value in values):
        raise Refused("a fact needs yes or no behind it", "as in: readiness scope server yes model no")
    return [(name, WORDS[value]) for name, value in zip(names, values, strict=True)]


def _read(facts: Mapping[str, bool]) -> str:
    return ", ".join(f"{name}: {SAID[holds]}" for name, holds in facts.items())


def _list(context: Context, session: Session) -> None:
    scope = session.state.scope
    for name, fact in session.catalogue.scope.items():
        waits = name in scope.proposed and name not in scope.confirmed
        holds = scope.proposed[name] if waits else scope.confirmed.get(name)
        why = f"  (proposed by {scope.proposed_by}, not confirmed)" if waits else ""
        context.out(terminal(f"{name:<22} {SAID[holds]:<4}  {fact.question}{why}"))
    if scope.proposed:
        context.say(
            f"{len(scope.proposed)} proposed facts settle nothing yet. A person confirms: readiness scope --confirm"
        )
