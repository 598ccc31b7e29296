"""One of a few choices, all of them in sight; the first letter of a choice takes it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from textual.content import Content
from textual.events import Key
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from tui.wording import said


class Picks(OptionList):
    """A list whose highlighted line is what is chosen; nothing is until somebody moves there."""

    def __init__(
        self,
        choices: Sequence[tuple[str, str]],
        chosen: str,
        go_on: Callable[[], None],
        *,
        id: str,  # noqa: A002  Textual's name
    ) -> None:
        self._words, self._go_on = dict(choices), go_on
        super().__init__(
            *(Option(_line(words, on=name == chosen), id=name) for name, words in choices), id=id, compact=True
        )
        self.choose(chosen)

    @property
    def chosen(self) -> str:
        """The value that is chosen, "" before one is."""
        return "" if self.highlighted is None else self.get_option_at_index(self.highlighted).id or ""

    def choose(self, name: str) -> None:
        """Choose a value, or nothing."""
        names = list(self._words)
        self.highlighted = names.index(name) if name in names else None

    def watch_highlighted(self, highlighted: int | None) -> None:
        """Mark what is chosen with more than a color."""
        super().watch_highlighted(highlighted)
        if not self.is_mounted:
            return
        for index, (name, words) in enumerate(self._words.items()):
            self.replace_option_prompt(name, _line(words, on=index == highlighted))

    def on_key(self, event: Key) -> None:
        """Enter takes it at once, before the keys behind it; the first letter, or a digit, goes to what begins so."""
        focused = self.screen.focused
        if focused is not None and focused is not self:
            event.stop()
            event.prevent_default()
            focused.post_message(Key(event.key, event.character))
            return
        if event.key == "enter" and self.chosen:
            event.stop()
            event.prevent_default()
            self._go_on()
            return
        names = [name for name in self._words if event.character and name.startswith(event.character)]
        if names:
            event.stop()
            after = names.index(self.chosen) + 1 if self.chosen in names else 0
            self.choose(names[after % len(names)])


def _line(words: str, *, on: bool) -> Content:
    return Content.assemble("● " if on else "○ ", said(words))
