"""Our block in a file that is not ours: found by its markers, replaced or added; all other bytes stay."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from workbook.errors import Refused

BOM: Final = b"\xef\xbb\xbf"
VERSION: Final = "1"
_MARKER: Final = re.compile(r"<!--\s*readiness:(begin|end)(?:\s+v=(\d+))?(?:\s+style=([a-z]+))?\s*-->")

_CODE: Final = ("<pre", "<script", "<style", "<textarea")


@dataclass(frozen=True, slots=True)
class Block:
    """Where a block stands: the lines of its markers, from 0, and the style it was written in."""

    begin: int
    end: int
    style: str


def located(raw: bytes, name: str) -> Block | None:
    """The block of a template; None where there is none.

    Raises:
        Refused: the markers are doubled, unbalanced, nested or of a newer version, or what holds them is never closed.
    """
    found: list[tuple[str, int, str]] = []
    for number, text, nested in _comments(raw, name):
        if match := _MARKER.fullmatch(text):
            if match[1] == "begin" and match[2] not in (None, VERSION):
                raise Refused(f"{name}:{number + 1}: the block is of a newer version", "update readiness-workbook")
            if nested:
                raise Refused(
                    f"{name}:{number + 1}: a readiness marker stands inside of a list or a quotation",
                    "begin its line at the margin, or delete it",
                )
            found.append((match[1], number, match[3] or ""))
    if not found:
        return None
    if [kind for kind, *_ in found] != ["begin", "end"]:
        lines = ", ".join(f"{kind} in line {number + 1}" for kind, number, _ in found)
        raise Refused(
            f"{name}:{found[0][1] + 1}: the readiness markers do not pair up ({lines})",
            "leave one begin with one end after it, or delete them all",
        )
    return Block(found[0][1], found[1][1], found[0][2])


def updated(old: bytes, text: str, name: str) -> bytes:
    """The file with the block replaced or added; line ends and byte order mark stay as they are.

    Raises:
        Refused: it cannot be told where the block is.
    """
    eol = b"\r\n" if b"\r\n" in old.partition(b"\n")[0] + b"\n" else b"\n"
    body = eol.join(line.encode() for line in text.split("\n"))
    block = located(old, name)
    if block is None:
        if not old.removeprefix(BOM):
            return old + body + eol
        gap = eol if old.endswith(b"\n") else eol * 2
        return old + gap + body + eol
    lines = old.split(b"\n")
    before = b"".join(line + b"\n" for line in lines[: block.begin])
    if block.begin == 0 and old.startswith(BOM):
        before = BOM
    rest = lines[block.end + 1 :]
    after = (eol + b"\n".join(rest)) if rest else (b"\r" if lines[block.end].endswith(b"\r") else b"")
    return before + body + after


def _comments(raw: bytes, name: str) -> Iterator[tuple[int, str, bool]]:
    """The HTML blocks with the number of their first line and whether they are nested; what stands in code is none.

    Raises:
        Refused: a fence or a comment is never closed, so what follows is swallowed, also what we would add.
    """
    from markdown_it import MarkdownIt

    # Bytes are kept one to one. A lone carriage return would count as a line end here and not in the file.
    text = re.sub(r"\r(?!\n)", " ", raw.removeprefix(BOM).decode("latin-1"))
    lines = text.split("\n")
    # Blocks alone: what stands inside of a paragraph is no marker, and may be costly to tell apart.
    for token in MarkdownIt("commonmark").disable("inline").parse(text):
        if token.map is None:
            continue
        first, last = token.map
        if token.type == "html_block":
            if not token.level and token.content.lstrip().startswith("<!--") and "-->" not in token.content:
                raise Refused(f"{name}:{first + 1}: this comment is never closed", "close it, then try again")
            for offset, line in enumerate(_read_by_html(token.content)):
                yield first + offset, line.strip(), bool(token.level)
        closed = last - first > 1 and lines[last - 1].strip().startswith(token.markup)
        if token.type == "fence" and not token.level and not closed:
            raise Refused(f"{name}:{first + 1}: this code fence is never closed", "close it, then try again")


def _read_by_html(content: str) -> list[str]:
    """The lines of an HTML block in which a comment is one; a comment itself counts whole, and code has none."""
    start = content.lstrip().lower()
    if start.startswith("<!--"):
        return [content]
    return [] if start.startswith(_CODE) else content.split("\n")
