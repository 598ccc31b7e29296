"""What a worksheet asks: whom it is for, which questions are open for them, and the words of each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, get_args

from workbook.assess import PLAIN, SATISFIED
from workbook.catalogue import SEVERITY_ORDER
from workbook.catalogue.model import Area, fingerprint
from workbook.errors import Refused
from workbook.guide import Question
from workbook.hands import load_hands
from workbook.reading import nearest
from workbook.session import Session
from workbook.text import markdown_prose
from workbook.worksheet.words import READY, SO_FAR, WHY, mark, normal

EVERYTHING: Final = "open"
"""The audience of everything that is open."""

HALF: Final = 6
"""Digits of each of the two digests in one."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One question of a sheet. Texts are untrusted where the control is a team's own, and `so_far` always is."""

    question: Question
    asks: str
    why: str
    ready: str
    so_far: str

    @property
    def mark(self) -> str:
        """The mark behind its title."""
        return mark(self.question.control.id, digest(self.question), printed_digest(self.paragraphs))

    @property
    def title(self) -> str:
        """Its title, encoded."""
        return markdown_prose(self.question.control.title)

    @property
    def paragraphs(self) -> Sequence[str]:
        """What is printed above the answers, encoded, a paragraph each; the last says what stands there so far."""
        return tuple(map(markdown_prose, (self.asks, self.why, self.ready, self.so_far)))


def audiences() -> dict[str, str]:
    """Whom a sheet can be for, each with a title: people, everything that is open, an area."""
    people = {name: audience.title for name, audience in load_hands().audiences.items()}
    return {**people, EVERYTHING: "everything that is open", **{area: f"area {area}" for area in get_args(Area)}}


def open_for(session: Session, audience: str) -> tuple[Asked, ...]:
    """The questions of the chosen checklists that are open for an audience, what weighs most first.

    Raises:
        Refused: there is no such audience; the nearest is named.
    """
    known = audiences()
    if audience not in known:
        raise Refused(f"nobody is called {audience!r}{nearest(audience, known)}", f"one of {', '.join(known)}")
    people = load_hands().audiences
    standings = session.assessment.standings
    names = [
        name
        for name in session.catalogue.controls_of(session.state.checklists)
        if standings[name].standing not in SATISFIED
        and (
            audience == EVERYTHING
            or (audience in people and name in people[audience].controls)
            or session.catalogue.controls[name].area == audience
        )
    ]
    names.sort(key=lambda name: SEVERITY_ORDER[session.catalogue.controls[name].severity])
    return tuple(asked(session, name) for name in names)


def asked(session: Session, control: str) -> Asked:
    """One question in the words of the sheet.

    Raises:
        Refused: there is no such control.
    """
    question = session.question(control)
    entry = question.control
    return Asked(
        question,
        question.item.asks,
        f"{WHY}: {entry.why}",
        f"{READY}: {entry.ready_when}",
        f"{SO_FAR}: {_so_far(question)}",
    )


def digest(question: Question) -> str:
    """Changes when what is asked changes, so that an answer to other words is not taken for one to these."""
    return fingerprint(question.control.fingerprint, question.item.asks)


def printed_digest(paragraphs: Sequence[str]) -> str:
    """Of the printed words: the first half of all of them, the second of the last paragraph, which the day changes.

    By it what was printed is told from what somebody wrote since, also where catalogue and answers moved on.
    """
    return fingerprint(normal("".join(paragraphs)))[:HALF] + last_digest(paragraphs[-1])


def last_digest(text: str) -> str:
    """The second half of the same."""
    return fingerprint(normal(text))[:HALF]


def _so_far(question: Question) -> str:
    answer = question.answer
    who = ", ".join(answer.by) or answer.proposed_by
    parts = [PLAIN[question.judged.standing]]
    parts += [f"{'said' if answer.by else 'proposed'} by {who}"] if who else []
    parts += [f"noted: {answer.note}"] if answer.note else []
    parts += [f"owner: {answer.owner}"] if answer.owner else []
    return "; ".join(parts)
