"""The script parts of component files, at the lines where they stand."""

from __future__ import annotations

import re
from collections.abc import Iterator

HAS_SCRIPTS = (".vue", ".svelte", ".astro")

# Bounded, and looked for one after the other: a single pattern takes quadratic time where no block is closed.
_OPEN = re.compile(r"<script\b[^>]{0,1000}>", re.IGNORECASE)
_CLOSE = re.compile(r"</script\s{0,100}>", re.IGNORECASE)
_FRONT_MATTER = re.compile(r"\A\s*---\r?\n(.*?)^---\s*$", re.DOTALL | re.MULTILINE)


def only_scripts(path: str, text: str) -> str:
    """The text of a Vue, Svelte or Astro file with all but its script parts blanked, so that line numbers stay."""
    parts = list(script_spans(text))
    if path.endswith(".astro"):
        parts += [match.span(1) for match in _FRONT_MATTER.finditer(text)]
    kept, end = [], 0
    for first, last in sorted(parts):
        if first >= end:
            kept += [_blank(text[end:first]), text[first:last]]
            end = last
    return "".join([*kept, _blank(text[end:])])


def script_spans(text: str) -> Iterator[tuple[int, int]]:
    """Where the contents of script blocks begin and end."""
    end = 0
    while (opened := _OPEN.search(text, end)) and (closed := _CLOSE.search(text, opened.end())):
        yield opened.end(), closed.start()
        end = closed.end()


def _blank(text: str) -> str:
    return "\n" * text.count("\n")
