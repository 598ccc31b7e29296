"""Headers that let every website load a file which is the same for everybody, such as the script of a widget."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING

from checks.observation import Location
from checks.reads import of_one_file

if TYPE_CHECKING:
    from checks.look import Look

_HEADER = "Access-Control-Allow-Origin"
_TABLE_ENTRY = re.compile(rf"{_HEADER}[\"']\]?\s*:|{_HEADER}[\"']\s*,\s*[\"']?value\b")
"""An entry of a table of headers; a header that a call sets has no table around it."""
_ITEM = re.compile(r"[{,\s][\"']?key[\"']?\s*:")
_SHARED = re.compile(
    r"(?i)Cache-Control[\"'](?:\s*,\s*[\"']?value[\"']?)?\s*:\s*[\"'`]"
    r"(?=[^\"'`]*\bpublic\b)(?=[^\"'`]*\b(?:s-)?max-?age=[1-9])"
)
_OF_AN_API = re.compile(r"(?i)Access-Control-Allow-(?:Methods|Headers|Credentials)")
_SOURCE = re.compile(r"\bsource[\"']?\s*:\s*[\"'`]([^\"'`]+)")
_FILES = re.compile(
    r"(?i)\.(?:m?js|css|woff2?|ttf|otf|svg|png|jpe?g|webp|ico|wasm)\b|/(?:fonts?|static|assets|images?)/"
)
_OPENS, _CLOSES = "{[", "}]"


_FAR = 4_000
"""Letters to each side in which the ends of a table are looked for."""
_MOST = 50
"""Tables of one file that are looked at; who writes more keeps them for something else."""


def without_assets(look: Look, places: tuple[Location, ...]) -> list[Location]:
    """The places of one file but those in tables of headers for a file: shared caches keep it, or its path says so."""
    assets = look.answer_of(_asset_lines, places[0].path, "") if places else ()
    return [place for place in places if place.line not in assets]


@of_one_file
def _asset_lines(look: Look, path: str, _: str) -> list[int]:
    """The lines on which a table of headers for a file lets every website load it."""
    text = look.tree.text(path) or ""
    lines: list[int] = []
    line, before = 1, 0
    entries = list(islice(_TABLE_ENTRY.finditer(text), _MOST + 1))
    for entry in entries if len(entries) <= _MOST else ():
        line += text.count("\n", before, entry.start())
        before = entry.start()
        if _is_of_an_asset(text, entry.start()):
            lines.append(line)
    return lines


def _is_of_an_asset(text: str, at: int) -> bool:
    around = _blocks(text, at)
    table = next(around, "")
    if _ITEM.search(table):  # one header of a list of them
        table = next(around, "")
    if not table or _OF_AN_API.search(table):
        return False
    source = _SOURCE.search(next(around, ""))
    return bool(_SHARED.search(table) or (source and _FILES.search(source[1])))


def _blocks(text: str, at: int) -> Iterator[str]:
    """The texts of the brackets and braces around an offset, from the innermost out, where they end near it."""
    low, high = max(at - _FAR, 0), min(at + _FAR, len(text))
    first, last = at, at
    while True:
        first = _edge(text, range(first - 1, low - 1, -1), _OPENS, _CLOSES)
        last = _edge(text, range(last, high), _CLOSES, _OPENS)
        if first < 0 or last < 0:
            return
        yield text[first : last + 1]
        last += 1


def _edge(text: str, way: range, wanted: str, other: str) -> int:
    """The first bracket on the way that is not closed again on it; -1 where there is none."""
    depth = 0
    for at in way:
        if text[at] in other:
            depth += 1
        elif text[at] in wanted:
            if not depth:
                return at
            depth -= 1
    return -1
