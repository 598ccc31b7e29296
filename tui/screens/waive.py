"""Accepting the risk of an open gap for a while, and taking that back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar

from textual.content import Content

from tui.offers import people_known
from tui.screens.form import FormScreen
from tui.widgets.part import Kind, Part
from tui.wording import said, standing
from workbook.answers import Status
from workbook.people import person
from workbook.session import Session
from workbook.typed import day

ACCEPT, WITHDRAW = "accept", "withdraw"


class Waive(FormScreen):
    """A waiver: reason, owner, approver, last day. It never counts as ready."""

    KIND: ClassVar[str] = "waiver"

    @classmethod
    def untimely(cls, session: Session, about: str) -> str:
        """Only an open gap has a risk to accept."""
        gap = session.state.answer(about).status in (Status.NEEDS_REVIEW, Status.BLOCKER)
        return "" if gap or about in session.state.waivers else "There is no open gap here: answer the question first."

    def heading(self) -> Content:
        """Which risk."""
        return Content.assemble("Accept the risk: ", said(self.session.question(self.subject).control.title))

    def lead(self) -> Content:
        """What it means, and how the gap stands."""
        judged = self.session.question(self.subject).judged
        means = Content("It never counts as ready, always shows, and ends by itself.\n")
        return Content.assemble(means, standing(judged.standing), "  ", said(judged.why, "$foreground 60%"))

    def parts(self) -> Sequence[Part]:
        """The waiver's parts; where there is one already, whether it shall go."""
        old = self.session.state.waivers.get(self.subject)
        offers, when = people_known(self.session), ("what", ACCEPT) if old else None
        what = Part(
            "what",
            "Accepted already",
            kind=Kind.CHOICE,
            value=ACCEPT,
            choices=((ACCEPT, "accept it, as below"), (WITHDRAW, "accept it no longer")),
        )
        owner = old.owner if old else self.session.people.driver
        until = old.expires.isoformat() if old and old.expires else ""
        reason = old.reason if old else ""
        approver = old.approved_by if old else ""
        return (
            *((what,) if old else ()),
            Part("reason", "Reason", "why it is acceptable until then", value=reason, required=True, only_when=when),
            Part(
                "owner",
                "Owner",
                "who answers for it: Name <mail>",
                value=owner,
                check=person,
                offers=offers,
                only_when=when,
            ),
            Part(
                "approved_by",
                "Approved by",
                "somebody else: Name <mail>; → completes",
                value=approver,
                check=person,
                offers=offers,
                only_when=when,
            ),
            Part("expires", "Last day", "as in 2026-12-20", value=until, check=day, only_when=when),
        )

    def take(self, values: Mapping[str, str]) -> str:
        """Accept the risk, or accept it no longer."""
        if values.get("what") == WITHDRAW:
            self.session.withdraw_waiver(self.subject)
            return "The risk is accepted no longer."
        until = day(values["expires"])
        self.session.waive(
            self.subject,
            reason=values["reason"],
            owner=values["owner"],
            approved_by=values["approved_by"],
            expires=until,
        )
        return f"The risk is accepted until {until}."
