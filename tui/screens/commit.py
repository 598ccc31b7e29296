"""Save and commit: what will be written, who took part, and the message."""

from __future__ import annotations

from typing import ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.widgets import Button, Input, Static, TextArea

from tui.actions import bindings
from tui.screens.base import WorkbookScreen
from tui.screens.diff import DiffView
from tui.wording import edits, said, said_lines
from workbook.commit import Committed, commit, preview
from workbook.errors import Refused
from workbook.ledger.half_typed import Field
from workbook.people import People, person
from workbook.places import Place
from workbook.text import terminal

MESSAGE, CO_AUTHORS = Field("commit message"), Field("co-authors")


class CommitView(WorkbookScreen):
    """Navigators become co-authors; the message stands there as the workbook writes it, to be changed."""

    BINDINGS: ClassVar[list[BindingType]] = bindings("commit", "everywhere")

    def __init__(self) -> None:
        super().__init__()
        self._committing = False
        self._written = ""
        """The message as the workbook writes it; while it stands so, it follows what changes."""

    def content(self) -> ComposeResult:
        """People, message, what will be written; the button, so that Enter after the people commits."""
        yield Static(Content("Save and commit"), markup=False, classes="heading")
        yield Static(Content("Who sat with you? Name <mail>, several with ;"), markup=False, classes="hint")
        half = self.session.typed.get
        here = terminal("; ".join(self.session.people.navigators))
        yield Input(half(CO_AUTHORS) or here, id="commit-navigators", select_on_focus=False, compact=True)
        yield Static(Content("Message, to be changed as you like"), markup=False, classes="hint")
        self._written = self._preview()[0]
        message = TextArea(half(MESSAGE) or self._written, compact=True, show_line_numbers=False, id="commit-message")
        yield message
        yield Static(id="commit-trailers", markup=False, classes="hint")
        with VerticalScroll(can_focus=False):
            yield Static(id="commit-edits", markup=False)
        with Horizontal(id="commit-buttons"):
            yield Button(Content("Commit  (F2)"), id="commit-go", compact=True)
            yield Button(Content("Show the diff  (F3)"), id="commit-diff", compact=True)

    def paint(self) -> None:
        """Show what a commit would hold."""
        lines = edits(self.session, self.session.pending)
        fresh = self.session.has_state and not self.session.document.digest
        head = "A new readiness.toml" if fresh else f"{len(lines)} unsaved" if lines else "Everything is saved"
        self.query_one("#commit-edits", Static).update(Content("\n").join([Content.assemble((head, "bold")), *lines]))
        text, trailers = self._preview()
        message = self.query_one("#commit-message", TextArea)
        if message.text == self._written:
            message.text = text
        self._written = text
        shown = self.query_one("#commit-trailers", Static)
        shown.update(said_lines(trailers))
        shown.display = bool(trailers)

    def _preview(self) -> tuple[str, str]:
        """The message, and the trailers that are added below whatever it says by then."""
        try:
            text = preview(self.session)
        except Refused as refused:
            return "", str(refused)
        words, mark, trailers = text.partition("\n\nCo-authored-by: ")
        return words.rstrip("\n"), f"Co-authored-by: {trailers.rstrip()}" if mark else ""

    def on_input_changed(self, event: Input.Changed) -> None:
        """Keep what is typed, in case the terminal dies."""
        event.stop()
        self.keep_typed()

    def on_text_area_changed(self, event: TextArea.Changed) -> None:
        """The same for the message."""
        event.stop()
        self.keep_typed()

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """Commit, or show what that would change."""
        event.stop()
        if event.button.id == "commit-diff":
            self.action_show_diff()
        else:
            self.action_commit()

    def keep_typed(self) -> None:
        """Tell what stands in the fields now; the app asks when the terminal dies."""
        typing, people = self.workbook_app.typing, terminal("; ".join(self.session.people.navigators))
        names = self.query_one("#commit-navigators", Input).value
        message = self.query_one("#commit-message", TextArea).text
        typing(MESSAGE, message if message != self._written else "")
        typing(CO_AUTHORS, names if names != people else "")

    def action_dismiss_screen(self) -> None:
        """Back without committing: what was typed is thrown away."""
        self.workbook_app.typing.given(MESSAGE, CO_AUTHORS)
        super().action_dismiss_screen()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Enter takes the people and goes on to the button; the message is one step back."""
        event.stop()
        if self._navigators():
            self.repaint()
            self.query_one("#commit-go").focus()

    def _navigators(self) -> bool:
        typed = self.query_one("#commit-navigators", Input).value
        try:
            names = tuple(person(one) for one in typed.split(";") if one.strip())
        except Refused as refused:
            self.workbook_app.complain(str(refused))
            return False
        self.session.people = People(self.session.people.driver, names)
        return True

    def action_show_diff(self) -> None:
        """Every line that would change, the people and the message being as they stand here."""
        self.app.push_screen(DiffView())

    def action_commit(self) -> None:
        """Save, then commit our files."""
        if (
            self._committing
            or not self._navigators()
            or not self.workbook_app.may_edit()
            or not self.workbook_app.save()
        ):
            return
        self._committing = True
        self.query_one("#commit-edits", Static).update(Content("Committing; git and its hooks run …"))
        message = self.query_one("#commit-message", TextArea).text.strip()
        self._run(message if message != self._written.strip() else None)

    @work(thread=True, exit_on_error=False)
    def _run(self, message: str | None) -> None:
        """In a thread, because hooks and signing may take long; everything is saved before, so nothing is edited."""
        try:
            made = commit(self.session, message=message, navigators=self.session.people.navigators)
        except Refused as refused:
            self.app.call_from_thread(self._ended, None, str(refused))
        else:
            self.app.call_from_thread(self._ended, made, "")

    def _ended(self, made: Committed | None, trouble: str) -> None:
        self._committing = False
        # The next answers stand on the commit that was just made.
        self.session.place = Place.of(self.session.root)
        self.workbook_app.changed()
        if made is None:
            self.workbook_app.complain(trouble)
        else:
            self.workbook_app.typing.given(MESSAGE, CO_AUTHORS)
            files = said(", ".join(made.files)).plain
            self.app.notify(f"Committed {made.id[:10]}: {files}", markup=False)
            self.dismiss()
