"""Replays the state files through the first-parent line: what counted at every commit where something could change."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from fnmatch import fnmatchcase
from typing import Any

from checks.git import Git, Moment, Tag
from workbook import outlook
from workbook.answers import STATE_FILE, WAIVER_FILE, State, read_state
from workbook.assess import Assessment, assess
from workbook.catalogue import Catalogue
from workbook.culprits import EVERYTHING
from workbook.errors import Refused
from workbook.history.contents import Contents
from workbook.lapse import Cause, Release
from workbook.sentences import Verdict
from workbook.session import Session

LIMIT = 1000
"""Commits that are replayed when nothing else is said."""


@dataclass(frozen=True, slots=True)
class Point:
    """The workbook at one commit; `commit` is "" for what is not committed yet. `author` is "Name <mail>"."""

    commit: str
    at: date
    author: str
    tags: tuple[str, ...]
    state: State
    assessment: Assessment
    catalogue: Catalogue

    def verdict(self, slug: str = "") -> Verdict | None:
        """What a checklist said; the deciding one when none is named."""
        return outlook.decide(self.catalogue.checklists[slug or self.state.decides], self.state, self.assessment)

    @property
    def label(self) -> str:
        """How people name it: its tag, else the start of its commit."""
        return self.tags[0] if self.tags else self.commit[:7] or "now"


def replay(session: Session, limit: int = LIMIT) -> tuple[Point, ...]:
    """The points of the newest commits, oldest first: where a state file changed, watched content did, or a tag stands.

    Raises:
        Refused: there is no repository to replay.
    """
    if session.place.git_dir is None:
        raise Refused(session.place.trouble or f"{session.root} is not a git repository", "history is read from git")
    with Git.open(session.root) as git:
        moments, tags = git.timeline(limit), git.tags()
        ids = {moment.blobs.get(name) for moment in moments for name in (STATE_FILE, WAIVER_FILE)}
        files = git.blobs(one for one in ids if one)
    return _points(session, moments, tags, files)


def point_now(session: Session) -> Point:
    """The workbook as it is open now, unsaved edits included."""
    person = session.people.driver
    return Point("", session.today(), person, (), session.state, session.assessment, session.catalogue)


def at(session: Session, points: Sequence[Point], name: str) -> Point:
    """The point a name leads to: a tag, a commit or the start of one, "now"; between points, the last before it.

    Raises:
        Refused: it leads nowhere in this history.
    """
    if name == "now":
        return point_now(session)
    for point in reversed(points):
        if name in point.tags or (len(name) >= 4 and point.commit.startswith(name)):  # noqa: PLR2004  git's least
            return point
    with Git.open(session.root) as git:
        wanted = git.commit_id(name)
        order = {moment.commit: place for place, moment in enumerate(git.timeline(LIMIT))}
    if wanted not in order:
        raise Refused(f"{name!r} is no tag or commit of this branch", "readiness history lists what can be named")
    before = [point for point in points if order.get(point.commit, LIMIT) <= order[wanted]]
    if not before:
        raise Refused(f"there was no workbook at {name}", "readiness history lists where it began")
    return before[-1]


def _points(
    session: Session, moments: Sequence[Moment], tags: Sequence[Tag], files: Mapping[str, bytes]
) -> tuple[Point, ...]:
    named: dict[str, list[str]] = {}
    for tag in tags:
        named.setdefault(tag.commit, []).append(tag.name)
    contents, points = Contents(), []
    held: dict[str, str | None] = {STATE_FILE: None, WAIVER_FILE: None}
    state: State | None = None
    pins: Mapping[str, str] = {}
    release: Release | None = None
    for moment in moments:
        contents.advance(moment.blobs)
        changed = {name: blob for name, blob in moment.blobs.items() if name in held}
        if changed:
            held |= changed
            tables = _tables(held, files)
            state = _state(session.catalogue, tables, moment.at.date()) if tables else state
        if state is None:
            continue
        release = _release(state, tags, moment.commit) or release
        now = contents.pins(state)
        if changed or now != pins or moment.commit in named or moment is moments[-1]:
            judged = _named(assess(session.catalogue, state, moment.at.date(), None, now, release=release), state)
            marks = tuple(named.get(moment.commit, ()))
            day = moment.at.date()
            points.append(Point(moment.commit, day, moment.author, marks, state, judged, session.catalogue))
        pins = now
    return tuple(points)


def _named(assessment: Assessment, state: State) -> Assessment:
    """The assessment with words for an answer that watched everything: which file changed is told for now only."""
    standings = {
        name: replace(judged, why="files changed since")
        if judged.cause is Cause.CONTENT and state.answer(name).watch == EVERYTHING
        else judged
        for name, judged in assessment.standings.items()
    }
    return replace(assessment, standings=standings)


def _state(catalogue: Catalogue, tables: dict[str, Any], day: date) -> State:
    """The state as it was read then. The texts of that time are gone, so none of its answers counts as reworded."""
    state = read_state(tables, catalogue, day)
    return replace(state, answers={name: replace(answer, text="") for name, answer in state.answers.items()})


def _tables(held: Mapping[str, str | None], files: Mapping[str, bytes]) -> dict[str, Any] | None:
    """Both files as one; None where the state file was absent or could not be read, as in a commit with conflicts."""
    read: dict[str, dict[str, Any]] = {}
    for name, blob in held.items():
        try:
            read[name] = tomllib.loads(files.get(blob or "", b"").decode("utf-8-sig"))
        except (ValueError, RecursionError):
            read[name] = {}
    state = {name: table for name, table in read[STATE_FILE].items() if name != "waivers"}
    return state | {"waivers": read[WAIVER_FILE].get("waivers", {})} if state else None


def _release(state: State, tags: Sequence[Tag], commit: str) -> Release | None:
    for tag in tags:
        if tag.commit == commit and fnmatchcase(tag.name, state.policy.release_tags):
            return Release(tag.name, tag.at.date())
    return None
