"""Whether what is joined into a statement came from a request, followed through callers in other files."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING

from checks.application.calls_seen import Seen, around, calls_that, function_span, lines_of, users_of
from checks.application.endpoints import endpoints
from checks.application.wiring import is_one_off
from checks.look import PYTHON
from checks.observation import Location

if TYPE_CHECKING:
    from checks.look import Look

_FROM_REQUEST = re.compile(
    r"\b(?:req|request|c\.req|ctx\.(?:req|request))\.(?:body|query|params|param|args|form|values|json|GET|POST|data"
    r"|query_params|path_params|get_json|url)\b|\bctx\.(?:query|params)\b|\bsearchParams\b"
    r"|\b(?:getQuery|readBody|getRouterParams?)\b|\bself\.request\.(?:GET|POST|data|query_params)\b"
)
_CLEANED = re.compile(
    r"(?i)\b(?:int|float|Number|parseInt|parseFloat|UUID|bool)\(|escape|quote|sanitiz|whitelist|allow_?list|\ballowed"
    r"|\btype=(?:int|float)|\bvalidated|\.parse\(|safeParse|\.length\b|\.push\(|placeholders?|includes\("
)
_KEEPS = frozenset({"str", "String", "text", "SQL", "sql", "raw", "literal", "unquote", "decodeURIComponent"})
"""Calls that hand on what they are given, as it stands."""
_TEXTS = re.compile(
    r"\"\"\".*?\"\"\"|'''.*?'''|\"(?:[^\"\\\n]|\\.)*\"|'(?:[^'\\\n]|\\.)*'|`(?:[^`\\]|\\.)*`", re.DOTALL
)
_NAME = re.compile(r"(?<![\w.$])[A-Za-z_$][\w$]*")
_WORDS = frozenset({
    "await", "and", "or", "not", "if", "else", "in", "is", "None", "null", "undefined", "True", "False", "true",
    "false", "new", "as", "string", "const", "let", "return", "f", "self", "this", "typeof", "any",
})  # fmt: skip
_RUN = frozenset(
    {"query", "execute", "raw", "exec", "all", "run", "prepare", "unsafe", "fetch", "fetch_all", "fetchall"}
)
_STATEMENT = re.compile(
    r"(?is)[(\s]*[rbf]*[\"'`]+\s*(?:select\b.+\bfrom\b|insert\s+into\b|update\b.+\bset\b|delete\s+from\b)"
)
_MOST_HOPS, _MOST_STEPS, _MOST_CALLERS, _MOST_LINES = 4, 24, 12, 40


def fed_pieces(look: Look) -> list[Location]:
    """Statements that a name holds and pieces are added to, where a request brought one of the pieces."""
    return [
        call.place
        for call in calls_that(look, _runs_a_name)
        if call.reached
        and not is_one_off(call.path)
        and _is_lengthened(look, call)
        and _comes_from_request(look, call.path, call.end_line, call.arguments[0], _MOST_HOPS)
    ]


def _runs_a_name(call: Seen, _: str) -> bool:
    return call.last in _RUN and bool(call.arguments) and bool(_NAME.fullmatch(call.arguments[0]))


def _is_lengthened(look: Look, call: Seen) -> bool:
    body = around(look, call)
    word = rf"(?<![\w.$]){re.escape(call.arguments[0])}"
    return bool(re.search(rf"{word}\s*\+=", body)) and any(
        _STATEMENT.match(text) for text in _set_to(body, call.arguments[0])
    )


def is_fed(look: Look, path: str, first: int, last: int) -> bool:
    """Whether the statement that the lines of a file run holds, by joining, what a request brought.

    Names are followed to what they were set to, parameters to what callers give for them, in whatever file they are.
    """
    given = _first_argument(lines_of(look, path, first, last).partition("(")[2])
    return _comes_from_request(look, path, last, given, _MOST_HOPS)


def comes_from_request(look: Look, path: str, line: int, expression: str) -> bool:
    """Whether a request stands behind an expression on a line of a file."""
    return _comes_from_request(look, path, line, expression, _MOST_HOPS)


def _comes_from_request(look: Look, path: str, line: int, expression: str, hops: int) -> bool:
    start, end = function_span(look, path, line)
    body = lines_of(look, path, start, min(line, end))
    waiting, seen = list(_parts(expression)), set[str]()
    for _ in range(_MOST_STEPS):
        if not waiting:
            return False
        part = waiting.pop()
        if _CLEANED.search(part):
            continue
        bare = _without_calls(part)
        if _FROM_REQUEST.search(bare):
            return True
        for name in dict.fromkeys(_NAME.findall(bare)):
            if name in seen or name in _WORDS:
                continue
            seen.add(name)
            waiting += [inner for text in _set_to(body, name) for inner in _parts(text)]
            if hops and _is_given(look, path, start, name, hops):
                return True
    return False


def _is_given(look: Look, path: str, start: int, name: str, hops: int) -> bool:
    """Whether a name is a parameter of the function that starts at a line, and a request stands behind it."""
    function, parameters = _function_at(look, path, start)
    at = next((i for i, text in enumerate(parameters) if re.search(rf"(?<![\w$]){re.escape(name)}(?![\w$])", text)), -1)
    if at < 0:
        return False
    if _is_of_route(look, path, start, name):
        return True
    return any(
        _comes_from_request(look, call.path, call.end_line, text, hops - 1)
        for call in islice(users_of(look, path, function), _MOST_CALLERS)
        if function
        if (text := _argument(call, at, name, function, parameters))
    )


def _function_at(look: Look, path: str, start: int) -> tuple[str, list[str]]:
    """The name of the function that starts at a line, and its parameters without the object itself."""
    if path.endswith(PYTHON):
        module = look.python.module(path)
        for one in module.functions if module else ():
            if one.line == start:
                return one.name, [item.name for item in one.parameters if item.name not in {"self", "cls"}]
        return "", []
    web = look.web.module(path)
    named = [one for one in (web.functions if web else ()) if one.line == start]
    found = next((one for one in named if one.name), named[0] if named else None)
    if found is None:
        return "", []
    # What stands before the type is the name, or a pattern of names.
    return found.name.rpartition(".")[2], [re.split(r":(?![^{]*\})", text)[0] for text in found.parameters]


def _argument(call: Seen, at: int, name: str, function: str, parameters: list[str]) -> str:
    """What a call gives for a parameter: by name, by place, or as a field of the object in that place."""
    if call.last != function:
        return ""  # handed on, to be called with who knows what
    if name in call.keys:
        return call.keys[name]
    if at >= len(call.arguments):
        return ""
    given = call.arguments[at]
    if parameters[at].startswith("{") and given.startswith("{"):
        return name if re.search(rf"(?<![\w.$]){re.escape(name)}\s*[,}}]", given) else ""
    return given


def _is_of_route(look: Look, path: str, start: int, name: str) -> bool:
    """Whether a Python handler of a route takes the name as plain text."""
    return any(
        item.is_python
        and item.module == path
        and item.first <= start <= item.last
        and any(
            one.name == name
            and not re.search(
                r"\bint\b|\bfloat\b|\bbool\b|UUID|Depends|Literal|pattern=|Enum|Session",
                f"{one.annotation} {one.default}",
            )
            for one in item.parameters
        )
        for item in endpoints(look)
    )


def _parts(expression: str) -> Iterator[str]:
    """What an expression joins: the holes of its texts, and what stands outside of them."""
    for found in _TEXTS.finditer(expression):
        before = expression[max(found.start() - 1, 0) : found.start()]
        hole = r"\$\{([^{}]+)\}" if found[0][0] == "`" else r"(?<!\{)\{([^{}]+)\}" if before in {"f", "F"} else ""
        yield from re.findall(hole, found[0]) if hole else ()
    rest = _TEXTS.sub('""', expression)
    # `%` and `.format(...)` hand on what follows; a choice is made of what it chooses from.
    rest = re.sub(r"\"\"\.format\(", '"" % (', rest)
    yield re.sub(r"^[^?]*\?(?![.?])", "", rest)


def _without_calls(text: str) -> str:
    """The text without what calls are given, except where they hand it on as it stands."""
    for _ in range(6):
        made = re.sub(
            r"(?<![\w$.])([\w$.]+)\(([^()]*)\)",
            lambda match: match[2] if match[1].rpartition(".")[2] in _KEEPS else match[1],
            text,
        )
        if made == text:
            break
        text = made
    return text


def _set_to(body: str, name: str) -> Iterator[str]:
    """What a name is set to, or lengthened by, in a function."""
    word = re.escape(name)
    pattern = rf"\{{[^{{}}]*(?<![\w$]){word}(?![\w$])[^{{}}]*\}}"
    target = rf"(?:{pattern}|(?<![\w.$]){word})\s*(?::\s*[\w<>|\[\] ]+?)?\s*\+?=(?![=>])"
    plain = _TEXTS.sub(_masked, body)  # `WHERE name = '` sets nothing
    for match in islice(re.finditer(target, plain), _MOST_STEPS):
        yield _statement(body[match.end() :])


def _statement(text: str) -> str:
    """The rest of a statement: up to the line where its texts and brackets are closed."""
    taken: list[str] = []
    for line in text.split("\n")[:_MOST_LINES]:
        taken.append(line)
        whole = "\n".join(taken)
        bare = _TEXTS.sub("", whole)
        if bare.count("`") % 2 or '"""' in bare or "'''" in bare:
            continue
        if bare.count("(") + bare.count("[") + bare.count("{") <= bare.count(")") + bare.count("]") + bare.count("}"):
            break
    return "\n".join(taken).strip()


def _masked(match: re.Match[str]) -> str:
    return re.sub(r"[^\n]", "_", match[0])


def _first_argument(text: str) -> str:
    """The first of the arguments that a text starts with."""
    plain = _TEXTS.sub(_masked, text)
    depth = 0
    for at, sign in enumerate(plain):
        if sign in "([{":
            depth += 1
        elif sign in ")]}":
            depth -= 1
        if depth < 0 or (sign == "," and not depth):
            return text[:at]
    return text
