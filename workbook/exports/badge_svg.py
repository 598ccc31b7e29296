"""The badge as a picture of our own, for private repositories that no badge service can read."""

from __future__ import annotations

from typing import Final

from workbook.exports.badge_json import GRAY, LABEL, color, message
from workbook.report import Report, gather
from workbook.session import Session
from workbook.text import html

LETTER: Final = 6.6
"""Pixels a letter takes at 11 pixels; every text is stretched to what was reckoned, so that none runs over."""

MARGIN: Final = 12
"""Pixels beside a text, both sides together."""


def to_svg(session: Session, ref: str = "") -> str:
    """The picture of an open workbook, or of a tag or commit.

    Raises:
        Refused: `ref` leads nowhere in this history.
    """
    return svg_of(gather(session, ref))


def svg_of(report: Report) -> str:
    """The same of a report that is gathered already."""
    said = message(report)
    left, right = _wide(LABEL), _wide(said)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{left + right}" height="20" viewBox="0 0 {left + right} 20" '
        f'role="img" aria-label="{html(f"{LABEL}: {said}")}" font-family="system-ui, sans-serif" font-size="11">'
        f"<title>{html(f'{LABEL}: {said}')}</title>"
        f'<rect x="0" y="0" width="{left}" height="20" fill="#{GRAY}"/>'
        f'<rect x="{left}" y="0" width="{right}" height="20" fill="#{color(report)}"/>'
        f"{_text(LABEL, left / 2)}{_text(said, left + right / 2)}</svg>\n"
    )


def _text(said: str, middle: float) -> str:
    return (
        f'<text x="{middle:g}" y="14" fill="#ffffff" text-anchor="middle" textLength="{_wide(said) - MARGIN}">'
        f"{html(said)}</text>"
    )


def _wide(said: str) -> int:
    return round(len(said) * LETTER) + MARGIN
