"""Untrusted text on its way out: one encoder a sink, so that it is only ever text."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Final

from workbook.text.ci import ci_log, github_command
from workbook.text.files import (
    csv_cell,
    javascript_literal,
    json_document,
    json_shown,
    python_literal,
    sarif_message,
    sarif_uri,
    toml_comment,
    yaml_string,
)
from workbook.text.terminal import shell_display, terminal, terminal_lines

if TYPE_CHECKING:
    from workbook.text.commit import commit_line, trailer_value
    from workbook.text.links import file_target, html_link, link_target, markdown_link, shown_address, web_target
    from workbook.text.markup import html, markdown, markdown_prose
    from workbook.text.screen import rich_text, textual, textual_lines

__all__ = [
    "ci_log",
    "commit_line",
    "csv_cell",
    "file_target",
    "github_command",
    "html",
    "html_link",
    "javascript_literal",
    "json_document",
    "json_shown",
    "link_target",
    "markdown",
    "markdown_link",
    "markdown_prose",
    "python_literal",
    "rich_text",
    "sarif_message",
    "sarif_uri",
    "shell_display",
    "shown_address",
    "terminal",
    "terminal_lines",
    "textual",
    "textual_lines",
    "toml_comment",
    "trailer_value",
    "web_target",
    "yaml_string",
]

_MARKED_UP: Final = {
    "commit_line": "commit",
    "trailer_value": "commit",
    "file_target": "links",
    "html_link": "links",
    "link_target": "links",
    "markdown_link": "links",
    "shown_address": "links",
    "web_target": "links",
    "html": "markup",
    "markdown": "markup",
    "markdown_prose": "markup",
    "rich_text": "screen",
    "textual": "screen",
    "textual_lines": "screen",
}
"""The encoders that few calls of the command line need, and where each lives: loaded when asked for."""


def __getattr__(name: str) -> object:
    if name not in _MARKED_UP:
        raise AttributeError(name)
    return getattr(import_module(f"workbook.text.{_MARKED_UP[name]}"), name)
