"""Deciding on the launch, and saying which conditions of earlier decisions are met."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar

from textual.content import Content

from tui.screens.form import FormScreen
from tui.screens.listing import Listing
from tui.widgets.part import Kind, Part
from tui.wording import said
from workbook.agenda import kept
from workbook.answers import Status
from workbook.decisions import Condition, Decider, Decision, Outcome
from workbook.errors import Refused
from workbook.people import person
from workbook.typed import condition, decider

NEW = "new"
WORDS = {Outcome.GO: "go", Outcome.NO_GO: "no-go", Outcome.CONDITIONAL: "conditional: go, once the conditions are met"}


class Decisions(Listing):
    """What was decided, newest first, with the conditions and how they stand."""

    def heading(self) -> Content:
        """What is listed."""
        return Content("Decisions")

    def lead(self) -> Content:
        """Where the team stands."""
        return said(self.session.headline)

    def rows(self) -> Sequence[tuple[str, Content]]:
        """A new one, then the earlier ones."""
        rows = [(NEW, Content.assemble(("Decide now", "bold"), "  go, no-go or conditional"))]
        for decision in reversed(tuple(self.session.state.decisions.values())):
            rows.append(("", self._row(decision)))
            for number, one in enumerate(decision.conditions, start=1):
                state = kept(one, self.session.assessment, self.session.today())
                text = f"{number}. {state}: {one.text}, {one.owner.partition(' <')[0]}, until {one.due}"
                open_still = not one.control and one.met_at is None
                hint = ("  Enter: met", "$foreground 60%") if open_still else ""
                rows.append((f"{decision.id}|{number}", Content.assemble("    ", said(text), hint)))
        return rows

    def open(self, name: str) -> None:
        """Decide, or say that a condition is met."""
        if not self.workbook_app.may_edit():
            return
        if name == NEW:
            self.app.push_screen(Decide())
            return
        decision, _, number = name.partition("|")
        try:
            self.session.meet(decision, int(number))
        except Refused as refused:
            self.workbook_app.complain(str(refused))
        self.workbook_app.changed()

    def _row(self, one: Decision) -> Content:
        who = ", ".join(f"{by.name.partition(' <')[0]} ({by.role})" if by.role else by.name for by in one.by)
        on = f", on {one.commit}{', with answers not committed then' if one.uncommitted else ''}" if one.commit else ""
        return said(f"{one.id}  {one.outcome}{on}, by {who}; shown then: {one.verdict}")


class Decide(FormScreen):
    """Outcome, who signs off, and the conditions."""

    KIND: ClassVar[str] = "decision"
    BUTTON: ClassVar[str] = "Decide"

    def heading(self) -> Content:
        """What it is."""
        return Content("Decide on the launch")

    def lead(self) -> Content:
        """The verdict that is kept with it."""
        return Content.assemble("Kept with it: ", said(self.session.headline, "bold"))

    def parts(self) -> Sequence[Part]:
        """Outcome, sign-offs, conditions."""
        here = self.session.people
        names = [name for name in (here.driver, *here.navigators) if name]
        when = ("outcome", str(Outcome.CONDITIONAL))
        return (
            Part(
                "outcome",
                "Outcome",
                kind=Kind.CHOICE,
                choices=[(str(one), words) for one, words in WORDS.items()],
                required=True,
            ),
            Part(
                "by",
                "Signed off by",
                "a line each: Name <mail>: role",
                kind=Kind.LINES,
                value="\n".join(f"{name}: " for name in names),
                check=_deciders,
            ),
            Part(
                "conditions",
                "Conditions",
                "a line each: what | Name <mail> | 2026-12-10; a control's id as what is told by its answer",
                kind=Kind.LINES,
                required=True,
                check=self._conditions,
                only_when=when,
            ),
        )

    def preview(self, values: Mapping[str, str]) -> Content:
        """For a conditional one: the ids of what stops the launch, to write as conditions."""
        if values["outcome"] != Outcome.CONDITIONAL:
            return Content("")
        answers = self.session.state.answers
        stopping = [name for name, answer in answers.items() if answer.status is Status.BLOCKER]
        return said(f"Stops the launch now: {', '.join(stopping) or 'nothing that was answered'}")

    def take(self, values: Mapping[str, str]) -> str:
        """Decide."""
        outcome = Outcome(values["outcome"])
        self.session.decide(outcome, _deciders(values["by"]), self._conditions(values["conditions"]))
        return f"Decided: {outcome}. Save and commit it: c"

    def _conditions(self, text: str) -> Sequence[Condition]:
        return [condition(self.session.catalogue, line) for line in _lines(text)]


def _deciders(text: str) -> Sequence[Decider]:
    """Who decides, a line each.

    Raises:
        Refused: somebody has no role, or is no person; or there is nobody.
    """
    found = [decider(line) for line in _lines(text)]
    for one in found:
        person(one.name)
        if not one.role:
            raise Refused(f"{one.name!r} names no role", "write it behind a colon, as in: engineering")
    if not found:
        raise Refused("a decision needs who took it", "a line each: Name <mail>: role")
    return found


def _lines(text: str) -> Sequence[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]
