"""Texts of files with comments taken out: made once, as far as there is room for them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from checks.children import allowance
from checks.files.admission import MIB

if TYPE_CHECKING:
    from checks.look import Look

_MOST_CHARACTERS: Final = 32 * MIB
"""Of all texts that are held: a tree of tens of thousands of files has more than the look may keep in memory."""


class Emptied:
    """What is left of files without comments. Who asks has said before what of the file is read."""

    def __init__(self, look: Look, empty: Callable[[str, str], str]) -> None:
        """`empty` is given a path and the text of the file."""
        self._look, self._empty = look, empty
        self._known: dict[str, str] = {}
        self._held = 0
        self._last = "", ""

    def of(self, path: str) -> str:
        """The text of a file without comments; "" where it has none."""
        known = self._known.get(path)
        if known is None and self._last[0] == path:
            known = self._last[1]
        if known is not None:
            allowance.reading(path)
            return known
        with self._look.reads.aside():
            # A comment that ends the file adds nothing, not even a line.
            text = self._empty(path, self._look.tree.text(path) or "").rstrip()
        if self._held + len(text) <= _MOST_CHARACTERS:
            self._known[path] = text
            self._held += len(text)
        else:
            # Much is asked of a file before the next one.
            self._last = path, text
        return text
