"""Untrusted text on its way out: one encoder a sink, so that it is only ever text."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from workbook.text.commit import commit_line, trailer_value
from workbook.text.files import csv_cell, sarif_uri, toml_comment
from workbook.text.markup import html, markdown, markdown_prose
from workbook.text.screen import rich_text, textual, textual_lines
from workbook.text.terminal import shell_display, terminal, terminal_lines

SINKS: Final[dict[str, Callable[[str], object]]] = {
    "terminal": terminal,
    "terminal_lines": terminal_lines,
    "textual": textual,
    "textual_lines": textual_lines,
    "rich_text": rich_text,
    "markdown": markdown,
    "markdown_prose": markdown_prose,
    "html": html,
    "csv_cell": csv_cell,
    "sarif_uri": sarif_uri,
    "toml_comment": toml_comment,
    "commit_line": commit_line,
    "trailer_value": trailer_value,
    "shell_display": lambda text: shell_display([text]),
}
"""Every encoder by name; the payload corpus of the tests runs through all of them."""

__all__ = [
    "SINKS",
    "commit_line",
    "csv_cell",
    "html",
    "markdown",
    "markdown_prose",
    "rich_text",
    "sarif_uri",
    "shell_display",
    "terminal",
    "terminal_lines",
    "textual",
    "textual_lines",
    "toml_comment",
    "trailer_value",
]
