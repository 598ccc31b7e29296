"""API descriptions that are put together from annotations: how many of the endpoints carry one."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from checks.application.endpoint import Endpoint
from checks.application.endpoints import endpoints, source
from checks.application.wiring import calls
from checks.look import WEB

if TYPE_CHECKING:
    from checks.look import Look

_READS_COMMENTS = r"(?:swagger-jsdoc|next-swagger-doc).*"
_MARK = re.compile(r"@(?:openapi|swagger)\b")
_PATH = re.compile(r"^[\s*]*[\"']?(/[\w/{}:.\-]*)[\"']?\s*:\s*$")
_VERB = re.compile(r"^[\s*]*(get|post|put|patch|delete)\s*:")
_ELSEWHERE = re.compile(r"\bpaths\s*:\s*(?:\{\s*[\"'`\w.\[]|\w)")
"""A definition that holds paths itself, in an object that is not read."""
_NOT_COUNTED = re.compile(
    r"(?i)health|ready|live|metrics|ping|docs?\b|swagger|openapi|favicon|\[\.{3}|/\*$|^/?$|/inngest|/uploadthing"
)


def annotated_share(look: Look) -> tuple[int, int] | None:
    """How many operations are annotated, and how many there are; None where no library reads annotations."""
    own = [item for item in endpoints(look) if not _NOT_COUNTED.search(item.path) and item.framework != "action"]
    if own and look.importers("flasgger"):
        return sum(_has_docstring(look, item) for item in own), len(own)
    if not own or not calls(look, _READS_COMMENTS):
        return None
    told: set[tuple[str, str]] = set()
    for path in look.source_paths(*WEB):
        text = look.tree.text(path) or ""
        if _ELSEWHERE.search(text) and re.search(r"openapi\s*:|swagger", text):
            return None
        for part in text.split("*/") if _MARK.search(text) else ():
            block = part[max(part.find("/**"), 0) :]
            told |= _operations(block) if _MARK.search(block) else set()
    for path in look.tree.match("*.yaml", "*.yml"):
        if re.search(r"(?i)swagger|openapi|api-?docs?|/docs/", path):
            told |= _operations(look.tree.text(path) or "")
    return min(len(told), len(own)), len(own)


def _operations(text: str) -> set[tuple[str, str]]:
    """The paths and verbs that a piece of YAML names, a comment's stars aside."""
    found, path = set(), ""
    for line in text.splitlines():
        if at := _PATH.match(line):
            path = at[1]
        elif path and (verb := _VERB.match(line)):
            found.add((path, verb[1]))
    return found


def _has_docstring(look: Look, endpoint: Endpoint) -> bool:
    text = source(look, endpoint, hops=0)
    return bool(re.search(r"(?m)^\s*---\s*$", text)) or any("swag_from" in guard for guard in endpoint.guards)
