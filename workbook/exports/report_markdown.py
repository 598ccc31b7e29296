"""The report as Markdown, for a wiki or a release: no formatting, link or mention that is not ours."""

from __future__ import annotations

from workbook.first_look import LEVEL_WORDS
from workbook.report import Report, gather
from workbook.report.filling import markdown_page
from workbook.report.words import FINDINGS, NO_ATTESTATION, ground, onward, parts, placed, worst_first
from workbook.session import Session


def to_markdown(session: Session, ref: str = "") -> str:
    """The document of an open workbook, or of a tag or commit.

    Raises:
        Refused: `ref` leads nowhere in this history.
    """
    return markdown_of(gather(session, ref))


def markdown_of(report: Report) -> str:
    """The same of a report that is gathered already."""
    look = report.look
    findings = worst_first(look.findings) if look else []
    return markdown_page(
        "report.md.jinja",
        report=report,
        ground=ground(report),
        parts=parts(report.split),
        steps=[one for name in report.next for one in report.todo if one.control == name],
        onward=onward(report),
        findings=findings[:FINDINGS],
        more=max(len(findings) - FINDINGS, 0),
        unread=(*look.files.partial, *look.files.skipped) if look else (),
        level={severity: word.capitalize() for severity, word in LEVEL_WORDS.items()},
        place=placed,
        no_attestation=NO_ATTESTATION,
    )
