"""What the model answers, followed by name through assignments, functions and files to where it is run or shown raw.

It is coarser than data flow on a syntax tree, and goes where that stops: across functions, callbacks and the state of
a component. What is checked against a closed list, parsed by a schema or cleaned on the way counts as no longer raw.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from checks.application.calls_seen import Seen, calls_of, calls_that, function_span, lines_of, text_of, users_of
from checks.look import PYTHON, WEB
from checks.models.calls import ModelCall, model_calls
from checks.models.chat_hooks import is_hook
from checks.observation import Location

if TYPE_CHECKING:
    from checks.look import Look

_RUNS_CODE = re.compile(
    r"eval|exec|compile|os\.(?:system|popen)|subprocess\.(?:run|Popen|call|check_output|check_call|getoutput)"
    r"|asyncio\.create_subprocess_(?:shell|exec)|pickle\.loads|Function|(?:node:)?child_process\.\w+|vm\.run\w+|(?:node:)?vm\.\w+"
)
_RUNS_SQL = re.compile(
    r"(?i)(?:.*\.)?_?(?:\w*(?:db|pool|client|conn|connection|cursor|session|engine|knex|sequelize|prisma|database)|cur|con|sql|pg|pd|pandas)"
    r"\.(?:execute|executemany|executescript|query|raw|unsafe|fetch|fetchrow|fetchval|fetch_all|read_sql(?:_query)?|\$(?:query|execute)RawUnsafe)"
)
_SHOWS_RAW = re.compile(
    r"(?:.*\.)?(?:Markup|mark_safe|HTMLResponse|insertAdjacentHTML|render_template_string)|document\.write"
)
_RAW_PAGE = re.compile(
    r"__html\s*:\s*(?P<a>[^}]+)\}|\.(?:inner|outer)HTML\s*\+?=(?!=)\s*(?P<b>[^;\n]+)|\bv-html\s*=\s*[\"'](?P<c>[^\"']+)"
    r"|\{@html\s+(?P<d>[^}]+)\}"
)
CLEANS = re.compile(
    r"(?i)sanitize|purify|\bescape\w*\(|bleach\.|nh3\.|shlex\.quote|model_validate|\.safeParse|literal_eval"
    r"|\b(?:int|float|bool|len|Number|parseInt|parseFloat|encodeURIComponent|html\.escape)\("
)
_LISTED = re.compile(
    r"(?i)\bin\s+(?:self\.)?_?\w*(?:allow|white_?list|permitted|safe)"
    r"|(?:allow|white_?list|permitted|safe)\w*\.(?:includes|has)\("
)
_PARSED = re.compile(r"(?:completions|responses)\.parse|generateObject|streamObject|with_?[sS]tructured_?[oO]utput")
_LEFT = re.compile(
    r"^\s*(?:(?:export\s+)?(?:const|let|var)\s+)?(?P<names>\{[^}=]*\}|\[[^\]=]*\]|[\w$.]+(?:\s*,\s*[\w$.]+)*)\s*(?::[^=\n]+)?\s*\+?=(?![=>])"
)
_EACH = re.compile(
    r"^\s*(?:async\s+)?for\s+(?:await\s*)?\(?\s*(?:const\s+|let\s+|var\s+)?(?P<names>[\w, \[\](){}]+?)"
    r"\s+(?:in|of)\s+(?P<rest>.*)"
)
_CALLBACK = re.compile(
    r"(?P<before>[\w$.?\])]+)\.(?:then|map|forEach|flatMap|filter|reduce)\(\s*(?:async\s*)?(?:function\s*)?\(?\s*(?P<names>\{[^}]*\}|\w+)"
)
_WALRUS = re.compile(r"(\w+)\s*:=\s*(?P<rest>.*)")
_SETS = re.compile(r"\bset(?P<name>[A-Z]\w*)\((?P<rest>.*)")
_RETURNS = re.compile(r"^\s*(?:return|yield)\b(?P<rest>.*)")
_NOT_THE_ANSWER = r"(?!\??\.(?:usage|id|model|status\w*|ok|length|finish_reason|created\w*|headers)\b)"
_STRING = re.compile(r"\"[^\"\n]*\"|'[^'\n]*'|`[^`]*`")
_HOLE = re.compile(r"\{([^{}]+)\}")
_WORD = re.compile(r"[A-Za-z_$][\w$]*")
_HOPS = 4
_MOST = 400
"""Places that are followed in one repository; more only repeat themselves."""


@dataclass(slots=True)
class _Flow:
    """Work still to do: a function in which names, or the values of calls on some lines, come from the model."""

    path: str
    first: int
    last: int
    names: set[str] = field(default_factory=set)
    lines: set[int] = field(default_factory=set)
    hops: int = _HOPS


def answers_run(look: Look) -> list[Location]:
    """Where an answer is run as code, a command or a statement, or shown as raw HTML."""
    found: set[Location] = set()
    done: set[tuple[str, int, frozenset[str], frozenset[int]]] = set()
    todo = [_start(look, call) for call in _sources(look)]
    while todo and len(done) < _MOST:
        flow = todo.pop()
        mark = (flow.path, flow.first, frozenset(flow.names), frozenset(flow.lines))
        if mark in done:
            continue
        done.add(mark)
        returned = _spread(look, flow)
        found.update(_sinks(look, flow))
        if flow.hops:
            todo += _handed_on(look, flow)
            todo += _callers(look, flow) if returned else []
    return sorted(found)


def followed(look: Look, call: ModelCall, hops: int = 2) -> Iterator[tuple[str, frozenset[str]]]:
    """The text of the call's function with the names the answer has there, and of the functions it is returned to."""
    todo = [_start(look, call.seen, hops)]
    done: set[tuple[str, int]] = set()
    while todo and len(done) < _MOST:
        flow = todo.pop()
        if (flow.path, flow.first) in done:
            continue
        done.add((flow.path, flow.first))
        returned = _spread(look, flow)
        yield lines_of(look, flow.path, flow.first, flow.last), frozenset(flow.names)
        if returned and flow.hops:
            todo += _callers(look, flow)


