"""Finds controls by their words and by filters, and says which checklist asks for each."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from workbook.answers import State
from workbook.assess import PLAIN, Assessment, Judged, Standing
from workbook.catalogue import Catalogue, Control
from workbook.reading import nearest

FILTERS: Final = ("standing", "severity", "owner", "checklist", "changed", "area")
"""What can be filtered by, before a colon: "standing:blocker"."""


@dataclass(frozen=True, slots=True)
class Query:
    """What was typed: plain words, and filters by name. `wrong` says what cannot be used."""

    words: tuple[str, ...]
    filters: tuple[tuple[str, str], ...]
    wrong: str = ""


@dataclass(frozen=True, slots=True)
class Hit:
    """A control that was found. `decides` says whether it counts in the deciding checklist; `asked_in` names all."""

    control: Control
    judged: Judged
    decides: bool
    asked_in: tuple[str, ...]
    owner: str
    changed: bool


def parsed(typed: str) -> Query:
    """The words and filters of a line: "rate limits standing:open owner:bo"."""
    words, filters, wrong = [], [], ""
    for part in typed.lower().split():
        name, colon, value = part.partition(":")
        if colon and name in FILTERS:
            # Half-typed filters are not an error yet: they find everything.
            filters += [(name, value)] if value else []
        elif colon and name.isalpha() and nearest(name, FILTERS):
            wrong = f"there is no filter {name!r}{nearest(name, FILTERS)}"
        else:
            words.append(part)
    return Query(tuple(words), tuple(filters), wrong)


def found(
    catalogue: Catalogue, state: State, assessment: Assessment, query: Query, moved: Collection[str] = ()
) -> tuple[Hit, ...]:
    """The controls with all words and filters; those whose title has the words first, then those that decide.

    Args:
        catalogue: what can be found.
        state: owners and chosen checklists.
        assessment: what counts now.
        query: what was asked.
        moved: the controls that changed in this sitting or through the code.
    """
    lists = {slug: frozenset(catalogue.controls_of((slug,))) for slug in catalogue.checklists}
    hits = [_hit(catalogue, state, assessment, name, moved, lists) for name in catalogue.controls]
    asked = {name: " ".join(item.asks for item in catalogue.asked_by[name]) for name in catalogue.controls}
    kept = [hit for hit in hits if _has(hit, asked[hit.control.id], query)]
    return tuple(sorted(kept, key=lambda hit: (-_in_title(hit, query.words), not hit.decides)))


def values(catalogue: Catalogue, state: State, name: str) -> tuple[str, ...]:
    """What a filter can be set to, for a face that offers it."""
    people = sorted(
        {answer.owner.partition(" <")[0].split(" ")[0] for answer in state.answers.values() if answer.owner}
    )
    offered: Mapping[str, Iterable[str]] = {
        "standing": [str(one) for one in Standing],
        "severity": ("blocker", "high", "medium", "low"),
        "owner": people,
        "checklist": state.checklists,
        "changed": ("yes", "no"),
        "area": dict.fromkeys(control.area for control in catalogue.controls.values()),
    }
    return tuple(offered[name])


def _hit(
    catalogue: Catalogue,
    state: State,
    assessment: Assessment,
    name: str,
    moved: Collection[str],
    lists: Mapping[str, Collection[str]],
) -> Hit:
    asked_in = tuple(slug for slug, controls in lists.items() if name in controls)
    owner = state.answer(name).owner
    judged = assessment.standings[name]
    changed = name in moved or judged.standing in (Standing.LAPSED, Standing.DISPUTED)
    return Hit(catalogue.controls[name], judged, state.decides in asked_in, asked_in, owner, changed)


MATCHES: Final[Mapping[str, Callable[[Hit, str], bool]]] = {
    "standing": lambda hit, value: value in _spelled(f"{hit.judged.standing} {PLAIN[hit.judged.standing]}"),
    "severity": lambda hit, value: hit.control.severity.startswith(value),
    "owner": lambda hit, value: value in hit.owner.lower() if value != "none" else not hit.owner,
    "checklist": lambda hit, value: any(slug.startswith(value) for slug in hit.asked_in),
    "changed": lambda hit, value: hit.changed is value.startswith("y"),
    "area": lambda hit, value: hit.control.area.startswith(value),
}


def _has(hit: Hit, asks: str, query: Query) -> bool:
    control = hit.control
    text = f"{control.id} {control.title} {control.why} {control.severity} {asks} {PLAIN[hit.judged.standing]}".lower()
    return all(word in text for word in query.words) and all(MATCHES[name](hit, value) for name, value in query.filters)


def _spelled(text: str) -> str:
    """A standing as it may be typed without spaces: "open-gap" and "opengap" both."""
    plain = text.lower().replace("'", "")
    return f"{plain} {plain.replace(' ', '-')} {plain.replace(' ', '')}"


def _in_title(hit: Hit, words: Iterable[str]) -> int:
    return sum(word in hit.control.title.lower().split() for word in words)
