"""The last guard before the terminal: what a person pastes into an input passes no encoder before it is drawn."""

from __future__ import annotations

import re
from typing import Final

from rich.segment import Segment
from textual.color import Color
from textual.filter import LineFilter

# Controls, direction marks, line and paragraph separators, lone surrogates: all of no width, so that nothing moves.
_OBEYED: Final = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")


class OnlyText(LineFilter):
    """Takes out what a terminal would obey. Everything else is encoded visibly long before it comes here."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:  # noqa: ARG002  Textual's signature
        """The segments of a line without active characters; most lines have none."""
        if not any(_OBEYED.search(one.text) for one in segments):
            return segments
        return [Segment(_OBEYED.sub("", one.text), one.style, one.control) for one in segments]
