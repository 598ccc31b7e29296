"""Text for Textual and Rich widgets: never read as their markup."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workbook.text.terminal import terminal, terminal_lines

if TYPE_CHECKING:
    from rich.text import Text
    from textual.content import Content


def textual(text: str) -> Content:
    """Return one line for a Textual widget. Give it to the widget as it is: as a `str` it would be parsed again."""
    from textual.content import Content

    return Content(terminal(text))


def textual_lines(text: str) -> Content:
    """Return several lines for a Textual widget; the same holds."""
    from textual.content import Content

    return Content(terminal_lines(text))


def rich_text(text: str) -> Text:
    """Return one line for a cell of a DataTable or a label of a Tree."""
    from rich.text import Text

    return Text(terminal(text), end="")