def _sources(look: Look) -> Iterator[Seen]:
    for model in model_calls(look):
        if model.kind == "text" and not _PARSED.search(f"{model.seen.name} {text_of(look, model.seen)}"):
            yield model.seen
    yield from (call for call in calls_that(look, is_hook) if call.reached)


def _start(look: Look, call: Seen, hops: int = _HOPS) -> _Flow:
    first, last = function_span(look, call.path, call.line)
    return _Flow(call.path, first, last, lines={call.line}, hops=hops)


def _spread(look: Look, flow: _Flow) -> bool:
    """Add every name that the answer is given in the function; says whether the function returns it."""
    statements = _statements(look, flow)
    returned = False
    for _ in range(3):  # a later line may feed an earlier one, in loops and callbacks
        before = len(flow.names)
        for line, last, text in statements:
            raw = bool(flow.lines.intersection(range(line, last + 1)))
            returned |= _one_statement(flow, text, raw=raw)
        if len(flow.names) == before:
            break
    return returned


def _one_statement(flow: _Flow, text: str, *, raw: bool) -> bool:
    """Follow the answer through one statement; says whether the statement returns it."""
    if (each := _EACH.match(text)) and (raw or _holds(each["rest"], flow.names)):
        flow.names |= set(_WORD.findall(each["names"]))
    for one in _WALRUS.finditer(text):
        if (raw or _holds(one["rest"], flow.names)) and not CLEANS.search(one["rest"]):
            flow.names.add(one[1])
    for one in _CALLBACK.finditer(text):
        if _holds(one["before"].split(".")[0], flow.names) or (raw and ".then(" in one[0]):
            flow.names |= set(_WORD.findall(one["names"]))
    for one in _SETS.finditer(text):
        if _holds(one["rest"], flow.names) and not CLEANS.search(one["rest"]):
            flow.names.add(one["name"][0].lower() + one["name"][1:])
    left = _LEFT.match(text)
    if left and (raw or _holds(text[left.end() :], flow.names)) and not CLEANS.search(text[left.end() :]):
        flow.names |= {name for name in _targets(left["names"]) if name not in {"self", "this"}}
    back = _RETURNS.match(text)
    return bool(back and (raw or _holds(back["rest"], flow.names)) and not CLEANS.search(back["rest"]))


