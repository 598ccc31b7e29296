"""The worksheet as plain Markdown: to be opened, printed or mailed, filled in anywhere, and brought back."""

from __future__ import annotations

from collections.abc import Iterator

from workbook.guide import CHOICES
from workbook.session import Session
from workbook.text import markdown_prose
from workbook.worksheet.asking import EVERYTHING, Asked, audiences, open_for
from workbook.worksheet.words import ABSENT, END, FILLED_IN_BY, INTRODUCTION, Field


def to_markdown(session: Session, audience: str = EVERYTHING) -> str:
    """The sheet of an audience; "" where nothing is open for it.

    Raises:
        Refused: there is no such audience.
    """
    asked = open_for(session, audience)
    if not asked:
        return ""
    return "\n\n".join(_sheet(asked, title(session, audience))) + "\n"


def title(session: Session, audience: str) -> str:
    """The title of a sheet; it holds the name of the folder, which is untrusted."""
    return f"Readiness of {session.root.name}: {audiences()[audience]}"


def _sheet(asked: tuple[Asked, ...], named: str) -> Iterator[str]:
    yield f"# {markdown_prose(named)}"
    yield from map(markdown_prose, INTRODUCTION)
    yield f"{FILLED_IN_BY}:"
    for number, one in enumerate(asked, start=1):
        yield f"## {number}. {one.title} {one.mark}"
        yield from one.paragraphs
        words = [ABSENT if choice.needs_reason else choice.word for choice in CHOICES]
        yield "\n".join(f"- [ ] {word}" for word in words)
        yield "\n".join(f"- {field}:" for field in Field)
    yield f"{END}. Questions: {len(asked)}."
