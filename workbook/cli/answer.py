"""Answer a control, stand by answers that lapsed, or hold one against a probe; saved at once."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from workbook.answers import Gap, Rung, Status
from workbook.cli.context import Context
from workbook.cli.looking import look
from workbook.cli.telling import saved
from workbook.errors import Refused
from workbook.evidence import recognized
from workbook.guide import CHOICES, Question
from workbook.reading import nearest
from workbook.session import Session
from workbook.text import terminal
from workbook.typed import day

PEOPLE_SAID = (Rung.ATTESTED, Rung.VERIFIED)
_DENIED = ("not-ready", "not ready", "unready", "unmet", "missing")
"""Words that are no status and look like the opposite of what is meant."""


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.usage = (
        "readiness answer CONTROL STATUS [options]\n       readiness answer --reaffirm CONTROL… [--note TEXT]"
    )
    words = ", ".join([*Status, *(choice.word for choice in CHOICES)])
    parser.add_argument("words", nargs="+", metavar="CONTROL STATUS", help=f"a status is one of {words}")
    parser.add_argument("--note", help="what a reader should know")
    parser.add_argument("--evidence", action="append", metavar="WHAT", help="a link, a file, or where it lives; adds")
    parser.add_argument("--watch", action="append", metavar="GLOB", help="the answer lapses when these files change")
    parser.add_argument("--reason", help="why it does not apply, or why an item differs from its controls")
    parser.add_argument("--gap", choices=[str(gap) for gap in Gap], help="how much is there, for needs-review")
    parser.add_argument("--facet", action="append", metavar="FACET", help="the part that is ready, for needs-review")
    parser.add_argument("--owner", metavar="PERSON", help="who closes the gap, as Name <mail>")
    parser.add_argument("--due", metavar="DAY", help="until when, as in 2026-12-10")
    parser.add_argument("--propose", metavar="NAME", help="a proposal by this tool or agent, for a person to confirm")
    parser.add_argument("--item", action="store_true", help="answer one item of a checklist over its controls")
    parser.add_argument("--reaffirm", action="store_true", help="say answers afresh: after a look, or with --note")
    parser.add_argument("--dispute", metavar="WHY", help="why the answer holds against what a probe shows")
    parser.add_argument("--probe", action="store_true", help="look at what the control's probes show first")


def run(context: Context, chosen: argparse.Namespace) -> int:
    """Record the answer and say what stands now."""
    if chosen.reaffirm:
        return _reaffirm(context, context.workbook(), chosen.words, chosen.note or "")
    if chosen.dispute is not None:
        return _dispute(context, context.workbook(), chosen.words, chosen.dispute)
    control, status = _pair(chosen.words)
    session = context.workbook()
    if chosen.item:
        session.override(control, status_of(status), chosen.reason or "")
        return saved(context, session)
    question = session.question(control)
    if chosen.probe:
        _look(session, [control])
    _answer(session, control, status_of(status, question), chosen, question)
    if chosen.watch and (often := session.place.broad(chosen.watch)):
        context.say(terminal(f"warning: {often}"))
    for pattern in session.place.unmatched(chosen.watch or ()):
        context.say(terminal(f"warning: {pattern} matches no file, so the answer will not lapse by it"))
    if chosen.owner or chosen.due:
        answer = session.state.answer(control)
        try:
            session.assign(control, chosen.owner or answer.owner, day(chosen.due) if chosen.due else answer.due)
        except Refused:
            session.discard()  # all of a command or nothing: a draft of its first half would come back as an answer
            raise
    return saved(context, session, control)


def status_of(word: str, question: Question | None = None) -> Status:
    """The status a word names; with a question also "yes", "no" and the other answers of the guide.

    Raises:
        Refused: it names none; the nearest is given.
    """
    statuses = [str(status) for status in Status]
    choices = {choice.word: choice for choice in CHOICES} if question else {}
    if word in statuses:
        return Status(word)
    if question and word in choices:
        return question.status_of(choices[word])
    known = (*statuses, *choices)
    denied = word in _DENIED and "no" in known
    meant = ", did you mean 'no'?" if denied else nearest(word, known)
    raise Refused(f"{word!r} is not a status{meant}", f"one of {', '.join(known)}")


def _answer(session: Session, control: str, status: Status, chosen: argparse.Namespace, question: Question) -> None:
    before = question.answer
    if chosen.propose is not None and not chosen.propose.strip():
        raise Refused("a proposal needs the name of who makes it", 'name the tool or agent, as in --propose "my agent"')
    if chosen.propose and before.status is not Status.UNANSWERED and before.rung in PEOPLE_SAID:
        raise Refused(f"{control} was answered by a person", "a proposal never replaces that; ask them", code=1)
    added = [recognized(text, session.root) for text in chosen.evidence or ()]
    gaps = {choice.word: choice.gap for choice in CHOICES}
    session.answer(
        control,
        status,
        gap=Gap(chosen.gap) if chosen.gap else gaps.get(chosen.words[-1]),
        note=chosen.note,
        reason=chosen.reason,
        evidence=(*before.evidence, *added) if added else None,
        watch=chosen.watch,
        facets=_facets(session, control, chosen.facet),
        proposed_by=chosen.propose or "",
    )


def _reaffirm(context: Context, session: Session, controls: Sequence[str], note: str) -> int:
    _look(session, controls)
    session.reaffirm(controls, note)
    return saved(context, session, *controls)


def _dispute(context: Context, session: Session, words: Sequence[str], why: str) -> int:
    if len(words) != 1:
        raise Refused("a dispute note belongs to one control", 'readiness answer CONTROL --dispute "why it holds"')
    _look(session, words)
    session.dispute(words[0], why)
    return saved(context, session, words[0])


def _look(session: Session, controls: Sequence[str]) -> None:
    """Look for what the controls' probes show; where none feeds them there is nothing to look for."""
    names = [session.question(name).control.id for name in controls]
    feeding = {signal.id for name in names for signal in session.catalogue.feeding[name]}
    if feeding:
        look(session, sorted(feeding))


def _pair(words: Sequence[str]) -> tuple[str, str]:
    if len(words) == 2:  # noqa: PLR2004  a control and a status
        return words[0], words[1]
    if len(words) == 1:
        raise Refused(f"what holds of {words[0]}?", f"readiness answer {words[0]} STATUS; see: readiness answer --help")
    raise Refused(
        f"one control and one status are expected, not {len(words)} words",
        "a status with a blank or an apostrophe goes in quotes",
    )


def _facets(session: Session, control: str, wanted: list[str] | None) -> list[str] | None:
    known = {item.facet for item in session.catalogue.asked_by[control] if item.facet}
    for facet in wanted or ():
        if facet not in known:
            listed = ", ".join(sorted(known)) or "it has none"
            raise Refused(f"{control} has no facet {facet!r}{nearest(facet, known)}", f"its facets: {listed}")
    return wanted
