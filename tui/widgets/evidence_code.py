"""The code the probes point at, shown in place beside the question."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from checks.observation import Location, Outcome
from tui.code import excerpt
from tui.wording import place, said
from workbook.guide import Question
from workbook.session import Session

TELLING = (Outcome.UNMET, Outcome.PARTIAL, Outcome.MET)
"""Outcomes whose places are worth showing, most telling first."""


class EvidenceCode(VerticalScroll):
    """The most telling place: a finding first, else where an observation points. Hidden where there is none."""

    can_focus = False

    def compose(self) -> ComposeResult:
        """Where, why, and the lines."""
        yield Static(classes="place", markup=False)
        yield Static(classes="code", markup=False)

    def show(self, question: Question, session: Session) -> None:
        """Show the place for a question."""
        where, why = telling(question)
        self.set_class(where is None, "-empty")
        if where is not None:
            head, code = self.query(Static)
            head.update(Content.assemble(place(where), "  ", said(why, "$foreground 60%")))
            code.update(excerpt(session.root, where, session.report))


def telling(question: Question) -> tuple[Location | None, str]:
    """The place to show, and why."""
    for finding in question.findings:
        if finding.location.line:
            return finding.location, finding.message
    for outcome in TELLING:
        for one in question.observations:
            for where in one.locations:
                if one.outcome is outcome and where.line:
                    return where, ""
    return None, ""
