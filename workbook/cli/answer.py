"""Answer one control; saved at once."""

from __future__ import annotations

import argparse

from workbook.answers import Gap, Rung, Status
from workbook.assess import PLAIN
from workbook.cli.context import Context
from workbook.cli.saving import save
from workbook.errors import Refused
from workbook.evidence import recognized
from workbook.reading import nearest
from workbook.session import Session
from workbook.text import terminal

PEOPLE_SAID = (Rung.ATTESTED, Rung.VERIFIED)


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument("control", metavar="CONTROL")
    parser.add_argument("status", metavar="STATUS", help=", ".join(Status))
    parser.add_argument("--note", help="what a reader should know")
    parser.add_argument("--evidence", action="append", metavar="WHAT", help="a link, a file, or where it lives; adds")
    parser.add_argument("--watch", action="append", metavar="GLOB", help="the answer lapses when these files change")
    parser.add_argument("--reason", help="why it does not apply")
    parser.add_argument("--gap", choices=tuple(Gap), help="how much is there, for needs-review")
    parser.add_argument("--facet", action="append", metavar="FACET", help="the part that is ready, for needs-review")
    parser.add_argument("--propose", metavar="NAME", help="a proposal by this tool or agent, for a person to confirm")


def run(context: Context, chosen: argparse.Namespace) -> int:
    """Record the answer and say what stands now."""
    session = context.workbook()
    question = session.question(chosen.control)
    status = status_of(chosen.status)
    if chosen.propose and question.answer.status is not Status.UNANSWERED and question.answer.rung in PEOPLE_SAID:
        raise Refused(f"{chosen.control} was answered by a person", "a proposal never replaces that; ask them", code=1)
    added = [recognized(text, session.root) for text in chosen.evidence or ()]
    session.answer(
        chosen.control,
        status,
        gap=Gap(chosen.gap) if chosen.gap else None,
        note=chosen.note,
        reason=chosen.reason,
        evidence=(*question.answer.evidence, *added) if added else None,
        watch=chosen.watch,
        facets=_facets(session, chosen.control, chosen.facet),
        proposed_by=chosen.propose or "",
    )
    if not save(context, session):
        return 1
    judged = session.assessment.standings[chosen.control]
    context.out(f"{chosen.control}: {PLAIN[judged.standing]}: {terminal(judged.why)}")
    context.out(terminal(session.headline))
    return 0


def status_of(word: str) -> Status:
    """The status a word names.

    Raises:
        Refused: it names none; the nearest is given.
    """
    words = [str(status) for status in Status]
    if word not in words:
        raise Refused(f"{word!r} is not a status{nearest(word, words)}", f"one of {', '.join(words)}")
    return Status(word)


def _facets(session: Session, control: str, wanted: list[str] | None) -> list[str] | None:
    known = {item.facet for item in session.catalogue.asked_by[control] if item.facet}
    for facet in wanted or ():
        if facet not in known:
            listed = ", ".join(sorted(known)) or "it has none"
            raise Refused(f"{control} has no facet {facet!r}{nearest(facet, known)}", f"its facets: {listed}")
    return wanted
