"""Answer one question after the other as plain lines, for terminals and readers that cannot draw."""

from __future__ import annotations

import argparse
from contextlib import suppress

from workbook.answers import Evidence, Status
from workbook.assess import PLAIN, Standing
from workbook.cli.context import Context
from workbook.cli.line import ask_line
from workbook.cli.looking import look
from workbook.cli.saving import save
from workbook.cli.seen import observation_line, placed
from workbook.errors import Refused
from workbook.evidence import recognized
from workbook.glossary import explained
from workbook.guide import CHOICES, Choice, Question
from workbook.ledger.half_typed import Field
from workbook.reading import nearest
from workbook.sentences import movement
from workbook.session import Session
from workbook.text import terminal
from workbook.typed import reading

OPEN = (Standing.UNANSWERED, Standing.LAPSED, Standing.DISPUTED)
KEYS = {choice.key: choice for choice in CHOICES}
TERMS = 3
"""Terms of a question that are explained before it is answered."""

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
    if not _recover(context, session):
        return 1
    half = [field.about for field in session.typed.texts]
    asked = [one for one in session.questions(chosen.pillar) if one.judged.standing in OPEN or one.control.id in half]
    asked.sort(key=lambda one: one.control.id not in half)
    context.out(f"{len(asked)} questions. " + ", ".join(f"{key} {one.word}" for key, one in KEYS.items()) + ".")
    context.out("w says more, s skips, u takes the last answer back, q leaves; every answer is saved at once.")
    return _ask_all(context, session, asked)


def _recover(context: Context, session: Session) -> bool:
    """Bring back what was not saved and half typed when a session died; False when saving it clashed."""
    if session.recover():
        listed = ", ".join(dict.fromkeys(".".join(edit.table) for edit in session.pending)) or "the new workbook"
        context.say(f"Unsaved edits of a session that died are back: {listed}")
        key = context.ask("Enter saves them, x throws them away: ")
        if key == "x":
            session.discard()
        elif key is not None and not save(context, session, asking=True):
            return False
    for field, text in session.typed.recover().items():
        context.say(f"Half typed when a session died, and there again at its question: {field.kind}, {text}")
    return True


def _ask_all(context: Context, session: Session, asked: list[Question]) -> int:
    at, answered = 0, [-1]
    while at < len(asked):
        session.refresh()
        seen, question = session.on_disk, session.question(asked[at].control.id)
        _tell(context, question, f"{at + 1} of {len(asked)}")
        news = _News(session, question)
        key = _key(context, news)
        while key == "w":
            _ready_when(context, session, question)
            key = _key(context, news)
        if key in (None, "q"):
            break
        if key == "u":
            if session.undo():
                if not save(context, session, asking=True):
                    return 1
                at = max(0, answered.pop())
                context.out("Taken back.")
            continue
        with session.as_seen(seen):
            if key in KEYS and not _record(context, session, news, KEYS[key]):
                break
        answered_now = session.unsaved
        if not save(context, session, asking=True):
            return 1
        if answered_now:
            context.out(f"Saved: {PLAIN[session.assessment.standings[question.control.id].standing]}")
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
    for term in explained(question.item.asks, question.control.title)[:TERMS]:
        context.out(f"Word: {term.name}: {term.means}")


def _ready_when(context: Context, session: Session, question: Question) -> None:
    """What takes more lines than everybody wants to hear each time: when yes, and what an answer would move."""
    context.out(f"Ready when: {terminal(question.control.ready_when)}")
    now = session.verdict
    for word, status in (("yes", Status.READY), ("no", question.status_of(KEYS["n"]))):
        then = session.would_be(question.control.id, status)
        if now is not None and then is not None:
            context.out(f"If {word}: {terminal(movement(now, then))}")


