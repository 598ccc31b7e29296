"""What is merged together: the fields that make one statement, and the arrays that grow from both sides. Data only."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Final

from checks.frozen import Frozen
from workbook.store.model import Table

CLASH: Final = "clash"
"""The key under which a table keeps what another branch said, until a person decides."""

WHOLE: Final = "all"
"""The unit of a table that is one statement from its first field to its last."""

ANSWER: Final = "answer"

DECISIVE: Final = frozenset({ANSWER, WHOLE})
"""The units that verdicts rest on."""


class Unit(Frozen):
    """Fields that one person wrote as one statement: all of them come from one side, or they clash."""

    name: str
    fields: tuple[str, ...]
    why: str


UNITS: Final[Mapping[str, tuple[Unit, ...]]] = {
    "controls": (
        Unit(
            ANSWER,
            (
                *("status", "rung", "by", "at", "commit", "text", "gap", "reason", "facets"),
                *("proposed_by", "verified_by", "verified_at", "saw", "dispute_note", "watch", "pins"),
            ),
            "who says what of which tree: one side's status over the other's name or watched content is a claim nobody "
            "made",
        ),
        Unit("care", ("owner", "due"), "a date is its owner's promise"),
    ),
}
"""Units by the first part of the table's name. A field in no unit, known or unknown, is a unit of its own: a note is
set without answering, and evidence is attached without answering, so neither belongs to the answer's unit."""

COMPANIONS: Final[Mapping[tuple[str, str], str]] = {
    ("controls", "note"): ANSWER,  # what one person remarks must not stand under what another one answered
}
"""Fields that are a unit of their own, but go with another unit of their table where that one clashes. By the first
part of the table's name and the key."""

WHOLE_TABLES: Final[Mapping[str, str]] = {
    "scope": "a name stands under all the facts",
    "measurements": "a number is true with its unit, source and date only",
    "items": "one person decided one item for one reason",
    "decisions": "a decision is about one commit, with its conditions",
    "waivers": "a risk is accepted as it was described, by whom and until when",
}
"""First part of the name of tables that are one unit, each with the reason."""

GROWING: Final[Mapping[tuple[str, str], str]] = {
    ("controls", "evidence"): "two people attached one piece each: both hold",
    ("workbook", "also"): "checklists are added and dropped one by one",
    ("workbook", "profiles"): "added and dropped one by one",
    ("workbook", "frameworks"): "added and dropped one by one",
}
"""Arrays merged element by element: what either side added is in, what either side took out is out. By the first part
of the table's name and the key, each with the reason."""

STAMPS: Final = frozenset({"at", "commit", "pins", "saw", "verified_at"})
"""When and on which tree a thing was said, not what was said. Two units that differ in their stamps alone are one
statement made twice; the later one stands, because it was made on the newer tree."""


def unit_of(table: Table, field: str) -> str:
    """Return the name of the unit that a field belongs to; its own name where it is one by itself."""
    kind = table[0] if table else ""
    if kind in WHOLE_TABLES:
        return WHOLE
    return next((unit.name for unit in UNITS.get(kind, ()) if field in unit.fields), field)


def unit_among(table: Table, field: str, clashing: Collection[str]) -> str:
    """Return the unit that a field is decided with, where these units of its table clash."""
    leader = COMPANIONS.get((table[0], field)) if table else None
    return leader if leader and leader in clashing else unit_of(table, field)


def companions(table: Table, unit: str) -> Iterator[str]:
    """Yield the fields that go with a unit of this table where it clashes."""
    return (field for (kind, field), leader in COMPANIONS.items() if table[:1] == (kind,) and leader == unit)


def grows(table: Table, field: str) -> bool:
    """Say whether the field is an array that both sides may add to."""
    return field == CLASH or (bool(table) and (table[0], field) in GROWING)
