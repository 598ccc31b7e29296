"""The report as versioned JSON (docs/schemas/report-1.json). Texts are as stored: encode them before a screen."""

from __future__ import annotations

from typing import Any, Final

from workbook.report import Report, gather
from workbook.report.plain import plain
from workbook.session import Session

VERSION: Final = 1


def to_json(session: Session, ref: str = "") -> dict[str, Any]:
    """The document of an open workbook, or of a tag or commit.

    Raises:
        Refused: `ref` leads nowhere in this history.
    """
    return json_of(gather(session, ref))


def json_of(report: Report) -> dict[str, Any]:
    """The same of a report that is gathered already."""
    return {"version": VERSION, **plain(report)}
