"""Record a launch decision with its conditions, or say which conditions of earlier ones are met."""

from __future__ import annotations

import argparse

from workbook.cli.context import Context
from workbook.cli.decision_lines import lines, on
from workbook.cli.telling import saved
from workbook.decisions import Decision, Outcome
from workbook.errors import Refused
from workbook.session import Session
from workbook.text import terminal
from workbook.typed import condition, decider


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    words = ", ".join(Outcome)
    parser.add_argument("outcome", nargs="?", metavar="OUTCOME", help=f"{words}; left out: show earlier decisions")
    parser.add_argument(
        "--by", action="append", default=[], metavar="PERSON:ROLE", help='as in "Ana <ana@example.com>: engineering"'
    )
    parser.add_argument(
        "--condition",
        action="append",
        default=[],
        metavar="WHAT|PERSON|DAY",
        help="what must become true, who sees to it, and until when; a control's id as WHAT is told by its answer",
    )
    parser.add_argument("--met", nargs=2, metavar=("DECISION", "NUMBER"), help="this condition is met")


def run(context: Context, chosen: argparse.Namespace) -> int:
    """Record the decision, or show those that were taken."""
    session = context.workbook()
    if chosen.met:
        session.meet(chosen.met[0], _number(chosen.met[1]))
        return saved(context, session)
    if chosen.outcome is None:
        return _show(context, session)
    if chosen.outcome not in tuple(Outcome):
        raise Refused(f"{chosen.outcome!r} is not a decision", f"one of {', '.join(Outcome)}")
    by = [decider(text) for text in chosen.by]
    before = set(session.state.decisions)
    session.decide(Outcome(chosen.outcome), by, [condition(session.catalogue, text) for text in chosen.condition])
    done = saved(context, session)
    for name, decision in session.state.decisions.items():
        if name not in before and not done:
            _told(context, decision)
    return done


def _told(context: Context, decision: Decision) -> None:
    """What was decided and under which id; and that it is no verdict of its commit where it is not."""
    context.out(terminal(f"Decided: {decision.outcome}, kept as {decision.id}{on(decision)}."))
    if decision.uncommitted:
        context.say(
            "Warning: answers behind this verdict are not committed, so it is not what that commit says. "
            "Commit first, then decide: readiness commit"
        )


def _show(context: Context, session: Session) -> int:
    decisions = session.state.decisions
    if not decisions:
        context.out("Nothing has been decided yet.")
    for decision in decisions.values():
        for line in lines(session, decision):
            context.out(line)
    return 0


def _number(text: str) -> int:
    if not text.isdecimal():
        raise Refused(f"{text!r} is not the number of a condition", "readiness decide lists them")
    return int(text)
