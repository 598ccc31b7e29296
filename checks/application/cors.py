"""Which websites the application lets call it: any, those it names, or what could not be told."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from checks.application.cors_assets import without_assets
from checks.application.named_values import assigned
from checks.application.switches import default_of, values_of
from checks.application.wiring import (
    Hit,
    calls,
    files_matching,
    function_at,
    line_matches,
    matches_in,
    python_modules,
    reached,
    span,
)
from checks.files.listed import PYTHON_OF_PRODUCT
from checks.observation import Location
from checks.readers.python_facts import Call, Value
from checks.readers.web_facts import WebCall

if TYPE_CHECKING:
    from checks.look import Look

_PYTHON = r"(?:.*\.)?(?:add_middleware|Middleware)|flask_cors\.(?:\w+\.)*(?:CORS|cross_origin)"
_WEB = r"cors(?:\..*)?|hono(?:/cors)?\.cors|@fastify/cors.*|@koa/cors.*|(?:.*\.)?(?:enableCors|register|use)"
_LIBRARY = re.compile(r"cors(?:\.|$)|hono(?:/cors)?\.cors|@koa/cors")
_PLUGIN = re.compile(r"(?i:(?:fastify)?cors(?:plugin)?)|require\([\"']@fastify/cors[\"']\)")
_WILDCARD_LITERAL = r"[\"']Access-Control-Allow-Origin[\"']\]?\s*[:,=]\s*[\"']\*[\"']"
_WILDCARD_ITEM = (
    r"[\"']?\bkey[\"']?\s*:\s*[\"']Access-Control-Allow-Origin[\"']\s*,\s*[\"']?value[\"']?\s*:\s*[\"']\*[\"']"
)
"""The same in a list of headers, as frameworks and hosts take it."""
_NOT_PRODUCTION = re.compile(r"(?i)not\b.*prod|!=\s*[\"']prod|debug|local|\bdev")
_STAR = re.compile(r"[\"']\*[\"']")
_ANY_BY_PATTERN = re.compile(r"\^?\(?(?:https?\??|\(https?\|https?\)|)(?::?//)?\(?\.[*+]\)?\)?\$?")
_SETTINGS_READERS = frozenset({"decouple", "environs", "environ", "dotenv", "django", "flask", "starlette", "fastapi"})
"""Packages that hand out what the environment or the settings say."""
_NAME = re.compile(r"(?<![\"'\w.])((?:[A-Za-z_]\w*\.)*[A-Za-z_]\w*)")


@dataclass(frozen=True, slots=True)
class Cors:
    """Places where any origin is taken, origins are named, that holds outside production only, or cannot be told."""

    wild: list[Location] = field(default_factory=list)
    restricted: list[Location] = field(default_factory=list)
    narrow: list[Location] = field(default_factory=list)
    unclear: list[Location] = field(default_factory=list)


def cors_of(look: Look) -> Cors:
    """Every place of the application that sets CORS."""
    found = Cors()
    by_word = {"wild": found.wild, "restricted": found.restricted, "unclear": found.unclear}
    for hit in calls(look, _PYTHON):
        if isinstance(hit.call, Call) and _is_python_cors(hit.call):
            local = _is_local_only(look, hit.place)
            (found.narrow if local else by_word[_python_cors(look, hit.place.path, hit.call)]).append(hit.place)
    for hit in calls(look, _WEB):
        if isinstance(hit.call, WebCall) and (state := _web_cors(look, hit, hit.call)):
            by_word[state].append(hit.place)
    for path in files_matching(look, _WILDCARD_LITERAL):
        if reached(look, path):
            found.wild.extend(without_assets(look, line_matches(look, path, _WILDCARD_LITERAL)))
    for path in look.tree.match("next.config.*", "vercel.json"):
        found.wild.extend(without_assets(look, line_matches(look, path, _WILDCARD_ITEM)))
    anybody = r"(?m)^CORS_(?:ALLOW_ALL_ORIGINS|ORIGIN_ALLOW_ALL)\s*=\s*True"
    found.wild.extend(matches_in(look, anybody, PYTHON_OF_PRODUCT))
    found.restricted.extend(matches_in(look, r"(?m)^CORS_(?:ALLOWED_ORIGINS|ORIGIN_WHITELIST)\s*=", PYTHON_OF_PRODUCT))
    return found


def _is_python_cors(call: Call) -> bool:
    given = call.arguments[0] if call.arguments else call.keywords.get("middleware_class")
    return call.resolved.startswith("flask_cors") or bool(given and given.text.endswith("CORSMiddleware"))


def _python_cors(look: Look, path: str, call: Call) -> str:
    keywords = call.keywords
    value = keywords.get("allow_origins") or keywords.get("origins") or keywords.get("resources")
    pattern = keywords.get("allow_origin_regex")
    if pattern and any(_ANY_BY_PATTERN.fullmatch(text) for text in _patterns(look, pattern)):
        return "wild"
    if value is None and call.unpacked:
        return "restricted" if pattern else "unclear"
    if value is None:
        return "wild" if call.resolved.startswith("flask_cors") else "restricted"  # the defaults of the two libraries
    if _means_any(look, path, value.text, 0):
        return "wild"
    return "unclear" if _comes_from_a_package(look, path, value.text) else "restricted"


def _patterns(look: Look, given: Value) -> Iterator[str]:
    """The regular expressions that an argument may stand for: itself, or the defaults of a setting."""
    if given.is_constant:
        yield str(given.value)
    else:
        name = given.text.rpartition(".")[2]
        for text in values_of(look, name) if name.isidentifier() else ():
            yield default_of(text).lstrip("rR").strip("\"'")


def _means_any(look: Look, path: str, text: str, depth: int) -> bool:
    """Whether an expression holds "*", followed through names to defaults in settings and assignments."""
    if _STAR.search(text):
        return True
    if depth > 2:  # noqa: PLR2004 - settings seldom go further
        return False
    for called in re.findall(r"([A-Za-z_][\w.]*)\(", text):
        found = function_at(look, path, called)
        if found and _STAR.search(span(look, found[0].path, found[1].line, found[1].end_line)):
            return True
    for name in re.findall(r"(?<![\"'\w])(?:[A-Za-z_]\w*\.)*([A-Za-z_]\w*)", text):
        for module in python_modules(look, "assignments", "classes"):
            values = [
                item.value.text
                for item in module.assignments
                if item.target == name and (module.path == path or not item.function)
            ]
            values += [one.fields[name].text for one in module.classes if name in one.fields]
            if any(re.search(r"[\"']\*[\"']|=\s*\*$", value) or value in {"'*'", '"*"'} for value in values):
                return True
    return False


def _comes_from_a_package(look: Look, path: str, text: str) -> bool:
    """Whether a name of the expression is another package's, so that its value stands outside the repository."""
    module = look.python.module(path)
    outside = {
        item.local: item
        for item in (module.imports if module else ())
        if not item.paths and item.top not in sys.stdlib_module_names and item.top not in _SETTINGS_READERS
    }
    return any(name.split(".", 1)[0] in outside for name in _NAME.findall(re.sub(r"[\"'][^\"']*[\"']", "", text)))


