"""The JSON report of coverage.py (`coverage json`)."""

from __future__ import annotations

from checks.reports.document import Document, Json
from checks.reports.fields import Fields, holds
from checks.reports.format import Format
from checks.reports.formats.coverage import covered
from checks.reports.record import Imported, day, short

TITLE = "coverage.py JSON"


def recognizes(document: Document) -> bool:
    """Whether it looks like this format."""
    return isinstance(document, Json) and holds(document.value, "meta", "files", "totals")


def read(document: Document) -> Imported:
    """The covered lines of the whole. Branches are not counted, as everywhere else here."""
    top = Fields(document.value if isinstance(document, Json) else None, TITLE)
    meta, totals = top.object("meta"), top.object("totals")
    return covered(
        "coverage-py", TITLE, "coverage.py", totals.count("covered_lines"), totals.count("num_statements"),
        version=short(meta.text("version")), at=day(meta.maybe_text("timestamp")),
    )  # fmt: skip


FORMAT = Format("coverage-py", TITLE, recognizes, read)
