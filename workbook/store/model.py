"""The records of the store, and when two TOML values are the same."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import date, datetime, time
from enum import Enum
from pathlib import Path
from typing import Final, Literal, TypeAlias

from checks.frozen import Frozen


class Missing(Enum):
    """The type of `MISSING`, so that a type checker can tell an absent field from every value."""

    MISSING = "missing"

    def __repr__(self) -> str:
        return "MISSING"


MISSING: Final = Missing.MISSING
"""The field is absent from its table."""

Value: TypeAlias = "str | int | float | bool | date | datetime | time | list[Value] | dict[str, Value]"
"""A TOML value. A dict is written as an inline table; local times only occur in keys that are not ours."""

Table: TypeAlias = tuple[str, ...]
"""The path of a table: `("controls", "rate-limiting")`; `()` is the top level."""


class Edit(Frozen):
    """One field changed by one person: replayed on what is on disk, and a clash if that is neither `base` nor `new`.

    Attributes:
        table: path of the table; created when absent and `new` is a value.
        field: key inside the table.
        base: what the person saw before the change.
        new: what the field shall hold; `MISSING` removes it.
        title: comment line written above the table if this edit creates it.
    """

    table: Table
    field: str
    base: Value | Literal[Missing.MISSING]
    new: Value | Literal[Missing.MISSING]
    title: str = ""


class Trouble(Frozen):
    """Why a file is read-only: what is wrong, on which line (from 1; None when no line is to blame), the way out."""

    what: str
    line: int | None
    remedy: str


class Document(Frozen):
    """A state file as it was read.

    Attributes:
        path: where it was read.
        raw: its bytes; empty when it is absent or could not be read.
        digest: SHA-256 of the bytes in hex, "" when the file is absent or could not be read. It is the revision.
        tables: the whole parsed model, nested as TOML nests; empty when there is trouble.
        trouble: why the file must not be written; None when it may.
    """

    path: Path
    raw: bytes
    digest: str
    tables: Mapping[str, Value]
    trouble: Trouble | None = None


class Clash(Frozen):
    """Fields of one table that somebody else changed too: field → (base, mine, theirs), for the person to decide."""

    table: Table
    fields: dict[
        str,
        tuple[
            Value | Literal[Missing.MISSING],
            Value | Literal[Missing.MISSING],
            Value | Literal[Missing.MISSING],
        ],
    ]


class Saved(Frozen):
    """The edits are on disk. `rebased` says that somebody else had saved since `seen`."""

    document: Document
    rebased: bool


class Clashed(Frozen):
    """Nothing was written; `document` is what is on disk now."""

    document: Document
    clashes: tuple[Clash, ...]


class StoreError(Exception):
    """A file that cannot be read, edited or saved, said for people: what is wrong, where, what to do next."""

    def __init__(self, what: str, where: str, remedy: str) -> None:
        super().__init__(f"{where}: {what}. {remedy}")
        self.what = what
        self.where = where
        self.remedy = remedy


class UnconfirmedSaveError(StoreError):
    """The edits are in the file, but the disk did not confirm that they survive a power cut: not yet saved for good.

    Attributes:
        document: the file as it is now, with the edits in it.
    """

    def __init__(self, document: Document, reason: str) -> None:
        super().__init__(
            f"your edits are in the file, but the disk did not confirm that they would survive a power cut: {reason}",
            str(document.path),
            "Save again; if this comes back, copy the file to another disk.",
        )
        self.document = document


def lookup(tables: Mapping[str, Value], table: Table, field: str) -> Value | Literal[Missing.MISSING]:
    """Return one field of a parsed document; `MISSING` when the field, or a table on the way, is absent."""
    here: object = tables
    for key in (*table, field):
        if not isinstance(here, Mapping) or key not in here:
            return MISSING
        here = here[key]
    return here  # type: ignore[return-value]  # whatever a parsed document holds is a Value


def same(one: object, other: object) -> bool:
    """Say whether two values are the same TOML: types count (1 is not 1.0 or true), offsets count, nan equals nan."""
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        return one.keys() == other.keys() and all(same(value, other[key]) for key, value in one.items())
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same, one, other))
    if type(one) is not type(other):
        return False
    if isinstance(one, float) and isinstance(other, float):
        return repr(one) == repr(other) or (math.isnan(one) and math.isnan(other))
    if isinstance(one, datetime | time) and isinstance(other, datetime | time):
        return one.isoformat() == other.isoformat()
    return one == other
