"""A form made from data: its parts one below the other, each with its field and what is wrong with it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from textual.app import ComposeResult
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.events import DescendantFocus
from textual.message import Message
from textual.suggester import SuggestFromList
from textual.widget import Widget
from textual.widgets import Button, Input, OptionList, Static, TextArea

from tui.widgets.line import Line
from tui.widgets.part import Kind, Part
from tui.widgets.picks import Picks
from tui.wording import said
from workbook.errors import Refused
from workbook.text import terminal


class Form(VerticalScroll):
    """Parts one below the other. Enter goes on to the next; after the last one, or with the button, it is done."""

    can_focus = False

    class Edited(Message):
        """Something was typed or chosen."""

    class Done(Message):
        """Everything was entered and passed its checks."""

    def __init__(self, parts: Sequence[Part], half_typed: Mapping[str, str], button: str) -> None:
        super().__init__()
        self.parts = tuple(parts)
        self._half, self._word = half_typed, button

    def compose(self) -> ComposeResult:
        """The parts, then the button."""
        for part in self.parts:
            yield _Row(part, self._half.get(part.name, part.shown), self._go_on)
        yield Button(Content(f"{self._word}  (F2)"), id="form-done", compact=True)

    def on_mount(self) -> None:
        """Hide what is not asked for yet."""
        self._ask_what_counts()

    @property
    def typed(self) -> Mapping[str, str]:
        """What stands in every field now, as it stands there."""
        return {row.part.name: row.text for row in self.query(_Row)}

    @property
    def values(self) -> Mapping[str, str]:
        """What was entered, stripped; what was not touched is as it is stored, and what is not asked for is empty."""
        return {row.part.name: row.value if row.display else "" for row in self.query(_Row)}

    def afresh(self) -> None:
        """Put everything back to how it stood at first."""
        for row in self.query(_Row):
            row.begin()

    def finish(self) -> None:
        """Check everything; say what cannot be taken beside it, or that the form is done."""
        wrong = [row for row in self.query(_Row) if row.display and not row.passes()]
        if wrong:
            wrong[0].editor.focus()
        else:
            self.post_message(self.Done())

    def on_descendant_focus(self, event: DescendantFocus) -> None:
        """Show the label along with its field."""
        for row in self.query(_Row):
            if row.editor is event.widget:
                row.scroll_visible(animate=False)

    def on_input_changed(self, event: Input.Changed) -> None:
        """A key in a line."""
        event.stop()
        self._edited(event.input)

    def on_text_area_changed(self, event: TextArea.Changed) -> None:
        """A key in several lines."""
        event.stop()
        self._edited(event.text_area)

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        """Another choice."""
        event.stop()
        self._edited(event.option_list)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Enter on a choice, or a click."""
        event.stop()
        self._go_on(event.option_list)

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """The button."""
        event.stop()
        self.finish()

    def _edited(self, editor: Widget) -> None:
        row = next(row for row in self.query(_Row) if row.editor is editor)
        row.complain("")
        self._ask_what_counts()
        self.post_message(self.Edited())

    def _go_on(self, editor: Widget) -> None:
        asked = [row for row in self.query(_Row) if row.display]
        at = next(index for index, row in enumerate(asked) if row.editor is editor)
        if not asked[at].passes():
            return
        if at + 1 < len(asked):
            # Not `focus`, which waits: the keys behind this one are in line already.
            self.screen.set_focus(asked[at + 1].editor)
        else:
            self.finish()

    def _ask_what_counts(self) -> None:
        typed = self.typed
        for row in self.query(_Row):
            when = row.part.only_when
            row.display = when is None or typed.get(when[0]) == when[1]


class _Row(Vertical):
    """A label with its help, the field, and what is wrong with what stands in it."""

    def __init__(self, part: Part, text: str, go_on: Callable[[Widget], None]) -> None:
        super().__init__(classes="part")
        self.part, self._go_on = part, go_on
        self._error = Static(classes="part-error", markup=False)
        self.editor: Input | TextArea | Picks = self._made(text)

    def compose(self) -> ComposeResult:
        head = Content.assemble(said(self.part.label, "bold"), "  ", said(self.part.help, "$foreground 60%"))
        yield Static(head, classes="part-label", markup=False)
        yield self.editor
        yield self._error

    def _made(self, text: str) -> Input | TextArea | Picks:
        part, name = self.part, f"part-{self.part.name}"
        if part.kind is Kind.CHOICE:
            return Picks(part.choices, text, lambda: self._go_on(self.editor), id=name)
        if part.kind is Kind.LINES:
            lines = TextArea(text, compact=True, show_line_numbers=False, id=name)
            lines.move_cursor((0, len(lines.document.get_line(0))))
            return lines
        offers = SuggestFromList([terminal(one) for one in part.offers], case_sensitive=False) if part.offers else None
        return Line(text, lambda: self._go_on(self.editor), suggester=offers, id=name)

    @property
    def text(self) -> str:
        match self.editor:
            case TextArea():
                return self.editor.text
            case Picks():
                return self.editor.chosen
            case _:
                return self.editor.value

    @property
    def value(self) -> str:
        # Shown text has its control characters as escapes; unchanged, the stored one stays.
        return self.part.value if self.text == self.part.shown else self.text.strip()

    def begin(self) -> None:
        match self.editor:
            case TextArea():
                self.editor.text = self.part.shown
            case Picks():
                self.editor.choose(self.part.value)
            case _:
                self.editor.value = self.part.shown

    def passes(self) -> bool:
        """Whether what stands here can be taken; says why not."""
        trouble = ""
        if self.part.required and not self.value:
            trouble = "choose one" if self.part.kind is Kind.CHOICE else "a few words are needed"
        elif self.part.check is not None:
            try:
                self.part.check(self.value)
            except Refused as refused:
                trouble = str(refused)
        self.complain(trouble)
        return not trouble

    def complain(self, trouble: str) -> None:
        self._error.update(said(f"✖ {trouble}"))
        self._error.set_class(bool(trouble), "-shown")
