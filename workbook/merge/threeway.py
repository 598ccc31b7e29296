"""Two changes of one state file become one: unit by unit, and what contradicts is kept from both sides."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from workbook.merge.standoffs import entry_of
from workbook.merge.units import CLASH, STAMPS, companions, grows, unit_of
from workbook.store import MISSING, Edit, lookup, same
from workbook.store.model import Table
from workbook.store.scanner import Block

Fields = dict[str, Any]
Tables = dict[Table, Fields]


@dataclass(frozen=True, slots=True)
class Disagreement:
    """One unit that both sides changed: what stays in its place, and what is kept under `clash`."""

    table: Table
    unit: str
    kept: Fields
    other: Fields


def tables_of(model: Mapping[str, Any], headers: set[Table]) -> Tables:
    """Return the fields of every table that has a header, or a table below it that has one, in one of the files.

    Whatever else holds keys (inline, dotted, an array of tables) counts as one value of the table it stands in.
    """
    ways = {header[:length] for header in headers for length in range(1, len(header) + 1)}
    found: Tables = {}
    for table in sorted({(), *ways}):
        here = lookup(model, table[:-1], table[-1]) if table else model
        if isinstance(here, Mapping):
            found[table] = {
                key: value for key, value in here.items() if (*table, key) not in ways or not isinstance(value, Mapping)
            }
    return found


def headers_of(blocks: list[Block]) -> set[Table]:
    """Return the names of the tables that have a plain header."""
    return {block.table for block in blocks if not block.is_array}


def decide(base: Tables, ours: Tables, theirs: Tables) -> tuple[list[Edit], list[Disagreement]]:
    """Return the edits that make the merged file out of ours, and what both sides changed."""
    edits: list[Edit] = []
    disagreements: list[Disagreement] = []
    for table in dict.fromkeys((*ours, *theirs)):
        sides = Sides(table, base.get(table), ours.get(table), theirs.get(table))
        here = list(sides.disagreements())
        merged = sides.merged(here)
        mine = ours.get(table, {})
        edits += (
            Edit(table, name, mine.get(name, MISSING), merged.get(name, MISSING))
            for name in dict.fromkeys((*mine, *merged))
            if not same(mine.get(name, MISSING), merged.get(name, MISSING))
        )
        disagreements += here
    return edits, disagreements


class Sides:
    """One table as the three files have it, in its units: name of the unit → its fields."""

    def __init__(self, table: Table, base: Fields | None, ours: Fields | None, theirs: Fields | None) -> None:
        self.table = table
        if base is None and ours is not None and theirs is not None and table[:1] == ("controls",):
            # Both branches laid the table out, as every workbook starts with it; neither answered by that.
            base = {"status": "unanswered"}
        self.base, self.ours, self.theirs = base or {}, ours or {}, theirs or {}
        names = dict.fromkeys((*self.ours, *self.theirs, *self.base))
        self.units: dict[str, list[str]] = {}
        for name in names:
            self.units.setdefault(name if grows(table, name) else unit_of(table, name), []).append(name)
        for unit in [one.unit for one in self.disagreements()]:
            for name in companions(table, unit):
                self.units[unit] += self.units.pop(name, [])

    def disagreements(self) -> Iterator[Disagreement]:
        """The units that both sides changed, each to something else."""
        for unit, names in self.units.items():
            base, ours, theirs = self.unit(names)
            if not self.growing(names) and not (
                same(base, ours) or same(base, theirs) or same(_said(ours), _said(theirs))
            ):
                yield Disagreement(self.table, unit, ours, theirs)

    def merged(self, disagreements: list[Disagreement]) -> Fields:
        """What the table shall say."""
        clashing = {one.unit for one in disagreements}
        merged: Fields = {}
        for unit, names in self.units.items():
            base, ours, theirs = self.unit(names)
            if self.growing(names):
                merged |= self._grown(names[0])
            elif unit in clashing or same(base, theirs):
                merged |= ours
            else:
                merged |= theirs if same(base, ours) or _day(theirs) > _day(ours) else ours
        told = merged.get(CLASH, [])
        told = told if isinstance(told, list) else [told]
        fresh = [entry for one in disagreements if not _holds(told, entry := entry_of(one.unit, one.other))]
        return merged | {CLASH: [*told, *fresh]} if fresh else merged

    def unit(self, names: list[str]) -> tuple[Fields, Fields, Fields]:
        """One unit as base, ours and theirs have it."""
        base, ours, theirs = (
            {name: side[name] for name in names if name in side} for side in (self.base, self.ours, self.theirs)
        )
        return base, ours, theirs

    def growing(self, names: list[str]) -> bool:
        """Whether the unit is an array that grows from both sides; what is no array is an ordinary value."""
        sides = (self.base, self.ours, self.theirs)
        return grows(self.table, names[0]) and all(isinstance(side.get(names[0], []), list) for side in sides)

    def _grown(self, name: str) -> Fields:
        base, ours, theirs = (side.get(name, []) for side in (self.base, self.ours, self.theirs))
        if same(base, ours) or same(base, theirs):  # one side alone changed it, and perhaps its order
            side = self.theirs if same(base, ours) else self.ours
            return {name: side[name]} if name in side else {}
        kept = [one for one in ours if _holds(theirs, one) or not _holds(base, one)]
        added = [one for one in theirs if not _holds(ours, one) and not _holds(base, one)]
        if kept or added:
            return {name: kept + added}
        # Nothing is left: an empty array where both still have the key, else no key.
        return {name: []} if name in self.ours and name in self.theirs else {}


def _holds(elements: list[Any], wanted: Any) -> bool:
    return any(same(element, wanted) for element in elements)


def _said(unit: Fields) -> Fields:
    """The statement without its stamps."""
    return {name: value for name, value in unit.items() if name not in STAMPS}


def _day(unit: Fields) -> date:
    """When a unit was said; what has no date is older than all."""
    said = unit.get("at")
    if isinstance(said, datetime):
        said = said.date()
    return said if isinstance(said, date) else date.min
