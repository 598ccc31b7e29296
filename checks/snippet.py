"""The lines a finding shows: cut by ourselves from the tree, short, and without secret values."""

from __future__ import annotations

from checks.observation import Location
from checks.secrets import shapes as secrets

MAX_LINES = 3
MAX_WIDTH = 200
"""Characters a line."""


def cut(text: str | None, location: Location) -> str:
    """The first lines of a location, secret-shaped strings replaced; empty where there is no text or no line."""
    if text is None or location.line < 1:
        return ""
    last = min(max(location.line, location.end_line), location.line + MAX_LINES - 1)
    # Only "\n" ends a line here, as in semgrep: `splitlines` also ends one at form feeds and Unicode separators.
    # The whole text is redacted before it is cut: a line from inside a key block does not look like one by itself.
    lines = secrets.redact(text).split("\n")[location.line - 1 : last]
    return "\n".join(line.rstrip()[:MAX_WIDTH] for line in lines)
