"""What stands for the contents of all files of a tree in one text, and where two such texts differ."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

_DIGITS: Final = 32
"""Hexadecimal ones of a content's digest."""
_TOGETHER: Final = 64 * _DIGITS
_NONE: Final = "-" * _DIGITS
"""For a file that was not there."""


def of(contents: str, number: int) -> str:
    """The digits of one file."""
    return contents[number * _DIGITS : (number + 1) * _DIGITS]


def as_of_now(contents: str, before: Iterable[str], now: Iterable[str]) -> str:
    """The contents of the files that there were `before`, in the places of those that there are now."""
    places: Mapping[str, int] = {path: number for number, path in enumerate(before)}
    return "".join(of(contents, places[path]) if path in places else _NONE for path in now)


def differing(before: str, now: str) -> Iterator[int]:
    """The numbers of the files whose contents differ. Most do not, so many are compared at once."""
    for start in range(0, len(now), _TOGETHER):
        if before[start : start + _TOGETHER] != now[start : start + _TOGETHER]:
            numbers = range(start // _DIGITS, min(start + _TOGETHER, len(now)) // _DIGITS)
            yield from (number for number in numbers if of(before, number) != of(now, number))
