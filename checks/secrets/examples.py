"""Tokens that an API description shows as examples: of the right form, signed for nobody, unless they look live."""

from __future__ import annotations

import json
import re
from base64 import urlsafe_b64decode
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from checks.secrets.shapes import Secret

_DESCRIPTION = re.compile(r"(?m)^\s{0,8}\{?\s*[\"']?(?:openapi|swagger|asyncapi)[\"']?\s*:\s*[\"']?\d")
_MARKED = re.compile(r"@(?:swagger|openapi|apiExample|apiSuccessExample|apiParamExample)\b")
_NAMED = re.compile(r"\bexamples?[\"']?\s*[:=]\s*\[?\s*[\"'`]?(?:Bearer )?$")
_KEY = re.compile(r"^(?P<indent>[\s*-]*)[\"']?(?P<key>[\w-]+)[\"']?\s*:")
_TOKEN = re.compile(r"eyJ[\w-]*\.(eyJ[\w-]*)\.")
_FURTHEST = 20_000
"""Characters before the value in which the keys around it are looked for."""
_YEAR = 365 * 24 * 60 * 60
_SHOWN = re.compile(r"JSON web token|^value of ")
"""Kinds that a description may show; a key in the format of a provider opens something wherever it stands."""


def is_example(path: str, text: str, secret: Secret) -> bool:
    """Whether a token or a generated value is an example of an API description, and does not look live.

    It stands under `example` in an OpenAPI file or a block of comment that holds one, or right behind the word, as in
    `@ApiProperty({ example: "…" })`.
    """
    if not _SHOWN.search(secret.kind) or looks_live(text[secret.start : secret.end]):
        return False
    before = text[max(0, secret.start - _FURTHEST) : secret.start]
    line = before[before.rfind("\n") + 1 :]
    if _NAMED.search(line):
        return not _is_comment(line) or _in_marked_comment(before)
    described = path.endswith((".yml", ".yaml", ".json")) and _DESCRIPTION.search(text)
    return bool(described or _in_marked_comment(before)) and _under_example(before)


def looks_live(value: str) -> bool:
    """Whether a token is one that a service gave out: of a hosted project, or valid for more than a year."""
    match = _TOKEN.match(value)
    if match is None:
        return False
    try:
        claims = json.loads(urlsafe_b64decode(match[1] + "=" * (-len(match[1]) % 4)))
    except (ValueError, RecursionError):
        return False
    if not isinstance(claims, dict):
        return False
    first, last = claims.get("iat"), claims.get("exp")
    lasts = isinstance(first, int) and isinstance(last, int) and last - first > _YEAR
    return lasts or claims.get("role") == "service_role" or bool(claims.get("ref"))


def _is_comment(line: str) -> bool:
    return line.lstrip().startswith(("*", "//", "#"))


def _in_marked_comment(before: str) -> bool:
    """Whether the text ends inside a block of comment that describes an API."""
    start = before.rfind("/*")
    return start > before.rfind("*/") and bool(_MARKED.search(before, start))


def _under_example(before: str) -> bool:
    """Whether one of the keys around the end of the text, by their indents, is `example` or `examples`."""
    lines = before.split("\n")
    inside = None
    for line in reversed(lines):
        match = _KEY.match(line)
        if match and (inside is None or len(match["indent"]) < inside):
            if match["key"] in {"example", "examples"}:
                return True
            inside = len(match["indent"])
    return False
