"""Input joined into filters and pieces of statements that are taken as text: `.or(...)`, `literal`, `$where`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from checks.application.endpoints import endpoints
from checks.application.wiring import is_one_off, reached, uncommented
from checks.files.listed import PYTHON_OF_PRODUCT, WEB_OF_PRODUCT
from checks.look import PYTHON
from checks.observation import Location
from checks.reads import of_one_file
from checks.topics.database_fed import comes_from_request

if TYPE_CHECKING:
    from checks.look import Look

_TEMPLATE = r"`(?:[^`\\]|\\.)*`"
_PYTHON_TEXT = r"[fF](?:\"(?:[^\"\\\n]|\\.)*\"|'(?:[^'\\\n]|\\.)*')"
_OPERATOR = r"\w+\.(?:not\.)?(?:eq|neq|gte?|lte?|i?like|is|in|cs|cd|fts|plfts|phfts|wfts)\."
_WEB_PIECES = re.compile(
    r"(?:\b\w*[sS]equelize\.literal|\b(?:[kK]nex|db|trx|sql|Prisma)\.(?:raw|unsafe)"
    r"|\.(?:whereRaw|orWhereRaw|havingRaw|orderByRaw|groupByRaw|joinRaw|fromRaw|selectRaw)"
    r"|\$(?:query|execute)RawUnsafe)(?:<[^()]*>)?\(\s*(?P<piece>"
    + _TEMPLATE
    + r"|[\"'][^\"'\n]*[\"']\s*\+\s*[^,()]+)|[\"']?\$where[\"']?\s*:\s*(?P<where>"
    + _TEMPLATE
    + r"|[\"'][^\n]*?[\"']\s*\+\s*[^,}\n]+)"
)
_WEB_FILTER = re.compile(_TEMPLATE)
_BUILDER_PIECES = re.compile(
    r"\.(?:(?:and|or)?[wW]here|(?:and|or)?[hH]aving|orderBy|addOrderBy|addSelect|groupBy|addGroupBy)\(\s*(?P<piece>"
    + _TEMPLATE
    + r"|[\"'][^\"'\n]*[\"']\s*\+\s*[^,()]+)"
)
"""Of the query builder of TypeORM, which takes text as it stands."""
_PYTHON_PIECES = re.compile(
    r"(?:\.extra\([^()]*?|\bRawSQL\(\s*|[\"']\$where[\"']\s*:\s*)(?P<piece>"
    + _PYTHON_TEXT
    + r"|(?<![fF\w])(?:\"[^\"\n]*\"|'[^'\n]*')\s*[+%]\s*[^,()\]\n]+)"
)
_PYTHON_FILTER = re.compile(r"\.or_\(\s*(?P<piece>" + _PYTHON_TEXT + r")")
_FROM_REQUEST = re.compile(
    r"\b(?:req|request|c\.req|event|ctx\.(?:req|request))\.(?!headers|user|auth|session|env)\w+|\bctx\.(?:query|params)\b|searchParams|\bformData\b|\bparams\b"
    r"|\brequest\.(?:GET|POST|args|form|query_params|data)\b|useSearchParams|\bst\.text_"
)
_CLEANED = re.compile(
    r"replace(?:All)?\(|re\.sub\(|sanitiz|escape|quote|encodeURI|Number\(|parseInt\(|parseFloat\(|\bint\(|float\(|isalnum|ALLOWED|allowed|\buuid"
    r"|toISOString|Date\b|\bnow\b|\?\s*[\"'][^\"']*[\"']\s*:\s*[\"']|includes\(|\.join\(|\.length\b|process\.env|os\.environ|getenv|settings\.|config\.|timedelta|isoformat",
    re.IGNORECASE,
)
_OWN = re.compile(
    r"(?i)(?:\b|_)(?:user|session|auth|profile|claims|me)\b(?:\?|!)?\.|ids?$|_ids?\b|uuid|(?:^|_|\b)(?:schema|table)(?:_?name)?$|(?:limit|offset|days|size)$|placeholders?|^(?-i:[A-Z_][A-Z0-9_.]*)$"
)
_TEXT = re.compile(
    r"(?i)(?:^|[._])(?:q|s|term|text|name|title|query|search\w*|keyword\w*|filter|input|needle|sort\w*|order\w*|column|direction|\w*(?:Term|Query"
    r"|Text|Search|Keyword|Input|Filter))$"
)
_PYTHON_WORDS, _WEB_WORDS = (".or_(", ".extra(", "rawsql(", "$where"), (
    "raw", "literal", ".unsafe", "$where", ".or(", "createquerybuilder",
)  # fmt: skip
"""Of one of them there is no piece without; files are asked for these before their text is."""
_MOST_TRACED = 3
_NEAR = 2000
_MOST_OF_A_FILE = 50


@dataclass(frozen=True, slots=True)
class Joined:
    """A text that holds a value by joining. `fed`: the value is known to come from a request."""

    place: Location
    fed: bool
    is_filter: bool
    """Whether it is a filter of a service in front of the database rather than a piece of a statement."""


def joined_filters(look: Look) -> list[Joined]:
    """Where text that somebody may have chosen is joined into a filter or a piece of a statement."""
    return [
        one
        for path in sorted(
            {
                *look.sources_with(*_PYTHON_WORDS, among=PYTHON_OF_PRODUCT),
                *look.sources_with(*_WEB_WORDS, among=WEB_OF_PRODUCT),
            }
        )
        if reached(look, path) and not is_one_off(path)
        if look.answer_of(_joins_pieces, path, "")
        for one in islice(_in_python(look, path) if path.endswith(PYTHON) else _in_web(look, path), _MOST_OF_A_FILE)
    ]


@of_one_file
def _joins_pieces(look: Look, path: str, _: str) -> bool:
    """Whether a file holds a piece of a statement or a filter, whatever is joined into it."""
    text = look.tree.text(path) or ""
    if path.endswith(PYTHON):
        forms = [_PYTHON_PIECES, _PYTHON_FILTER] if re.search(r"\.or_\(|\.extra\(|RawSQL\(|\$where", text) else []
    elif re.search(r"Raw|literal|\.raw|\.unsafe|\$where|\.or\(|createQueryBuilder", text):
        forms = [_WEB_PIECES, _BUILDER_PIECES, *([_WEB_FILTER] if ".or(" in text else [])]
    else:
        forms = []
    bare = uncommented(look, path) if forms else ""
    return any(form.search(bare) for form in forms)


def _in_web(look: Look, path: str) -> Iterator[Joined]:
    text = uncommented(look, path)
    for found in _WEB_PIECES.finditer(text):
        yield from _judged(look, path, text, found.start(), found["piece"] or found["where"], is_filter=False)
    for found in _BUILDER_PIECES.finditer(text) if "createQueryBuilder" in text else ():
        at = text.count("\n", 0, found.start()) + 1
        if any(comes_from_request(look, path, at, hole) for hole in _holes(found["piece"])):
            yield Joined(Location(path, at), fed=True, is_filter=False)
    for found in _WEB_FILTER.finditer(text) if re.search(r"\.or\(", text) else ():
        if re.search(_OPERATOR + r"[^`]*\$\{", found[0]):
            yield from _judged(look, path, text, found.start(), found[0], is_filter=True)


def _in_python(look: Look, path: str) -> Iterator[Joined]:
    text = uncommented(look, path)
    for found in _PYTHON_PIECES.finditer(text):
        yield from _judged(look, path, text, found.start(), found["piece"], is_filter=False)
    for found in _PYTHON_FILTER.finditer(text):
        if re.search(_OPERATOR, found["piece"]):
            yield from _judged(look, path, text, found.start(), found["piece"], is_filter=True)


def _judged(look: Look, path: str, text: str, at: int, piece: str, *, is_filter: bool) -> Iterator[Joined]:
    line = text.count("\n", 0, at) + 1
    said = [_origin(look, path, text[max(0, at - _NEAR) : at], line, hole, is_filter) for hole in _holes(piece)]
    if any(one for one in said):
        yield Joined(Location(path, line), "request" in said, is_filter)


def _holes(piece: str) -> list[str]:
    if piece.startswith("`"):
        return [one.strip() for one in re.findall(r"\$\{([^{}]+)\}", piece)]
    if piece[:1] in "fF":
        return [one.split("!")[0].split(":")[0].strip() for one in re.findall(r"(?<!\{)\{([^{}]+)\}", piece)]
    bare = re.sub(r"\"[^\"\n]*\"|'[^'\n]*'", "", piece)
    return [part.strip() for part in re.split(r"\s*[+%]\s*", bare) if part.strip()]


def _origin(look: Look, path: str, before: str, line: int, hole: str, is_filter: bool) -> str:
    """Where the value of a hole comes from: "request", "unclear", or "" where it is harmless."""
    seen = hole
    for _ in range(_MOST_TRACED):
        if _CLEANED.search(seen):
            return ""
        if _FROM_REQUEST.search(seen):
            return "request"
        root = re.match(r"[A-Za-z_$][\w$]*", seen)
        made = _made(before, root[0]) if root else ""
        if not made:
            break
        seen = made
    root = re.match(r"[A-Za-z_$][\w$]*", hole)
    if root and _is_handed_in(look, path, line, root[0]):
        return "request"
    if _OWN.search(hole) or _CLEANED.search(hole):
        return ""
    return (
        "unclear" if not is_filter or _TEXT.search(re.sub(r"\.(?:trim|toLowerCase|strip|lower)\(\)", "", hole)) else ""
    )


def _made(before: str, name: str) -> str:
    """What a name was last set to above."""
    word = re.escape(name)
    target = rf"(?:\{{[^{{}}]*\b{word}\b[^{{}}]*\}}|(?<![\w.]){word})\s*(?::\s*[\w<>|\[\] ]+)?"
    found = list(re.finditer(target + r"=(?![=>])\s*([^\n;]+)", before))
    return found[-1][1].strip() if found else ""


def _is_handed_in(look: Look, path: str, line: int, name: str) -> bool:
    """Whether a Python handler of a route takes the value as plain text."""
    return any(
        item.module == path
        and item.first <= line <= item.last
        and any(
            one.name == name
            and not re.search(r"\bint\b|UUID|Depends|Literal|pattern=|Enum", f"{one.annotation} {one.default}")
            for one in item.parameters
        )
        for item in endpoints(look)
    )
