"""Who closes a gap, and until when."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar

from textual.content import Content

from tui.offers import people_known
from tui.screens.form import FormScreen
from tui.widgets.part import Part
from tui.wording import said, standing
from workbook.people import person
from workbook.typed import day


class Owner(FormScreen):
    """Owner and due date of one control; empty fields take them away."""

    KIND: ClassVar[str] = "owner"

    def heading(self) -> Content:
        """Which gap."""
        return Content.assemble("Owner of ", said(self.session.question(self.subject).control.title))

    def lead(self) -> Content:
        """How it stands."""
        judged = self.session.question(self.subject).judged
        return Content.assemble(standing(judged.standing), "  ", said(judged.why, "$foreground 60%"))

    def parts(self) -> Sequence[Part]:
        """Owner and day."""
        answer = self.session.question(self.subject).answer
        return (
            Part(
                "owner",
                "Owner",
                "Name <mail>; → completes; empty takes it away",
                value=answer.owner,
                offers=people_known(self.session),
                check=lambda text: person(text) if text else None,
            ),
            Part(
                "due",
                "Due",
                "as in 2026-12-10; may stay empty",
                value=answer.due.isoformat() if answer.due else "",
                check=lambda text: day(text) if text else None,
            ),
        )

    def take(self, values: Mapping[str, str]) -> str:
        """Assign it."""
        due = day(values["due"]) if values["due"] else None
        self.session.assign(self.subject, values["owner"], due)
        return f"Owner: {values['owner'] or 'nobody'}{f', until {due}' if due else ''}"
