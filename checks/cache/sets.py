"""Sets of files as numbers with a bit for each: those of this look, and what became of those of an earlier one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from checks.cache.compact import read

if TYPE_CHECKING:
    from checks.cache.listings import Listing


class FileSets:
    """Sets among the files of one look."""

    def __init__(self, paths: Sequence[str], before: Sequence[list[int] | str], listing: Listing | None) -> None:
        """Take in the sets of an earlier look, in the places by which its rows name them.

        Args:
            paths: The files that there are.
            before: Sets as of `checks.cache.compact.written`.
            listing: What became of the list of files, where it is another.
        """
        self._paths, self._packed, self._listing = paths, before, listing
        self._before: dict[int, int] = {}
        self._now: dict[int, int] = {}

    @cached_property
    def numbers(self) -> dict[str, int]:
        """The number of each file, which is the place of its bit."""
        return {path: number for number, path in enumerate(self._paths)}

    def mask(self, paths: Iterable[str]) -> int:
        """A set; without those that are not there."""
        bits = bytearray(len(self._paths) // 8 + 1)
        for path in paths:
            number = self.numbers.get(path)
            if number is not None:
                bits[number >> 3] |= 1 << (number & 7)
        return int.from_bytes(bits, "little")

    def paths(self, mask: int) -> Iterable[str]:
        """The files of a set, in their order."""
        if not mask & mask - 1:  # Of many questions each is for one file.
            return self._paths[mask.bit_length() - 1 : mask.bit_length()]
        bits = bin(mask)[:1:-1]
        return (path for path, bit in zip(self._paths, bits, strict=False) if bit == "1")

    def now(self, place: int) -> int:
        """What there still is of a set of the earlier look."""
        if place not in self._now:
            mask = self.before(place)
            self._now[place] = self._listing.renumbered(mask) if self._listing else mask
        return self._now[place]

    def before(self, place: int) -> int:
        """A set of the earlier look by the numbers that files had there."""
        if place not in self._before:
            self._before[place] = read(self._packed[place])
        return self._before[place]
