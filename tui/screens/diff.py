"""What a commit would change in our files, line by line, before anybody agrees to it."""

from __future__ import annotations

from typing import ClassVar, Final

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from checks.git import GitProblem
from tui.actions import bindings
from tui.screens.base import WorkbookScreen
from tui.wording import said
from workbook.commit import diff
from workbook.errors import Refused

MOST: Final = 3000
"""More lines than this are counted, not shown."""

STYLES: Final = {"+++": "bold", "---": "bold", "@@ ": "$text-accent", "+": "$text-success", "-": "$text-error"}
"""The style of a line by how it begins; the sign itself stays, so that color is never alone. First match."""


class DiffView(WorkbookScreen):
    """Read-only; nothing is run or written for it."""

    BINDINGS: ClassVar[list[BindingType]] = bindings("code", "everywhere")

    def content(self) -> ComposeResult:
        """The changes."""
        yield Static(Content("What the commit would change"), markup=False, classes="heading")
        with VerticalScroll(can_focus=False, classes="page-body"):
            yield Static(self._changes(), markup=False)

    def _changes(self) -> Content:
        try:
            lines = diff(self.session).splitlines()
        except (Refused, GitProblem) as trouble:
            return said(str(trouble))
        if not lines:
            return Content("Nothing: what is committed is what stands here.")
        shown = [_colored(line) for line in lines[:MOST]]
        if len(lines) > MOST:
            shown.append(Content(f"and {len(lines) - MOST} more lines; readiness commit --dry-run shows them all"))
        return Content("\n").join(shown)


def _colored(line: str) -> Content:
    return said(line, next((style for begin, style in STYLES.items() if line.startswith(begin)), ""))
