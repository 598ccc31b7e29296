"""Say where the team stands, from the committed answers and the tree; `--probe` looks afresh as well."""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Iterable

from workbook import outlook
from workbook.agenda import soon
from workbook.answers import Status
from workbook.assess import PLAIN, Standing
from workbook.cli.context import Context
from workbook.cli.decide import lines
from workbook.cli.due import entry_line
from workbook.crosswalk import disagreements
from workbook.operations.deciding import latest
from workbook.session import Session
from workbook.text import json_document, terminal
from workbook.words import STATUS_WORDS

ITEM_WORDS = {
    Status.READY: "ready",
    Status.NEEDS_REVIEW: "open",
    Status.BLOCKER: "stop launch",
    Status.NOT_APPLICABLE: "do not apply",
    Status.UNANSWERED: "unanswered",
}
"""The states of a pillar's items as they are counted."""


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument("--format", choices=("text", "json"), default="text")
    parser.add_argument("--probe", action="store_true", help="look at the repository first")


def run(context: Context, chosen: argparse.Namespace) -> int:
    """Print the status of the workbook."""
    session = context.workbook()
    if chosen.probe:
        from workbook.cli.looking import look

        look(session)
    if chosen.format == "json":
        from workbook.exports.status_json import to_json

        context.out(json_document(to_json(session)))
        _problems(context, session)
    else:
        show(context, session)
    return 0


def show(context: Context, session: Session) -> None:
    """The headline, the pillars, and every control with its standing."""
    context.out(terminal(session.headline))
    names = session.catalogue.controls_of(session.state.checklists)
    standings = Counter(session.assessment.standings[name].standing for name in names)
    parts = ", ".join(f"{standings[one]} {PLAIN[one]}" for one in Standing if standings[one])
    context.out(f"{len(names)} controls: {parts}.")
    _verdicts(context, session)
    if session.report is None:
        context.out("By the answers and the watched files alone; --probe adds what the code shows now.")
    for pillar in session.checklist.scored_pillars:
        items = session.checklist.in_pillar(pillar.id)
        count = Counter(session.assessment.items[item.id].status for item in items)
        parts = ", ".join(f"{count[status]} {word}" for status, word in ITEM_WORDS.items() if count[status])
        context.out("")
        context.out(f"{terminal(session.checklist.heading(pillar))}: {parts} of {len(items)}")
        _controls(context, session, [control for item in items for control in item.controls])
    decided = {control for item in session.checklist.scored for control in item.controls}
    if further := [name for name in session.catalogue.controls_of(session.state.checklists) if name not in decided]:
        context.out("")
        context.out(f"Only in {', '.join(session.state.also)}:")
        _controls(context, session, further)
    _disagreements(context, session)
    _ahead(context, session)
    _problems(context, session)


def _ahead(context: Context, session: Session) -> None:
    """What comes due soon, before it bites, and how the conditions of the last decision stand."""
    if coming := soon(session.dates, session.today()):
        context.out("")
        context.out("Comes due:")
        for entry in coming:
            context.out(f"  {entry_line(session, entry)}")
    if decision := latest(tuple(session.state.decisions.values())):
        context.out("")
        for line in lines(session, decision):
            context.out(line)


def _verdicts(context: Context, session: Session) -> None:
    """How the deciding verdict came about, and what the advisory checklists say."""
    state, known = session.state, session.catalogue.checklists
    if verdict := outlook.decide(session.checklist, state, session.assessment):
        for line in outlook.explained(verdict):
            context.out(f"  {terminal(line)}")
    for slug in state.checklists[1:]:
        if verdict := outlook.decide(known[slug], state, session.assessment):
            context.out(f"Advisory, {terminal(known[slug].name)}: {terminal(outlook.sentence(verdict))}")


def _disagreements(context: Context, session: Session) -> None:
    found = disagreements(session.catalogue, session.state, session.assessment)
    if not found:
        return
    context.out("")
    context.out(f"Where the checklists disagree ({terminal(session.checklist.name)} decides):")
    for one in found:
        context.out(f"  {terminal(one.about)}: {terminal(one.what)}")
        first = {(side.checklist, side.status): side for side in reversed(one.sides)}
        for side in reversed(first.values()):
            name = session.catalogue.checklists[side.checklist].name
            said = f"{name}: {STATUS_WORDS[side.status]}: {side.why} ({side.item})"
            context.out(f"    {terminal(said)}")


def _controls(context: Context, session: Session, names: Iterable[str]) -> None:
    for name in dict.fromkeys(names):
        judged = session.assessment.standings[name]
        why = "" if judged.standing is Standing.UNANSWERED else terminal(judged.why)
        context.out(f"  {name:<32} {PLAIN[judged.standing]:<18} {why}".rstrip())


def _problems(context: Context, session: Session) -> None:
    for problem in session.state.problems:
        context.say(f"warning: {terminal(str(problem))}")
