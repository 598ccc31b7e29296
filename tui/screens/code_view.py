"""The code at one or several places, with more lines around than the guide shows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from checks.observation import Location
from tui.actions import bindings
from tui.code import excerpt
from tui.screens.base import WorkbookScreen
from tui.wording import place

MOST = 20
"""More places than this are counted, not shown."""


class CodeView(WorkbookScreen):
    """Read-only code."""

    BINDINGS: ClassVar[list[BindingType]] = bindings("code", "everywhere")

    def __init__(self, places: Sequence[Location], about: Content) -> None:
        super().__init__()
        self._places, self._about = places, about

    def content(self) -> ComposeResult:
        """What it is about, then the code of each place."""
        with VerticalScroll(can_focus=False):
            yield Static(self._about, markup=False, classes="heading")
            for one in self._places[:MOST]:
                yield Static(place(one), markup=False, classes="place")
                yield Static(
                    excerpt(self.session.root, one, self.session.report, around=8), markup=False, classes="code"
                )
            if len(self._places) > MOST:
                yield Static(Content(f"and {len(self._places) - MOST} more places"), markup=False)
