"""Answer one question after the other as plain lines, for terminals and readers that cannot draw."""

from __future__ import annotations

import argparse

from workbook.answers import Status
from workbook.assess import PLAIN, Standing
from workbook.cli.context import Context
from workbook.cli.looking import look, observation_line, placed
from workbook.cli.saving import save
from workbook.errors import Refused
from workbook.guide import CHOICES, Choice, Question
from workbook.reading import nearest
from workbook.session import Session
from workbook.text import terminal

OPEN = (Standing.UNANSWERED, Standing.LAPSED, Standing.DISPUTED)
KEYS = {choice.key: choice for choice in CHOICES}
SHOWN = 5
"""How many observations and findings are read out before a question."""


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument("--plain", action="store_true", help="plain lines; the guide with screens is: readiness")
    parser.add_argument("--pillar", metavar="ID", help="only this pillar")
    parser.add_argument("--no-probe", action="store_true", help="do not look at the repository first")


def run(context: Context, chosen: argparse.Namespace) -> int:
    """Ask until the questions or the input end; 1 when an answer clashed with somebody else's."""
    if not chosen.plain:
        raise Refused("the guide with screens opens with: readiness", "for plain lines: readiness guide --plain")
    session = context.workbook()
    pillars = [pillar.id for pillar in session.checklist.scored_pillars]
    if chosen.pillar and chosen.pillar not in pillars:
        raise Refused(
            f"there is no pillar {chosen.pillar!r}{nearest(chosen.pillar, pillars)}", f"one of {', '.join(pillars)}"
        )
    if not chosen.no_probe:
        context.say("Looking at the repository first.")
        look(session)
    asked = [one for one in session.questions(chosen.pillar) if one.judged.standing in OPEN]
    context.out(f"{len(asked)} questions. " + ", ".join(f"{key} {one.word}" for key, one in KEYS.items()) + ".")
    context.out("s skips, u takes the last answer back, q leaves; every answer is saved at once.")
    return _ask_all(context, session, asked)


def _ask_all(context: Context, session: Session, asked: list[Question]) -> int:
    at, answered = 0, [-1]
    while at < len(asked):
        _tell(context, asked[at], f"{at + 1} of {len(asked)}")
        key = _key(context)
        if key in (None, "q"):
            break
        if key == "u":
            if session.undo():
                if not save(context, session):
                    return 1
                at = max(0, answered.pop())
                context.out("Taken back.")
            continue
        if key in KEYS and not _record(context, session, asked[at], KEYS[key]):
            return 1
        if key in KEYS:
            answered.append(at)
        at += 1
    context.out(terminal(session.headline))
    return 0


def _tell(context: Context, question: Question, position: str) -> None:
    context.out("")
    context.out(f"{position}. {terminal(question.item.asks)}")
    context.out(f"Control: {question.control.id}, {terminal(question.control.title)}")
    context.out(f"Why: {terminal(question.control.why)}")
    if question.answer.status is not Status.UNANSWERED:
        context.out(f"Now: {PLAIN[question.judged.standing]}: {terminal(question.judged.why)}")
    for seen in question.observations[:SHOWN]:
        context.out(f"Probe: {' '.join(observation_line(seen).split())}")
    for finding in question.findings[:SHOWN]:
        context.out(f"Found: {placed(finding.location)} {terminal(finding.message)}")
    if question.proposed:
        context.out(f"Proposed: {question.proposed.key} {question.proposed.word}")


def _key(context: Context) -> str | None:
    while (typed := context.ask("Does this hold? ")) is not None:
        if typed.lower() in {*KEYS, "s", "u", "q"}:
            return typed.lower()
        context.say("Type one of: " + ", ".join(f"{key} {one.word}" for key, one in KEYS.items()) + ", s, u, q")
    return None


def _record(context: Context, session: Session, question: Question, choice: Choice) -> bool:
    """Answer and save; False after a clash. A reason that is asked for and not given leaves the question open."""
    reason = None
    if choice.needs_reason:
        reason = context.ask("Why does it not apply? ")
        if not reason:
            context.say("Left open: it needs a reason.")
            return True
    evidence = None
    if choice.status is Status.READY and question.prefilled and not question.answer.evidence:
        listed = ", ".join(terminal(piece.label) for piece in question.prefilled)
        if (context.ask(f"Keep {listed} as evidence? [Y/n] ") or "y").lower() in ("y", "yes"):
            evidence = question.prefilled
    note = context.ask("Note, or Enter: ")
    session.answer(
        question.control.id,
        question.status_of(choice),
        gap=choice.gap,
        reason=reason,
        note=note or None,
        evidence=evidence,
    )
    if not save(context, session):
        return False
    context.out(f"Saved: {PLAIN[session.assessment.standings[question.control.id].standing]}")
    return True
