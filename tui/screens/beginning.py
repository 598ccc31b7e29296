"""A document or configuration to begin with: shown as it would be written, and written where the person agrees."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Final

from textual import work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from tui.actions import bindings
from tui.screens.base import WorkbookScreen
from tui.wording import named, said, said_lines
from workbook.assess import Standing
from workbook.crash import recorded
from workbook.errors import Refused
from workbook.guide import Question
from workbook.scaffold import Scaffold, for_control

if TYPE_CHECKING:
    from workbook.scaffold.planning import Planned

OPEN: Final = (Standing.UNANSWERED, Standing.NEEDS_REVIEW, Standing.BLOCKER, Standing.DISPUTED)
"""Where a form is worth a line; one can be begun for every control that has one."""


def lacking(question: Question) -> str:
    """The titles of the forms that help to close what is open; "" where nothing is open or nothing can be written."""
    if question.judged.standing not in OPEN:
        return ""
    return " or ".join(one.title for one in for_control(question.control.id))


class Beginning(WorkbookScreen):
    """One scaffold for a control. The tree is read in a thread; Enter writes what is shown, Esc leaves."""

    BINDINGS: ClassVar[list[BindingType]] = bindings("beginning")

    @dataclass
    class Read(Message):
        """It is known what would be written, or why it cannot be told."""

        plan: Planned | None
        trouble: str = ""

    def __init__(self, scaffold: Scaffold, control: str) -> None:
        super().__init__()
        self._scaffold, self._control = scaffold, control
        self._plan: Planned | None = None
        self._trouble = ""

    def content(self) -> ComposeResult:
        """What it is and for what, its text, what the keys do."""
        yield Static(id="beginning-what", markup=False, classes="heading")
        with VerticalScroll(id="beginning-body"):
            yield Static(id="beginning-text", markup=False)
        yield Static(id="beginning-state", markup=False)

    def on_mount(self) -> None:
        """Begin to read the tree."""
        super().on_mount()
        self._read_tree()

    def paint(self) -> None:
        """Show the text as it would be written."""
        title = said(self._scaffold.title, "bold")
        heading = Content.assemble(title, " for ", said(named(self.session, self._control)))
        self.query_one("#beginning-what", Static).update(heading)
        self.query_one("#beginning-text", Static).update(said_lines(self._plan.text if self._plan else ""))
        self.query_one("#beginning-state", Static).update(self._state())

    def copied(self) -> str:
        """The whole text."""
        return self._plan.text if self._plan else ""

    def action_write(self) -> None:
        """Write exactly what is shown, as a new file; where nothing can be written, back."""
        if self._plan is None and not self._trouble:
            return  # the tree is still being read
        if self._plan is not None and not self._trouble and not self._plan.there:
            from workbook.operations import scaffolding

            try:
                scaffolding.written(self.session, self._plan)
            except Refused as refused:
                self._trouble = str(refused)
                self.repaint()
                return
            self.app.notify(said(_left(self._plan)).plain, markup=False)
        self.dismiss()

    @work(thread=True, exit_on_error=False, group="beginning")
    def _read_tree(self) -> None:
        """In a thread: what comes of it is one message."""
        try:
            plan = self.session.scaffold(self._scaffold.name, dry=True)
        except Refused as refused:
            self.post_message(self.Read(None, str(refused)))
        except Exception as error:  # noqa: BLE001  # whatever it is, nobody may wait for ever
            self.post_message(self.Read(None, recorded(error, self.session.root)))
        else:
            self.post_message(self.Read(plan))

    def on_beginning_read(self, event: Read) -> None:
        """Show it."""
        event.stop()
        self._plan, self._trouble = event.plan, event.trouble
        self.repaint()

    def _state(self) -> Content:
        if self._trouble:
            return Content.assemble(said(f"✖ {self._trouble}", "bold"), "   Enter goes back; nothing is written.")
        if self._plan is None:
            return Content("Reading the tree …  Esc goes back.")
        from workbook.operations import scaffolding

        lines = [said(f"! {one}", "$text-warning") for one in scaffolding.cautions(self.session, self._plan)]
        if self._plan.there:
            there = "is there already and stays as it is; this is the text to take from."
            lines.append(Content.assemble(said(self._plan.there[0], "bold"), f" {there} Enter goes back."))
        else:
            lines.append(Content.assemble("Nothing is written yet. Enter writes ", said(self._plan.path, "bold"), "."))
            lines[-1] += Content(f" {_blanks(self._plan)} Esc goes back.")
        return Content("\n").join(lines)


def _blanks(plan: Planned) -> str:
    count = len(plan.blanks)
    return f"{count} blank{'' if count == 1 else 's'} to fill in." if count else "Nothing is left to fill in."


def _left(plan: Planned) -> str:
    """What was written and what is left to do. The path is untrusted text."""
    if not plan.blanks:
        return f"Wrote {plan.path}. Read it before you commit it."
    return f"Wrote {plan.path}. {_blanks(plan)} Search it for [fill in; with the last one it counts as written."
