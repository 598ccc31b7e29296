"""The report as Markdown, for a wiki or a release: no formatting, link or mention that is not ours."""

from __future__ import annotations

from workbook.report import Report, gather
from workbook.report.filling import markdown_page
from workbook.report.words import in_both, parts
from workbook.session import Session


def to_markdown(session: Session, ref: str = "") -> str:
    """The document of an open workbook, or of a tag or commit.

    Raises:
        Refused: `ref` leads nowhere in this history.
    """
    return markdown_of(gather(session, ref))


def markdown_of(report: Report) -> str:
    """The same of a report that is gathered already."""
    return markdown_page("report.md.jinja", **in_both(report), parts=parts(report.split))
