"""Pictures of an open workbook: what each of them is drawn from."""

from __future__ import annotations

from collections import Counter

from checks.hotspots import Hotspots
from workbook import outlook
from workbook.answers import Status
from workbook.history import Point, point_now, replay
from workbook.pictures import (
    Bar,
    Moment,
    Picture,
    Span,
    Spot,
    complexity_histogram,
    hotspot_map,
    pillar_map,
    timeline,
    trend,
    verdict_bars,
)
from workbook.session import Session


def verdicts(session: Session) -> Picture:
    """Every chosen checklist: what is certain, and where it can still end. The deciding one comes first."""
    bars = []
    for slug in session.state.checklists:
        checklist = session.catalogue.checklists[slug]
        verdict = outlook.decide(checklist, session.state, session.assessment)
        if verdict is not None:
            figures = verdict.verdict, verdict.lowest, verdict.highest, verdict.of, verdict.hold
            bars.append(Bar(checklist.name, *figures))
    return verdict_bars(bars)


def pillars(session: Session) -> Picture:
    """The pillars of the deciding checklist: how many of their items stand how."""
    checklist = session.checklist
    counts = {pillar.id: Counter[Status]() for pillar in checklist.scored_pillars}
    for one in session.assessment.of(checklist):
        counts[one.item.pillar][one.status] += 1
    return pillar_map({checklist.heading(pillar): counts[pillar.id] for pillar in checklist.scored_pillars})


def complexity(session: Session) -> Picture:
    """The functions of the application by radon's rank; none before the probes have measured them."""
    return complexity_histogram(_measured(session).counts)


def churn(session: Session) -> Picture:
    """The functions with the most complexity times churn; none before the probes have measured them."""
    worst = _measured(session).functions
    return hotspot_map([Spot(f"{one.path} {one.function}", one.complexity, one.commits or 0) for one in worst])


def progress(session: Session) -> Picture:
    """How the deciding checklist moved, from git.

    Raises:
        Refused: there is no repository to read it from.
    """
    slug = session.state.decides
    moments = [moment for point in (*replay(session), point_now(session)) if (moment := _moment(point, slug))]
    return trend(moments)


def weeks(session: Session) -> Picture:
    """The open controls by the week the plan puts them into."""
    plan = session.plan()
    spans = [
        Span(
            f"Week {week.number}: {week.theme}",
            len({name for task in week.tasks for name in task.controls} | set(week.also)),
            week.half_days,
        )
        for week in plan.weeks.weeks
    ]
    later = set(plan.weeks.afterwards)
    size = sum(gap.half_days for gap in plan.gaps if gap.control.id in later)
    return timeline([*spans, Span("Afterwards", len(later), size)])


def _measured(session: Session) -> Hotspots:
    report = session.report
    return (report.hotspots if report else None) or Hotspots()


def _moment(point: Point, slug: str) -> Moment | None:
    verdict = point.verdict(slug) if slug in point.state.checklists else None
    if verdict is None:
        return None
    return Moment(point.at, point.label, verdict.lowest, verdict.of, verdict.hold)
