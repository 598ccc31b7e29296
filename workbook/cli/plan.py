"""Say what to do next: the cheapest steps, the shortest way to a better verdict, and the order of all that is open."""

from __future__ import annotations

import argparse
import math
from collections.abc import Iterable, Iterator

from checks.observation import Location
from workbook.assess import PLAIN, Standing
from workbook.catalogue import Catalogue
from workbook.catalogue.plans import Block, Plans, load_plans
from workbook.cli.context import Context
from workbook.cli.looking import look
from workbook.cli.seen import placed
from workbook.plan import Forecast, Gap, Plan, Shows, Sign, Step, Way, in_days, to_data
from workbook.plan.forecast import MOST_DAYS
from workbook.plan.whole import FORECAST, PATTERNS, WEEKS
from workbook.sentences import WORDS
from workbook.session import Session
from workbook.text import json_document, terminal

SEVERITY_WORDS = {"blocker": "can stop a launch", "high": "high", "medium": "medium", "low": "low"}
WEEK = 10
"""Half-days in a week of one person."""


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument("--format", choices=("text", "json"), default="text")
    parser.add_argument("--probe", action="store_true", help="look at the repository first, to say where to begin")
    parser.add_argument("--all", action="store_true", help="the whole plan, even where nearly everything is open")
    parser.add_argument(
        "--prototype-days", type=_days, metavar="N", help="forecast the work after a prototype of N days"
    )


def run(context: Context, chosen: argparse.Namespace) -> int:
    """Print the plan of the workbook."""
    session = context.workbook()
    if chosen.probe:
        look(session)
    plans = load_plans()
    plan = session.plan(chosen.prototype_days)
    if chosen.format == "json":
        context.out(json_document(to_data(plan)))
    else:
        for line in lines(plan, plans, session, whole=chosen.all):
            context.out(terminal(line))
    return 0


def lines(plan: Plan, plans: Plans, session: Session, *, whole: bool = False) -> Iterator[str]:
    """The plan as lines, their texts untrusted. Where nearly everything is open, only what comes next."""
    catalogue = session.catalogue
    yield f"Plan for {plan.checklist.name}"
    yield plan.sentence or f"No verdict for {plan.checklist.name} in this version."
    if not plan.probed:
        yield "By the answers and the watched files alone; --probe adds what the code shows now."
    yield "Days, order and risk weights are our proposals; what an article says carries the name of its checklist."
    yield from _next(plan, catalogue)
    if plan.forecast:
        yield from _forecast(plan.forecast, plans.blocks[FORECAST], catalogue)
    if plan.met.nearly_all_open and not whole:
        yield ""
        yield plan.met.sentence
        yield "So these first; the whole plan: readiness plan --all"
        return
    yield from _way(plan.way, catalogue)
    yield from _gaps(plan)
    yield from _weeks(plan, plans.blocks[WEEKS], catalogue)
    yield from _signs(plan, plans.blocks[PATTERNS], catalogue)
    yield from _tools(plan, catalogue)
    yield from _aids(plan, catalogue)
    if plan.forecast is None:
        yield ""
        yield "A forecast of the work after the prototype: readiness plan --prototype-days N"


def _days(text: str) -> float:
    try:
        days = float(text)
    except ValueError:
        days = math.nan
    if not 0 < days <= MOST_DAYS:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of days; give one above 0, up to {MOST_DAYS}")
    return days


def _next(plan: Plan, catalogue: Catalogue) -> Iterator[str]:
    yield ""
    if not plan.next.steps:
        yield "Nothing to do next: no control of the chosen checklists is open, but for accepted risk."
        return
    yield "Next, the most risk for the least effort"
    for number, step in enumerate(plan.next.steps, start=1):
        yield from _step(number, step, catalogue)
    if len(plan.next.steps) > 1:
        yield f"All {len(plan.next.steps)} together: {plan.next.together or 'the verdict stays as it is.'}"


def _step(number: int, step: Step, catalogue: Catalogue) -> Iterator[str]:
    gap = step.gap
    yield f"{number}. {gap.control.id}: {gap.control.title}"
    yield f"   {_standing(gap)} · {SEVERITY_WORDS[gap.control.severity]} · {in_days(gap.half_days)}{_who(gap)}"
    yield f"   Do: {gap.action.what}{_place(gap.action.place)}"
    if gap.form:
        yield f"   Begin with: {gap.form}"
    yield f"   Then: {gap.action.command}"
    if step.settles:
        yield f"   Settles: {_items(step.settles, catalogue)}"
    if step.nears:
        yield f"   Brings nearer: {_items(step.nears, catalogue)}"
    yield f"   Verdict: {step.verdict or 'stays as it is'}"


def _way(way: Way | None, catalogue: Catalogue) -> Iterator[str]:
    yield ""
    if way is None:
        yield "Shortest way: this version has no decision model for the checklist."
        return
    if way.at_the_top:
        yield f'Shortest way: there is no better verdict than "{WORDS[way.now]}".'
        return
    if way.now != way.start:
        yield f'With every unanswered question an open gap it would say "{WORDS[way.start]}".'
    if not way.goal:
        yield f'Shortest way: no way up from "{WORDS[way.start]}" by controls alone.'
        yield from (f"  {said}" for said in way.obstacles)
        return
    if way.controls:
        count = f"{len(way.controls)} control{'s' if len(way.controls) > 1 else ''}, {in_days(way.half_days)}"
    else:
        count = "no control has to change"
    found = "no shorter one exists" if way.exact else "put together greedily, a shorter one may exist"
    yield f'Shortest way from "{WORDS[way.start]}" to "{WORDS[way.goal]}": {count} ({found})'
    yield from (f"  {name}: {catalogue.controls[name].title}" for name in way.controls)
    if way.levels:
        given = ", ".join(f"{name} {level}" for name, level in way.levels.items())
        yield f"  Then a named person gives the levels the bullets speak for: {given}"
    if way.to_answer:
        yield f"  {way.to_answer} further questions have to be answered; an open gap will do, a blocker will not."
    yield f"  It says then: {way.goal_sentence}"


