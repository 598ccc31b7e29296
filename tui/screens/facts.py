"""The yes-or-no facts that decision models ask a person for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar

from textual.binding import BindingType
from textual.content import Content

from tui.actions import bindings
from tui.screens.form import FormScreen
from tui.screens.listing import Listing
from tui.widgets.part import Kind, Part
from tui.wording import said
from workbook.errors import Refused
from workbook.operations.measuring import ATTESTABLE

YES, NO = "yes", "no"


class Facts(Listing):
    """The facts; y and n state the highlighted one, Enter also takes a note."""

    BINDINGS: ClassVar[list[BindingType]] = bindings("facts")

    def heading(self) -> Content:
        """What is listed."""
        return Content("Attested facts")

    def lead(self) -> Content:
        """What they are."""
        return Content("Decision models ask for these, and code cannot tell. They carry your name.")

    def rows(self) -> Sequence[tuple[str, Content]]:
        """Each question with what was said."""
        return [(name, self._row(name, question)) for name, question in ATTESTABLE.items()]

    def open(self, name: str) -> None:
        """State it with a note."""
        if self.workbook_app.may_edit():
            self.app.push_screen(Fact(name))

    def action_state(self, holds: bool) -> None:
        """State the highlighted fact; its note stays."""
        if self.chosen and self.workbook_app.may_edit():
            old = self.session.state.attested.get(self.chosen)
            try:
                self.session.attest(self.chosen, holds=holds, note=old.note if old else "")
            except Refused as refused:
                self.workbook_app.complain(str(refused))
            self.workbook_app.changed()

    def _row(self, name: str, question: str) -> Content:
        fact = self.session.state.attested.get(name)
        if fact is None:
            return Content.assemble((question, "bold"), ("\n    · nobody said", "$foreground 60%"))
        mark = ("\n    ✓ yes", "$text-success") if fact.holds else ("\n    ✖ no", "$text-warning")
        who = said(f"  {fact.by.partition(' <')[0]}{f', {fact.at}' if fact.at else ''}", "$foreground 60%")
        return Content.assemble((question, "bold"), mark, who, said(f"  {fact.note}" if fact.note else ""))


class Fact(FormScreen):
    """One fact: yes or no, and a note."""

    KIND: ClassVar[str] = "fact"

    def heading(self) -> Content:
        """The question."""
        return said(ATTESTABLE.get(self.subject, self.subject))

    def parts(self) -> Sequence[Part]:
        """Whether it is true, and what a reader should know."""
        old = self.session.state.attested.get(self.subject)
        return (
            Part(
                "holds",
                "Is it true?",
                kind=Kind.CHOICE,
                value=(YES if old.holds else NO) if old else "",
                choices=((YES, "yes"), (NO, "no")),
                required=True,
            ),
            Part("note", "Note", "what a reader should know; may stay empty", value=old.note if old else ""),
        )

    def take(self, values: Mapping[str, str]) -> str:
        """State it."""
        self.session.attest(self.subject, holds=values["holds"] == YES, note=values["note"])
        return f"Stated: {values['holds']}"
