"""Hooks of pages that ask a route of the product for a model's answer, and whether they show it when that fails."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from checks.application.apart import part_of
from checks.application.calls_seen import Seen, calls_that, function_span, lines_of, text_of, users_of
from checks.application.endpoints import endpoints
from checks.look import WEB
from checks.once import once

if TYPE_CHECKING:
    from checks.look import Look

_HOOKS = re.compile(
    r"(?:@ai-sdk/\w+|ai(?:/\w+)?)\.(?:useChat|useCompletion|useObject|experimental_useObject|useAssistant)"
)
_HOMES = {"useChat": "/api/chat", "useCompletion": "/api/completion", "useAssistant": "/api/assistant"}
"""What a hook asks when it is not told an address."""
_ADDRESS = re.compile(r"\bapi\s*:\s*[\"'`]([^\"'`?$]+)")
_NAMED = re.compile(r"\berror\b(?:\s*:\s*(\w+))?\s*[,}]")
_HELD = re.compile(r"(?:const|let|var)\s+(\w+)\s*=\s*(?:\w+\.)?\w+(?:<[^>\n]*>)?\($")
_ON_ERROR = re.compile(r"\bonError\b\s*[:(]")
_SHOWS = re.compile(r"toast|alert\(|\bset[A-Z]\w*\(|notif|snackbar|enqueue|message\.error", re.IGNORECASE)
_MOST_BEFORE = 600
_HOPS = 3


def answers_to_hooks(look: Look, seen: Seen) -> bool | None:
    """Whether every hook that asks the route of a model call shows its error; None where no hook asks it."""
    asked = _paths_of(look, seen)
    if not asked or not seen.path.endswith(WEB):
        return None
    leading = [
        shown
        for page, address, shown in _hooks(look)
        if any(_is_same(address, path) for path in asked) and _may_ask(look, page, address, seen.path)
    ]
    return all(leading) if leading else None


def is_hook(call: Seen, _: str) -> bool:
    """Whether a call is one of the hooks by which a page asks for a model's answer."""
    return bool(_HOOKS.fullmatch(call.name))


def _may_ask(look: Look, page: str, address: str, route: str) -> bool:
    """Whether a page's hook may ask a route: one of its own application, unless only another has such a route."""
    home = part_of(look, page)
    return home == part_of(look, route) or not any(
        _is_same(address, one.path) and part_of(look, one.module) == home for one in endpoints(look)
    )


def _is_same(address: str, path: str) -> bool:
    return address.rstrip("/").endswith(path.rstrip("/")) if path.strip("/") else False


def _paths_of(look: Look, seen: Seen) -> set[str]:
    """The paths of the routes whose handlers lead to a call."""
    todo, places, done = [(seen, _HOPS)], [], set()
    while todo:
        one, hops = todo.pop()
        places.append((one.path, one.line))
        name = one.function.rsplit(".", 1)[-1]
        if hops and name and (one.path, name) not in done:
            done.add((one.path, name))
            todo += [(user, hops - 1) for user in users_of(look, one.path, name)]
    return {
        one.path
        for one in endpoints(look)
        if any(one.module == path and one.first <= line <= one.last for path, line in places)
    }


@once
def _hooks(look: Look) -> tuple[tuple[str, str, bool], ...]:
    """Each hook of a reached page: the page's file, the address that it asks, and whether it shows the error."""
    found = []
    for call in calls_that(look, is_hook):
        if call.reached:
            text = text_of(look, call)
            address = _ADDRESS.search(text) or _ADDRESS.search(_transport(look, call))
            default = _HOMES.get(call.name.rsplit(".", 1)[-1], "")
            found.append((call.path, address[1] if address else default, _shows_error(look, call, text)))
    return tuple(found)


def _transport(look: Look, call: Seen) -> str:
    """What a transport that is named in the hook's options is made with, elsewhere in the file."""
    named = re.search(r"\btransport\b(?:\s*:\s*(\w+))?", text_of(look, call))
    if not named:
        return ""
    name = named[1] or "transport"
    made = re.search(rf"\b{name}\b\s*=(?!=)[^;]{{0,400}}", lines_of(look, call.path))
    return made[0] if made else ""


def _shows_error(look: Look, call: Seen, text: str) -> bool:
    """Whether a page takes the hook's error and uses it, or does something visible in `onError`."""
    if (handler := _ON_ERROR.search(text)) and _SHOWS.search(_value(text, handler.end())):
        return True
    before = lines_of(look, call.path, 1, call.line)
    at = before.rfind(call.callee)
    taken = before[max(at - _MOST_BEFORE, 0) : at]
    taken = taken[max(taken.rfind("const "), taken.rfind("let "), 0) :]
    last = function_span(look, call.path, call.line)[1]
    after = lines_of(look, call.path, call.end_line + 1, last)
    if "{" in taken:
        match = _NAMED.search(taken)
        return bool(match and re.search(rf"\b{match[1] or 'error'}\b", after))
    held = _HELD.search(f"{taken}{call.callee.rsplit('.', 1)[-1]}(")
    return bool(held and re.search(rf"\b{held[1]}\.error\b|\{{[^}}]*\berror\b[^}}]*\}}\s*=\s*{held[1]}\b", after))


def _value(text: str, start: int) -> str:
    """The value of an option up to where the next one begins."""
    depth = 0
    for at in range(start, len(text)):
        depth += (text[at] in "([{") - (text[at] in ")]}")
        if depth < 0 or (depth == 0 and text[at] == ","):
            return text[start:at]
    return text[start:]
