"""Where each table and field of a valid TOML text stands. Only offsets: what a value means is tomllib's business."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, field

from workbook.store.model import Table

_LINE = re.compile(r"[^\n]*\n?")
_BLANK_OR_COMMENT = re.compile(r"[ \t]*(#[^\n]*)?\r?\n?\Z")
# Strings and comments must be skipped whole: they may hold brackets, quotes, hashes and newlines.
_TOKEN = re.compile(
    r'"""(?:\\.|(?!""").)*"{3,5}'
    r"|'''(?:(?!''').)*'{3,5}"
    r'|"(?:\\.|[^"\\\n])*"'
    r"|'[^'\n]*'"
    r"|\#[^\n]*"
    r"|[\[{]|[\]}]|\n|[^\"'#\[\]{}\n]+",
    re.DOTALL,
)
_KEY_PART = re.compile(r"""[ \t]*("(?:\\.|[^"\\\n])*"|'[^'\n]*'|[A-Za-z0-9_-]+)[ \t]*""")


@dataclass(slots=True)
class Field:
    """One `key = value` statement: `start` to `end` are its whole lines, the value lies between the other two."""

    key: Table
    start: int
    end: int
    value_start: int
    value_end: int


@dataclass(slots=True)
class Block:
    """A table's slice of the text, from its leading comment lines to the next table's.

    `body` is where fields begin: behind the header line (for the top level, behind its comments).
    """

    table: Table
    start: int
    body: int
    end: int
    is_array: bool = False
    fields: list[Field] = field(default_factory=list)


def scan(text: str) -> list[Block]:
    """Return the blocks of a valid TOML text in file order; the first is the top level, and they cover the text."""
    blocks = [Block((), 0, 0, len(text))]
    position = 0
    comments_from: int | None = None  # start of the comment lines directly above the current line
    while position < len(text):
        line = _match(_LINE, text, position)[0]
        if blank := _BLANK_OR_COMMENT.match(line):
            if blank[1] is None:
                comments_from = None
            elif comments_from is None:
                comments_from = position
            position += len(line)
            if blank[1] is not None and len(blocks) == 1 and not blocks[0].fields:
                blocks[0].body = position
            continue
        if line.lstrip(" \t").startswith("["):
            start = position if comments_from is None else comments_from
            blocks[-1].end = start
            blocks[0].body = min(blocks[0].body, blocks[0].end)
            key, is_array = _header(text, position + len(line) - len(line.lstrip(" \t")))
            blocks.append(Block(key, start, position + len(line), len(text), is_array))
            position += len(line)
        else:
            statement = _statement(text, position)
            blocks[-1].fields.append(statement)
            position = statement.end
        comments_from = None
    return blocks


def comments_in(text: str, start: int, end: int) -> list[str]:
    """Return the comments between two offsets that lie outside of strings, from their hash to the end of their line."""
    found: list[str] = []
    position = start
    while position < end:
        token = _match(_TOKEN, text, position)
        if token[0].startswith("#"):
            found.append(token[0].rstrip(" \t\r\n"))
        position = token.end()
    return found


def unclosed(text: str) -> int | None:
    """Return the offset of the quote or bracket that a text leaves open to its end; None when there is none."""
    opened: list[int] = []
    position = 0
    while position < len(text):
        token = _TOKEN.match(text, position)
        if token is None:
            return position
        if token[0] in ("[", "{"):
            opened.append(position)
        elif token[0] in ("]", "}") and opened:
            opened.pop()
        position = token.end()
    return opened[0] if opened else None


def _match(pattern: re.Pattern[str], text: str, position: int) -> re.Match[str]:
    """Match where a valid TOML text must match."""
    found = pattern.match(text, position)
    if found is None:
        raise ValueError(f"no TOML at offset {position}")
    return found


def _key(text: str, position: int) -> tuple[Table, int]:
    """Read a possibly dotted, possibly quoted key; return its parts and the offset behind it."""
    parts: list[str] = []
    while True:
        part = _match(_KEY_PART, text, position)
        position = part.end()
        token = part[1]
        parts.append(tomllib.loads(f"k={token}")["k"] if token[0] in "\"'" else token)
        if text[position : position + 1] != ".":
            return tuple(parts), position
        position += 1


def _header(text: str, position: int) -> tuple[Table, bool]:
    is_array = text.startswith("[[", position)
    key, _ = _key(text, position + (2 if is_array else 1))
    return key, is_array


def _statement(text: str, start: int) -> Field:
    key, position = _key(text, start)
    position += 1  # the equals sign
    while text[position] in " \t":
        position += 1
    value_start = value_end = position
    depth = 0
    while position < len(text):
        token = _match(_TOKEN, text, position)
        first = token[0][0]
        if first == "\n" and depth == 0:
            position = token.end()
            break
        position = token.end()
        if first in "[{":
            depth += 1
        elif first in "]}":
            depth -= 1
        if first not in "#\n" and token[0].strip():
            value_end = token.start() + len(token[0].rstrip())
    return Field(key, start, position, value_start, value_end)
