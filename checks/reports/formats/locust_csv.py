"""The two tables of Locust (`--csv`): `…_stats.csv` with the totals, `…_stats_history.csv` with the run over time."""

from __future__ import annotations

import csv
import math
from collections.abc import Iterator, Mapping

from checks.reports.document import Document, Lines
from checks.reports.fields import LARGEST, REMEDY
from checks.reports.format import Format
from checks.reports.formats.load import loaded
from checks.reports.record import Imported, Load, NotUsable, day_of

TITLE = "Locust CSV"
STATS, HISTORY = "Type,Name,Request Count,Failure Count", "Timestamp,User Count,Type,Name,"
TOTAL = "Aggregated"
SHORT = "it may be cut short: make the report again"
NONE = ("", "N/A")

Row = Mapping[str, str | None]


def recognizes(document: Document) -> bool:
    """Whether it looks like this format."""
    return isinstance(document, Lines) and document.lines[:1] != () and document.lines[0].startswith((STATS, HISTORY))


def read(document: Document) -> Imported:
    """Either table; imported together they make one run."""
    lines = document.lines if isinstance(document, Lines) else ()
    if isinstance(document, Lines) and not document.ended:
        raise NotUsable(TITLE, "its last line has no end", SHORT)
    rows = list(_rows(lines))
    totals = [row for row in rows if row["Name"] == TOTAL]
    if not totals or rows[-1]["Name"] != TOTAL:
        raise NotUsable(TITLE, f"its last row is not {TOTAL}", SHORT)
    return _history(totals) if lines[0].startswith(HISTORY) else _stats(totals[-1])


def _stats(row: Row) -> Imported:
    count, rate = _whole(row, "Request Count"), _amount(row, "Requests/s")
    p95 = _amount(row, "95%") if row.get("95%", "") not in NONE else None
    return loaded(
        "locust-csv",
        TITLE,
        "Locust",
        Load(
            requests=count,
            failures=_whole(row, "Failure Count"),
            duration_s=count / rate if rate else None,
            rate=rate or None,
            p95_s=None if p95 is None else p95 / 1000,
        ),
    )


def _history(rows: list[Row]) -> Imported:
    start = _amount(rows[0], "Timestamp")
    steps = tuple((_amount(row, "Timestamp") - start, _amount(row, "User Count")) for row in rows)
    rates = tuple((_amount(row, "Timestamp") - start, _amount(row, "Requests/s")) for row in rows)
    duration = steps[-1][0]
    count = _whole(rows[-1], "Total Request Count")
    return loaded(
        "locust-csv",
        TITLE,
        "Locust",
        Load(
            requests=count,
            failures=_whole(rows[-1], "Total Failure Count"),
            duration_s=duration,
            rate=count / duration if duration > 0 else None,
            users=max(users for _, users in steps),
            rates=rates,
            user_steps=steps,
        ),
        at=day_of(start),
    )


def _rows(lines: tuple[str, ...]) -> Iterator[Row]:
    reader = csv.DictReader(lines, strict=True)
    try:
        for number, row in enumerate(reader, start=2):
            if None in row or None in row.values():
                raise NotUsable(TITLE, f"line {number} has another number of cells than the first", SHORT)
            yield row
    except csv.Error as error:
        raise NotUsable(TITLE, f"a line is no CSV ({error})", SHORT) from None


def _amount(row: Row, name: str) -> float:
    try:
        value = float(row.get(name) or "")
    except ValueError:
        value = math.nan
    if not 0 <= value <= LARGEST:
        raise NotUsable(TITLE, f"{name} is not a number of 0 or more", REMEDY)
    return value


def _whole(row: Row, name: str) -> int:
    return int(_amount(row, name))


FORMAT = Format("locust-csv", TITLE, recognizes, read)
