"""The words of a worksheet, which its writer prints and its reader finds again however somebody edited around them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Container, Mapping
from enum import StrEnum
from html import unescape
from typing import Final

from workbook.guide import CHOICES, Choice


class Field(StrEnum):
    """What can be written below the answers of a question, by the label it stands behind."""

    NOTE = "Note"
    REASON = "Why it does not apply"
    EVIDENCE = "Evidence, one a line"
    OWNER = "Owner, with mail address"
    NAME = "Answered by"


ONE_LINE: Final = (Field.OWNER, Field.NAME)
"""Fields of one line: what follows them is no part of them."""

FILLED_IN_BY: Final = "Filled in by"
"""The label of the one name for the whole sheet."""

ANSWER: Final = "Answer"
"""The label somebody may write an answer behind, instead of ticking it."""

INTRODUCTION: Final = (
    (
        "Put an x between the brackets of one answer, and write behind the words that end in a colon. Several lines "
        "are fine. What you do not know you may leave empty, and questions may be deleted or moved."
    ),
    (
        "Leave the marks in square brackets behind the titles and the last line as they are: by them your answers "
        "find their way back. What you answer becomes a proposal under your name, which the team confirms; nothing is "
        "ready by a tick alone."
    ),
)
"""Stands above the questions. Whoever reads this sheet may never have heard of the tool."""

ABSENT: Final = "doesn't apply (say why below)"
"""How the last of the five answers is printed."""

END: Final = "End of the worksheet"
"""The last line; a sheet without it may be cut."""

WHY, READY, SO_FAR = "Why it matters", "Ready when", "So far"
"""The labels of what stands below a question."""

LONGEST_ID: Final = 100
"""Characters of an id in a mark."""

_MARK: Final = re.compile(
    r"\[\s*ref\s+([a-z0-9._-]{1,100})\s+([0-9a-f]{12})\s+([0-9a-f]{12})\s*\][\s*_#:]*$", re.IGNORECASE
)
_LEFT: Final = re.compile(
    r"\[\s*ref\s+([a-z0-9._-]{1,100})|\b[0-9a-f]{12}\s+[0-9a-f]{12}\s*\]|\bref\s+\S{1,100}\s+[0-9a-f]{12}\b",
    re.IGNORECASE,
)
_ESCAPED_MARK: Final = re.compile(r"\\\[\s*ref\b", re.IGNORECASE)
_DASHES: Final = str.maketrans(
    dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2212", "-") | {"\u00a0": " ", "\u202f": " "}
)
_ESCAPE: Final = re.compile(r"\\([!-/:-@\[-`{-~])")

LONGEST_LINE: Final = 20_000
"""Characters of one line in which a mark, a box or a label is looked for; a longer one holds none of ours."""


def mark(control: str, asked: str, printed: str) -> str:
    """The mark behind a title: the question's id, and the digests of what is asked and of what was printed."""
    return f"[ref {short(control)} {asked} {printed}]"


def short(control: str) -> str:
    """An id as it stands in a mark, where it can end nothing; a team's own may be any text."""
    return re.sub(r"[^a-z0-9._-]", "-", control.lower())[:LONGEST_ID]


def marked(line: str) -> tuple[str, str, str, str] | None:
    """What stands before the mark at the end of a line, and its three parts; None where it has none."""
    if len(line) > LONGEST_LINE or not (found := _MARK.search(plain(line))):
        return None
    return plain(line)[: found.start()], found[1].lower(), found[2].lower(), found[3].lower()


def torn(line: str, known: Container[str]) -> bool:
    """Whether a line has what is left of the mark of a question, so that what follows belongs to no other."""
    if len(line) > LONGEST_LINE:
        return False
    left = _LEFT.search(plain(line))
    return left is not None and (left[1] is None or left[1].lower() in known)


def escaped(line: str) -> bool:
    """Whether a word processor put backslashes before our brackets, hence before all others too."""
    return _ESCAPED_MARK.search(line[-2 * LONGEST_ID :]) is not None


def plain(line: str) -> str:
    """A line with the hyphens and blanks of a keyboard, and without a word processor's backslashes."""
    return unescaped(line.translate(_DASHES))


def unescaped(text: str) -> str:
    """The text without backslashes before punctuation, as Markdown reads it."""
    return _ESCAPE.sub(r"\1", text)


def normal(text: str) -> str:
    """Letters and digits alone, in small letters: what is left of words however they were typeset."""
    text = unicodedata.normalize("NFKC", unescape(text) if "&" in text else text).casefold()
    return text if text.isalnum() else "".join(one for one in text if one.isalnum())


FIELDS: Final[Mapping[str, Field]] = {
    **{normal(field): field for field in Field},
    "notes": Field.NOTE,
    "whyitdoesntapply": Field.REASON,
    "evidence": Field.EVIDENCE,
    "owner": Field.OWNER,
}
"""The labels in their normal form, also shortened."""

ANSWERS: Final[Mapping[str, Choice]] = {
    **{normal(choice.word): choice for choice in CHOICES},
    normal(ABSENT): CHOICES[-1],
    "doesnotapply": CHOICES[-1],
    "donotknow": CHOICES[-2],
}
"""The answers in their normal form."""
