"""Whose id a name stands for: of the request that is served, of an answer from outside, or of nothing but a header."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from checks.application.wiring import Hit, arguments_of, calls, line_matches, span

if TYPE_CHECKING:
    from checks.look import Look

_LINES = 3
_LET_THROUGH = re.compile(r"(?i)(?:allow|expose)d?_?headers|access-control")
_OF_ANSWER = re.compile(
    r"\.json\(\)|\b(?:error|err|e|ex|exc|exception|answer|result|reply|upstream\w*)\??\.headers\b"
    r"|\b(?:response|resp)\.headers(?:\.get\(|\[[^\]]*\](?!\s*=[^=]))"
)
_MIDDLEWARE = (
    r"(?i)middleware|\.use\(|before_request|onRequest|\(\s*_?req\w*\s*(?::\s*\w+)?,\s*_?res\w*\s*(?::\s*\w+)?,\s*next\b"
)
_INSTALLS = r"(?:.*\.)?(?:use|register|forRoot|forRootAsync|apply|addHook)"


def is_of_request(look: Look, path: str, line: int) -> bool:
    """Whether the name of an id in a line is that of the request being served, as far as the lines tell."""
    if _OF_ANSWER.search(span(look, path, line, line)):
        return False
    return not _LET_THROUGH.search(span(look, path, max(line - _LINES, 1), line))


def in_middleware(look: Look, path: str) -> bool:
    """Whether a file holds what runs for each request."""
    return bool(line_matches(look, path, _MIDDLEWARE))


def is_installed(look: Look, hit: Hit) -> bool:
    """Whether a logger of requests that a call makes is given to an application, at once or by its name."""
    text = span(look, hit.place.path, hit.place.line, max(hit.place.end_line, hit.place.line))
    named = re.search(r"(?:const|let|var|export default)\s+(\w+)?", text)
    if re.search(r"\.(?:use|register|forRoot\w*)\(|\bimports\s*:|export default", text) or not named or not named[1]:
        return True
    given = (" ".join(arguments_of(other.call)) for other in calls(look, _INSTALLS))
    return any(re.search(rf"\b{re.escape(named[1])}\b", one) for one in given)
