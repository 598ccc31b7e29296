"""The script parts of component files, at the lines where they stand."""

from __future__ import annotations

import re

HAS_SCRIPTS = (".vue", ".svelte", ".astro")

_SCRIPT = re.compile(r"<script\b[^>]*>(.*?)</script\s*>", re.DOTALL | re.IGNORECASE)
_FRONT_MATTER = re.compile(r"\A\s*---\r?\n(.*?)^---\s*$", re.DOTALL | re.MULTILINE)


def only_scripts(path: str, text: str) -> str:
    """The text of a Vue, Svelte or Astro file with all but its script parts blanked, so that line numbers stay."""
    parts = [match.span(1) for match in _SCRIPT.finditer(text)]
    if path.endswith(".astro"):
        parts += [match.span(1) for match in _FRONT_MATTER.finditer(text)]
    kept, end = [], 0
    for first, last in sorted(parts):
        if first >= end:
            kept += [_blank(text[end:first]), text[first:last]]
            end = last
    return "".join([*kept, _blank(text[end:])])


def _blank(text: str) -> str:
    return "\n" * text.count("\n")
