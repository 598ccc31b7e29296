"""The message of a commit: what changed, where that leaves the team and why, and who was there."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from workbook import outlook
from workbook.answers import State, read_state
from workbook.commit.changes import ANSWERS, Changed, acts, answers, settings
from workbook.commit.files import committed_tables
from workbook.people import person
from workbook.session import Session
from workbook.text import commit_line, trailer_value
from workbook.words import STATUS_WORDS

LISTED: Final = 40
"""Changes named in a message, acts and settings before answers; the rest is counted."""

MOVED: Final = 6
"""Items named as what moved the verdict; the rest is counted."""

SUBJECT: Final = 90
"""Characters of a subject beyond which no further part is added."""


def preview(session: Session, navigators: Sequence[str] = ()) -> str:
    """The message a commit would carry: a subject, what changed of each control, the verdict, and who was there."""
    state, tables = session.state, committed_tables(session.root)
    before = read_state(tables, session.catalogue, session.today()) if tables else None
    changes = list(acts(before or State(), state))
    if before:
        changes += settings(before, state, gates=(tables.get("gate"), session.ledger.tables.get("gate")))
    changes += answers(session.catalogue, before or State(), state)
    lines = [_subject(session, started=before is None, changes=changes)]
    if changes:
        lines += ["", *(commit_line(f"- {one.line}") for one in changes[:LISTED])]
    if len(changes) > LISTED:
        lines.append(f"- and {len(changes) - LISTED} more")
    now, then = _sentence(session, state), _sentence(session, before) if before else ""
    if now and then and now != then:
        lines += ["", f"Before, {then}", f"Now, {now}", *_why(session, before or State(), state)]
    elif now:
        lines += ["", f"Now, {now}"]
    return with_trailers("\n".join(lines), people_of(session, navigators))


def _why(session: Session, before: State, now: State) -> list[str]:
    """Which items moved the verdict, from what to what."""
    then, since = (session.assess(state, session.report).items for state in (before, now))
    found = [
        f"{item.id} {STATUS_WORDS[then[item.id].status]} → {STATUS_WORDS[since[item.id].status]}"
        for item in session.catalogue.checklists[now.decides].scored
        if then[item.id].status is not since[item.id].status
    ]
    rest = f"; and {len(found) - MOVED} more" if len(found) > MOVED else ""
    return [commit_line(f"Why, {'; '.join(found[:MOVED])}{rest}")] if found else []


def people_of(session: Session, navigators: Sequence[str]) -> tuple[str, ...]:
    """The co-authors, each once: all but the author, who is whoever git knows, also while somebody else drives."""
    people = session.people
    named = [person(name) for name in (people.driver, *people.navigators, *navigators) if name]
    return tuple(dict.fromkeys(name for name in named if name != (session.place.identity or people.driver)))


def with_trailers(text: str, people: Sequence[str]) -> str:
    """The text with a trailer for each co-author who has none yet."""
    trailers = [f"Co-authored-by: {trailer_value(name)}" for name in people]
    missing = [line for line in trailers if line not in text.splitlines()]
    if not missing:
        return f"{text}\n"
    # Trailers count only where they are one block at the end.
    ends_in_trailers = text.rpartition("\n")[2].startswith("Co-authored-by: ")
    return "\n".join([text, *([] if ends_in_trailers else [""]), *missing]) + "\n"


def _subject(session: Session, *, started: bool, changes: Sequence[Changed]) -> str:
    """What happened in one line: the answers by their number, another act by its words, several of a kind counted."""
    if started:
        return commit_line(f"Start the readiness workbook with {session.checklist.name}")
    kinds: dict[str, list[Changed]] = {}
    for one in sorted(changes, key=lambda one: one.kind != ANSWERS):
        kinds.setdefault(one.kind, []).append(one)
    parts = []
    for kind, found in kinds.items():
        if kind == ANSWERS:
            parts.append(f"answer {len(found)} readiness control{'' if len(found) == 1 else 's'}")
        else:
            parts.append(found[0].line if len(found) == 1 else f"{len(found)} {kind}")
    said = parts[0] if parts else "update the readiness workbook"
    for number, part in enumerate(parts[1:], start=1):
        if len(said) + len(part) > SUBJECT:
            said += f"; and {len(parts) - number} more kinds of change" if number < len(parts) - 1 else "; and more"
            break
        said += f"; {part}"
    return commit_line(said[:1].upper() + said[1:])


def _sentence(session: Session, state: State) -> str:
    """Where the team stands, with what the probes saw where they looked, as on the screen the commit comes from."""
    checklist = session.catalogue.checklists[state.decides]
    judged = session.assess(state, session.report)
    verdict = outlook.decide(checklist, state, judged)
    if verdict is None:
        return ""
    said = outlook.sentence(verdict)
    return commit_line(said[:1].lower() + said[1:])
