"""Gathers a report from an open workbook, or from a point of its history."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Final

from checks.cache.challenges import Challenges
from checks.challenge.record import Challenged, figures
from checks.challenge.told import blind, lowered
from checks.git import GitProblem
from checks.observation import ProbeReport
from workbook import outlook
from workbook.agenda import kept
from workbook.answers import Answer, Status
from workbook.assess import PLAIN, ItemState, Standing, standing_override
from workbook.catalogue.plans import load_plans
from workbook.crosswalk import disagreements
from workbook.decisions import Condition, Decision, latest
from workbook.history import Point, at, point_now, replay
from workbook.places import is_ours
from workbook.plan import Gap, Plan, make_plan
from workbook.plan.way import TOP
from workbook.report import record
from workbook.report.words import placed
from workbook.sentences import WORDS
from workbook.session import Session
from workbook.words import STATUS_WORDS

FIFTY: Final = "fifty-point"
"""The checklist with the seven dimensions."""

HOLDS = (Status.READY, Status.NOT_APPLICABLE)


def gather(session: Session, ref: str = "") -> record.Report:
    """The report of now, with what the probes saw if they looked; or of a tag or commit, from git alone.

    Raises:
        Refused: `ref` leads nowhere in this history.
        GitProblem: git cannot be read and `ref` asks for it.
    """
    points = _points(session, needed=bool(ref))
    point = at(session, points, ref) if ref else point_now(session)
    past = bool(point.commit)
    known = () if past else Challenges(session.root, is_ours).kept()
    look = lowered(session.report, known) if session.report and not past else None
    plan = make_plan(point.catalogue, load_plans(), point.state, point.assessment, look, point.at)
    until = points[: 1 + next(place for place, one in enumerate(points) if one is point)] if past else points
    return record.Report(
        project=session.root.name,
        when=record.When(
            point.commit or session.place.commit, ref if past else "now", point.at, past, not past and session.unsaved
        ),
        catalogue=point.catalogue.version,
        answered_under=point.state.catalogue,
        article=point.catalogue.checklists[point.state.decides].source.article,
        verdicts=tuple(_said(point, slug) for slug in point.state.checklists),
        headline=_headline(point),
        split=_split(point),
        standings=_standings(point),
        pillars=_pillars(point),
        controls=tuple(_control(point, name) for name in point.catalogue.controls_of(point.state.checklists)),
        todo=tuple(map(_todo, plan.gaps)),
        next=tuple(step.gap.control.id for step in plan.next.steps),
        onward=_onward(plan),
        dimensions=_dimensions(point),
        risks=tuple(_risks(point)),
        decisions=tuple(_decided(point, one) for one in _newest_first(point.state.decisions.values())),
        disagreements=tuple(
            (one.about, one.what) for one in disagreements(point.catalogue, point.state, point.assessment)
        ),
        numbers=tuple(
            record.Number(name, one.value, one.unit, one.source, one.at)
            for name, one in point.state.measurements.items()
        ),
        levels=tuple(
            record.Level(slug, domain, one.level, one.by, one.at)
            for slug, scores in point.state.scores.items()
            for domain, one in scores.items()
        ),
        facts=tuple(
            record.Fact(name, one.holds, one.by, one.at, one.note) for name, one in point.state.attested.items()
        ),
        scope=dict(point.state.scope.confirmed),
        scope_by=point.state.scope.by,
        history=tuple(_moved(until, point.state.decides)),
        look=look,
        challenge=_challenge(known),
        problems=_problems(point, look),
    )


def _challenge(known: Sequence[Challenged]) -> record.Challenge | None:
    if not known:
        return None
    counted = figures(known)
    missed = tuple(record.Blind(one.signal, one.why) for one in blind(known))
    return record.Challenge(counted.challenged, counted.turned, counted.unanswered, counted.not_planted, missed)


def _points(session: Session, *, needed: bool) -> tuple[Point, ...]:
    """The history; none where there is no repository and nobody asked for its past."""
    if session.place.git_dir is None and not needed:
        return ()
    try:
        return replay(session)
    except GitProblem:
        if needed:
            raise
        return ()


def _said(point: Point, slug: str) -> record.Said:
    checklist, verdict = point.catalogue.checklists[slug], point.verdict(slug)
    decides = slug == point.state.decides
    if verdict is None:
        none = "No verdict in this version; its answers are kept and shown"
        return record.Said(
            slug, checklist.name, decides, "", none, f"{none}.", "", "", 0, 0, 0, hold=False, blockers=0, certain=(),
            can_end=(), decided_by=(), notes=(), best=False,
        )  # fmt: skip
    return record.Said(
        checklist=slug,
        name=checklist.name,
        decides=decides,
        verdict=verdict.verdict,
        word=WORDS[verdict.verdict],
        sentence=outlook.sentence(verdict),
        formula=verdict.formula,
        path=str(getattr(verdict, "path", "")),
        lowest=verdict.lowest,
        highest=verdict.highest,
        of=verdict.of,
        hold=verdict.hold,
        blockers=verdict.blockers,
        certain=verdict.certain,
        can_end=verdict.can_end if verdict.verdict == "incomplete" else (),
        decided_by=verdict.decided_by,
        notes=verdict.notes,
        best=verdict.verdict in TOP,
    )


def _headline(point: Point) -> str:
    return _said(point, point.state.decides).sentence


def _split(point: Point) -> record.Split:
    """What the items rest on. One that a person decided over its controls is stated, whatever its controls say."""
    states = point.assessment.of(point.catalogue.checklists[point.state.decides])
    count = Counter(one.status for one in states)
    backed = sum(one.status is Status.READY and _backed(point, one) for one in states)
    return record.Split(
        of=len(states),
        backed=backed,
        stated=count[Status.READY] - backed,
        not_applicable=count[Status.NOT_APPLICABLE],
        open=count[Status.NEEDS_REVIEW],
        blockers=count[Status.BLOCKER],
        unknown=count[Status.UNANSWERED],
    )


def _backed(point: Point, one: ItemState) -> bool:
    if standing_override(one.item, point.state):
        return False
    standings = {point.assessment.standings[name].standing for name in one.item.controls}
    return Standing.PROVEN in standings and standings <= {Standing.PROVEN, Standing.NOT_APPLICABLE}


def _standings(point: Point) -> dict[str, int]:
    names = point.catalogue.controls_of(point.state.checklists)
    count = Counter(point.assessment.standings[name].standing for name in names)
    return {str(one): count[one] for one in Standing}


def _pillars(point: Point) -> tuple[record.Pillar, ...]:
    checklist = point.catalogue.checklists[point.state.decides]
    return tuple(
        record.Pillar(
            pillar.id,
            checklist.heading(pillar),
            tuple(_item(point.assessment.items[item.id]) for item in checklist.in_pillar(pillar.id)),
        )
        for pillar in checklist.scored_pillars
    )


def _item(one: ItemState) -> record.Item:
    item = one.item
    said = STATUS_WORDS[one.status]
    return record.Item(item.id, item.number, item.title, item.asks, str(one.status), said, one.why, item.controls)


def _control(point: Point, name: str) -> record.Control:
    control, judged, answer = point.catalogue.controls[name], point.assessment.standings[name], point.state.answer(name)
    return record.Control(
        id=name,
        title=control.title,
        area=control.area,
        severity=control.severity,
        ready_when=control.ready_when,
        standing=str(judged.standing),
        said=PLAIN[judged.standing],
        why=judged.why,
        status=str(answer.status),
        rung=_rung(answer),
        by=answer.by,
        at=answer.at,
        commit=answer.commit,
        note=answer.note,
        reason=answer.reason,
        owner=answer.owner,
        due=answer.due,
        watch=answer.watch,
        proposed_by=answer.proposed_by,
        verified_by=answer.verified_by,
        verified_at=answer.verified_at,
        dispute_note=answer.dispute_note,
        evidence=tuple(one.table() for one in answer.evidence),
    )


def _rung(answer: Answer) -> str:
    return "" if answer.status is Status.UNANSWERED else str(answer.rung)


def _todo(gap: Gap) -> record.ToDo:
    return record.ToDo(
        control=gap.control.id,
        title=gap.control.title,
        severity=gap.severity,
        standing=str(gap.standing),
        said=PLAIN[gap.standing],
        why=gap.why,
        what=gap.action.what,
        command=gap.action.command,
        place=placed(gap.action.place) if gap.action.place else "",
        half_days=gap.half_days,
        owner=gap.owner,
        due=gap.due,
    )


def _onward(plan: Plan) -> record.Onward | None:
    way = plan.way
    if way is None:
        return None
    goal = WORDS.get(way.goal, way.goal)
    return record.Onward(goal, way.controls, way.half_days, way.to_answer, dict(way.levels), way.obstacles)


def _dimensions(point: Point) -> tuple[record.Dimension, ...]:
    if FIFTY not in point.state.checklists:
        return ()
    verdict = outlook.fifty(point.catalogue.checklists[FIFTY], point.state, point.assessment)
    return tuple(record.Dimension(name, met, of) for name, (met, of) in verdict.dimensions.items())


def _risks(point: Point) -> Iterable[record.Risk]:
    for name, one in point.state.waivers.items():
        counts = point.assessment.standings[name].standing is Standing.WAIVED
        title = point.catalogue.controls[name].title
        yield record.Risk(name, title, one.reason, one.owner, one.approved_by, one.at, one.expires, counts)


def _newest_first(decisions: Iterable[Decision]) -> list[Decision]:
    left, found = list(decisions), []
    while one := latest(left):
        found.append(one)
        left.remove(one)
    return found


def _decided(point: Point, one: Decision) -> record.Decided:
    conditions = tuple(
        record.Promise(
            _promised(point, promise), promise.owner, promise.due, str(kept(promise, point.assessment, point.at))
        )
        for promise in one.conditions
    )
    by = tuple((person.name, person.role) for person in one.by)
    return record.Decided(one.id, str(one.outcome), one.commit, one.verdict, one.uncommitted, by, conditions)


def _promised(point: Point, one: Condition) -> str:
    """What was promised; a control by its title, where only its id was given."""
    control = point.catalogue.controls.get(one.control)
    return control.title if control and one.text == one.control else one.text


def _moved(points: Sequence[Point], slug: str) -> Iterable[record.Moved]:
    for point in points:
        verdict = point.verdict(slug) if slug in point.state.checklists else None
        if verdict is not None:
            yield record.Moved(
                point.commit, point.label, point.at, verdict.verdict, verdict.lowest, verdict.of, verdict.hold
            )


def _problems(point: Point, look: ProbeReport | None) -> tuple[str, ...]:
    """What the reader must know before they rely on it."""
    said = [str(one) for one in point.state.problems]
    if look is not None and not look.complete:
        said.append("not every probe ran to its end; what they would have seen is unknown")
    for one in look.plugins if look is not None else ():
        said.extend(f"plug-in {one.name} {one.version}: {reason}" for reason in one.trouble)
    return tuple(dict.fromkeys(said))