class _News:
    """The beat of a question: keeps what is half typed, and tells what somebody else saved in the meantime."""

    def __init__(self, session: Session, question: Question) -> None:
        self.session, self.question = session, question
        self.field: Field | None = None
        """What the line that is being typed is for; None where it is a key."""
        self._stamp = session.stamp

    def __call__(self, typed: str) -> str:
        if self.field is not None:
            # A full disk must not end the conversation; the line is still on screen.
            with suppress(Refused):
                self.session.typed.keep(self.field, typed)
        if self.session.stamp == self._stamp:
            return ""
        self._stamp = self.session.stamp
        if not self.session.refresh():
            return ""
        now = self.session.question(self.question.control.id)
        if now.answer == self.question.answer:
            return "Somebody else saved; this question stands as it did."
        by = ", ".join(now.answer.by)
        return f"Somebody else saved this question: {PLAIN[now.judged.standing]}{f', by {by}' if by else ''}"


def _text(context: Context, news: _News, kind: str, prompt: str) -> str | None:
    """A line of text that is kept while it is typed, and until it is saved."""
    news.field = Field(kind, news.question.control.id)
    typed = ask_line(context, prompt, news, news.session.typed.get(news.field))
    if typed is not None:
        news.session.typed.keep(news.field, typed)
    return typed


def _key(context: Context, news: _News) -> str | None:
    while (typed := ask_line(context, "Does this hold? ", news)) is not None:
        if typed.lower() in {*KEYS, "w", "s", "u", "q"}:
            return typed.lower()
        context.say("Type one of: " + ", ".join(f"{key} {one.word}" for key, one in KEYS.items()) + ", w, s, u, q")
    return None


def _record(context: Context, session: Session, news: _News, choice: Choice) -> bool:
    """Answer; True also where the question stays open, as for want of a reason.

    False when the input has ended: then nothing is answered, and what was typed so far is there the next time.
    """
    reason, question = None, news.question
    if choice.needs_reason:
        reason = _text(context, news, "reason", "Why does it not apply? ")
        if reason is None:
            return False
        if not reason:
            context.say("Left open: it needs a reason.")
            return True
    status, gap = question.status_of(choice), choice.gap
    if status is Status.BLOCKER:
        context.out(f"It would stop the launch, because: {terminal(question.control.severity_reason)}")
        word = context.ask("Enter: it stops the launch. g: it is an open gap, we launch with it: ")
        if word is None:
            return False
        status = Status.NEEDS_REVIEW if word.strip().lower() == "g" else status
    evidence = None
    if choice.status is Status.READY and not question.answer.evidence:
        try:
            evidence = _evidence(context, session, news)
        except Refused as refused:
            context.say(f"{refused}. Mend it below.")
            return _record(context, session, news, choice)
        if evidence is None:
            return False
    note = _text(context, news, "note", "Note, or Enter: ")
    if note is None:
        return False
    try:
        session.answer(
            question.control.id,
            status,
            gap=gap,
            reason=reason,
            note=note or None,
            evidence=evidence,
        )
    except Refused as refused:
        context.say(f"{refused}. Mend it below.")
        return _record(context, session, news, choice)
    if not _settled(context, session, news):
        return False
    for kind in ("reason", "note", "dispute", "what shows it"):
        session.typed.keep(Field(kind, question.control.id), "")
    return True


def _evidence(context: Context, session: Session, news: _News) -> tuple[Evidence, ...] | None:
    """What shows it: what the probes saw, or what is typed; None when the input has ended."""
    question = news.question
    if question.prefilled:
        listed = ", ".join(terminal(piece.label) for piece in question.prefilled)
        if (context.ask(f"Keep {listed} as evidence? [Y/n] ") or "y").lower() in ("y", "yes"):
            return question.prefilled
    typed = _text(context, news, "what shows it", "What shows it? A link, a path, a number, where it lives, or Enter: ")
    if not typed:
        return None if typed is None else ()
    if number := reading(typed, question.numbers):
        session.measure(*number)
        return ()
    return (recognized(typed, session.root),)


def _settled(context: Context, session: Session, news: _News) -> bool:
    """Where a probe disagrees with the answer, ask why it holds all the same; False when the input has ended."""
    control = news.question.control.id
    judged = session.assessment.standings[control]
    if judged.standing is not Standing.DISPUTED:
        return True
    context.say(f"The probe disagrees: {judged.why}")
    why = _text(context, news, "dispute", "Why does it hold all the same? Enter leaves it disputed: ")
    if why:
        try:
            session.dispute(control, why)
        except Refused as refused:
            context.say(f"{refused}. Mend it below.")
            return _settled(context, session, news)
    return why is not None
