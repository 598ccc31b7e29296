"""Reads typed values from a TOML table and collects what is wrong instead of stopping at the first mistake."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Any, TypeVar

from checks.frozen import Frozen

E = TypeVar("E", bound=StrEnum)


class Problem(Frozen):
    """Something in a state file that cannot be used: where, what is wrong, the way out."""

    file: str
    table: str
    key: str
    what: str

    def __str__(self) -> str:
        place = f"[{self.table}] {self.key}".strip() if self.table else self.key
        return ": ".join(part for part in (self.file, place, self.what) if part)


def nearest(name: str, known: Any) -> str:
    """A hint that names the closest known word: ", did you mean 'x'?", or nothing."""
    from difflib import get_close_matches

    close = get_close_matches(name, list(known), n=1)
    return f", did you mean {close[0]!r}?" if close else ""


class Table:
    """One table of a state file. A value of the wrong type is reported and read as absent."""

    def __init__(self, values: object, name: str, file: str, problems: list[Problem]) -> None:
        self.name = name
        self._file = file
        self._problems = problems
        self._values: Mapping[str, Any] = values if isinstance(values, Mapping) else {}
        if not isinstance(values, Mapping):
            self.report("", "must be a table")

    def __contains__(self, key: str) -> bool:
        return key in self._values

    @property
    def names(self) -> tuple[str, ...]:
        """The keys as written."""
        return tuple(self._values)

    @property
    def complaints(self) -> int:
        """How many problems were noted so far, in the whole file."""
        return len(self._problems)

    def report(self, key: str, what: str) -> None:
        """Note a problem of this table."""
        self._problems.append(Problem(self._file, self.name, key, what))

    def raw(self, key: str) -> Any:
        """The value as parsed, or None."""
        return self._values.get(key)

    def table(self, key: str) -> Table:
        """A table below this one; empty when absent."""
        name = f"{self.name}.{key}" if self.name else key
        return Table(self._values.get(key, {}), name, self._file, self._problems)

    def tables(self, key: str) -> tuple[Table, ...]:
        """The tables of an array, each under the name of the array and its place, from 1."""
        value = self._values.get(key, [])
        if not isinstance(value, list):
            self.report(key, "must be an array of tables, as in [{ … }]")
            return ()
        name = f"{self.name}.{key}" if self.name else key
        return tuple(
            Table(one, f"{name} {place}", self._file, self._problems) for place, one in enumerate(value, start=1)
        )

    def text(self, key: str) -> str:
        """A string, "" when absent."""
        return str(self._typed(key, str, "text in quotes") or "")

    def texts(self, key: str) -> tuple[str, ...]:
        """An array of strings; one string stands for an array of one."""
        value = self._values.get(key, [])
        if isinstance(value, str):
            return (value,)
        if isinstance(value, list) and all(isinstance(entry, str) for entry in value):
            return tuple(value)
        self.report(key, 'must be an array of texts, as in ["api/**"]')
        return ()

    def flag(self, key: str) -> bool | None:
        """True, false, or None when absent."""
        value = self._typed(key, bool, "true or false")
        return value if isinstance(value, bool) else None

    def number(self, key: str) -> int | float | None:
        """A number; true and false are not numbers."""
        value = self._values.get(key)
        if value is None:
            return None
        if isinstance(value, int | float) and not isinstance(value, bool):
            return value
        self.report(key, "must be a number without quotes")
        return None

    def day(self, key: str, today: date | None = None) -> date | None:
        """A date; a moment is cut to its UTC day. A date after `today` is a problem."""
        value = self._values.get(key)
        if value is None:
            return None
        if isinstance(value, datetime):
            value = (value.astimezone(UTC) if value.tzinfo else value).date()
        if not isinstance(value, date):
            self.report(key, "must be a date without quotes, as in 2026-11-20")
            return None
        if today is not None and value > today:
            self.report(key, f"{value} lies in the future; correct the date")
            return None
        return value

    def choice(self, key: str, kind: type[E]) -> E | None:
        """One of the words of `kind`; an unknown word is reported with the nearest one."""
        value = self._values.get(key)
        if value is None:
            return None
        words = [str(word) for word in kind]
        if isinstance(value, str) and value in words:
            return kind(value)
        shown = value if isinstance(value, str) else repr(value)
        self.report(key, f"{shown!r} is not one of {', '.join(words)}{nearest(str(value), words)}")
        return None

    def _typed(self, key: str, kind: type, expected: str) -> object:
        value = self._values.get(key)
        if value is None or isinstance(value, kind):
            return value
        self.report(key, f"must be {expected}")
        return None
