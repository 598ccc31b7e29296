"""What a filled-in sheet would change: proposals under the names of the people who wrote, never a pass."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from workbook.answers import Answer, Evidence, Gap, Rung, Status
from workbook.errors import Refused
from workbook.evidence import LINK, completed, recognized
from workbook.ledger.discretion import refuse_secret
from workbook.people import person
from workbook.session import Session
from workbook.text import shell_display
from workbook.worksheet.reading import Filled, Reading, Trouble
from workbook.worksheet.words import Field

LONGEST: Final = 20_000
"""Characters of one field that are taken; more belongs into a document that is linked."""

LONGEST_NAME: Final = 200
_CONTROLS: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_MAIL: Final = re.compile(r"[^\s<>()\[\],;:]+@[^\s<>()\[\],;:]+")
_BULLET: Final = re.compile(r"\s*(?:[-*+•–]\s+|\d{1,3}[.)]\s+)?")  # noqa: RUF001  # a dash that word processors make of a hyphen
_MARKDOWN_LINK: Final = re.compile(r"\[([^\[\]]{0,300})\]\(<?(https://[^\s<>()]+)>?\)")


@dataclass(frozen=True, slots=True)
class Proposal:
    """One question's answer as it would be recorded. Texts are untrusted; None leaves what is there."""

    control: str
    line: int
    word: str
    status: Status
    gap: Gap | None
    name: str
    note: str | None
    reason: str | None
    evidence: tuple[Evidence, ...] | None
    owner: str
    replaces: str
    """Who made the proposal that it takes the place of; "" where there is none."""


@dataclass(frozen=True, slots=True)
class Owned:
    """Who closes a gap, where nothing else was said."""

    control: str
    line: int
    owner: str


@dataclass(frozen=True, slots=True)
class Left:
    """An answer that is left alone, why, and the command by which a person gives it instead."""

    control: str
    line: int
    why: str
    command: str


@dataclass(frozen=True, slots=True)
class Intended:
    """What a sheet would do."""

    proposals: tuple[Proposal, ...]
    owned: tuple[Owned, ...]
    same: tuple[str, ...]
    """Controls for which all of it is recorded already."""
    left: tuple[Left, ...]
    troubles: tuple[Trouble, ...]
    """What cannot be taken, those of the reading among them."""

    @property
    def anything(self) -> bool:
        """Whether it would change the workbook."""
        return bool(self.proposals or self.owned)


class _Unusable(Exception):  # noqa: N818  it reads as what it says of a field
    """A field cannot be used: its line, and why."""

    def __init__(self, line: int, what: str) -> None:
        super().__init__(what)
        self.line = line


def intended(session: Session, reading: Reading, by: str = "") -> Intended:
    """What a sheet would do; nothing is changed yet.

    Args:
        session: the workbook.
        reading: what the sheet says.
        by: who filled it in, where the sheet does not say so itself.
    """
    proposals: list[Proposal] = []
    owned: list[Owned] = []
    same: list[str] = []
    left: list[Left] = []
    troubles = list(reading.troubles)
    for one in reading.filled:
        if set(one.fields) <= {Field.NAME} and one.choice is None:
            continue
        try:
            found = _one(session, one, one.fields.get(Field.NAME) or reading.name or by)
        except _Unusable as error:
            troubles.append(Trouble(error.line, f"{one.control}: {error}"))
            continue
        match found:
            case Proposal():
                proposals.append(found)
            case Owned():
                owned.append(found)
            case Left():
                left.append(found)
            case None:
                same.append(one.control)
    troubles.sort(key=lambda one: one.line)
    return Intended(tuple(proposals), tuple(owned), tuple(same), tuple(left), tuple(troubles))


def take(session: Session, found: Intended) -> None:
    """Record it in the session; nothing is saved here.

    Raises:
        Refused: the workbook cannot be changed.
    """
    for one in found.proposals:
        session.answer(
            one.control,
            one.status,
            gap=one.gap,
            note=one.note,
            reason=one.reason,
            evidence=one.evidence,
            proposed_by=one.name,
        )
        if one.owner:
            session.assign(one.control, one.owner, session.state.answer(one.control).due)
    for other in found.owned:
        session.assign(other.control, other.owner, session.state.answer(other.control).due)


