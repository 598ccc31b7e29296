"""Guards that a setting switches on: whether they let everybody through as the repository stands."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from checks.application.switches import conditions, is_unset, off_by
from checks.application.wiring import files_matching, span
from checks.files.listed import PYTHON_OF_PRODUCT
from checks.observation import Location

if TYPE_CHECKING:
    from checks.look import Look

_SWITCH = re.compile(
    r"(?im)^[ \t]*if\s+not\s+(?:\w+(?:\(\))?\.)*"
    r"(?P<name>(?:enable|require|use)_?\w*auth\w*|auth\w*_?(?:enabled|required|on))\s*:\s*\n?\s*return\b"
)
"""A switch that is named so, and a guard that ends at once without it."""
_ON = r"\s*(?::\s*bool\s*)?=\s*(?:[^\n=]*(?:\b[Tt]rue\b|[\"'](?:1|on|yes)[\"'])|[^\n]*default\s*=\s*True)"
_OFF = r"\s*(?::\s*bool\s*)?=\s*[^\n]*\b[Ff]alse"
_REFUSES = re.compile(r"\b40[13]\b|HTTP_40[13]|[Uu]nauthori[sz]ed|Forbidden|PermissionDenied|\babort\(|\braise\b")


def may_refuse(look: Look) -> list[str]:
    """The files of Python in which a guard may stand that `is_off_by_default`: the others have none."""
    pattern = rf"(?im:{_SWITCH.pattern.removeprefix('(?im)')})|{_REFUSES.pattern}"
    return files_matching(look, pattern, PYTHON_OF_PRODUCT)


def is_off_by_default(look: Look, path: str, first: int, last: int) -> bool:
    """Whether a Python guard's lines refuse nobody as the repository stands: a switch is off, or no key is set."""
    text = span(look, path, first, last)
    found = _SWITCH.search(text)
    if found and not _is_on(look, found["name"]):
        return True
    refusing = [Location(path, first + number) for number, line in enumerate(text.split("\n")) if _REFUSES.search(line)]
    return bool(refusing) and all(_never_runs(look, place) for place in refusing)


def _never_runs(look: Look, place: Location) -> bool:
    return any(off_by(look, one) or is_unset(look, one) for one in conditions(look, place))


def _is_on(look: Look, name: str) -> bool:
    for path in look.sources_with(name.lower(), among=PYTHON_OF_PRODUCT):
        source = look.tree.text(path) or ""
        if re.search(rf"(?im)^\s*{re.escape(name)}{_OFF}", source):
            return False
        if re.search(rf"(?im)^\s*{re.escape(name)}{_ON}", source):
            return True
    return False
