"""What a cell shows without widgets: a titled page of lines and a table, as plain text and as HTML.

Everything that comes in is untrusted and is encoded here, once, for each of the two sinks.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from workbook.text import html, terminal_lines

WIDTH = 88
"""Characters a line of the plain-text form may have before it wraps."""

LONG_TEXT = 40
"""Characters from which on a cell of a table is kept wide enough to be read."""

PLAIN = "text-align:left;vertical-align:top"
LONG = f"{PLAIN};min-width:16em;overflow-wrap:anywhere"

CLASSES = "readiness-page mathjax_ignore tex2jax_ignore"
"""JupyterLab would set what stands between dollar signs as formulas."""


@dataclass(frozen=True, slots=True)
class Page:
    """A title, some lines, and a table with one heading a column. Reads well without any style."""

    title: str
    lines: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()

    def __repr__(self) -> str:
        parts = [self.title, *(textwrap.fill(line, WIDTH) for line in self.lines)]
        for row in self.rows:
            parts.append("- " + row[0])
            parts += [
                textwrap.fill(f"{name}: {cell}", WIDTH, initial_indent="  ", subsequent_indent="    ")
                for name, cell in zip(self.columns[1:], row[1:], strict=True)
                if cell
            ]
        return terminal_lines("\n".join(parts))

    def _repr_html_(self) -> str:
        return f'<div class="{CLASSES}"><h3>{html(self.title)}</h3>{paragraphs(self.lines)}{self._table()}</div>'

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:  # noqa: ARG002  IPython passes both
        return {"text/plain": repr(self), "text/html": self._repr_html_()}

    def _table(self) -> str:
        filled = [index for index in range(len(self.columns)) if any(row[index] for row in self.rows)]
        rows = [[row[index] for index in filled] for row in self.rows]
        return table([self.columns[index] for index in filled], rows) if rows else ""


def paragraphs(lines: Iterable[str]) -> str:
    """Lines as HTML paragraphs."""
    return "".join(f"<p>{html(line)}</p>" for line in lines)


def table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Rows as an HTML table; the first cell of each heads its row."""
    head = "".join(f'<th scope="col" style="{PLAIN}">{html(name)}</th>' for name in columns)
    body = "".join(
        f'<tr><th scope="row" style="{PLAIN}">{html(row[0])}</th>'
        + "".join(f'<td style="{LONG if len(cell) > LONG_TEXT else PLAIN}">{html(cell)}</td>' for cell in row[1:])
        + "</tr>"
        for row in rows
    )
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
