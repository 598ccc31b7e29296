"""Tells what was printed from what somebody wrote into it, so that no word is taken for ours that is not."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from workbook.worksheet.asking import HALF, last_digest
from workbook.worksheet.lines import is_layout
from workbook.worksheet.words import SO_FAR, normal

Numbered = tuple[int, str]
"""A line with its number, counted from 1."""

TRIES = 3
"""Places where what stood there so far may begin; more are made to keep us busy."""

WRAPPED = 200
"""Lines over which it may have been wrapped."""


def written(lines: Sequence[Numbered], paragraphs: Iterable[str], digest: str = "") -> Iterator[Numbered]:
    """The lines that are not ours, though somebody may have wrapped ours anew or set them in other type.

    Args:
        lines: what stands there.
        paragraphs: what would be printed now.
        digest: that of what was printed then; "" where it is always the same.
    """
    if digest and last_digest(" ".join(text for _, text in lines)) == digest[:HALF]:
        # All words are ours; a line of signs alone, as "???", is not.
        yield from (one for one in lines if not normal(one[1]) and not is_layout(one[1]))
        return
    left = [normal(one) for one in paragraphs]
    told = _last(lines, digest[HALF:]) if digest else set()
    whole = set()
    for number, text in lines:
        if (short := normal(text)) and short in left:
            left.remove(short)
            whole.add(number)
    rest = ""
    for number, text in lines:
        short = normal(text)
        if number in whole or number in told or (not short and is_layout(text)):
            rest = "" if number in whole else rest
        elif short and rest.startswith(short):
            rest = rest[len(short) :]
        elif short and (begun := next((one for one in left if one.startswith(short)), None)):
            left.remove(begun)
            rest = begun[len(short) :]
        else:
            yield number, _added(text, rest, left)
            rest = ""


def _added(text: str, rest: str, left: list[str]) -> str:
    """What was written behind words of ours in the same line; the whole line where it does not begin with them."""
    short = normal(text)
    for one in filter(None, (rest, *left)):
        if short.startswith(one):
            if one in left:
                left.remove(one)
            return _behind(text, one)
    return text


def _behind(text: str, ours: str) -> str:
    """What stands behind the words whose normal form is `ours`."""
    low, high = 0, len(text)
    while low < high:
        middle = (low + high) // 2
        if len(normal(text[:middle])) < len(ours):
            low = middle + 1
        else:
            high = middle
    return text[low:] if normal(text[:low]) == ours else text


def _last(lines: Sequence[Numbered], digest: str) -> set[int]:
    """The numbers of the lines that together are what stood there so far."""
    begins = [first for first, (_, text) in enumerate(lines) if re.match(rf"[\s>*_]*{SO_FAR}", text, re.IGNORECASE)]
    for first in begins[:TRIES]:
        for last in range(first, min(first + WRAPPED, len(lines))):
            if last_digest(" ".join(one for _, one in lines[first : last + 1])) == digest:
                return {number for number, _ in lines[first : last + 1]}
    return set()
