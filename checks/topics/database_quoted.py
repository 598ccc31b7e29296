"""Pieces of statements that functions of web code build: what they quote, and what holds constants only."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from checks.application.calls_seen import lines_of
from checks.application.wiring import is_one_off, modules_calling, reached
from checks.files.listed import WEB_OF_PRODUCT
from checks.observation import Location
from checks.readers.web_facts import WebModule
from checks.topics.database_fed import comes_from_request

if TYPE_CHECKING:
    from checks.look import Look
    from checks.readers.web_facts import WebCall, WebFunction

_TEMPLATE = re.compile(r"`(?:[^`\\]|\\.)*`")
_QUOTED = re.compile(r"'%?\$\{\s*([A-Za-z_$][\w$]*)((?:\??\.\w+)*)\s*\}%?'")
_PIECE = re.compile(
    r"(?i)\bdate_trunc\(|\bto_char\(|\bat time zone\b|\binterval\s+'|\bi?like\s+'|[\w\")]\s*(?:=|<>|!=|<=?|>=?)\s*'"
    r"|\bin\s*\(|\bbetween\s+'|\b(?:where|and|or|having|order by|group by)\s+[\w.\"]+"
)
_STATEMENT = re.compile(
    r"(?is)`\s*(?:with\b.+\bselect\b|select\b.+\bfrom\b|insert\s+into\b|update\b.+\bset\b|delete\s+from\b)"
)
_HOLE = re.compile(r"\$\{([^{}]*)\}")
_CALL = re.compile(r"(?<![\w$])([\w$]+)\(")
_LITERAL = re.compile(r"[\"'][^\"']*[\"']|-?[\d_.]+|true|false|null|undefined|(?:\w+\.)*[A-Z][A-Z0-9_]*(?:\.\w+)*")
_HARMLESS_TYPE = re.compile(
    r":\s*(?:number|boolean|Date|bigint|[\"'][^\"']*[\"'](?:\s*\|\s*[\"'][^\"']*[\"'])*)\s*(?:=|$)"
)
_CHOSEN = re.compile(
    r"\w+(?:\s*[!=]==?\s*[^?]+)?\s*\?\s*[\"'][^\"']*[\"']\s*:\s*[\"'][^\"']*[\"']|[A-Z][A-Z0-9_]*\[[^\]]+\]"
)
_ADDED = re.compile(r"[\"'`]\s*\+\s*([A-Za-z_$][\w$.]*)")
_BINDS = re.compile(r"\$\$\{\s*\w+\.length|[\"'`]\$[\"'`]\s*\+|=\s*\?[\"'`]")
_MOST_CALLS = 40


@dataclass(frozen=True, slots=True)
class Quoted:
    """A statement with a piece in which a function quotes what it is given. `fed`: a request is known to bring it."""

    place: Location
    fed: bool


@dataclass(frozen=True, slots=True)
class _Builder:
    """A function that puts one of its parameters between the quotes of a piece of a statement."""

    path: str
    function: str
    at: int
    """The place of the parameter."""


def quoted_pieces(look: Look) -> list[Quoted]:
    """Statements that hold what a function quotes by itself, unless it is given constants there."""
    quoting = look.sources_with("'${", "'%${", among=WEB_OF_PRODUCT)
    paths = [path for path in quoting if reached(look, path) and not is_one_off(path)]
    builders = [one for web in look.web.modules(paths) for one in _builders(lines_of(look, web.path), web)]
    if not builders:
        return []
    found: dict[Location, bool] = {}
    names = {one.function for one in builders}
    named = rf"(?s)(?:.*\.)?(?:{'|'.join(map(re.escape, sorted(names)))})"
    for web, _ in modules_calling(look, "callee", named):
        if not isinstance(web, WebModule) or is_one_off(web.path):
            continue
        text = lines_of(look, web.path)
        spans = list(_statements(text))
        for call in web.calls:
            if re.fullmatch(named, call.callee) and any(first <= call.line <= last for first, last in spans):
                for builder in _called(look, web, call, builders):
                    given = call.arguments[builder.at] if builder.at < len(call.arguments) else ""
                    if given and not _LITERAL.fullmatch(given):
                        fed = comes_from_request(look, web.path, call.line, given)
                        place = Location(web.path, call.line, call.end_line)
                        found[place] = found.get(place, False) or fed
    return [Quoted(place, fed) for place, fed in sorted(found.items())]


def _builders(text: str, web: WebModule) -> Iterator[_Builder]:
    for template in _TEMPLATE.finditer(text):
        if not _PIECE.search(template[0]):
            continue
        for hole in islice(_QUOTED.finditer(template[0]), _MOST_CALLS):
            line = text.count("\n", 0, template.start() + hole.start()) + 1
            function = _around(web, line)
            at = _parameter(function, hole[1]) if function else -1
            if function and at >= 0:
                yield _Builder(web.path, function.name.rpartition(".")[2], at)


def _around(web: WebModule, line: int) -> WebFunction | None:
    around = [one for one in web.functions if one.name and one.line <= line <= one.end_line]
    return min(around, key=lambda one: one.end_line - one.line, default=None)


def _parameter(function: WebFunction, name: str) -> int:
    """The place of the parameter that a name is or is taken out of; -1 where it is none that can hold any text."""
    for at, text in enumerate(function.parameters):
        if re.search(rf"(?<![\w$]){re.escape(name)}(?![\w$])", text.partition(":")[0] if text[:1] != "{" else text):
            return -1 if _HARMLESS_TYPE.search(text) else at
    return -1


def _statements(text: str) -> Iterator[tuple[int, int]]:
    """The first and last line of each template that reads like a statement."""
    for template in _TEMPLATE.finditer(text):
        if _STATEMENT.match(template[0]):
            first = text.count("\n", 0, template.start()) + 1
            yield first, first + template[0].count("\n")


def _called(look: Look, web: WebModule, call: WebCall, builders: list[_Builder]) -> list[_Builder]:
    """The builders that a call may mean: of its own file, or of the one that its name comes from."""
    home = look.web.trace(call).partition("#")[0]
    last = call.callee.rpartition(".")[2]
    return [one for one in builders if one.function == last and one.path in {web.path, home}]


def is_built_of_constants(look: Look, path: str, first: int, last: int) -> bool:
    """Whether all holes of a statement are calls of the repository's functions that put constants together."""
    web = look.web.module(path)
    text = lines_of(look, path, first, last)
    holes = [*_HOLE.findall(text), *_ADDED.findall(text)]
    return bool(web and holes) and all(
        ((named := _CALL.match(hole.strip())) and _joins_constants(look, web, named[1], first, last))
        or _holds_placeholders(look, web, hole.strip(), first)
        for hole in holes
    )


