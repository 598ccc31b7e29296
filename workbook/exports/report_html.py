"""The report as one HTML file: no scripts, nothing fetched, pictures inside, for screen and paper."""

from __future__ import annotations

from collections import Counter
from typing import Final

from workbook.answers import Status
from workbook.pictures import (
    Bar,
    Moment,
    Picture,
    Spot,
    hotspot_map,
    pillar_map,
    score_split,
    trend,
    verdict_bars,
)
from workbook.report import Report, gather
from workbook.report.filling import page
from workbook.report.words import in_both, parts, tone
from workbook.session import Session
from workbook.words import OUTCOME_WORDS

ENOUGH: Final = 2
"""Points of history from which on there is something to draw."""


def to_html(session: Session, ref: str = "") -> str:
    """The page of an open workbook, or of a tag or commit.

    Raises:
        Refused: `ref` leads nowhere in this history.
    """
    return html_of(gather(session, ref))


def html_of(report: Report) -> str:
    """The same of a report that is gathered already."""
    return page(
        "report.html.jinja",
        **in_both(report),
        tone=tone(report),
        sections=_sections(report),
        split=score_split(parts(report.split)),
        bars=_bars(report),
        pillars=_pillars(report),
        trend=_trend(report) if len(report.history) >= ENOUGH else None,
        hot=_hot(report),
        outcome=OUTCOME_WORDS,
    )


def _sections(report: Report) -> list[tuple[str, str]]:
    found = [
        ("stands", "Where it stands"),
        ("stops", "What stops the launch"),
        ("next", "What next"),
        ("pillars", "Item by item"),
        ("evidence", "Controls and evidence"),
        ("risk", "Accepted risk"),
        ("decisions", "Launch decisions"),
        ("ground", "Facts and numbers"),
    ]
    found += [("history", "How it moved")] if len(report.history) >= ENOUGH else []
    found += [("probes", "What the probes saw")] if report.look else []
    return found + ([("challenge", "Whether the probes can fail here")] if report.challenge else [])


def _bars(report: Report) -> Picture:
    return verdict_bars(
        [Bar(one.name, one.word, one.lowest, one.highest, one.of, one.hold) for one in report.verdicts if one.of]
    )


def _pillars(report: Report) -> Picture:
    return pillar_map({one.heading: Counter(Status(item.status) for item in one.items) for one in report.pillars})


def _trend(report: Report) -> Picture:
    return trend([Moment(one.day, one.label, one.lowest, one.of, one.hold) for one in report.history])


def _hot(report: Report) -> Picture | None:
    table = report.look.hotspots if report.look else None
    if table is None or not table.functions:
        return None
    return hotspot_map(
        [Spot(f"{one.path} {one.function}", one.complexity, one.commits or 0) for one in table.functions]
    )
