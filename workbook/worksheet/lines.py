"""The shapes of single lines: a box with an answer, a label with what was written behind it, a line of no words."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from workbook.errors import Refused
from workbook.guide import Choice
from workbook.worksheet.words import ANSWER, ANSWERS, FIELDS, FILLED_IN_BY, Field, normal, plain

_BULLET: Final = r"[\s>]*(?:(?:[-*+•◦▪·–—]|\d{1,3}[.)])\s*)*"  # noqa: RUF001  # dashes that word processors make bullets of
_BOX: Final = re.compile(_BULLET + r"[*_~]{0,4}(?:\[([^\[\]]{0,12})\]|([☐☑☒✓✔]))[*_~]{0,4}\s*(.*)", re.DOTALL)
_LABEL: Final = re.compile(_BULLET + r"[*_#\s]{0,12}([^:：]{2,60})[:：](?:[*_]{1,3}(?=\s|$))?", re.DOTALL)  # noqa: RUF001  # the wide colon of phones
_TICKS: Final = {"x", "✓", "✔", "×", "☑", "☒"}  # noqa: RUF001  # as phones and word processors make a cross
_SPLIT: Final = re.compile(r"[\s,;:.(–—-]")  # noqa: RUF001  # what may stand between an answer and what was added to it
_LAYOUT: Final = re.compile(r"[\s\-*_=#>|\\•·:~+.]*")
_MAIL: Final = re.compile(r"<?[^\s<>@]+@[^\s<>@]+>?")

_START: Final = 400
"""Characters of a line in which its shape shows."""

_FORMATS: Final = {
    b"PK\x03\x04": "a word processor's file",
    b"\xd0\xcf\x11\xe0": "a word processor's file",
    b"{\\rtf": "rich text",
    b"%PDF": "a PDF",
}


@dataclass(frozen=True, slots=True)
class Box:
    """A box: whether it is ticked, None where that cannot be told; its answer; and what was added behind it."""

    ticked: bool | None
    choice: Choice | None
    added: str


def decoded(raw: bytes, source: str) -> str:
    """The text of a file however it was saved: UTF-8, UTF-16 with a mark, or as Windows programs do.

    Raises:
        Refused: it is no plain text.
    """
    for start, kind in _FORMATS.items():
        if raw.startswith(start):
            raise Refused(f"{source} is {kind}", "save it as plain text, then read that")
    try:
        if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
            text = raw.decode("utf-16")
        else:
            try:
                text = raw.decode("utf-8-sig")
            except UnicodeDecodeError:
                text = raw.decode("cp1252")
    except UnicodeDecodeError:
        raise Refused(f"{source} is no text that can be read", "save it as UTF-8, then read that") from None
    return text.replace("\r\n", "\n").replace("\r", "\n")


def box(line: str) -> Box | None:
    """A line with a box of ours; None where it has no box."""
    start = plain(line[:_START])
    found = _BOX.match(start)
    if found is None:
        return None
    inside = (found[1] if found[1] is not None else found[2]).strip(" \t*_").lower()
    ticked = True if inside in _TICKS else False if inside in ("", "☐") else None
    choice, added = _choice(found[3])
    rest = line[_START:] if choice else ""
    return Box(ticked, choice, (added + rest).strip())


def _choice(text: str) -> tuple[Choice | None, str]:
    """The answer a text begins with, the longest there is, and what follows it."""
    whole = text.strip(" \t*_~.")
    if choice := ANSWERS.get(normal(whole)):
        return choice, ""
    for cut in sorted({one.start() for one in _SPLIT.finditer(whole[:60])}, reverse=True):
        # "no longer" is not "no", but "no, not yet" is, and so is "no (not yet)".
        rest = whole[cut:].lstrip()
        if (choice := ANSWERS.get(normal(whole[:cut]))) and rest[:1] in tuple(",;:.(–—-"):  # noqa: RUF001  # as above
            return choice, rest.strip(" ,;:.–—-")  # noqa: RUF001  # as above
    return None, ""


def label(line: str) -> tuple[str, str] | None:
    """The label a line begins with, in its normal form, and what is written behind it; None where it has none."""
    found = _LABEL.match(line[:_START])
    if found is None:
        return None
    name = normal(found[1])
    if name not in FIELDS and name not in (normal(FILLED_IN_BY), normal(ANSWER)):
        return None
    return name, line[found.end() :].strip()


def field(name: str) -> Field | None:
    """The field a label stands for."""
    return FIELDS.get(name)


def answer(text: str) -> Box | None:
    """An answer written behind a label instead of ticked."""
    choice, added = _choice(plain(text[:_START]))
    return Box(ticked=True, choice=choice, added=(added + text[_START:]).strip()) if choice else None


def is_layout(line: str) -> bool:
    """Whether a line holds no word: it is empty, or a rule."""
    return _LAYOUT.fullmatch(line) is not None


def is_mail(line: str) -> bool:
    """Whether a line is a mail address alone, as where a mail program wrapped a name before it."""
    return _MAIL.fullmatch(line[:_START].strip()) is not None
