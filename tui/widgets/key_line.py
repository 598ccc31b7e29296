"""The footer: the keys that work now."""

from __future__ import annotations

from textual.screen import Screen
from textual.widgets import Footer


class KeyLine(Footer):
    """Textual's footer, made anew only where its keys changed.

    Each time it is made anew its old keys would go on watching it for ever, some 100 kB a time; they are told to go.
    """

    _shown: tuple[tuple[str, str, bool], ...] = ()

    def bindings_changed(self, screen: Screen[object]) -> None:
        """Make the keys anew if they are others than before."""
        now = tuple((key, one.binding.description, one.enabled) for key, one in screen.active_bindings.items())
        if now != self._shown:
            self._shown = now
            super().bindings_changed(screen)

    async def recompose(self) -> None:
        """Make the keys anew, and let the old ones go."""
        await super().recompose()
        self.mutate_reactive(Footer.compact)
