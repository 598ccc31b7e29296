"""Say where the team stands, from the committed answers and the tree; `--probe` looks afresh as well."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import TYPE_CHECKING

from workbook import outlook
from workbook.agenda import soon
from workbook.answers import Status
from workbook.assess import PLAIN, Standing
from workbook.cli.context import Context
from workbook.decisions import latest
from workbook.text import terminal
from workbook.view import View

if TYPE_CHECKING:
    import argparse

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
    return _told(context, _looked(context), chosen.format) if chosen.probe else told(context, chosen.format)


def told(context: Context, form: str) -> int:
    """Print the status of the answers and the tree alone, as text or JSON."""
    view = context.view()
    context.said.lasting = True
    code = _told(context, view, form)
    context.said.ground = view.place.ground_read
    return code


def _told(context: Context, view: View, form: str) -> int:
    if form == "json":
        from workbook.exports.status_json import to_json

        context.out_json(to_json(view))
        _problems(context, view)
    else:
        show(context, view)
    return 0


def _looked(context: Context) -> View:
    from workbook.cli.looking import look

    session = context.workbook()
    look(session)
    context.said.follows_from_look(lasting=session.lasting)
    return session


def show(context: Context, view: View) -> None:
    """The headline, the pillars, and every control with its standing."""
    context.out(terminal(view.headline))
    names = view.catalogue.controls_of(view.state.checklists)
    standings = Counter(view.assessment.standings[name].standing for name in names)
    parts = ", ".join(f"{standings[one]} {PLAIN[one]}" for one in Standing if standings[one])
    context.out(f"{len(names)} controls, a question each; every item rests on one or more of them: {parts}.")
    _verdicts(context, view)
    if view.report is None:
        context.out("By the answers and the watched files alone; --probe adds what the code shows now.")
    for pillar in view.checklist.scored_pillars:
        items = view.checklist.in_pillar(pillar.id)
        count = Counter(view.assessment.items[item.id].status for item in items)
        parts = ", ".join(f"{count[status]} {word}" for status, word in ITEM_WORDS.items() if count[status])
        context.out("")
        context.out(f"{terminal(view.checklist.heading(pillar))}: {parts} of {len(items)} items")
        _controls(context, view, [control for item in items for control in item.controls])
    decided = {control for item in view.checklist.scored for control in item.controls}
    if further := [name for name in view.catalogue.controls_of(view.state.checklists) if name not in decided]:
        context.out("")
        context.out(f"Only in {', '.join(view.state.also)}:")
        _controls(context, view, further)
    _disagreements(context, view)
    _ahead(context, view)
    _problems(context, view)


def _ahead(context: Context, view: View) -> None:
    """What comes due soon, before it bites, and how the conditions of the last decision stand."""
    if coming := soon(view.dates, view.today()):
        context.out("")
        from workbook.cli.due import entry_line

        context.out("Comes due:")
        for entry in coming:
            context.out(f"  {entry_line(view, entry)}")
    if decision := latest(tuple(view.state.decisions.values())):
        from workbook.cli.decision_lines import lines

        context.out("")
        for line in lines(view, decision):
            context.out(line)


def _verdicts(context: Context, view: View) -> None:
    """How the deciding verdict came about, and what the advisory checklists say."""
    state, known = view.state, view.catalogue.checklists
    if verdict := outlook.decide(view.checklist, state, view.assessment):
        for line in outlook.explained(verdict):
            context.out(f"  {terminal(line)}")
    for slug in state.checklists[1:]:
        if verdict := outlook.decide(known[slug], state, view.assessment):
            context.out(f"Advisory, {terminal(known[slug].name)}: {terminal(outlook.sentence(verdict))}")


def _disagreements(context: Context, view: View) -> None:
    if len(view.state.checklists) == 1:
        return
    from workbook.crosswalk import disagreements

    found = disagreements(view.catalogue, view.state, view.assessment)
    if not found:
        return
    from workbook.words import STATUS_WORDS

    context.out("")
    context.out(f"Where the checklists disagree ({terminal(view.checklist.name)} decides):")
    for one in found:
        context.out(f"  {terminal(one.about)}: {terminal(one.what)}")
        first = {(side.checklist, side.status): side for side in reversed(one.sides)}
        for side in reversed(first.values()):
            name = view.catalogue.checklists[side.checklist].name
            said = f"{name}: {STATUS_WORDS[side.status]}: {side.why} ({side.item})"
            context.out(f"    {terminal(said)}")


def _controls(context: Context, view: View, names: Iterable[str]) -> None:
    for name in dict.fromkeys(names):
        judged = view.assessment.standings[name]
        why = "" if judged.standing is Standing.UNANSWERED else terminal(judged.why)
        context.out(f"  {name:<32} {PLAIN[judged.standing]:<18} {why}".rstrip())


def _problems(context: Context, view: View) -> None:
    for problem in view.state.problems:
        context.say(f"warning: {terminal(str(problem))}")
