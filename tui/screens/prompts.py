"""Small windows that ask for one thing: a line of text, or one of a few choices."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, ClassVar, cast

from textual.app import ComposeResult, SuspendNotSupported
from textual.binding import BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.events import Key
from textual.screen import ModalScreen
from textual.widgets import Input, OptionList, Static

from tui.actions import bindings
from tui.editor import edited, editor_command
from tui.widgets.rows import Rows
from tui.wording import said
from workbook.errors import Refused
from workbook.ledger.half_typed import Field

if TYPE_CHECKING:
    from tui.app import ReadinessApp


class TextPrompt(ModalScreen[bool]):
    """Asks for a line of text. Enter gives it to `take`, Esc throws it away; `required` refuses an empty line.

    Gives whether it was taken.

    What `take` refuses stays in the input, with the reason below it, so that it can be mended. What is half typed when
    the terminal dies stands in the same prompt the next time it opens.
    """

    BINDINGS: ClassVar[list[BindingType]] = bindings("line")

    def __init__(
        self,
        field: Field,
        title: Content,
        hint: str,
        take: Callable[[str], None],
        *,
        value: str = "",
        required: bool = False,
        long: str | None = None,
        proposed: bool = False,
    ) -> None:
        super().__init__()
        self._field, self._title, self._hint, self._take = field, title, hint, take
        self._value, self._required, self._long, self._proposed = value, required, long, proposed

    def compose(self) -> ComposeResult:
        """Title, input, hint."""
        app = cast("ReadinessApp", self.app)
        # What others save from here on must not be overwritten by what was begun before.
        self._seen = app.session.on_disk
        half = app.session.typed.get(self._field)
        stands = f" It was: {self._value}" if half and self._value else ""
        with Vertical(classes="prompt"):
            yield Static(self._title, markup=False, classes="prompt-title")
            # What is only proposed is selected: whatever is typed or pasted takes its place.
            yield Input(half or self._value, select_on_focus=self._proposed and not half)
            yield Static(
                said(f"This was half typed last time. {self._hint}{stands}" if half else self._hint),
                markup=False,
                classes="hint",
            )

    def on_input_changed(self, event: Input.Changed) -> None:
        """Keep what is typed, in case the terminal dies."""
        event.stop()
        self.keep_typed()

    def keep_typed(self) -> None:
        """Tell what stands in the field now; the app asks when the terminal dies."""
        text = self.query_one(Input).value
        cast("ReadinessApp", self.app).typing(self._field, text if text != self._value else "")

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Give the text."""
        event.stop()
        app, text = cast("ReadinessApp", self.app), event.value.strip()
        if self._required and not text:
            self._say("A few words are needed. Esc cancels.")
            return
        try:
            with app.session.as_seen(self._seen):
                self._take(text)
        except Refused as refused:
            self._say(str(refused))
            return
        app.typing.given(self._field)
        self.dismiss(True)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002  Textual's signature
        """The editor is for texts that may have several lines."""
        return action != "edit" or self._long is not None

    def action_edit(self) -> None:
        """Write the text in one's own editor; what it holds at the end is taken."""
        app, field = cast("ReadinessApp", self.app), self.query_one(Input)
        before = self._long if field.value == self._value and self._long is not None else field.value
        try:
            command = editor_command(os.environ)
            with app.suspend():
                after = edited(before, command)
            with app.session.as_seen(self._seen):
                self._take(after)
        except SuspendNotSupported:
            self._say("This terminal cannot be lent to an editor.")
        except Refused as refused:
            self._say(str(refused))
        else:
            app.typing.given(self._field)
            self.dismiss(True)

    def action_cancel(self) -> None:
        """Throw the text away."""
        cast("ReadinessApp", self.app).typing.given(self._field)
        self.dismiss(False)

    def _say(self, text: str) -> None:
        hint = self.query_one(".hint", Static)
        hint.update(said(text))
        hint.add_class("-refused")


class ChoicePrompt(ModalScreen[str | None]):
    """Asks for one of a few choices, each with its own key; Enter takes the highlighted one, Esc gives None."""

    BINDINGS: ClassVar[list[BindingType]] = bindings("window")

    def __init__(
        self, title: Content, choices: Sequence[tuple[str, str | Content]], about: Content | None = None
    ) -> None:
        super().__init__()
        self._title, self._choices, self._about = title, choices, about

    def compose(self) -> ComposeResult:
        """Title, what it is about, choices."""
        with Vertical(classes="prompt"):
            yield Static(self._title, markup=False, classes="prompt-title")
            if self._about is not None:
                yield Static(self._about, markup=False, classes="prompt-about")
            yield Rows()

    def on_mount(self) -> None:
        """Fill the list; the first choice is highlighted."""
        rows = [(key, Content.assemble((key, "bold $text-accent"), "  ", word)) for key, word in self._choices]
        self.query_one(Rows).show(rows)

    def action_cancel(self) -> None:
        """Close without a choice."""
        self.dismiss(None)

    def on_key(self, event: Key) -> None:
        """A choice's own key takes it."""
        if any(event.character == key for key, _ in self._choices):
            event.stop()
            self.dismiss(event.character)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Take the choice."""
        event.stop()
        self.dismiss(event.option_id)
