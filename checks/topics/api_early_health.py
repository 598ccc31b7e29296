"""Health answered before anything is routed: by a middleware that looks at the path, or around the application."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from checks.application.calls_seen import Seen, calls_that, lines_of
from checks.application.wiring import reached
from checks.look import PYTHON
from checks.observation import Location
from checks.reads import of_one_file

if TYPE_CHECKING:
    from checks.look import Look

_COMPARES = re.compile(
    r"\b(?:path(?:_info|name)?|url)\b[\"')\]]{0,3}\s*(?:={2,3}|\bin\s*[(\[{])\s*[\"'](?P<path>/[^\"'\n]*)[\"']"
    r"(?P<body>[^\n]*(?:\n[^\n]*){0,2})"
)
_RESPONDS = re.compile(
    r"\b(?:return|yield)\s+(?:await\s+)?(?:new\s+)?(?:\w+\.)*\w*Response\w*(?:\.json)?\(|\bres(?:ponse)?\.(?:status|sendStatus|send|end|json)\("
    r"|\bc(?:tx|ontext)?\.(?:text|json|body)\(|\bawait send\(|\bstart_response\("
)
_WORDS = ("health", "live", "ready", "readi", "ping", "heartbeat", "status")
"""Files without any of these are not looked through."""
_OUTER = re.compile(r"\w*(?:app|application|handler|server)", re.IGNORECASE)


def answered_early(look: Look, paths: re.Pattern[str], names: re.Pattern[str]) -> list[Location]:
    """Where reached code answers such a path itself, or wraps the application in a function of such a name for one."""
    found = []
    asked = f"{paths.flags}\n{paths.pattern}"
    for path, lines in look.gather(_answers, asked).items():
        found += [Location(path, line) for line in lines] if reached(look, path) else []
    for call in calls_that(look, _wraps):
        if call.reached and names.match(call.last):
            given = (*call.arguments[1:], *call.keys.values())
            found += [call.place for one in given if one[:1] in "\"'" and paths.search(one.strip("\"'"))]
    return found


@of_one_file
def _answers(look: Look, path: str, asked: str) -> list[int]:
    """The lines on which a file compares a path with one that a pattern, behind its flags, finds, and answers."""
    whole = (look.tree.text(path) or "").lower()
    if not any(word in whole for word in _WORDS):
        return []
    flags, _, pattern = asked.partition("\n")
    paths = re.compile(pattern, int(flags))
    text = lines_of(look, path)
    return [
        text.count("\n", 0, match.start()) + 1
        for match in _COMPARES.finditer(text)
        if paths.search(match["path"]) and _RESPONDS.search(match["body"])
    ]


def _wraps(call: Seen, _: str) -> bool:
    """Whether a call of Python is given the application and something besides."""
    return len(call.arguments) > 1 and call.path.endswith(PYTHON) and bool(_OUTER.fullmatch(call.arguments[0]))
