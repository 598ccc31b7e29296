"""LCOV tracefiles (geninfo(1)), as lcov, Istanbul, coverage.py and cargo-llvm-cov write them."""

from __future__ import annotations

from checks.reports.document import Document, Lines
from checks.reports.fields import REMEDY
from checks.reports.format import Format
from checks.reports.formats.coverage import covered
from checks.reports.record import Imported, NotUsable

TITLE = "LCOV coverage"
END = "end_of_record"


def recognizes(document: Document) -> bool:
    """Whether it looks like this format."""
    first = next((line for line in document.lines if line.strip()), "") if isinstance(document, Lines) else ""
    return first.startswith(("TN:", "SF:"))


def read(document: Document) -> Imported:
    """The covered lines of all files. A file in several records, one for each test, counts a line once."""
    hits: dict[tuple[str, int], bool] = {}
    source, is_open = "", False
    for number, line in enumerate(document.lines if isinstance(document, Lines) else (), start=1):
        key, _, value = line.strip().partition(":")
        if key == "SF":
            source, is_open = value, True
        elif key == "DA":
            at, hit = _data(value, number)
            hits[source, at] = hits.get((source, at), False) or hit
        elif key == END:
            is_open = False
    if is_open:
        raise NotUsable(TITLE, f"the last file has no {END}", "it may be cut short: make the report again")
    return covered("lcov", TITLE, "LCOV", sum(hits.values()), len(hits))


def _data(value: str, number: int) -> tuple[int, bool]:
    """The line and whether it was run, of `DA:<line>,<count>[,<checksum>]`."""
    parts = value.split(",")
    try:
        return int(parts[0]), int(parts[1]) > 0
    except (IndexError, ValueError):
        raise NotUsable(TITLE, f"line {number} is no DA:<line>,<count>", REMEDY) from None


FORMAT = Format("lcov", TITLE, recognizes, read)
