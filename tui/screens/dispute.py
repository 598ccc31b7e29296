"""Holding an answer against a probe that disagrees."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar

from textual.content import Content

from tui.screens.form import FormScreen
from tui.widgets.part import Part
from tui.wording import observed, said, standing
from workbook.assess import Standing
from workbook.session import Session


class Dispute(FormScreen):
    """A dispute note; it counts as long as the probe shows the same."""

    KIND: ClassVar[str] = "dispute"

    @classmethod
    def untimely(cls, session: Session, about: str) -> str:
        """Only what a probe denies can be held against it."""
        denied = session.assessment.standings[about].standing is Standing.DISPUTED
        return "" if denied or session.state.answer(about).dispute_note else "No probe disagrees with this answer."

    def heading(self) -> Content:
        """Which answer."""
        return Content.assemble("Hold against the probe: ", said(self.session.question(self.subject).control.title))

    def lead(self) -> Content:
        """How it stands, and what the probes show."""
        question = self.session.question(self.subject)
        head = Content.assemble(standing(question.judged.standing), "  ", said(question.judged.why, "$foreground 60%"))
        return Content("\n").join([head, *(observed(one) for one in question.observations)])

    def parts(self) -> Sequence[Part]:
        """The note."""
        note = self.session.question(self.subject).answer.dispute_note
        return (Part("note", "Why it holds", "what the probe cannot see", value=note, required=True),)

    def take(self, values: Mapping[str, str]) -> str:
        """Write it down."""
        self.session.dispute(self.subject, values["note"])
        return "Kept. It counts as stated while the probe shows the same."
