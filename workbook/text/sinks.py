"""Every encoder by name."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from workbook.text.ci import ci_log, github_command
from workbook.text.commit import commit_line, trailer_value
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
from workbook.text.links import html_link, markdown_link
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
    "html_link": html_link,
    "markdown_link": markdown_link,
    "csv_cell": csv_cell,
    "json_document": json_document,
    "json_shown": json_shown,
    "python_literal": python_literal,
    "javascript_literal": javascript_literal,
    "yaml_string": yaml_string,
    "sarif_uri": sarif_uri,
    "sarif_message": sarif_message,
    "toml_comment": toml_comment,
    "commit_line": commit_line,
    "trailer_value": trailer_value,
    "shell_display": lambda text: shell_display([text]),
    "ci_log": lambda text: ci_log(terminal_lines(text)),
    "github_command": lambda text: github_command("error", text, file=text, line=1),
}
"""Every encoder by name; the payload corpus of the tests runs through all of them."""
