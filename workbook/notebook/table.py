"""A table in a cell: typed rows that can be walked, chosen from and shown, without any other library."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from workbook.errors import Refused
from workbook.notebook.views import Page

if TYPE_CHECKING:
    import pandas  # type: ignore[import-not-found,import-untyped,unused-ignore]  # optional: only who has it converts

SHOWN = 100
"""Rows a cell shows; the table holds all of them."""


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under named columns. Values keep their type; a list of rows of the same is a tuple."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]
    note: str = ""

    def __iter__(self) -> Iterator[Mapping[str, Any]]:
        """Each row as a mapping from column to value."""
        return (dict(zip(self.columns, row, strict=True)) for row in self.rows)

    def __len__(self) -> int:
        return len(self.rows)

    def where(self, **wanted: Any) -> Table:
        """Only the rows that hold these values: `controls.where(standing="blocker")`.

        Raises:
            Refused: there is no such column.
        """
        for name in wanted:
            self._place(name)
        kept = tuple(row for row in self.rows if all(row[self._place(name)] == value for name, value in wanted.items()))
        return Table(self.title, self.columns, kept, self.note)

    def column(self, name: str) -> tuple[Any, ...]:
        """The values of one column.

        Raises:
            Refused: there is no such column.
        """
        place = self._place(name)
        return tuple(row[place] for row in self.rows)

    def to_pandas(self) -> pandas.DataFrame:
        """The same as a data frame.

        Raises:
            Refused: pandas is not installed where this kernel runs.
        """
        try:
            import pandas
        except ImportError as missing:
            raise Refused(
                "pandas is not installed here", "install it, or walk the table itself: it gives rows"
            ) from missing
        return pandas.DataFrame(list(self.rows), columns=list(self.columns))

    def _place(self, name: str) -> int:
        if name not in self.columns:
            raise Refused(f"{self.title} has no column {name!r}", f"one of {', '.join(self.columns)}")
        return self.columns.index(name)

    def _page(self) -> Page:
        counted = f"{len(self.rows)} row{'' if len(self.rows) == 1 else 's'}"
        more = f"{counted}; the first {SHOWN} are shown" if len(self.rows) > SHOWN else counted
        lines = (more, self.note) if self.note else (more,)
        shown = tuple(tuple(_said(value) for value in row) for row in self.rows[:SHOWN])
        return Page(self.title, lines, self.columns, shown)

    def __repr__(self) -> str:
        return repr(self._page())

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:  # noqa: ARG002  IPython passes both
        return self._page()._repr_mimebundle_()


def _said(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, tuple):
        return ", ".join(map(_said, value))
    return f"{value:g}" if isinstance(value, float) else str(value)