def _gaps(plan: Plan) -> Iterator[str]:
    yield ""
    late = sum(gap.overdue for gap in plan.gaps)
    yield f"All {len(plan.gaps)} open or unanswered controls in the order of work{f', {late} overdue' if late else ''}"
    for number, gap in enumerate(plan.gaps, start=1):
        after = f"  after {', '.join(gap.after)}" if gap.after else ""
        yield (
            f"{number:>4}. {gap.control.id:<30} {SEVERITY_WORDS[gap.control.severity]:<17} {_standing(gap)}, "
            f"{in_days(gap.half_days)}{_who(gap)}{_place(gap.action.place)}{after}"
        )


def _weeks(plan: Plan, block: Block, catalogue: Catalogue) -> Iterator[str]:
    yield from _heading(block, catalogue)
    for week in plan.weeks.weeks:
        over = ", more than one person's week" if week.half_days > WEEK else ""
        yield f"  Week {week.number}: {week.theme} ({in_days(week.half_days)}{over})"
        for task in week.tasks:
            title = task.title.partition(": ")[2] or task.title
            yield f"    {title}: {', '.join(task.controls) or 'nothing open in your checklists'}"
        if week.also:
            yield f"    Also, by our mapping: {', '.join(week.also)}"
    if plan.weeks.afterwards:
        yield f"  Afterwards: {', '.join(plan.weeks.afterwards)}"


def _signs(plan: Plan, block: Block, catalogue: Catalogue) -> Iterator[str]:
    yield from _heading(block, catalogue)
    yield from (_sign(sign, catalogue) for sign in plan.signs)


def _sign(sign: Sign, catalogue: Catalogue) -> str:
    source = catalogue.checklists[sign.pattern.item.partition(".")[0]].name
    mark = "!" if sign.shows in (Shows.YES, Shows.PARTLY) else " "
    return f"  {mark} {sign.shows}: {sign.pattern.name} ({source}): {sign.why}{_place(sign.place)}"


def _tools(plan: Plan, catalogue: Catalogue) -> Iterator[str]:
    yield ""
    yield "Tools the articles name for what is open. Named there, not recommended here."
    if plan.stacks:
        seen = ", ".join(f"{one.ecosystem.name} ({one.path})" for one in plan.stacks)
        yield f"  Your stack as probes saw it: {seen}"
    elif plan.probed:
        yield "  Your stack: no probe pointed at a file that tells it."
    else:
        yield "  Your stack: not looked at, so only tools that fit any; --probe looks."
    for one in plan.suggestions:
        by = ", ".join(catalogue.checklists[slug].name for slug in one.named_by)
        yield f"  {one.control}: {', '.join(one.tools)} ({by})"


def _aids(plan: Plan, catalogue: Catalogue) -> Iterator[str]:
    for aid in plan.aids:
        yield from _heading(aid.block, catalogue)
        for one in aid.advice:
            source = _names(one.fact.articles, catalogue) or "our reading"
            yield f"  {one.fact.text} ({source}{f'; {one.why}' if one.why else ''})"


def _forecast(made: Forecast, block: Block, catalogue: Catalogue) -> Iterator[str]:
    yield from _heading(block, catalogue)
    yield (
        "  A forecast by the article's rule of thumb, not a fact about this repository: "
        f"{made.prototype_days:g} days of prototype, {made.remaining_days:g} days to come."
    )
    for one in made.shares:
        yield f"  {one.name:<26} {one.days:>7g} days  {one.percent:>3} % of all work, AI may take {one.ai}"


def _heading(block: Block, catalogue: Catalogue) -> Iterator[str]:
    yield ""
    yield f"{block.title} (from {_names(block.articles, catalogue)}; readiness explain {block.id})"


def _names(slugs: Iterable[str], catalogue: Catalogue) -> str:
    return ", ".join(catalogue.checklists[slug].name for slug in slugs)


def _items(items: Iterable[str], catalogue: Catalogue) -> str:
    """Items grouped by checklist: "Fifty points 4.31, 4.33; Six gates g2.encryption"."""
    by_list: dict[str, list[str]] = {}
    for item in items:
        slug, _, rest = item.partition(".")
        by_list.setdefault(catalogue.checklists[slug].name, []).append(rest)
    return "; ".join(f"{name} {', '.join(found)}" for name, found in by_list.items())


def _standing(gap: Gap) -> str:
    """How it stands; accepted risk and lapsed answers also under the name the files use."""
    word = PLAIN[gap.standing]
    return f"{word} ({gap.standing})" if gap.standing in (Standing.WAIVED, Standing.LAPSED) else word


def _who(gap: Gap) -> str:
    owner = f" · {gap.owner}" if gap.owner else ""
    due = f" · due {gap.due}{', OVERDUE' if gap.overdue else ''}" if gap.due else ""
    return owner + due


def _place(place: Location | None) -> str:
    return f"  {placed(place)}" if place else ""
