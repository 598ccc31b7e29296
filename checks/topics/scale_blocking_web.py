"""Blocking calls of Node inside asynchronous functions that requests reach, and in the plain functions these call."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from checks.application.routing import web_routing
from checks.application.start_up import is_web_startup
from checks.application.wiring import is_one_off, reached, span, web_modules
from checks.files.listed import WEB, WEB_OF_PRODUCT, named_so
from checks.observation import Location
from checks.once import once
from checks.readers.facets import calls_like
from checks.reads import of_one_file

if TYPE_CHECKING:
    from checks.look import Look
    from checks.readers.web_facts import WebCall, WebFunction, WebModule

_SYNC_NODE = re.compile(
    r"(?:.*\.)?(?:readFileSync|writeFileSync|execSync|spawnSync|existsSync|readdirSync|pbkdf2Sync|scryptSync|hashSync|compareSync|deasync)"
)
_SERVER_NODE = re.compile(
    rf"(?s)\A(?=.*(?:{'|'.join(map(re.escape, WEB))})\Z).*?"
    r"(?:(?:^|/)(?:api|server|backend|routes?|functions|controllers?|services?|handlers?)(?:/|\.)|route\.[jt]s$"
    r"|^(?:[\w-]+/){0,2}(?:src/)?(?:middleware|proxy)\.[jt]s$)"
)
_TOOL = re.compile(r"(?:^|/)(?:bin|tools?|cli)/|\.config\.[cm]?[jt]s$")
"""Where programs lie that somebody runs, and that answer no request."""
_KEEPS = re.compile(r"\?\?=|\|\|=|\bif\s*\([^\n)]*(?i:cache|loaded|memo)|\bif\s*\((\w+)\)\s*(?:\{\s*)?return\s+\1\b")
"""What a function does that waits the first time only."""
_DEEPEST = 3


def blocking_in_web(look: Look) -> tuple[list[Location], int]:
    """Where web code blocks the requests of a process, and how many asynchronous functions were looked at."""
    served = _request_paths(look)
    asynchronous = 0
    found: list[Location] = []
    waiting: list[tuple[WebModule, WebFunction, Location]] = []
    for path in look.gather(_may_block, "", WEB_OF_PRODUCT):
        web = look.web.module(path) if reached(look, path) else None
        if web is None:
            continue
        asynchronous += sum(one.is_async for one in web.functions)
        for call in web.calls if web.path in served else ():
            if not _SYNC_NODE.fullmatch(call.callee):
                continue
            if _is_inside_async(web, call):
                found += [] if is_web_startup(look, web, call.line) else [Location(web.path, call.line)]
            elif (function := _named_around(web, call.line)) and not _is_kept(look, web, function):
                waiting.append((web, function, Location(web.path, call.line)))
    return found + list(_called(look, served, waiting)), asynchronous


@of_one_file
def _may_block(look: Look, path: str, _: str) -> bool:
    """Whether a file has asynchronous functions, or blocking calls."""
    web = look.web.module(path)
    return web is not None and (
        any(one.is_async for one in web.functions) or bool(calls_like(web, "callee", _SYNC_NODE.pattern))
    )


def _called(
    look: Look, served: frozenset[str], waiting: list[tuple[WebModule, WebFunction, Location]]
) -> Iterator[Location]:
    """The places of blocking calls in plain functions that an asynchronous one calls, three calls away at most."""
    for home, function, place in waiting:
        level, seen = [(home, function)], {(home.path, function.line)}
        for _ in range(_DEEPEST):
            callers = [
                (web, call) for above, one in level for web, call in _calls_of(look, above, one) if web.path in served
            ]
            if any(_is_inside_async(web, call) and not is_web_startup(look, web, call.line) for web, call in callers):
                yield place
                break
            outer = [(web, one) for web, call in callers if (one := _named_around(web, call.line))]
            level = [(web, one) for web, one in outer if (web.path, one.line) not in seen]
            level = [(web, one) for web, one in level if not _is_kept(look, web, one)]
            seen |= {(web.path, one.line) for web, one in level}


def _calls_of(look: Look, home: WebModule, function: WebFunction) -> Iterator[tuple[WebModule, WebCall]]:
    """Where a function of the repository is called: in its own file by its name, in others by what they import."""
    name = function.name.rpartition(".")[2]
    for web, call in _by_last_name(look).get(name, ()):
        own = web.path == home.path and call.callee.rpartition(".")[0] in {"", "this"}
        if own or look.web.trace(call).partition("#")[0] == home.path:
            yield web, call


@once
def _by_last_name(look: Look) -> dict[str, list[tuple[WebModule, WebCall]]]:
    found: dict[str, list[tuple[WebModule, WebCall]]] = {}
    for web in web_modules(look):
        for call in web.calls:
            found.setdefault(call.callee.rpartition(".")[2], []).append((web, call))
    return found


def _is_inside_async(web: WebModule, call: WebCall) -> bool:
    return any(one.is_async and one.line <= call.line <= one.end_line for one in web.functions)


def _named_around(web: WebModule, line: int) -> WebFunction | None:
    """The innermost function with a name around a line."""
    around = [one for one in web.functions if one.name and one.line <= line <= one.end_line]
    return min(around, key=lambda one: one.end_line - one.line, default=None)


def _is_kept(look: Look, web: WebModule, function: WebFunction) -> bool:
    return bool(_KEEPS.search(span(look, web.path, function.line, function.end_line)))


@once
def _request_paths(look: Look) -> frozenset[str]:
    """The web files that a request reaches: by their place, their routes, and what those import, however far."""
    routed = {route.module for route in look.web.routes(web_routing(look, dead=True))}
    placed = filter(named_so(WEB_OF_PRODUCT), look.tree.named_like(_SERVER_NODE))
    waiting = [*routed, *(path for path in placed if not (is_one_off(path) or _TOOL.search(path)))]
    seen = set[str]()
    while waiting:
        path = waiting.pop()
        if path not in seen:
            seen.add(path)
            waiting += look.reach.imports_of(path)
    return frozenset(seen)
