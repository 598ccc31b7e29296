"""Say what happened: the trend of a checklist and why it moved, or what was said of one control, and by whom."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from typing import Any

from workbook.answers import Answer
from workbook.assess import PLAIN, Standing
from workbook.cli.context import Context
from workbook.cli.decision_lines import lines as decision_lines
from workbook.errors import Refused
from workbook.history import Move, Point, at, figure, moves, point_now, replay, sparkline, turns
from workbook.history.as_data import VERSION, to_data, where
from workbook.history.replay import LIMIT
from workbook.reading import nearest
from workbook.session import Session
from workbook.text import json_document, terminal

NAMED = 4
"""Controls named of one reason; the rest is counted."""


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument("control", nargs="?", metavar="CONTROL", help="who said what of this control, and when")
    parser.add_argument("--checklist", metavar="SLUG", help="the trend of this checklist; the deciding one if left out")
    parser.add_argument("--at", metavar="NAME", help="what stood at a tag or commit, and which risk was accepted then")
    parser.add_argument("--limit", type=int, default=LIMIT, metavar="N", help=f"commits to replay, {LIMIT} if left out")
    parser.add_argument("--format", choices=("text", "json"), default="text")


def run(context: Context, chosen: argparse.Namespace) -> int:
    """Print the history."""
    session = context.workbook()
    slug = _checklist(session, chosen.checklist)
    if chosen.control:
        session.question(chosen.control)
    points = replay(session, chosen.limit)
    if not points:
        if chosen.format == "json":
            context.out(json_document(_control_json((), chosen.control) if chosen.control else to_data((), slug)))
            return 0
        context.say("Nothing is committed yet: history begins with readiness commit.")
        return 0
    if chosen.at:
        point = at(session, points, chosen.at)
        if chosen.format == "json":
            context.out(json_document(_snapshot_json(session, point)))
            return 0
        return _snapshot(context, session, point)
    if chosen.control and chosen.format == "json":
        context.out(json_document(_control_json(points, chosen.control)))
        return 0
    if chosen.control:
        return _control(context, points, chosen.control)
    everything = (*points, point_now(session)) if session.unsaved or _differs(session, points[-1]) else points
    if chosen.format == "json":
        context.out(json_document(to_data(everything, slug)))
        return 0
    for line in _trend(everything, slug):
        context.out(line)
    return 0


def moved_line(move: Move) -> str:
    """One move in one line for a terminal."""
    before, after = (
        PLAIN.get(side, side) if isinstance(side, Standing) else side for side in (move.before, move.after)
    )
    return terminal(f"{move.about}: {before} → {after} ({move.reason}): {move.why}")


def _trend(points: Sequence[Point], slug: str) -> Iterator[str]:
    yield sparkline([point.verdict(slug) for point in points])
    for number, turn in enumerate(turns(points)):
        point = turn.point
        who = f"  {point.author.partition(' <')[0]}" if number else ""
        yield terminal(f"{point.at}  {point.label:<10} {figure(point.verdict(slug))}{who}")
        for reason in dict.fromkeys(move.reason for move in turn.moved):
            named = [f"{one.about} {_side(one.after)}" for one in turn.moved if one.reason is reason]
            more = f" and {len(named) - NAMED} more" if len(named) > NAMED else ""
            yield terminal(f"            {reason}: {', '.join(named[:NAMED])}{more}")


def _side(side: Standing | str) -> str:
    return PLAIN[side] if isinstance(side, Standing) else side


def _control(context: Context, points: Sequence[Point], control: str) -> int:
    told: set[str] = set()
    for point in _turns(points, control):
        judged, answer = point.assessment.standings[control], point.state.answer(control)
        who = point.author.partition(" <")[0]
        context.out(
            terminal(f"{point.at}  {point.label:<10} {PLAIN[judged.standing]}: {judged.why}  (committed by {who})")
        )
        said = set(_said(answer))
        for line in _said(answer):
            if line not in told:
                context.out(terminal(f"            {line}"))
        told = said
    return 0


def _turns(points: Sequence[Point], control: str) -> Iterator[Point]:
    """The points at which the control's standing or its answer is another than before."""
    last = None
    for point in points:
        now = (point.assessment.standings[control].standing, point.state.answer(control))
        if now != last:
            yield point
        last = now


def _said(answer: Answer) -> Iterator[str]:
    """What an answer carries besides its status, each as a line."""
    if answer.note:
        yield f"note: {answer.note}"
    if answer.dispute_note:
        yield f"against the probe: {answer.dispute_note}"
    if answer.verified_by:
        yield f"verified: {answer.verified_by}{f', {answer.verified_at}' if answer.verified_at else ''}"


def _control_json(points: Sequence[Point], control: str) -> dict[str, Any]:
    found = []
    for point in _turns(points, control):
        judged, answer = point.assessment.standings[control], point.state.answer(control)
        found.append(
            {
                **where(point),
                "standing": str(judged.standing),
                "why": judged.why,
                "status": str(answer.status),
                "rung": str(answer.rung),
                "by": list(answer.by),
                "answered": answer.at.isoformat() if answer.at else None,
                "note": answer.note,
                "dispute_note": answer.dispute_note,
                "verified_by": answer.verified_by,
                "verified_at": answer.verified_at.isoformat() if answer.verified_at else None,
            }
        )
    return {"version": VERSION, "control": control, "points": found}


def _snapshot_json(session: Session, point: Point) -> dict[str, Any]:
    standings = point.assessment.standings
    verdicts = {slug: point.verdict(slug) for slug in point.state.checklists}
    return {
        "version": VERSION,
        **where(point),
        "verdicts": {
            slug: {"verdict": one.verdict, "lowest": one.lowest, "highest": one.highest, "of": one.of} if one else None
            for slug, one in verdicts.items()
        },
        "standings": {
            name: {"standing": str(standings[name].standing), "why": standings[name].why}
            for name in session.catalogue.controls_of(point.state.checklists)
        },
        "decisions": [
            {"id": one.id, "outcome": str(one.outcome), "commit": one.commit, "uncommitted": one.uncommitted}
            for one in point.state.decisions.values()
        ],
    }


def _snapshot(context: Context, session: Session, point: Point) -> int:
    context.out(terminal(f"{point.label}, {point.at}, committed by {point.author}"))
    for slug in point.state.checklists:
        context.out(terminal(f"{session.catalogue.checklists[slug].name}: {figure(point.verdict(slug))}"))
    standings = {
        name: point.assessment.standings[name] for name in session.catalogue.controls_of(point.state.checklists)
    }
    for standing in (Standing.WAIVED, Standing.BLOCKER, Standing.LAPSED, Standing.NEEDS_REVIEW):
        for name, judged in standings.items():
            if judged.standing is standing:
                context.out(f"  {PLAIN[standing]}: {name}: {terminal(judged.why)}")
    for decision in point.state.decisions.values():
        for line in decision_lines(session, decision):
            context.out(line)
    return 0


def _checklist(session: Session, slug: str | None) -> str:
    if slug and slug not in session.catalogue.checklists:
        known = session.catalogue.checklists
        raise Refused(f"there is no checklist {slug!r}{nearest(slug, known)}", f"choose from {', '.join(known)}")
    return slug or session.state.decides


def _differs(session: Session, last: Point) -> bool:
    return bool(moves(last, point_now(session)))
