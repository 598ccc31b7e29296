"""Next.js: which endpoints its middleware or proxy closes to strangers, and whether it is a gate for pages alone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from checks.application.endpoint import Endpoint
from checks.application.gate_walk import REFUSED, Gate, closing, covers, function_body
from checks.application.wiring import reached, span
from checks.look import WEB
from checks.observation import Location
from checks.once import once

if TYPE_CHECKING:
    from checks.look import Look

_FILE = re.compile(r"^(?P<root>.*?)(?:src/)?(?:middleware|proxy)\.[jt]s$")
_ASKS = re.compile(
    r"clerkMiddleware|withAuth|getToken\(|\bauth\(|updateSession|jwtVerify|getSession(?:Cookie)?\(|authkitMiddleware"
    r"|withMiddlewareAuthRequired|auth0\.middleware|getUser\(|getClaims\(|convexAuthNextjsMiddleware|verify\w*\("
    r"|cookies\.get\(|cookies\(\)|headers\.get\(\s*[\"'](?:authorization|x-)|next-auth/middleware|authorized"
)
_MAIN = re.compile(
    r"export\s+default\b|export\s+(?:async\s+)?function\s+(?:middleware|proxy)\b|export\s+const\s+(?:middleware|proxy)\b"
)
_REFUSES_BY_ITSELF = re.compile(
    r"\bwithAuth\s*\(|next-auth/middleware|withMiddlewareAuthRequired\s*\(|middlewareAuth\s*:\s*\{\s*enabled:\s*true"
)
"""Middleware of packages that sends every stranger away whom its matcher catches."""
_AUTHORIZED = re.compile(r"\bauthorized\s*(?::\s*(?:async\s*)?(?=\()|(?=\())")
_TURNS_AWAY = re.compile(r"protect\(|[rR]edirect\w*\(|\b40[13]\b|\breturn\s+false\b|authorized|withAuth")
_EVERY = 10_000
_MOST_TEXT = 200_000


@dataclass(frozen=True, slots=True)
class NextGate:
    """A middleware file of one application: the paths it runs for, and what it does there to strangers."""

    place: Location
    root: str
    gate: Gate
    main: str
    matchers: tuple[str, ...]

    def refuses(self, path: str) -> bool:
        """Whether somebody unknown who asks for this path is turned away."""
        if self.matchers and not any(covers(one, path, prefix=False) for one in self.matchers):
            return False
        return self.gate.outcome(self.main, path) == REFUSED

    @property
    def refuses_somewhere(self) -> bool:
        """Whether it turns anybody away at all, be it from some pages or where it is switched on."""
        return bool(_TURNS_AWAY.search(self.gate.text))

    def is_before(self, endpoint: Endpoint) -> bool:
        """Whether requests for the endpoint pass here first and strangers get no further."""
        served = endpoint.framework in {"next", "trpc", "action"} or endpoint.path.startswith("/api")
        return served and endpoint.module.startswith(self.root) and self.refuses(path_asked(endpoint))


@once
def next_gates(look: Look) -> tuple[NextGate, ...]:
    """The middleware files that ask who calls."""
    return tuple(_gates(look))


def _gates(look: Look) -> Iterator[NextGate]:
    if not look.importers("next", "next-auth", "@clerk/nextjs", reached=False) and not look.tree.match("next.config.*"):
        return
    for path in look.source_paths(*WEB):
        named = _FILE.match(path)
        if not named or not reached(look, path):
            continue
        text = span(look, path, 1, _EVERY)
        helpers = [span(look, one, 1, _EVERY) for one in look.reach.imports_of(path)]
        whole = "\n".join([text, *helpers])[:_MOST_TEXT]
        if _ASKS.search(whole):
            gate = Gate(whole)
            yield NextGate(Location(path), named["root"], gate, body_of_middleware(gate, text), matchers_of(text))


def body_of_middleware(gate: Gate, text: str) -> str:
    """What the middleware does: the body of its function, or what a package's middleware does in its stead."""
    own = next((body for found in _MAIN.finditer(text) if (body := _body(gate, text, found.end()))), "")
    by_itself = _REFUSES_BY_ITSELF.search(text)
    if not by_itself and re.search(r"\bif\s*\(|redirect|40[13]|protect\(", own):
        return own
    decides = _AUTHORIZED.search(gate.text)
    if not decides:
        return "return redirect('/login');" if by_itself else own
    head = closing(gate.text, decides.end() + 1, "()")
    after = re.match(r"\s*(?::\s*[\w<>|]+\s*)?(=>)?\s*(\{)?", gate.text[head:])
    if after and after[2]:
        start = head + after.end()
        body = gate.text[start : closing(gate.text, start, "{}") - 1]
        body = re.sub(r"\breturn\s+(?:true|NextResponse\.next\(\))", "return", body)
        return re.sub(
            r"\breturn\s+(?:false\b|!![\w?.]+|Boolean\([^)]*\)|is\w+|\w+\s*!==?\s*null)",
            "return redirect('/login')",
            body,
        )
    return "" if after and re.match(r"\s*true\b", gate.text[head + after.end() :]) else "return redirect('/login');"


def _body(gate: Gate, text: str, start: int) -> str:
    """The body of the function that is exported here: in place, by its name, or handed to a wrapper."""
    tail = text[start:]
    if named := re.match(r"\s*(\w+)\s*(?:;|$|\n)", tail):
        return gate.body_of(named[1])
    if wrapped := re.match(r"\s*=?\s*(?!async\b|function\b)[\w.]+(?:\([^()]*\))?\(", tail):
        return tail[wrapped.end() : closing(tail, wrapped.end(), "()") - 1]
    return function_body(text, start)


def matchers_of(text: str) -> tuple[str, ...]:
    """The patterns of the paths it runs for; none where it runs for all."""
    found = re.search(r"matcher\s*:\s*([\[\"'`])", text)
    if not found:
        return ()
    last = closing(text, found.end(), "[]") if found[1] == "[" else text.find(found[1], found.end()) + 1
    return tuple(re.findall(r"[\"'`](/[^\"'`]*)[\"'`]", text[found.end() - 1 : last]))


def path_asked(endpoint: Endpoint) -> str:
    """A path that a request for the endpoint may have."""
    if endpoint.framework == "trpc":
        return "/api/trpc/some"
    if endpoint.framework == "action":
        return "/some/page"
    return re.sub(r"\[+[^\]]*\]+|\{[^}]*\}|:\w+", "some", endpoint.path) or "/"