def _one(session: Session, one: Filled, name: str) -> Proposal | Owned | Left | None:
    """What one question would do; None where it is recorded already.

    Raises:
        _Unusable: a field cannot be used, or says what the answer does not.
    """
    before = session.state.answer(one.control)
    for kind, text in one.fields.items():
        if len(text) > LONGEST:
            raise _Unusable(one.places.get(kind, one.line), f"more than {LONGEST} characters; link a document instead")
        try:
            refuse_secret(str(kind), text)
        except Refused as refused:
            raise _Unusable(one.places.get(kind, one.line), str(refused)) from None
    owner = _owner(one)
    if one.choice is None:
        if set(one.fields) <= {Field.OWNER, Field.NAME}:
            return None if owner == before.owner else Owned(one.control, one.line, owner)
        raise _Unusable(one.line, "something is written here, and no answer is ticked")
    name = _named(one, name)
    reason, note = one.fields.get(Field.REASON, ""), one.fields.get(Field.NOTE, "")
    if one.choice.needs_reason and not reason:
        reason, note = note, ""
    if one.choice.needs_reason and not reason:
        raise _Unusable(one.line, f'"{one.choice.word}" needs a reason: say why, in a few words')
    if reason and not one.choice.needs_reason:
        raise _Unusable(one.places[Field.REASON], f'it says why it does not apply, and "{one.choice.word}" is ticked')
    status = session.question(one.control).status_of(one.choice)
    if before.status is not Status.UNANSWERED and before.rung is not Rung.PROPOSED:
        who = ", ".join(before.by) or "a probe"
        return Left(one.control, one.line, f"it was answered by {who}", _command(one, reason, note))
    pieces = tuple(_pieces(session, one))
    added = tuple(piece for piece in pieces if not _there(piece, before))
    made = Proposal(
        control=one.control,
        line=one.line,
        word=one.choice.word,
        status=status,
        gap=one.choice.gap if status is Status.NEEDS_REVIEW else None,
        name=name,
        note=_joined(before.note, note),
        reason=reason or None,
        evidence=(*before.evidence, *added) if added else None,
        owner=owner if owner != before.owner else "",
        replaces=before.proposed_by if before.proposed_by != name else "",
    )
    return None if _recorded(made, before) else made


def _recorded(made: Proposal, before: Answer) -> bool:
    said = (before.status, before.gap, before.proposed_by, before.reason)
    same = said == (made.status, made.gap, made.name, made.reason or "")
    return same and made.note is None and made.evidence is None and not made.owner


def _joined(before: str, note: str) -> str | None:
    """The note that stays: what was there is never written over; None where nothing is added."""
    if not note or note in before:
        return None
    return f"{before}\n{note}" if before else note


def _named(one: Filled, name: str) -> str:
    """Who answers.

    Raises:
        _Unusable: nobody is named, or it is no name.
    """
    short = " ".join(name.split())
    if not short:
        raise _Unusable(one.line, 'nobody is named: write it behind "Filled in by", or give --by "Name <mail>"')
    if len(short) > LONGEST_NAME or _CONTROLS.search(short):
        raise _Unusable(one.places.get(Field.NAME, one.line), "this is no name of a person")
    return short


def _owner(one: Filled) -> str:
    """The owner as "Name <mail>", from the ways people write one; "" where none is named.

    Raises:
        _Unusable: the mail address is missing.
    """
    text = one.fields.get(Field.OWNER, "")
    if not text:
        return ""
    try:
        return person(text)
    except Refused:
        bare = text.replace("mailto:", "")
        mails = list(dict.fromkeys(_MAIL.findall(bare)))
        name = " ".join(re.sub(r"[<>()\[\],;]", " ", _MAIL.sub(" ", bare)).split())
        if len(mails) != 1 or not name or _CONTROLS.search(text):
            wrong = "an owner has a name and one mail address, as in Bo Sample <bo@example.com>"
            raise _Unusable(one.places[Field.OWNER], wrong) from None
        return person(f"{name} <{mails[0]}>")


def _pieces(session: Session, one: Filled) -> Iterator[Evidence]:
    """The evidence, a piece a line: a link, a file of the repository, else where it lives in the person's own words."""
    for text in one.fields.get(Field.EVIDENCE, "").split("\n"):
        typed = text[len(found[0]) :].strip() if (found := _BULLET.match(text)) else text.strip()
        if not typed:
            continue
        words = typed.replace(",", " ").split()
        bare = [word.strip("<>") for word in words]
        if all(LINK.fullmatch(word) for word in bare):
            yield from (Evidence("link", {"url": word}) for word in bare)
        elif shown := _MARKDOWN_LINK.fullmatch(typed):
            seen = {"seen": shown[1]} if shown[1] and shown[1] != shown[2] else {}
            yield Evidence("link", {"url": shown[2], **seen})
        else:
            try:
                yield completed(recognized(typed, session.root), session.root)
            except Refused:
                # A path on somebody's own disk, or an address inside of a company, is where it lives.
                yield Evidence("elsewhere", {"where": typed})


def _there(piece: Evidence, before: Answer) -> bool:
    return any(one.kind == piece.kind and one.label == piece.label for one in before.evidence)


def _command(one: Filled, reason: str, note: str) -> str:
    """The command by which a person gives the answer of the sheet as their own."""
    words = ["readiness", "answer", one.control, one.choice.word if one.choice else ""]
    words += ["--reason", reason] if reason else []
    words += ["--note", note] if note else []
    for text in one.fields.get(Field.EVIDENCE, "").split("\n"):
        words += ["--evidence", text.strip()] if text.strip() else []
    words += ["--owner", one.fields[Field.OWNER]] if Field.OWNER in one.fields else []
    return shell_display(words)
