"""The one mark of what a person still has to write, in any kind of file: a file that holds one is not filled in."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

_BLANK: Final = re.compile(r"\[fill in:\s*(\w[^\]]{0,200})\]", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Blank:
    """One blank: the line it begins in, counted from 1, and what belongs there. `what` is text of the repository."""

    line: int
    what: str


def blanks(text: str) -> tuple[Blank, ...]:
    """The blanks of a text, written as `[fill in: …]` with the words of what is wanted in place of the dots."""
    found: list[Blank] = []
    line, counted = 1, 0
    for match in _BLANK.finditer(text):
        line += text.count("\n", counted, match.start())
        counted = match.start()
        found.append(Blank(line, " ".join(match[1].split())))
    return tuple(found)


def unfilled(text: str) -> bool:
    """Whether a text holds a blank."""
    return bool(_BLANK.search(text))


def said_of(path: str, text: str) -> str:
    """What to add to "there is none" where a file would be one but for its blanks; "" where it has none."""
    left = len(blanks(text))
    return f"; {path} has {left} blank{'s' if left > 1 else ''} to fill in" if left else ""
