"""Text for commit messages: one line that is neither a trailer nor an order to git or its host."""

from __future__ import annotations

import re
from typing import Final

from workbook.text.terminal import terminal

# Lines that git or its mail tools read: trailers, comments, scissors, cherry-pick notes, mbox and diff starts.
_ACTIVE_LINE: Final = re.compile(r"[A-Za-z0-9-]+\s*:|#|\(cherry picked|---|diff -|From |>")
# A host notifies people, links issues and closes them.
_MENTION: Final = re.compile(r"(?<![\w.+-])@(?=\w)")
_REFERENCE: Final = re.compile(r"#(?=\d)|\bGH-(?=\d)", re.IGNORECASE)
_CLOSING_LINK: Final = re.compile(r"\b((?:close[sd]?|fix(?:e[sd])?|resolve[sd]?)\s*:?\s+https?:)(?=//)", re.IGNORECASE)


def commit_line(text: str) -> str:
    """Return one line of a subject or body; a line that git would read as a trailer or comment gets a `> ` first."""
    line = terminal(" ".join(text.split()))
    for pattern, replacement in ((_MENTION, "@ "), (_REFERENCE, r"\g<0> "), (_CLOSING_LINK, r"\1 ")):
        line = pattern.sub(replacement, line)
    return f"> {line}" if _ACTIVE_LINE.match(line) else line


def trailer_value(text: str) -> str:
    """Return the value of a trailer: one line, so that it can start no second trailer."""
    return terminal(" ".join(text.split()))
