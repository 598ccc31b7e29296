"""What a merge that was not ours left behind: a host merges line by line, and may mix what two people said."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from typing import Any

from workbook.merge.standoffs import Standoff, said
from workbook.merge.threeway import Fields, Sides, headers_of, tables_of
from workbook.merge.units import CLASH
from workbook.store import same
from workbook.store.model import Table
from workbook.store.reading import decode, parse
from workbook.store.scanner import scan


class Kind(StrEnum):
    """What is wrong with a merged unit."""

    MIXED = "neither branch said this"
    DROPPED = "what one branch changed is not there"


@dataclass(frozen=True, slots=True)
class Doubt:
    """A unit of a merged file that does not follow from its branches; `sides` are base, ours and theirs."""

    table: Table
    unit: str
    kind: Kind
    merged: Fields
    sides: tuple[Fields, Fields, Fields]

    def __str__(self) -> str:
        _, ours, theirs = self.sides
        place = Standoff(self.table, self.unit, {}, {}, None).place
        return f"{place}: {self.kind}: one said {said(ours)}; the other {said(theirs)}; merged is {said(self.merged)}"


def misplaced(raw: bytes, order: Sequence[Table]) -> Table | None:
    """Return the first table that stands behind one that `order` wants after it; None where all are in order.

    Such a file is read, edited and merged like any other. But where tables stand in different places on two branches,
    a host's merge by lines meets conflicts that are none.

    Raises:
        DamagedError: the file cannot be read.
    """
    index = {table: number for number, table in enumerate(order)}
    placed = [block.table for block in scan(decode(raw)) if block.table in index]
    return next((two for one, two in pairwise(placed) if index[two] < index[one]), None)


def doubts(base: bytes, ours: bytes, theirs: bytes, merged: bytes) -> Iterator[Doubt]:
    """Yield what a merged file says that none of its two branches said, and what it lost of either.

    A unit that both branches changed and that is one of the two was decided, by a person or by a merge of ours. An
    empty file stands for none.

    Raises:
        DamagedError: one of the files cannot be read.
    """
    raws = (base, ours, theirs, merged)
    headers = {header for raw in raws for header in headers_of(scan(decode(raw)))}
    old, mine, yours, made = (tables_of(parse(raw), headers) for raw in raws)
    for table in dict.fromkeys((*mine, *yours)):
        sides = Sides(table, old.get(table), mine.get(table), yours.get(table))
        for unit, names in sides.units.items():
            if doubt := _doubt(table, unit, sides, names, made.get(table, {})):
                yield doubt


def _doubt(table: Table, unit: str, sides: Sides, names: list[str], made: Fields) -> Doubt | None:
    base, ours, theirs = sides.unit(names)
    merged = {name: made[name] for name in names if name in made}
    if sides.growing(names):
        lost = unit != CLASH and _lost(base, ours, theirs, merged, names[0])
        return Doubt(table, unit, Kind.DROPPED, merged, (base, ours, theirs)) if lost else None
    if same(merged, ours) or same(merged, theirs):
        changed_alone = theirs if same(base, ours) else ours if same(base, theirs) else merged
        if same(merged, changed_alone):
            return None
        return Doubt(table, unit, Kind.DROPPED, merged, (base, ours, theirs))
    return Doubt(table, unit, Kind.MIXED, merged, (base, ours, theirs))


def _lost(base: Fields, ours: Fields, theirs: Fields, merged: Fields, name: str) -> bool:
    """Whether an element that one side added is in the merged array no more."""

    def elements(side: Fields) -> list[Any]:
        found = side.get(name, [])
        return found if isinstance(found, list) else [found]

    added = [
        one for side in (ours, theirs) for one in elements(side) if not any(same(one, two) for two in elements(base))
    ]
    return any(not any(same(one, two) for two in elements(merged)) for one in added)