def _holds_placeholders(look: Look, web: WebModule | None, hole: str, line: int) -> bool:
    """Whether a hole is what a function of the repository gives back that binds all values it is given."""
    root = hole.partition(".")[0]
    for call in web.calls if web else ():
        if (
            call.line < line
            and web
            and re.search(rf"\b{re.escape(root)}\s*=", lines_of(look, web.path, call.line, call.line))
        ):
            home, _, inner = look.web.trace(call).partition("#")
            module = look.web.module(home) if inner else web
            for function in module.functions if module else ():
                if function.name == (inner or call.callee) and module:
                    text = lines_of(look, module.path, function.line, function.end_line)
                    return bool(_BINDS.search(text)) and not _QUOTED.search(text) and not _names_given(function, text)
    return False


def _names_given(function: WebFunction, text: str) -> bool:
    """Whether what a function is given may get into its text by more than bound values: as a name, or by its keys."""
    names = re.findall(r"[A-Za-z_$][\w$]*", " ".join(one.partition(":")[0] for one in function.parameters))
    given = "|".join(map(re.escape, names)) or "-"
    held = re.findall(rf"\{{([^{{}}]*)\}}\s*=\s*(?:{given})\b|(?<![\w$.])(\w+)\s*=\s*(?:{given})\b", text)
    names += [name for pair in held for one in pair for name in re.findall(r"[A-Za-z_$][\w$]*", one)]
    roots = {re.split(r"\W", hole.strip())[0] for hole in (*_HOLE.findall(text), *_ADDED.findall(text))}
    return not roots.isdisjoint(names) or bool(re.search(rf"(?:\b(?:entries|keys)\(|\bin)\s*(?:{given})\b", text))


def _joins_constants(look: Look, web: WebModule | None, name: str, first: int, last: int) -> bool:
    for call in web.calls if web else ():
        if call.callee == name and first <= call.line <= last:
            home, _, inner = look.web.trace(call).partition("#")
            module = look.web.module(home) if inner else web
            for function in module.functions if module else ():
                if function.name == name and module:
                    text = lines_of(look, module.path, function.line, function.end_line)
                    return all(
                        _CHOSEN.fullmatch(one.strip()) or _LITERAL.fullmatch(one.strip()) for one in _HOLE.findall(text)
                    )
    return False
