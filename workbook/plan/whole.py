"""The whole plan, made at once from what the session knows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from checks.observation import ProbeReport
from workbook import outlook
from workbook.answers import State
from workbook.assess import Assessment
from workbook.catalogue import Catalogue, Checklist
from workbook.catalogue.plans import Plans
from workbook.plan.advice import Aid, Stack, Suggestion, aids, stacks, suggestions
from workbook.plan.calm import Met, met
from workbook.plan.forecast import Forecast, forecast
from workbook.plan.gaps import Gap, open_gaps
from workbook.plan.imagine import Imagined
from workbook.plan.order import ranked
from workbook.plan.signs import Sign, signs
from workbook.plan.steps import Next, cheapest, next_steps
from workbook.plan.way import Way, shortest_way
from workbook.plan.weeks import Weeks, four_weeks

FORECAST, WEEKS, PATTERNS = "work-split", "four-weeks", "anti-patterns"
"""The blocks that hold figures of their own."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What next. Sizes, order and risk weights are our proposals; facts of articles carry the article."""

    checklist: Checklist
    sentence: str
    met: Met
    """How many items of the deciding checklist hold."""
    gaps: tuple[Gap, ...]
    """The open controls of the chosen checklists in the order of work."""
    next: Next
    way: Way | None
    weeks: Weeks
    forecast: Forecast | None
    signs: tuple[Sign, ...]
    aids: tuple[Aid, ...]
    stacks: tuple[Stack, ...]
    suggestions: tuple[Suggestion, ...]
    probed: bool


def make_plan(
    catalogue: Catalogue,
    plans: Plans,
    state: State,
    assessment: Assessment,
    report: ProbeReport | None,
    today: date,
    prototype_days: float | None = None,
) -> Plan:
    """The plan of a workbook. It needs no probe; with a report it says where to begin.

    Raises:
        ValueError: `prototype_days` is not a number above 0 and up to ten years.
    """
    checklist = catalogue.checklists[state.decides]
    imagined = Imagined(catalogue, state, assessment, today)
    gaps = in_order(catalogue, plans, state, assessment, report, today)
    verdict = outlook.decide(checklist, state, assessment)
    found = stacks(plans, report)
    return Plan(
        checklist=checklist,
        sentence=outlook.sentence(verdict) if verdict else "",
        met=met(assessment.of(checklist)),
        gaps=gaps,
        next=next_steps(imagined, gaps, plans.risk),
        way=shortest_way(imagined, checklist, gaps),
        weeks=four_weeks(catalogue, plans.blocks[WEEKS], gaps),
        forecast=None if prototype_days is None else forecast(plans.blocks[FORECAST], prototype_days),
        signs=signs(plans.blocks[PATTERNS].patterns, catalogue, state, assessment, report),
        aids=aids(plans, catalogue, state, assessment, verdict),
        stacks=found,
        suggestions=suggestions(plans, catalogue, gaps, found),
        probed=report is not None,
    )


def in_order(
    catalogue: Catalogue, plans: Plans, state: State, assessment: Assessment, report: ProbeReport | None, today: date
) -> tuple[Gap, ...]:
    """The open controls of the chosen checklists in the order of work."""
    return ranked(catalogue, open_gaps(catalogue, plans, state, assessment, report, today), state.profiles)


def next_three(
    catalogue: Catalogue, plans: Plans, state: State, assessment: Assessment, report: ProbeReport | None, today: date
) -> tuple[Gap, ...]:
    """What the plan begins with, without making the rest of it."""
    return tuple(cheapest(in_order(catalogue, plans, state, assessment, report, today), plans.risk))