def _web_cors(look: Look, hit: Hit, call: WebCall) -> str:
    """What a call says of origins; "" where it is no call of a CORS library."""
    if _LIBRARY.match(call.resolved) or call.resolved.endswith("enableCors"):
        arguments, keys = call.arguments, call.keys
    elif call.arguments and _PLUGIN.fullmatch(call.arguments[0]):
        arguments, keys = call.arguments[1:], call.keys
    else:
        return ""
    if not arguments:
        return "wild"
    origin = keys.get("origin", "" if keys else arguments[0])
    if not keys and (named := assigned(look, hit.place.path, arguments[0])):
        given = re.search(r"\borigin\s*(?::\s*([^,}\n]+)|\(|,|\})", named)
        origin = (given[1] or "own function") if given else ""
        if given and _lets_all_in(named[given.start() :]):
            return "wild"
    elif re.fullmatch(r"[\w$.]+", origin.strip()) and _is_from_package(look, hit.place.path, origin.strip()):
        return "unclear"
    if _STAR.search(origin) or (origin.strip() in {"true", ""} and not call.spread):
        return "wild"
    if origin.strip() in {"", "{}"} and call.spread:
        return "unclear"
    whole = span(look, hit.place.path, call.line, call.end_line)
    return "wild" if _lets_all_in(whole[whole.find("origin") :]) else "restricted"


def _lets_all_in(text: str) -> bool:
    """Whether a function that is asked about an origin says yes, or names it back, whenever it answers."""
    asked = len(re.findall(r"\b(?:cb|callback|done)\(", text))
    agreed = len(re.findall(r"\b(?:cb|callback|done)\(\s*null\s*,\s*(?:true|\w*[oO]rigin\w*)\s*\)", text))
    return 0 < asked == agreed


def _is_from_package(look: Look, path: str, name: str) -> bool:
    module = look.web.module(path)
    head = name.split(".", 1)[0]
    return any(item.package and not item.path and head in item.names for item in (module.imports if module else ()))


def _is_local_only(look: Look, place: Location) -> bool:
    """Whether the nearest condition above the call says that this is not production."""
    lines = (look.tree.text(place.path) or "").splitlines()[: place.line]
    depth = len(lines[-1]) - len(lines[-1].lstrip()) if lines else 0
    for line in reversed(lines[:-1]):
        indent = len(line) - len(line.lstrip())
        if line.strip() and indent < depth:
            if re.match(r"\s*(?:if|elif)\b", line):
                return bool(_NOT_PRODUCTION.search(line))
            depth = indent
    return False
