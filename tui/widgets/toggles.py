"""Rows in which Enter belongs to the screen: it confirms or continues, whatever line is highlighted."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import BindingType

from tui.actions import bindings
from tui.widgets.rows import Rows


class Toggles(Rows):
    """Rows for choices and findings; a click still selects a line."""

    BINDINGS: ClassVar[list[BindingType]] = bindings("choices")
