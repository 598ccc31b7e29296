"""Small windows that ask for one thing: a line of text, or one of a few choices."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.events import Key
from textual.screen import ModalScreen
from textual.widgets import Input, OptionList, Static

from tui.widgets.rows import Rows


class TextPrompt(ModalScreen[str | None]):
    """Asks for a line of text. Enter gives it, Esc gives None; `required` refuses an empty line."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "dismiss(None)", "cancel")]

    def __init__(
        self,
        title: Content,
        hint: str,
        *,
        value: str = "",
        required: bool = False,
        rescue: Callable[[str], None] | None = None,
    ) -> None:
        super().__init__()
        self._keep = rescue
        self._title, self._hint, self._value, self._required = title, hint, value, required

    def compose(self) -> ComposeResult:
        """Title, input, hint."""
        with Vertical(classes="prompt"):
            yield Static(self._title, markup=False, classes="prompt-title")
            yield Input(self._value, select_on_focus=False)
            yield Static(self._hint, markup=False, classes="hint")

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Give the text back."""
        event.stop()
        if self._required and not event.value.strip():
            self.query_one(".hint", Static).update(Content("A few words are needed. Esc cancels."))
        else:
            self.dismiss(event.value.strip())

    def rescue(self) -> None:
        """The terminal dies: hand over what is half typed, where somebody can keep it."""
        if self._keep is not None:
            self._keep(self.query_one(Input).value)


class ChoicePrompt(ModalScreen[str | None]):
    """Asks for one of a few choices, each with its own key; Enter takes the highlighted one, Esc gives None."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "dismiss(None)", "cancel")]

    def __init__(self, title: Content, choices: Sequence[tuple[str, str]], about: Content | None = None) -> None:
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
        rows = [(key, Content.assemble((key, "bold $text-accent"), f"  {word}")) for key, word in self._choices]
        self.query_one(Rows).show(rows)

    def on_key(self, event: Key) -> None:
        """A choice's own key takes it."""
        if any(event.character == key for key, _ in self._choices):
            event.stop()
            self.dismiss(event.character)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Take the choice."""
        event.stop()
        self.dismiss(event.option_id)
