"""Warnings: every entry of the state files that cannot be used, with its file and what to do."""

from __future__ import annotations

from collections.abc import Sequence

from textual.content import Content

from tui.screens.page import Page, Row, info
from tui.wording import said


class Warnings(Page):
    """All problems, not only the first."""

    def page(self) -> tuple[Content, Content, Sequence[Row]]:
        """One row a problem."""
        problems = self.session.state.problems
        title = f"{len(problems)} entries of the state files cannot be used" if problems else "No warnings"
        about = "What cannot be used counts as not answered; the file itself stays as it is." if problems else ""
        return Content(title), Content(about), info([said(str(one)) for one in problems])
