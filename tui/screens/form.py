"""What all entry screens share: a form over the session that keeps what is half typed and says what is refused."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from tui.actions import bindings
from tui.screens.base import WorkbookScreen
from tui.widgets.form import Form
from tui.widgets.part import Part
from tui.wording import said
from workbook.errors import Refused
from workbook.ledger.half_typed import Field
from workbook.session import Session


class Further(WorkbookScreen):
    """What a form goes on to before anything is kept, such as a command to run."""

    kept = False
    """Whether something was kept: then the form below has done its work."""


class FormScreen(WorkbookScreen):
    """A form about one thing; a screen says of what, asks for which parts, and gives them to the session.

    Esc leaves and keeps what was typed: it stands there again when the form is opened, also after a dead terminal.
    """

    BINDINGS: ClassVar[list[BindingType]] = bindings("form")

    KIND: ClassVar[str] = ""
    """What is entered, in a word; the names of its drafts begin with it."""

    BUTTON: ClassVar[str] = "Keep it"

    def __init__(self, about: str = "") -> None:
        super().__init__()
        self.subject = about
        """The id of what is entered for: a control, an item, a number; "" for the workbook as a whole."""
        self.further: Further | None = None
        """Where `take` goes on to; None where it has kept everything."""

    # What a screen says

    @classmethod
    def untimely(cls, session: Session, about: str) -> str:  # noqa: ARG003  for screens that are not always of use
        """Why this cannot be entered now, "" where it can."""
        return ""

    def heading(self) -> Content:
        """What is entered, and for what."""
        raise NotImplementedError

    def lead(self) -> Content:
        """What a person should know before entering it; may be empty."""
        return Content("")

    def parts(self) -> Sequence[Part]:
        """What is asked for."""
        raise NotImplementedError

    def preview(self, values: Mapping[str, str]) -> Content:  # noqa: ARG002  for screens that have one
        """What follows from what stands in the fields now; may be empty."""
        return Content("")

    def take(self, values: Mapping[str, str]) -> str:
        """Give it to the session; what to tell about it.

        Raises:
            Refused: it cannot be taken; the form stays as it is.
        """
        raise NotImplementedError

    # How it works

    def content(self) -> ComposeResult:
        """Heading and lead, the form, what follows, what was refused."""
        # What others save from here on must not be overwritten by what was begun before.
        self._seen = self.session.on_disk
        parts = self.parts()
        half = {part.name: text for part in parts if (text := self.session.typed.get(self._field(part)))}
        self._was_half = bool(half)
        with VerticalScroll(id="form-head", can_focus=False):
            yield Static(id="form-heading", markup=False)
            yield Static(id="form-lead", markup=False)
        yield Form(parts, half, self.BUTTON)
        yield Static(id="form-preview", markup=False)
        yield Static(id="form-refused", markup=False)

    def on_mount(self) -> None:
        """Begin in the first field."""
        super().on_mount()
        self.query_one(Form).query("Input, TextArea, Picks").first().focus()

    def paint(self) -> None:
        """Show what it is about; what stands in the fields stays."""
        half = Content("This was half typed before; F5 starts afresh.\n") if self._was_half else Content("")
        self.query_one("#form-heading", Static).update(self.heading())
        self._show("#form-lead", half + self.lead())
        self._show("#form-preview", self.preview(self.query_one(Form).values))

    def on_form_edited(self, event: Form.Edited) -> None:
        """Keep what is typed, in case the terminal dies, and show what would follow."""
        event.stop()
        self.keep_typed()
        self._show("#form-refused", Content(""))
        self._show("#form-preview", self.preview(self.query_one(Form).values))

    def on_form_done(self, event: Form.Done) -> None:
        """Give it to the session."""
        event.stop()
        if not self.workbook_app.may_edit():
            return
        form = self.query_one(Form)
        try:
            with self.session.as_seen(self._seen):
                told = self.take(form.values)
        except Refused as refused:
            self._show("#form-refused", said(f"✖ {refused}"))
            return
        if told:
            self.app.notify(said(told).plain, markup=False)
        if self.further is not None:
            self.app.push_screen(self.further, lambda _: self._came_back())
        else:
            self._ended()

    def keep_typed(self) -> None:
        """Tell what stands in the fields now; the app asks when the terminal dies."""
        form = self.query_one(Form)
        for part in form.parts:
            text = form.typed[part.name]
            self.workbook_app.typing(self._field(part), text if text != part.shown else "")

    def action_done(self) -> None:
        """Enter what stands there."""
        self.query_one(Form).finish()

    def action_afresh(self) -> None:
        """Throw away what was typed, and begin again."""
        self.query_one(Form).afresh()
        self._was_half = False
        self._forget()
        self.repaint()

    def action_put_off(self) -> None:
        """Leave; what was typed stays for later."""
        self.keep_typed()
        self.workbook_app.typing.flush()
        if any(self.session.typed.get(self._field(part)) for part in self.query_one(Form).parts):
            self.app.notify("Not entered. What you typed stands here again when you come back.")
        self.dismiss()

    def _came_back(self) -> None:
        """The form stays as it is where nothing was kept."""
        if self.further is not None and self.further.kept:
            self._ended()
        self.further = None

    def _ended(self) -> None:
        self._forget()
        self.dismiss()
        self.workbook_app.changed()

    def _field(self, part: Part) -> Field:
        return Field(f"{self.KIND}: {part.label.lower()}", self.subject)

    def _forget(self) -> None:
        self.workbook_app.typing.given(*(self._field(part) for part in self.query_one(Form).parts))

    def _show(self, name: str, text: Content) -> None:
        widget = self.query_one(name, Static)
        widget.update(text)
        widget.display = bool(text.plain)
