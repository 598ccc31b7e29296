"""A list to move through with arrows, j and k, or the mouse."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import ClassVar

from textual.binding import BindingType
from textual.content import Content
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from tui.actions import bindings
from tui.widgets.hanging import Hanging


class Rows(OptionList):
    """An option list whose rows are ids with text; repainting keeps the highlighted row."""

    _texts: Mapping[str, str] = MappingProxyType({})
    BINDINGS: ClassVar[list[BindingType]] = bindings("list")

    def show(self, rows: Sequence[tuple[str, Content]]) -> None:
        """Paint rows of (id, text); an id of "" makes a heading that cannot be chosen."""
        kept = self.chosen
        self._texts = {name: text.plain for name, text in rows if name}
        place = self.highlighted
        self.clear_options()
        self.add_options([Option(Hanging(text), id=name or None, disabled=not name) for name, text in rows])
        names = [name for name, _ in rows]
        if kept in names and kept:
            self.highlighted = names.index(kept)
        elif any(names):
            usable = [index for index, name in enumerate(names) if name]
            self.highlighted = min(usable, key=lambda index: abs(index - (place or 0)))

    def watch_show_vertical_scrollbar(self) -> None:
        """A scrollbar takes columns: measure the rows again, or their last words fall off."""
        self._clear_caches()

    @property
    def text(self) -> str:
        """The highlighted row as it is read."""
        return " ".join(self._texts.get(self.chosen, "").split())

    @property
    def chosen(self) -> str:
        """The id of the highlighted row, "" when there is none."""
        if self.highlighted is None or self.highlighted >= self.option_count:
            return ""
        return self.get_option_at_index(self.highlighted).id or ""
