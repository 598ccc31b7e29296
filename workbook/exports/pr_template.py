"""The checklist of a pull-request template, in three styles. It follows from answers and files, never from the day."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Final

from workbook import outlook
from workbook.answers import State, Status
from workbook.assess import PLAIN, Assessment, ItemState, Standing, assess
from workbook.catalogue import SEVERITY_ORDER, Catalogue, Checklist
from workbook.data import templates
from workbook.sentences import WORDS
from workbook.session import Session
from workbook.text import markdown_prose
from workbook.words import STATUS_WORDS

BOXES: Final = 7
"""Boxes a person reads before they stop reading."""

PRINTED: Final = "six-gates"
"""The checklist with the boxes that are ticked by hand before every deployment."""

_GROUPS: Final = (
    ("Open", (Status.BLOCKER, Status.NEEDS_REVIEW, Status.UNANSWERED)),
    ("Ready, or does not apply", (Status.READY, Status.NOT_APPLICABLE)),
)
"""What is open comes first."""

_WORST: Final = (Status.BLOCKER, Status.NEEDS_REVIEW, Status.UNANSWERED)


class Style(StrEnum):
    """What a block says."""

    STATE = "state"
    """Each item of the deciding checklist with its standing, ticked where it is ready."""
    PRINTABLE = "printable"
    """The boxes to tick by hand; they say nothing of the workbook."""
    SHORT = "short"
    """Where the team stands, a box for each of the worst open items, every item with its standing folded."""


@dataclass(frozen=True, slots=True)
class Line:
    """One item."""

    id: str
    title: str
    state: str
    ready: bool


@dataclass(frozen=True, slots=True)
class Section:
    """Items under a heading."""

    heading: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Slot:
    """The place of one item in a group, also where its line stands elsewhere.

    Hosts merge line by line. Between lines that stay, two people's changes never meet: without the places three of
    four pairs of branches that answered different controls conflicted in the template, with them none. Nor may a line
    that others move say what its own item's answer changes: boxes that said their standing conflicted in 1 of 9.
    """

    name: str
    line: Line | None


@dataclass(frozen=True, slots=True)
class Group:
    """Every item's place under what the items in it share: open, or settled."""

    heading: str
    slots: tuple[Slot, ...]


def block(session: Session, style: Style = Style.STATE) -> str:
    """The block with its markers, lines ended by a line feed."""
    match style:
        case Style.STATE:
            return rendered("state.md.jinja", name=session.checklist.name, groups=_groups(session))
        case Style.PRINTABLE:
            return rendered("printable.md.jinja", sections=_printed(session.catalogue))
        case Style.SHORT:
            _, judged = lasting(session)
            worst = _worst(session.catalogue, judged.of(session.checklist))
            boxes = _slots(session.checklist, judged, worst)
            every = _slots(session.checklist, judged)
            return rendered(
                "short.md.jinja", name=session.checklist.name, said=_said(session), boxes=boxes, every=every
            )


def every_style(session: Session) -> str:
    """All styles one after the other, for who wants to see what a template can say."""
    return "\n\n".join(block(session, style) for style in Style)


def rendered(template: str, /, **texts: object) -> str:
    """A template of ours filled in; every text passes the encoder of Markdown."""
    import jinja2

    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(templates() / "pull_request"),
        autoescape=False,  # noqa: S701  # the sink is Markdown: every text passes the `prose` filter instead
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["prose"] = markdown_prose
    environment.filters["id"] = shown_id
    return environment.get_template(template).render(**texts).strip("\n")


def shown_id(name: str) -> str:
    """An id as it stands in a comment of ours, where it can end nothing."""
    return re.sub(r"[^A-Za-z0-9._-]", "-", name)


def lasting(session: Session) -> tuple[State, Assessment]:
    """What counts whatever the day: no answer is old yet, and no risk accepted, which ends and is never ready."""
    state = replace(session.state, waivers={})
    pins, _ = session.place.ground(state)
    return state, assess(session.catalogue, state, date.min, None, pins)


def _groups(session: Session) -> list[Group]:
    _, judged = lasting(session)
    states = judged.of(session.checklist)
    shown = {heading: {one.item.id for one in states if one.status in statuses} for heading, statuses in _GROUPS}
    return [Group(heading, tuple(_slots(session.checklist, judged, items))) for heading, items in shown.items()]


def _slots(checklist: Checklist, judged: Assessment, shown: Container[str] | None = None) -> Iterator[Slot]:
    """The place of every item, with its line where it is among those shown; all are when None."""
    for one in judged.of(checklist):
        # The number with its pillar, as in 4.31.
        name = one.item.id.removeprefix(f"{checklist.slug}.")
        line = replace(_line(one, judged), title=one.item.title)
        yield Slot(name, line if shown is None or one.item.id in shown else None)


def _printed(catalogue: Catalogue) -> list[Section]:
    checklist = catalogue.checklists[PRINTED]
    sections = []
    for pillar in checklist.pillars:
        boxes = [item for item in checklist.in_pillar(pillar.id) if item.layer == "printable"]
        if boxes:
            lines = tuple(Line(item.id, item.title, "", ready=False) for item in boxes)
            sections.append(Section(pillar.title.removeprefix("Printable: "), lines))
    return sections


def _worst(catalogue: Catalogue, states: Iterable[ItemState]) -> set[str]:
    """The open items that weigh the most, at most seven."""
    worst = sorted((one for one in states if one.status in _WORST), key=lambda one: _weight(catalogue, one))
    return {one.item.id for one in worst[:BOXES]}


def _weight(catalogue: Catalogue, one: ItemState) -> tuple[int, int]:
    severities = (SEVERITY_ORDER[catalogue.controls[name].severity] for name in one.item.controls)
    return _WORST.index(one.status), min(severities, default=len(SEVERITY_ORDER))


def _said(session: Session) -> str:
    """Where the team stands, without a number that would change with every answer."""
    state, judged = lasting(session)
    verdict = outlook.decide(session.checklist, state, judged)
    return WORDS[verdict.verdict] if verdict else "No verdict in this version"


def _line(one: ItemState, judged: Assessment) -> Line:
    state = STATUS_WORDS[one.status]
    if one.status is Status.NEEDS_REVIEW:
        standings = {judged.standings[name].standing for name in one.item.controls}
        if Standing.NEEDS_REVIEW not in standings and Standing.LAPSED in standings:
            state = PLAIN[Standing.LAPSED]
    return Line(one.item.id, f"{one.item.number} {one.item.title}", state, one.status is Status.READY)