def _targets(names: str) -> list[str]:
    """The names on the left of an assignment; `{ object: found }` binds the second, `a.b` is followed as b."""
    if names.startswith("{"):
        return [_WORD.findall(part)[-1] for part in names.strip("{}").split(",") if _WORD.search(part)]
    return [part.strip(" []").rsplit(".", 1)[-1] for part in names.split(",") if part.strip(" []")]


def _statements(look: Look, flow: _Flow) -> list[tuple[int, int, str]]:
    """The function's statements: lines joined while brackets are open, but no more than a screen of them."""
    found: list[tuple[int, int, str]] = []
    lines = lines_of(look, flow.path, flow.first, flow.last).split("\n")
    for number, text in enumerate(lines, flow.first):
        found.append((number, number, text))
        whole, depth, at = text, _depth(text), number
        while depth > 0 and at - number < 40 and at - flow.first + 1 < len(lines):  # noqa: PLR2004 - a screen
            at += 1
            following = lines[at - flow.first]
            whole += f"\n{following}"
            depth += _depth(following)
        # What opens a block is no statement of its own, except where its value is bound: `x = await f({ … })`.
        bound = _LEFT.match(text) and "=>" not in text and "function" not in text
        if at > number and (bound or not text.rstrip().endswith(("{", "=>", ":"))):
            found.append((number, at, whole))
    return found


def _depth(text: str) -> int:
    return sum(text.count(one) for one in "([{") - sum(text.count(one) for one in ")]}")


def _holds(text: str, names: set[str]) -> bool:
    """Whether an expression uses one of the names as a value, not as a word of a string, a keyword or an attribute."""
    if not names:
        return False
    values = _STRING.sub(lambda one: " " + " ; ".join(_HOLE.findall(one[0])) + " ", text)
    # What an answer picks from a collection is one of the collection's own values.
    values = re.sub(r"([\w$)])\[[^\[\]]*\]|\.get\([^()]*\)", r"\1", values)
    every = "|".join(re.escape(name) for name in sorted(names))
    return bool(re.search(rf"(?<![\w.$])(?:self\.|this\.)?(?:{every})\b(?!\s*[=:](?!=)){_NOT_THE_ANSWER}", values))


def _inside(look: Look, flow: _Flow) -> list[Seen]:
    return [call for call in calls_of(look, flow.path) if flow.first <= call.line <= flow.last]


def _sinks(look: Look, flow: _Flow) -> Iterator[Location]:
    listed = _LISTED.search(lines_of(look, flow.path, flow.first, flow.last))
    for call in _inside(look, flow):
        first = call.arguments[0] if call.arguments else ""
        if call.name == "Function" and call.arguments:
            first = call.arguments[-1]
        fed = not CLEANS.search(first) and (_holds(first, flow.names) or _is_source(look, flow, call))
        if not fed or listed:
            continue
        runs = _RUNS_CODE.fullmatch(call.name) and not re.match(r"\[\s*[\"']", first)
        shows = _SHOWS_RAW.fullmatch(call.name) or "unsafe_allow_html=True" in text_of(look, call)
        if runs or shows or _RUNS_SQL.fullmatch(call.callee):
            yield call.place
    for call in _inside(look, flow):
        if _RENDERS.fullmatch(call.last) and any(_is_raw(look, *one) for one in _rendered(look, call, flow.names)):
            yield call.place
    if flow.path.endswith(WEB):
        text = lines_of(look, flow.path, flow.first, flow.last)
        for one in _RAW_PAGE.finditer(text):
            value = next(part for part in one.groups() if part is not None)
            if _holds(value, flow.names) and not CLEANS.search(value):
                yield Location(flow.path, flow.first + text.count("\n", 0, one.start()))


