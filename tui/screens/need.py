"""Need and scope: which checklist, what for, and the facts about the product, prefilled; one key takes them all."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.content import Content
from textual.widgets import OptionList, Static

from tui.actions import bindings
from tui.estimate import estimate
from tui.screens.base import WorkbookScreen
from tui.screens.prompts import TextPrompt
from tui.widgets.toggles import Toggles
from tui.wording import place, said
from workbook.errors import Refused
from workbook.ledger.half_typed import Field
from workbook.people import People, person
from workbook.text import terminal

NEEDS = (
    ("pre-launch", "find what to fix before launch"),
    ("go-no-go", "decide go or no-go"),
    ("every-deploy", "check before every deploy"),
    ("explore", "look around"),
)
"""What people come for; the id is stored as the workbook's profile and orders the plan."""

DEFAULT = "fifty-point"

HOLDS = {True: "yes ", False: "no  ", None: "open"}


class Need(WorkbookScreen):
    """Where a workbook exists already, only the scope facts are asked again."""

    BINDINGS: ClassVar[list[BindingType]] = bindings("need", "everywhere")

    def __init__(self) -> None:
        super().__init__()
        self._checklist = DEFAULT
        self._need = NEEDS[0][0]
        self._changed_facts: dict[str, bool | None] = {}

    def content(self) -> ComposeResult:
        """Heading, the list, what the choices leave."""
        yield Static(id="need-title", markup=False, classes="heading")
        yield Toggles(id="need-rows")
        yield Static(id="need-estimate", markup=False)

    def on_mount(self) -> None:
        """Start from the checklist that decides already."""
        if self.session.has_state:
            self._checklist = self.session.checklist.slug
        super().on_mount()

    @property
    def facts(self) -> dict[str, bool | None]:
        """Every fact: as changed here, as confirmed or proposed before, else as the probes propose; None is open."""
        report = self.session.report
        proposed = {one.fact: one.holds for one in report.proposals} if report else {}
        scope = self.session.state.scope
        before = {**proposed, **scope.proposed, **scope.confirmed, **self._changed_facts}
        return {name: before.get(name) for name in self.session.catalogue.scope}

    def paint(self) -> None:
        """Show the choices and what they leave."""
        question = "What is true of the product?" if self.session.has_state else "What do you need?"
        self.query_one("#need-title", Static).update(Content(question))
        self.query_one(Toggles).show([*([] if self.session.has_state else self._choices()), *self._fact_rows()])
        figures = estimate(self.session.catalogue, self._checklist, self._known_facts()).sentence
        known = len(self._known_facts())
        left = len(self.facts) - known
        facts = f"{known} facts stand, {left} open; an open fact keeps its questions."
        self.query_one("#need-estimate", Static).update(Content(f"{facts}\n{figures}"))

    def _choices(self) -> list[tuple[str, Content]]:
        rows = [("", Content("Which checklist decides"))]
        for slug, checklist in self.session.catalogue.checklists.items():
            chosen = slug == self._checklist
            about = said(f"  {checklist.summary}" if chosen else "", "$foreground 60%")
            text = Content.assemble("(●) " if chosen else "( ) ", said(checklist.name, "bold"), about)
            rows.append((f"checklist:{slug}", text))
        rows.append(("", Content("We want to")))
        for name, words in NEEDS:
            rows.append((f"need:{name}", Content(f"{'(●)' if name == self._need else '( )'} {words}")))
        people = self.session.people
        names = " + ".join(one for one in (people.driver, *people.navigators) if one) or "nobody yet"
        hint = "space names who sits with you; answers carry all names" if not people.navigators else "space changes it"
        rows.append(("", Content("Who is here")))
        rows.append(("people:", Content.assemble(said(names), (f"  {hint}", "$foreground 60%"))))
        rows.append(("", Content("What is true of the product")))
        return rows

    def _fact_rows(self) -> list[tuple[str, Content]]:
        report = self.session.report
        read = {one.fact: one for one in report.proposals} if report else {}
        holds, scope = self.facts, self.session.state.scope
        rows = []
        for name, fact in self.session.catalogue.scope.items():
            parts: list[Content | str] = [f"[{HOLDS[holds[name]]}] ", said(fact.question)]
            if name in scope.proposed:
                parts += ["  ", said(f"proposed by {scope.proposed_by}", "$foreground 60%")]
            elif name in read:
                parts += ["  ", said(read[name].reason, "$foreground 60%")]
                parts += [part for where in read[name].locations[:1] for part in ("  ", place(where))]
            rows.append((f"fact:{name}", Content.assemble(*parts)))
        return rows

    def _known_facts(self) -> dict[str, bool]:
        return {name: holds for name, holds in self.facts.items() if holds is not None}

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """A click or space changes the line."""
        event.stop()
        self.action_change()

    def action_change(self) -> None:
        """Change the highlighted line: choose it, or go from yes to no to open."""
        kind, _, name = self.query_one(Toggles).chosen.partition(":")
        if kind == "checklist":
            self._checklist = name
        elif kind == "need":
            self._need = name
        elif kind == "people":
            self._ask_people()
        elif kind == "fact":
            after: dict[bool | None, bool | None] = {True: False, False: None, None: True}
            self._changed_facts[name] = after[self.facts[name]]
        self.repaint()

    def _ask_people(self) -> None:
        """Who sits beside the driver: from here on answers carry their names too."""

        def named(typed: str) -> None:
            names = tuple(person(one) for one in typed.split(";") if one.strip())
            self.session.people = People(self.session.people.driver, names)

        title = Content("Who sits with you?")
        hint = "Name <mail>, several with ; An empty line: nobody. Shift+P changes it later."
        before = terminal("; ".join(self.session.people.navigators))
        field = Field("navigators")
        self.app.push_screen(TextPrompt(field, title, hint, named, value=before), lambda _: self.repaint())

    def action_confirm(self) -> None:
        """Take everything as it stands, under the driver's name; ask for the name where git knows none."""
        if self.session.people.driver:
            self._take()
            return

        def named(typed: str) -> None:
            self.session.people = People(person(typed), self.session.people.navigators)

        def go(taken: bool | None) -> None:
            if taken:
                self._take()

        title = Content("Who answers? Git knows no name here.")
        hint = "Name <mail>, as in Ana Example <ana@example.com>"
        self.app.push_screen(TextPrompt(Field("name"), title, hint, named, required=True), go)

    def _take(self) -> None:
        try:
            if self.session.has_state:
                self.session.confirm_scope(self._known_facts())
                self.workbook_app.changed()
                self.dismiss()
                return
            self.session.start([self._checklist], profiles=[self._need], facts=self._known_facts())
        except Refused as refused:
            self.workbook_app.complain(str(refused))
        else:
            self.workbook_app.begin()
