"""An explanation as HTML, for a notebook."""

from __future__ import annotations

from collections.abc import Iterator

from workbook.explain.record import Explanation, Shown
from workbook.text import html


def explain_html(one: Explanation) -> str:
    """A heading, the parts, and the examples. Everything in it is encoded."""
    parts = "".join(f"<p><strong>{html(part.heading)}</strong></p>{_lines(part.lines)}" for part in one.parts())
    shown = "".join("".join(_example(example)) for example in one.examples)
    return f"<h4>{html(one.id)}: {html(one.title)}</h4>{parts}{shown}"


def _lines(lines: tuple[str, ...]) -> str:
    return f"<ul>{''.join(f'<li>{html(line)}</li>' for line in lines)}</ul>"


def _example(shown: Shown) -> Iterator[str]:
    yield f"<p><strong>Example for {html(shown.signal)}, {html(shown.note)}</strong></p>"
    yield from (f"<p>Take out of the tree: {html(path)}</p>" for path in shown.removes)
    for path, text in shown.files.items():
        yield f"<p>{html(path)}</p><pre>{html(text)}</pre>"
