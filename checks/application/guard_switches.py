"""Guards that a setting switches on: whether they let everybody through as the repository stands."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from checks.look import PYTHON

if TYPE_CHECKING:
    from checks.look import Look

_SWITCH = re.compile(
    r"(?im)^[ \t]*if\s+not\s+(?:\w+(?:\(\))?\.)*"
    r"(?P<name>(?:enable|require|use)_?\w*auth\w*|auth\w*_?(?:enabled|required|on))\s*:\s*\n?\s*return\b"
)
"""A switch that is named so, and a guard that ends at once without it."""
_ON = r"\s*(?::\s*bool\s*)?=\s*(?:[^\n=]*(?:\b[Tt]rue\b|[\"'](?:1|on|yes)[\"'])|[^\n]*default\s*=\s*True)"
_OFF = r"\s*(?::\s*bool\s*)?=\s*[^\n]*\b[Ff]alse"


def is_off_by_default(look: Look, text: str) -> bool:
    """Whether a Python guard's source ends at a switch whose default, where it is written, is not on."""
    found = _SWITCH.search(text)
    return bool(found) and not _is_on(look, found["name"] if found else "")


def _is_on(look: Look, name: str) -> bool:
    for path in look.source_paths(*PYTHON):
        source = look.tree.text(path) or ""
        if name.lower() not in source.lower():
            continue
        if re.search(rf"(?im)^\s*{re.escape(name)}{_OFF}", source):
            return False
        if re.search(rf"(?im)^\s*{re.escape(name)}{_ON}", source):
            return True
    return False
