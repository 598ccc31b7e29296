"""The boxes in a description, matched by the ids that stand behind them, however people edited the rest."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

SIZE_CAP: Final = 4 * 1024 * 1024
"""Bytes of a description that are read; hosts store far less."""

_LONGEST: Final = 4000
"""Characters of one line that are read; a longer one is nobody's box."""

_ID: Final = re.compile(r"<!--\s*readiness:(item|control)\s+([A-Za-z0-9._-]+)\s*-->")
_BOX: Final = re.compile(r"\[([^\[\]\n]{0,3})\]")
_EDGE: Final = re.compile(r"<!--\s*readiness:(begin|end)\b[^\n]*?-->")
_STYLE: Final = re.compile(r"\bstyle=([a-z]+)")
_NOT_APPLICABLE: Final = re.compile(
    r"\b(?:n/a|not applicable|does not apply|doesn['’]t apply)\b[\s.,:;–—-]*(?:because\b[\s,:]*)?(.*)",  # noqa: RUF001  # as phones type it
    re.IGNORECASE,
)


class Mark(StrEnum):
    """What a box says."""

    TICKED = "ticked"
    OPEN = "open"
    UNCLEAR = "unclear"
    """Neither, or both: it was edited by hand, or stands there twice and differs."""


@dataclass(frozen=True, slots=True)
class Tick:
    """One box. `subject` is an item or a control, as `kind` says; ids are as they stand in the text."""

    kind: str
    subject: str
    mark: Mark
    absent: bool = False
    """Whether a person wrote that it does not apply."""
    reason: str = ""
    """Why it does not apply, as written. Untrusted text."""


@dataclass(frozen=True, slots=True)
class Boxes:
    """Everything a description says in boxes of ours."""

    ticks: tuple[Tick, ...]
    style: str
    """The style of our block: "state" where it does not say; "" where there is no block."""
    cut: bool
    """Whether the text ends inside of our block, so that what would follow is unknown."""


def read_boxes(body: str) -> Boxes:
    """The boxes with an id of ours. What stands in code, in a comment or in a quotation is no box."""
    begun, ended, style = 0, 0, ""
    found: dict[tuple[str, str], Tick] = {}
    for text, is_html in _blocks(body):
        if is_html:
            for edge in _EDGE.finditer(text):
                begun, ended = begun + (edge[1] == "begin"), ended + (edge[1] == "end")
                style = style or ((known := _STYLE.search(edge[0])) and known[1]) or ""
        elif tick := _tick(text):
            key = tick.kind, tick.subject
            found[key] = _both(found[key], tick) if key in found else tick
    return Boxes(tuple(found.values()), style or ("state" if begun else ""), begun > ended)


def _blocks(body: str) -> Iterator[tuple[str, bool]]:
    """The first paragraph of each list item, and HTML; blocks alone are parsed, whose cost grows with their length."""
    from markdown_it import MarkdownIt

    text = body.replace("\r\n", "\n").replace("\r", "\n").removeprefix("\ufeff")
    parser = MarkdownIt("commonmark").disable("inline")
    quoted, fresh = 0, False
    for token in parser.parse(text):
        quoted += {"blockquote_open": 1, "blockquote_close": -1}.get(token.type, 0)
        if token.type == "html_block":
            yield token.content, True
        elif token.type == "inline" and fresh and not quoted:
            yield token.content, False
        if token.type not in {"paragraph_open", "heading_open"}:
            fresh = token.type == "list_item_open"


def _tick(text: str) -> Tick | None:
    """The box of a list item; None where it has no id of ours, or no box and nothing written."""
    if len(text) > _LONGEST:
        return None
    spoken = _without_code(text)
    marks = list(_ID.finditer(spoken))
    if len(marks) != 1:
        return None
    kind, subject = marks[0].groups()
    box = _BOX.match(spoken.lstrip("*_~ "))
    absent, reason = _absence(spoken[: marks[0].start()], spoken[marks[0].end() :])
    mark = _mark(box[1]) if box else Mark.UNCLEAR
    return Tick(kind, subject, mark, absent, reason)


def _mark(inside: str) -> Mark:
    inside = inside.strip().lower()
    return Mark.TICKED if inside == "x" else Mark.OPEN if not inside else Mark.UNCLEAR


def _absence(before: str, behind: str) -> tuple[bool, str]:
    """Whether somebody wrote that it does not apply, and why: behind the id, or at the end of the line before it."""
    for text in (behind, before.rpartition(": ")[2] if behind.strip() == "" else ""):
        if match := _NOT_APPLICABLE.search(text):
            reason = " ".join(match[1].strip(" \t\n~*_").split())
            return True, reason if "(" in reason else reason.rstrip(")")
    return False, ""


def _both(one: Tick, other: Tick) -> Tick:
    """A box that stands there twice: what both say, or unclear."""
    same = one.mark is other.mark
    written = one if one.absent else other
    return Tick(one.kind, one.subject, one.mark if same else Mark.UNCLEAR, written.absent, written.reason)


def _without_code(text: str) -> str:
    """The text without its code spans: runs of backticks that are closed by a run of the same length."""
    runs = [(match.start(), match.end()) for match in re.finditer("`+", text)]
    last: dict[int, int] = {}
    for number, (start, end) in enumerate(runs):
        last[end - start] = number
    kept, position, number = [], 0, 0
    while number < len(runs):
        start, end = runs[number]
        closing = number + 1
        if last[end - start] > number:
            while runs[closing][1] - runs[closing][0] != end - start:
                closing += 1
            kept.append(text[position:start])
            position, number = runs[closing][1], closing + 1
        else:
            number += 1
    return "".join(kept) + text[position:]