_RENDERS = re.compile(r"render_template|render|TemplateResponse|render_to_string|render_to_response")
_PAGE = re.compile(r"[\"']([\w./-]+\.(?:html?|jinja2?|j2))[\"']")
_GIVEN = re.compile(r"(?:[\"'](?P<key>\w+)[\"']\s*:|\b(?P<name>\w+)\s*=)\s*(?P<value>[^,{}()\n]+(?:\([^()\n]*\))?)")


def _rendered(look: Look, call: Seen, names: set[str]) -> Iterator[tuple[str, str]]:
    """The page that a call renders, with each variable of it that the answer is given as."""
    text = text_of(look, call)
    page = _PAGE.search(text)
    for one in _GIVEN.finditer(text) if page else ():
        if page and _holds(one["value"], names) and not CLEANS.search(one["value"]):
            yield page[1], one["key"] or one["name"]


def _is_raw(look: Look, page: str, name: str) -> bool:
    """Whether a page of the repository shows a variable as HTML."""
    raw = re.compile(rf"\{{\{{-?\s*{re.escape(name)}\b[^}}]*\|\s*safe\b|autoescape\s+(?:false|off)")
    pages = look.tree.match(f"*{page.rsplit('/', 1)[-1]}")
    return any(path.endswith(page) and raw.search(look.tree.text(path) or "") for path in pages)


def _is_source(look: Look, flow: _Flow, call: Seen) -> bool:
    """Whether a call's first argument is itself a call that answers: `exec(ask(question))`."""
    first = call.arguments[0] if call.arguments else ""
    return (
        any(one.line in flow.lines and one is not call and f"{one.callee}(" in first for one in _inside(look, flow))
        and "(" in first
    )


def _handed_on(look: Look, flow: _Flow) -> Iterator[_Flow]:
    """Functions of the repository that are called with the answer; what they do with it is followed there."""
    for call in _inside(look, flow):
        for number, argument in enumerate(call.arguments):
            if _holds(argument, flow.names) and not CLEANS.search(argument):
                yield from _entered(look, flow, call, number)


def _entered(look: Look, flow: _Flow, call: Seen, number: int) -> Iterator[_Flow]:
    for path in (flow.path, *look.reach.imports_of(flow.path)):
        if path.endswith(PYTHON):
            module = look.python.module(path)
            for item in module.functions if module else ():
                names = [one.name for one in item.parameters if one.name not in {"self", "cls"}]
                if item.name == call.last and number < len(names):
                    yield _Flow(path, item.line, item.end_line, names={names[number]}, hops=flow.hops - 1)
        elif path.endswith(WEB):
            web = look.web.module(path)
            for one in web.functions if web else ():
                if one.name == call.last and number < len(one.parameters):
                    given = set(_WORD.findall(one.parameters[number].split(":")[0]))
                    yield _Flow(path, one.line, one.end_line, names=given, hops=flow.hops - 1)


def _callers(look: Look, flow: _Flow) -> Iterator[_Flow]:
    """Where the function is called that returns the answer."""
    names = {call.function.rsplit(".", 1)[-1] for call in _inside(look, flow)} - {""}
    if flow.path.endswith(PYTHON):
        module = look.python.module(flow.path)
        names = {one.name for one in module.functions if one.line == flow.first} if module else set()
    for name in names:
        for user in users_of(look, flow.path, name):
            yield _start(look, user, flow.hops - 1)
