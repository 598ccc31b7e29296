"""What one session did: answered, attached, verified, disputed, and what else it entered."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from workbook.answers import SCOPE_FIELDS, Evidence, Status
from workbook.assess import PLAIN, Standing
from workbook.session import Session
from workbook.store import MISSING, Edit
from workbook.text import terminal

OTHER = {
    "measurements": "numbers",
    "scores": "levels",
    "attested": "facts",
    "items": "items answered over their controls",
    "waivers": "accepted risks",
    "decisions": "decisions",
    "scope": "scope facts",
}
"""Tables besides the controls, in people's words."""


@dataclass(frozen=True, slots=True)
class Sitting:
    """One session, by what it changed and did not take back. Controls by id; `other` are entries by kind."""

    answered: tuple[str, ...]
    evidence: Mapping[str, tuple[Evidence, ...]]
    verified: tuple[str, ...]
    disputed: tuple[str, ...]
    cared: tuple[str, ...]
    """Controls with a note, an owner or a day, and nothing else."""
    other: Mapping[str, tuple[str, ...]]

    @property
    def empty(self) -> bool:
        """Whether nothing was entered."""
        return not (self.answered or self.evidence or self.verified or self.disputed or self.cared or self.other)


def sitting(session: Session) -> Sitting:
    """What the session changed, saved or not. What is disputed is told for the controls it touched."""
    edits = (*session.done, *session.pending)
    touched: dict[str, list[Edit]] = {}
    other: dict[str, dict[str, None]] = {}
    for edit in edits:
        if edit.table[:1] == ("controls",) and edit.table[-1] in session.catalogue.controls:
            touched.setdefault(edit.table[-1], []).append(edit)
        elif edit.table and edit.table[0] in OTHER:
            name = edit.field if edit.table[0] in ("scores", "attested", "scope") else edit.table[-1]
            if name not in SCOPE_FIELDS:
                other.setdefault(OTHER[edit.table[0]], {})[name] = None
    state, standings = session.state, session.assessment.standings
    answered = tuple(
        name for name, changes in touched.items() if _sets(changes, "by", "status") and state.answer(name).by
    )
    evidence = {name: fresh for name, changes in touched.items() if (fresh := _attached(session, name, changes))}
    verified = tuple(name for name, changes in touched.items() if _sets(changes, "verified_by"))
    disputed = tuple(
        name
        for name, changes in touched.items()
        if standings[name].standing is Standing.DISPUTED or _sets(changes, "dispute_note")
    )
    told = {*answered, *evidence, *verified, *disputed}
    return Sitting(
        answered,
        evidence,
        verified,
        disputed,
        tuple(name for name in touched if name not in told and state.answer(name).status is not Status.UNANSWERED),
        {kind: tuple(names) for kind, names in other.items()},
    )


def lines(session: Session) -> list[str]:
    """The session in a few lines for a terminal; none where nothing was entered."""
    one = sitting(session)
    if one.empty:
        return []
    people = [name for name in (session.people.driver, *session.people.navigators) if name]
    found = [f"This session, {', '.join(people) or 'nobody named'}:"]
    if one.answered:
        found.append(f"  {len(one.answered)} answered: {_standings(session, one.answered)}")
    if one.evidence:
        count = sum(map(len, one.evidence.values()))
        found.append(f"  {count} piece{'s' if count != 1 else ''} of evidence for {', '.join(one.evidence)}")
    if one.verified:
        found.append(f"  verified: {', '.join(one.verified)}")
    if one.disputed:
        found.append(f"  disputed by a probe: {', '.join(one.disputed)}")
    found += [f"  {kind}: {', '.join(names)}" for kind, names in one.other.items()]
    if session.unsaved:
        found.append("  not saved; kept as a draft")
    return [terminal(line) for line in found]


def _standings(session: Session, names: Iterable[str]) -> str:
    counts: dict[str, int] = {}
    for name in names:
        word = PLAIN[session.assessment.standings[name].standing]
        counts[word] = counts.get(word, 0) + 1
    return ", ".join(f"{count} {word}" for word, count in counts.items())


def _sets(changes: Iterable[Edit], *fields: str) -> bool:
    return any(edit.field in fields and edit.new is not MISSING for edit in changes)


def _attached(session: Session, name: str, changes: Iterable[Edit]) -> tuple[Evidence, ...]:
    """The pieces that were not there before this session first touched the evidence."""
    base: Any = next((edit.base for edit in changes if edit.field == "evidence"), None)
    if base is None:
        return ()
    before = base if isinstance(base, list) else []
    return tuple(piece for piece in session.state.answer(name).evidence if piece.table() not in before)
