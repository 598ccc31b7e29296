"""The badge as the endpoint document of shields.io: what the deciding checklist says, in a few words and a color."""

from __future__ import annotations

from typing import Any, Final

from workbook.report import Report, gather
from workbook.report.words import span
from workbook.session import Session
from workbook.text import terminal

LABEL: Final = "readiness"
RED, YELLOW, GREEN, GRAY = "b02a21", "7a5c00", "1f6f43", "555e68"
"""Of the message's side. Each keeps a contrast of 4.5 to 1 with white letters."""


def to_json(session: Session, ref: str = "") -> dict[str, Any]:
    """The document of an open workbook, or of a tag or commit.

    Raises:
        Refused: `ref` leads nowhere in this history.
    """
    return badge_of(gather(session, ref))


def badge_of(report: Report) -> dict[str, Any]:
    """The same of a report that is gathered already."""
    return {"schemaVersion": 1, "label": LABEL, "message": terminal(message(report)), "color": color(report)}


def message(report: Report) -> str:
    """The figure and what it means: "no decision yet, 24 to 36 of 50, 3 stop launch"."""
    said = report.decides
    stops = said.blockers
    parts = [said.word.partition(":")[0].lower()]
    if said.of:
        parts.append(span(said))
    if stops:
        parts.append(f"{stops} stop{'s' if stops == 1 else ''} launch")
    return ", ".join(parts)


def color(report: Report) -> str:
    """Green only for the best verdict with nothing in the way; gray while there is none."""
    said = report.decides
    if said.hold or said.blockers:
        return RED
    if said.best:
        return GREEN
    return GRAY if said.verdict in ("", "incomplete") else YELLOW
