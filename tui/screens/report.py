"""Importing reports: which files another tool wrote, and what they are evidence for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar

from textual.content import Content

from tui.screens.arriving import Arriving
from tui.screens.form import FormScreen
from tui.widgets.part import Kind, Part
from tui.wording import said

HERE, ABOUT = "here", "about"


class Report(FormScreen):
    """The files of one import. What they say is shown before anything is recorded."""

    KIND: ClassVar[str] = "report"
    BUTTON: ClassVar[str] = "Read it, then show what it records"

    def heading(self) -> Content:
        """For which control, where the form was opened on one."""
        if not self.subject:
            return Content("Import a report of another tool")
        return Content.assemble("Import a report for ", said(self.session.question(self.subject).control.title))

    def lead(self) -> Content:
        """What is read, and what happens with it."""
        return Content(
            "Results of scanners, tests, coverage and load tests; the format is recognized by the content. A report "
            "never answers by itself. A file of another kind: e attaches it as it lies, unread."
        )

    def parts(self) -> Sequence[Part]:
        """The files, what for, the traffic of today, and a format that nobody can recognize."""
        from checks.reports.formats import FORMATS
        from workbook.receiving import traffic

        choices = ((HERE, "this control"), (ABOUT, "what the report is about"))
        uses = (Part("use", "Evidence for", "", Kind.CHOICE, HERE, choices),) if self.subject else ()
        return (
            Part("files", "Files", "as in coverage.xml; two files of one run with a space between", required=True),
            *uses,
            Part("baseline", "Traffic of today", "of a load run, as in 12/s or 40users; may stay empty", check=traffic),
            Part("format", "Format", "may stay empty; an empty list of secrets needs it", offers=tuple(FORMATS)),
        )

    def take(self, values: Mapping[str, str]) -> str:
        """On to what they say; nothing is recorded before the person agrees there."""
        from workbook.receiving import names, receive, traffic

        root, wanted = self.session.root, values["format"]
        files = names(root, values["files"])
        controls = (self.subject,) if values.get("use") == HERE else ()
        self.further = Arriving(
            self.heading(), lambda: [receive(root, one, wanted) for one in files], controls, traffic(values["baseline"])
        )
        return ""
