"""Guards and limiters of the repository that stop nobody: what they are called says one thing, what they do another."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from checks.application.calls_seen import lines_of
from checks.application.wiring import modules
from checks.once import once

if TYPE_CHECKING:
    from checks.look import Look

_STOPS = re.compile(
    r"\b40[123]\b|\b429\b|TOO_MANY|(?i:too many|unauthori[sz]ed|forbidden|permission|not allowed|denied)"
    r"|\bthrow\b|\braise\b|redirect|\bnext\(\s*[\w$]|\babort\(|return\s+false\b|\breject\w*\(|\bsuper\.|extends\s+\w+\("
)
"""What turns a caller away, or leaves that to a class above."""
_DEFINES = re.compile(
    r"(?m)^[ \t]{0,40}(?:export[ ]+)?(?:default[ ]+)?(?:module\.)?(?:exports(?:\.\w{1,60})?[ ]*=[ ]*)?(?:async[ ]+)?"
    r"(?:function[ ]+(\w{1,80})|class[ ]+(\w{1,80})|(?:const|let|var)[ ]+(\w{1,80})\b[^=\n]{0,120}=[ ]*"
    r"(?:async\b|\(|function\b)|def[ ]+(\w{1,80}))|\bexports\.(\w{1,80})[ ]*=[ ]*(?:async\b|\(|function\b)"
)


def stops_nobody(look: Look, name: str, user: str = "") -> bool:
    """Whether the one thing of that name in the repository, with all of its file and what that loads, refuses nothing.

    Of several, as services have them that are kept beside one another, the one that the file `user` has or loads is
    meant. What packages make of it is taken at their word: a file that loads one is never judged here.
    """
    homes = _homes(look).get(name, set())
    if len(homes) > 1 and user:
        homes = homes & {user, *look.reach.imports_of(user)}
    if len(homes) != 1:
        return False
    home = next(iter(homes))
    if _loads_a_package(look, home):
        return False
    if not _CATCHES.search(lines_of(look, home)) and _loads(look, home, _VERIFIERS):
        return False  # what does not verify throws
    return not any(_STOPS.search(lines_of(look, path)) for path in (home, *look.reach.imports_of(home)))


@once
def _homes(look: Look) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for module in modules(look):
        for match in _DEFINES.finditer(lines_of(look, module.path)):
            found.setdefault(next(filter(None, match.groups())), set()).add(module.path)
    return found


_VERIFIERS = frozenset({"jsonwebtoken", "jose", "jwt"})
"""Packages that throw, or call back with an error, where a token is wrong."""
_CATCHES = re.compile(r"\bcatch\b|\bexcept\b|\((?:err|error|_err|e)\s*,")


def _loads(look: Look, path: str, packages: frozenset[str]) -> bool:
    python, web = look.python.module(path), look.web.module(path)
    return any(item.top in packages for item in (python.imports if python else ())) or any(
        item.package in packages for item in (web.imports if web else ())
    )


_HARMLESS = _VERIFIERS | frozenset(
    {"express", "fastify", "koa", "hono", "@nestjs/common", "starlette", "fastapi", "flask", "next"}
)
_STANDARD = frozenset({
    "collections", "datetime", "functools", "logging", "os", "sys", "time", "typing", "uuid", "__future__", "json",
    "re", "redis", "ioredis", "pydantic", "pydantic_settings",
})  # fmt: skip


def _loads_a_package(look: Look, path: str) -> bool:
    """Whether a file loads a package that might do the refusing: any but a framework's own and the standard library."""
    if python := look.python.module(path):
        return any(not item.paths and item.top not in _HARMLESS | _STANDARD for item in python.imports)
    web = look.web.module(path)
    return any(item.package and item.package not in _HARMLESS | _STANDARD for item in (web.imports if web else ()))
