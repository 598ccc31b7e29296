"""Attaching a report: the file that a tool wrote, as evidence with its digest."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar

from textual.content import Content

from tui.screens.form import FormScreen
from tui.widgets.part import Part
from tui.wording import said
from workbook.answers import Evidence
from workbook.evidence import completed


class Report(FormScreen):
    """A file of the repository. It is kept by path and digest; what it says is for people to read."""

    KIND: ClassVar[str] = "report"
    BUTTON: ClassVar[str] = "Attach it"

    def heading(self) -> Content:
        """For which control."""
        return Content.assemble("Report file for ", said(self.session.question(self.subject).control.title))

    def lead(self) -> Content:
        """What happens with it."""
        return Content("It is attached as it lies in the repository, with its digest, and watched. Nothing reads it.")

    def parts(self) -> Sequence[Part]:
        """The path."""
        return (
            Part("path", "File", "a path below the repository, as in coverage.xml", required=True, check=self._piece),
        )

    def take(self, values: Mapping[str, str]) -> str:
        """Attach it."""
        piece = self._piece(values["path"])
        self.session.attach(self.subject, piece)
        return f"Attached {piece.label}"

    def _piece(self, path: str) -> Evidence:
        return completed(Evidence("file", {"path": path}), self.session.root)
