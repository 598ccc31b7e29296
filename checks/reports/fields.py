"""Reading a JSON report field by field: each must have its type, and a wrong one is named with its place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, TypeVar

from checks.reports.record import NotUsable

REMEDY: Final = "make the report again with the tool itself"
NUMBER: Final = "a number"
LARGEST: Final = 10**15
"""No count, time or rate of a report lies beyond; what does is no measurement, and sums of it would overflow."""

TEXT: Final = "a text"

Kind = TypeVar("Kind")


class Fields:
    """One object of a report. Asking for a field that is missing or of another type refuses the report."""

    def __init__(self, value: object, title: str, place: str = "") -> None:
        self._title, self._place = title, place
        if not isinstance(value, dict):
            raise self.wrong("", "an object")
        self._values: dict[str, Any] = value

    def __contains__(self, key: str) -> bool:
        """Whether the field is there and not null."""
        return self._values.get(key) is not None

    def text(self, key: str) -> str:
        """A text that must be there."""
        return self._of(key, str, TEXT)

    def maybe_text(self, key: str) -> str:
        """A text; "" where the field is missing."""
        return self.text(key) if key in self else ""

    def number(self, key: str) -> float:
        """A number that must be there, of a size that can be measured."""
        value = self._values.get(key)
        if isinstance(value, bool) or not isinstance(value, int | float) or not _is_plain(value):
            raise self.wrong(key, NUMBER)
        return value

    def maybe_number(self, key: str) -> float | None:
        """A finite number; None where the field is missing."""
        return self.number(key) if key in self else None

    def amount(self, key: str) -> float:
        """A finite number of 0 or more."""
        value = self.number(key)
        if value < 0:
            raise self.wrong(key, "0 or more")
        return value

    def count(self, key: str) -> int:
        """A whole number of 0 or more."""
        value = self.number(key)
        if value < 0 or value != int(value):
            raise self.wrong(key, "a whole number of 0 or more")
        return int(value)

    def flag(self, key: str) -> bool:
        """Yes or no; no where the field is missing."""
        return bool(self._of(key, bool, "true or false")) if key in self else False

    def object(self, key: str) -> Fields:
        """An object that must be there."""
        return Fields(self._values.get(key), self._title, self._at(key))

    def maybe_object(self, key: str) -> Fields:
        """An object; an empty one where the field is missing."""
        return self.object(key) if key in self else Fields({}, self._title, self._at(key))

    def objects(self, key: str) -> Iterator[Fields]:
        """The objects of a list that must be there."""
        return objects(self._values.get(key), self._title, self._at(key))

    def maybe_objects(self, key: str) -> Iterator[Fields]:
        """The objects of a list; none where the field is missing."""
        return self.objects(key) if key in self else iter(())

    def entries(self) -> Iterator[tuple[str, Fields]]:
        """Every field with the object it must hold."""
        return ((key, self.object(key)) for key in self._values)

    def names(self) -> Sequence[str]:
        """The names of the fields."""
        return tuple(self._values)

    def wrong(self, key: str, wanted: str) -> NotUsable:
        """The refusal for a field that is not what it must be."""
        return NotUsable(self._title, f"{self._at(key) or 'the whole'} is not {wanted}", REMEDY)

    def _at(self, key: str) -> str:
        return f"{self._place}.{key}" if self._place and key else self._place or key

    def _of(self, key: str, kind: type[Kind], wanted: str) -> Kind:
        value = self._values.get(key)
        if not isinstance(value, kind):
            raise self.wrong(key, wanted)
        return value


def objects(value: object, title: str, place: str = "") -> Iterator[Fields]:
    """The objects of a list."""
    if not isinstance(value, list):
        raise NotUsable(title, f"{place or 'the whole'} is not a list", REMEDY)
    return (Fields(one, title, f"{place}[{number}]") for number, one in enumerate(value))


def holds(value: object, *keys: str) -> bool:
    """Whether it is an object with all of these fields: how a format is recognized."""
    return isinstance(value, Mapping) and all(key in value for key in keys)


def first_holds(value: object, *keys: str) -> bool:
    """Whether it is a list whose first entry is an object with all of these fields."""
    return isinstance(value, list) and bool(value) and holds(value[0], *keys)


def _is_plain(value: float) -> bool:
    return abs(value) <= LARGEST  # neither infinite nor not a number
