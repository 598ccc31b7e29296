"""The footer: the keys that work now, as many as there is room for."""

from __future__ import annotations

from collections.abc import Sequence

from rich.cells import cell_len
from textual.app import ComposeResult
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Footer

ALWAYS = ("app.help", "app.leave", "app.save")
"""What stays in sight where there is no room for all, first the first; the others go from the right."""


class KeyLine(Footer):
    """Textual's footer, cut at whole keys where it does not fit, and made anew only where its keys changed.

    Each time it is made anew its old keys would go on watching it for ever, some 100 kB a time; they are told to go.
    """

    _shown: tuple[object, ...] = ()

    def compose(self) -> ComposeResult:
        """The keys that fit."""
        yield from _fitting(list(super().compose()), self.app.size.width)

    def on_resize(self) -> None:
        """Another width has room for others."""
        self.bindings_changed(self.screen)

    def bindings_changed(self, screen: Screen[object]) -> None:
        """Make the keys anew if they are others than before."""
        keys = tuple((key, one.binding.description, one.enabled) for key, one in screen.active_bindings.items())
        now = (self.app.size.width, keys)
        if now != self._shown:
            self._shown = now
            super().bindings_changed(screen)

    async def recompose(self) -> None:
        """Make the keys anew, and let the old ones go."""
        await super().recompose()
        self.mutate_reactive(Footer.compact)


def _fitting(keys: Sequence[Widget], width: int) -> list[Widget]:
    """The keys that fit, in their order."""
    last = len(ALWAYS)
    first = sorted(keys, key=lambda key: ALWAYS.index(_action(key)) if _action(key) in ALWAYS else last)
    kept, room = [], width
    for key in first:
        room -= cell_len(getattr(key, "key_display", "")) + cell_len(getattr(key, "description", "")) + 2
        if room < 0:
            break
        kept.append(key)
    return [key for key in keys if key in kept]


def _action(key: Widget) -> str:
    return str(getattr(key, "action", ""))
