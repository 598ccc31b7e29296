"""Next.js: for which endpoints its middleware or proxy asks a limiter, and not for its other paths."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from checks.application.gate_walk import REFUSED, Gate, covers
from checks.application.next_gate import body_of_middleware, matchers_of, path_asked
from checks.application.wiring import span
from checks.once import once

if TYPE_CHECKING:
    from checks.application.endpoint import Endpoint
    from checks.look import Look

FILE = re.compile(r"(?:^|/)(?:middleware|proxy)\.[jt]s$")
ASKS = r"(?i)(?:limit\w*\.(?:limit|check|consume)|rate_?limit\w*)\("
_ASKS = r"(?<![\w.])(?<!new )(?:[\w.]*limit\w*\.(?:limit|check|consume)|\w*rate_?limit\w*)\("
_LIMITER = re.compile(r"(?i)rate-?limit|limiter|arcjet")
_BY_PATH = re.compile(r"pathname|nextUrl|startsWith|RouteMatcher|request\.url|req\.url")
_OTHER_REFUSALS = re.compile(r"\bprotect\(|\b[rR]edirect(?=\w*\()|\b40[13]\b|\b[uU]nauthorized(?=\w*\()|process\.env")
"""Who is sent away for another reason says nothing of limits, and a switch is judged elsewhere."""
_EVERY = 10_000


def limits(look: Look, path: str, endpoint: Endpoint) -> bool:
    """Whether the middleware in a file, which has a limiter, asks it for requests to an endpoint."""
    matchers, main, gate = _middleware(look)[path] if path in _middleware(look) else _read(look, path)
    asked = path_asked(endpoint)
    if matchers and not any(covers(one, asked, prefix=False) for one in matchers):
        return False
    by_path = _BY_PATH.search(main) or "RouteMatcher(" in gate.text
    return not by_path or gate.outcome(main, asked) == REFUSED


@once
def _middleware(_: Look) -> dict[str, tuple[tuple[str, ...], str, Gate]]:
    """What was read of middleware files, filled by `limits`."""
    return {}


def _read(look: Look, path: str) -> tuple[tuple[str, ...], str, Gate]:
    """The matchers of a middleware file, its body with the limiter in the place of what refuses, and its gate."""
    text = span(look, path, 1, _EVERY)
    web = look.web.module(path)
    named = {
        name
        for item in (web.imports if web else ())
        if item.path and re.search(r"(?i)limit|\b429\b", look.tree.text(item.path) or "")
        for name in item.names
    }
    named |= {name for name, made in (web.assigned.items() if web else ()) if _LIMITER.search(made)}
    helpers = "|".join(re.escape(name) for name in sorted(named))
    asks = _ASKS + (rf"|(?<![\w.])(?<!new )(?:{helpers})(?:\.\w+)?\(" if helpers else "")
    turned = _OTHER_REFUSALS.sub(lambda found: "other(" if found[0].endswith("(") else "other", text)
    turned = re.sub(rf"\bif\s*\((?=[^{{}};]*(?:{asks}))", "it.protect(); if (", turned, flags=re.IGNORECASE)
    turned = re.sub(asks, "it.protect(", turned, flags=re.IGNORECASE)
    gate = Gate(turned)
    _middleware(look)[path] = found = (matchers_of(text), body_of_middleware(gate, turned), gate)
    return found
