"""An explanation as Markdown, for pages of reference."""

from __future__ import annotations

from collections.abc import Iterator

from workbook.explain.record import Explanation, Part, Shown
from workbook.text import markdown_prose

_LANGUAGES = {
    "py": "python", "js": "js", "mjs": "js", "ts": "ts", "tsx": "tsx", "json": "json", "yml": "yaml", "yaml": "yaml",
    "toml": "toml", "md": "markdown", "sql": "sql", "sh": "sh", "txt": "text",
}  # fmt: skip


def lines(one: Explanation, level: int = 2, *, examples: bool = True) -> Iterator[str]:
    """The whole explanation; its heading, of `level`, is the id, so that links can name it."""
    yield f"{'#' * level} {markdown_prose(one.id)}"
    yield ""
    yield markdown_prose(one.title)
    yield ""
    for part in one.parts():
        yield from _part(part)
    for shown in one.examples if examples else ():
        yield ""
        yield from example(shown)


def _part(part: Part) -> Iterator[str]:
    heading = markdown_prose(part.heading)
    if len(part.lines) == 1:
        yield f"- **{heading}**: {markdown_prose(part.lines[0])}"
        return
    yield f"- **{heading}**:"
    yield from (f"  - {markdown_prose(line)}" for line in part.lines)


def example(shown: Shown) -> Iterator[str]:
    """One example, each file in a fence that its text cannot end."""
    yield f"**Example** {markdown_prose(shown.note)}:"
    if shown.removes:
        yield ""
        yield f"Take out of the tree: {', '.join(markdown_prose(path) for path in shown.removes)}"
    for path, text in shown.files.items():
        fence = "`" * max(3, 1 + max((len(run) for run in _runs(text)), default=0))
        yield ""
        yield f"`{path}`"
        yield ""
        yield fence + _LANGUAGES.get(path.rsplit(".", 1)[-1], "text")
        yield from text.rstrip("\n").split("\n")
        yield fence


def _runs(text: str) -> Iterator[str]:
    from re import findall

    yield from findall("`+", text)
