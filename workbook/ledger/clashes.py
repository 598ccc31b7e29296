"""A clash in the parts a person decides on: what is one statement is kept together, everything else by itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from workbook.catalogue import Catalogue
from workbook.merge.units import WHOLE, unit_among, unit_of
from workbook.store import MISSING, Clash

_DERIVED: Final = frozenset({"text", "saw", "commit", "pins", "sha256"})
"""Fields that people do not read; shown only where nothing else differs."""

_NAMES: Final[Mapping[str, str]] = {WHOLE: "", "care": ": who closes it, until when"}
"""The units whose names say nothing to people."""


@dataclass(frozen=True, slots=True)
class Side:
    """One field of a clash as people read it. Untrusted text."""

    field: str
    before: str
    mine: str
    theirs: str


def parts(clash: Clash) -> tuple[Clash, ...]:
    """The clash, one for each unit of `workbook.merge.units`, in the order of its fields."""
    found: dict[str, dict[str, Any]] = {}
    clashing = {unit_of(clash.table, field) for field in clash.fields}
    for field, sides in clash.fields.items():
        found.setdefault(unit_among(clash.table, field, clashing), {})[field] = sides
    return tuple(Clash(clash.table, fields) for fields in found.values())


def title(catalogue: Catalogue, part: Clash) -> str:
    """What a part is about: "Rate limits: answer"."""
    name = part.table[-1] if part.table else ""
    known = catalogue.controls[name].title if name in catalogue.controls else ".".join(part.table)
    clashing = {unit_of(part.table, field) for field in part.fields}
    unit = unit_among(part.table, next(iter(part.fields)), clashing)
    return known + _NAMES.get(unit, f": {unit}")


def sides(part: Clash) -> Iterator[Side]:
    """Both sides of every field a person would read."""
    told = [field for field in part.fields if field not in _DERIVED] or list(part.fields)
    for field in told:
        before, mine, theirs = part.fields[field]
        yield Side(field.replace("_", " "), shown(before), shown(mine), shown(theirs))


def shown(value: object) -> str:
    """A stored value as people read it."""
    if value is MISSING:
        return "(nothing)"
    if isinstance(value, Mapping):
        rest = [shown(part) for key, part in value.items() if key not in _DERIVED and key != "kind"]
        return f"{value['kind']}: {', '.join(rest)}" if "kind" in value else ", ".join(rest)
    if isinstance(value, list):
        return "; ".join(map(shown, value))
    return ("no", "yes")[value] if isinstance(value, bool) else str(value)
