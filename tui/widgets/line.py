"""A line to type in that hands Enter on at once, so that what is typed right behind it goes to the next field."""

from __future__ import annotations

from collections.abc import Callable

from textual.events import Key
from textual.suggester import Suggester
from textual.widgets import Input


class Line(Input):
    """Keys come in a queue. By the time a message about Enter were handled, the next ones would stand in this line."""

    def __init__(self, text: str, go_on: Callable[[], None], *, suggester: Suggester | None, id: str) -> None:  # noqa: A002  Textual's name
        super().__init__(text, compact=True, select_on_focus=False, suggester=suggester, id=id)
        self._go_on = go_on

    def on_key(self, event: Key) -> None:
        """Enter goes on; what was meant for the field that has the focus by now goes there."""
        focused = self.screen.focused
        if focused is not None and focused is not self:
            event.stop()
            event.prevent_default()
            focused.post_message(Key(event.key, event.character))
        elif event.key == "enter":
            event.stop()
            event.prevent_default()
            self._go_on()
