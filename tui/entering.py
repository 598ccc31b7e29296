"""Everything that can be entered besides answers: which screen takes it, and the menu that lists it all."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from textual.content import Content
from textual.screen import Screen

from tui.actions import ACTIONS, Action
from tui.screens.base import WorkbookScreen
from tui.screens.beginning import Beginning
from tui.screens.command import Command
from tui.screens.decide import Decide, Decisions
from tui.screens.dispute import Dispute
from tui.screens.drill import Drill
from tui.screens.facts import Fact, Facts
from tui.screens.form import FormScreen
from tui.screens.levels import Level, Levels
from tui.screens.measure import Measure
from tui.screens.numbers import Numbers
from tui.screens.override import OverrideItem
from tui.screens.owner import Owner
from tui.screens.people import WhoIsHere
from tui.screens.prompts import ChoicePrompt
from tui.screens.report import Report
from tui.screens.standoff import Standoffs
from tui.screens.summary import Summary
from tui.screens.verify import Verify
from tui.screens.waive import Waive
from tui.session_app import SessionApp
from workbook.ledger.half_typed import Field
from workbook.scaffold import for_control

FORMS: Final[Mapping[str, type[FormScreen]]] = {
    form.KIND: form
    for form in (
        *(Owner, Waive, Verify, OverrideItem, Dispute, Command, Drill, Report),
        *(Measure, Level, Fact, Decide, WhoIsHere),
    )
}
"""Every form by what it takes, which is also how the drafts of its fields begin."""

PAGES: Final[Mapping[str, Callable[[], Screen[None]]]] = {
    "numbers": Numbers,
    "levels": Levels,
    "facts": Facts,
    "decisions": Decisions,
    "people": WhoIsHere,
    "standoffs": Standoffs,
    "summary": Summary,
}
"""What is entered for the workbook as a whole, by the name its action has."""

FOR_CONTROL: Final[Mapping[str, str]] = {
    **{name: name for name in ("owner", "waiver", "verification", "dispute", "command", "drill")},
    "override": "item",
}
"""What is entered for one control: its form, by the name its action has."""

FOR_EITHER: Final = ("report",)
"""What is entered for the control that the screen is about, or for the workbook as a whole where it is about none."""

BEGINNING: Final = "beginning"
"""The document or configuration that a control lacks; it goes into the tree, not into the workbook."""

LOOKING_ONLY: Final = ("people", "summary")
"""What a workbook that cannot be saved allows all the same."""


class Entering(SessionApp):
    """Opens what a person wants to enter."""

    def action_enter(self, what: str) -> None:
        """Open the page or form of this name; a form for the control that the screen is about."""
        if isinstance(self.screen, FormScreen) or not (what in LOOKING_ONLY or self.may_edit()):
            return
        if what in PAGES:
            self.push_screen(PAGES[what]())
            return
        about = self.screen.about if isinstance(self.screen, WorkbookScreen) else ""
        if what in FOR_EITHER:
            self.push_screen(FORMS[what](about))
            return
        if not about:
            self.complain("This is entered for one control: open its question first, with g or /.")
            return
        if what == BEGINNING:
            self.begin_document(about)
            return
        form = FORMS[FOR_CONTROL[what]]
        if trouble := form.untimely(self.session, about):
            self.complain(trouble)
        else:
            self.push_screen(form(about))

    def begin_document(self, control: str) -> None:
        """Show the document that a control lacks, the nearest one unless the person chooses; nothing is written yet."""
        offered = for_control(control)
        if not self.may_edit():
            return
        if not offered:
            self.complain("There is no form to begin with for this one.")
        elif len(offered) == 1:
            self.push_screen(Beginning(offered[0], control))
        else:
            listed = {str(number): one for number, one in enumerate(offered, start=1)}

            def chosen(key: str | None) -> None:
                if key in listed:
                    self.push_screen(Beginning(listed[key], control))

            choices = [
                (key, Content.assemble((f"{one.title:<19}", "bold"), "  ", one.what)) for key, one in listed.items()
            ]
            self.push_screen(ChoicePrompt(Content("Which one do you want to begin with?"), choices), chosen)

    def action_more(self) -> None:
        """Everything that can be entered here, each with its letter."""
        about = self.screen.about if isinstance(self.screen, WorkbookScreen) else ""
        places = ("control-entries", "entries") if about else ("entries",)
        nothing = f"app.enter('{BEGINNING}')" if not for_control(about) else ""
        listed = {
            action.keys.lower(): action
            for place in places
            for action in ACTIONS
            if self._offered(action, place) and action.method != nothing
        }

        def chosen(key: str | None) -> None:
            if key in listed:
                self.call_later(self.run_action, listed[key].method)

        choices = [
            (key, Content.assemble((f"{action.label:<19}", "bold"), action.about)) for key, action in listed.items()
        ]
        title = Content("What do you want to enter?" if about else "What do you want to enter? A question offers more.")
        self.push_screen(ChoicePrompt(title, choices), chosen)

    def reopened(self, field: Field) -> bool:
        """Open the form that a half-typed text belongs to; whether there is one."""
        kind, colon, _ = field.kind.partition(": ")
        if not colon or kind not in FORMS or not self.may_edit():
            return False
        self.push_screen(FORMS[kind](field.about))
        return True

    def _offered(self, action: Action, place: str) -> bool:
        if action.place != place or action.method == "app.more":
            return False
        return action.method != "app.enter('standoffs')" or bool(self.session.standoffs)
