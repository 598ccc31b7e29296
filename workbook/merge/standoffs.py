"""What two branches said differently, as it stands in the file until a person decides.

A table that both branches changed keeps one side in its fields and the other one under `clash`, so that the file stays
valid, nothing is lost, and whoever reads the table sees both:

    [controls.rate-limiting]
    status = "ready"
    by = ["Ana Example <ana@example.com>"]
    clash = [
      { unit = "answer", other = { status = "blocker", by = ["Bo Sample <bo@example.com>"] } },
    ]
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any, Final, Literal

from checks.frozen import Frozen
from workbook.merge.units import CLASH, COMPANIONS, DECISIVE, WHOLE, unit_among
from workbook.store import MISSING, Edit, Missing, lookup, same
from workbook.store.model import Table

REMEDY: Final = "decide with: readiness merge"

_LED: Final = frozenset(field for _, field in COMPANIONS)
"""What goes with something else of its table, and so may change by an earlier decision."""


class Standoff(Frozen):
    """One unit of a table with both sides: what stands in its fields, and what the other branch said.

    Attributes:
        table: the table both branches changed.
        unit: the unit, see `workbook.merge.units`; "" where the entry is not one that a merge wrote.
        kept: the fields as they stand; empty where this side had none or took them out.
        other: the same for the other branch.
        entry: the element of the `clash` array.
    """

    table: Table
    unit: str
    kept: Mapping[str, Any]
    other: Mapping[str, Any]
    entry: Any

    @property
    def decisive(self) -> bool:
        """Whether what counts depends on it: an answer does, a note or an owner does not."""
        return self.unit in ("", *DECISIVE) or self.table[:1] in (("scores",), ("attested",))

    @property
    def place(self) -> str:
        """The table, and the unit where it is not the whole table, for people."""
        name = ".".join(self.table) or "top"
        return f"{name} {self.unit}" if self.unit not in ("", WHOLE) else name

    def __str__(self) -> str:
        return f"two branches disagree: here {said(self.kept)}; there {said(self.other)}"


def entry_of(unit: str, other: Mapping[str, Any]) -> dict[str, Any]:
    """Return the element of a `clash` array that keeps the other side of a unit."""
    return {"unit": unit, "other": dict(other)}


def standoffs(tables: Mapping[str, Any], table: Table = ()) -> Iterator[Standoff]:
    """Yield everything in a parsed state file that is not decided yet."""
    entries = tables.get(CLASH, [])
    for entry in entries if isinstance(entries, list) else [entries]:
        match entry:
            case {"unit": str(unit), "other": Mapping() as other}:
                kept = {
                    name: value
                    for name, value in tables.items()
                    if name != CLASH and unit_among(table, name, {unit}) == unit
                }
                yield Standoff(table, unit, kept, other, entry)
            case _:
                yield Standoff(table, "", {}, {}, entry)
    for name, value in tables.items():
        if name != CLASH and isinstance(value, Mapping):
            yield from standoffs(value, (*table, name))


def in_order(tables: Mapping[str, Any]) -> list[Standoff]:
    """Return what is not decided yet in the order to decide it: what goes with something else comes after that."""
    return sorted(standoffs(tables), key=lambda one: one.unit in _LED)


def found_again(tables: Mapping[str, Any], wanted: Standoff) -> Standoff | None:
    """Return the standoff that a person was shown; None where somebody has changed it since.

    A note that has just gone with its answer does not count as changed.
    """
    return next((one for one in standoffs(tables) if _is_same(one, wanted)), None)


def _is_same(one: Standoff, wanted: Standoff) -> bool:
    alone = one.unit in _LED
    kept, shown_as = ({} if alone else _led_apart(side) for side in (one.kept, wanted.kept))
    return (
        (one.table, one.unit) == (wanted.table, wanted.unit) and same(one.entry, wanted.entry) and same(kept, shown_as)
    )


def _led_apart(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if name not in _LED}


def undisputed(tables: Mapping[str, Any], found: Iterable[Standoff]) -> dict[str, Any]:
    """Return the tables as they may be read: without `clash`, and without what nobody stands behind alone.

    Answers, items and numbers stay to be seen; `State.undecided` says that they do not count. A waiver, confirmed
    facts, a level or an attested fact count only while nothing contradicts them, so they are left out.
    """
    from copy import deepcopy  # hardly any file has a clash

    read = deepcopy(dict(tables))
    for one in found:
        here: Any = read
        for part in one.table:
            here = here[part]
        here.pop(CLASH, None)
        if one.table[:1] in (("waivers",), ("scope",), ("scores",), ("attested",)):
            for name in one.kept:
                here.pop(name, None)
        if not here and one.table[:1] != ("scope",) and len(one.table) > 1:
            above = lookup(read, one.table[:-2], one.table[-2]) if len(one.table) > 1 else read
            if isinstance(above, dict):
                above.pop(one.table[-1], None)
    return read


def settled_by(
    found: Iterable[Standoff], table: Table, fields: Mapping[str, Any]
) -> list[Any] | Literal[Missing.MISSING] | None:
    """Return what is left under a table's `clash` once a person sets these fields; None where nothing changes.

    Who answers anew has decided: giving an answer, a number, an item's answer or a waiver whole settles it. A field
    that is written along unchanged decides nothing.
    """
    ours = [one for one in found if one.table == table]
    left = [one for one in ours if not _settles(one, fields)]
    if len(left) == len(ours):
        return None
    return [one.entry for one in left] or MISSING


def _settles(one: Standoff, fields: Mapping[str, Any]) -> bool:
    if one.unit == WHOLE:
        return bool(fields)
    if one.unit in DECISIVE:  # a probe or an agent decides nothing between people
        return "status" in fields and fields.get("rung") not in ("proposed", "observed")
    return one.unit in fields and not same(fields[one.unit], one.kept.get(one.unit, MISSING))


def settle(tables: Mapping[str, Any], standoff: Standoff, *, take_other: bool) -> list[Edit]:
    """Return the edits that end a standoff: its entry goes, and the fields are the side that was decided for."""
    here: Any = tables
    for part in standoff.table:
        here = here[part]
    entries = here[CLASH] if isinstance(here[CLASH], list) else [here[CLASH]]
    gone = next(number for number, entry in enumerate(entries) if same(entry, standoff.entry))
    left = [*entries[:gone], *entries[gone + 1 :]]
    edits = [Edit(standoff.table, CLASH, here[CLASH], left or MISSING)]
    if take_other and standoff.unit:
        edits += (
            Edit(standoff.table, name, standoff.kept.get(name, MISSING), standoff.other.get(name, MISSING))
            for name in dict.fromkeys((*standoff.kept, *standoff.other))
        )
    return edits


def said(unit: Mapping[str, Any]) -> str:
    """Return one side in a few words: what it says, by whom, when. Untrusted text."""
    if not unit:
        return "nothing"
    if "status" in unit:
        parts = [str(unit["status"]), *_who(unit)]
    elif len(unit) == 1:
        parts = [shown(*unit.values())]
    else:
        parts = [_field(name, value) for name, value in unit.items()]
    return ", ".join(parts)


def _who(unit: Mapping[str, Any]) -> Iterator[str]:
    people = unit.get("by") or unit.get("proposed_by")
    if people:
        yield f"by {shown(people)}"
    if isinstance(unit.get("at"), date):
        yield f"on {unit['at']}"
    if reason := unit.get("reason"):
        yield f"because {shown(reason)}"
    if note := unit.get("note"):
        yield f"note: {shown(note)}"


def _field(name: str, value: object) -> str:
    return f"{name} ({shown(value)})" if isinstance(value, Mapping) else f"{name} {shown(value)}"


def shown(value: object) -> str:
    """Return a stored value in plain words, days as 2026-11-21. Untrusted text."""
    if isinstance(value, list):
        return ", ".join(map(shown, value))
    if isinstance(value, Mapping):
        return ", ".join(_field(name, inner) for name, inner in value.items())
    return str(value).lower() if isinstance(value, bool) else str(value)
