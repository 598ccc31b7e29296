"""HTTP clients that the product makes itself: classes below a library's, and functions that return one."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from checks.application.calls_seen import Seen, lines_of
from checks.files.listed import PYTHON_OF_PRODUCT
from checks.look import PYTHON
from checks.once import once
from checks.readers.facets import calls_like
from checks.reads import of_one_file, rests_on

if TYPE_CHECKING:
    from checks.look import Look

_LIBRARY = re.compile(
    r"(?:\w+\.)*(?:requests\.(?:sessions\.)?[Ss]ession|httpx\.(?:Async)?Client|(?:client\.)?ClientSession)"
)
_BASES = re.compile(r"(?:\w+\.)*(?:Session|Client|AsyncClient|ClientSession)")
_LIBRARIES = frozenset({"requests", "httpx", "aiohttp", "niquests"})
_WAITS = re.compile(r"\btimeout[\"']?\s*[=:,\]](?!\s*None\b)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class OwnClient:
    """Where a client is defined: the class that extends one, or the function that builds and returns one."""

    path: str
    first: int
    last: int


def own_client(look: Look, call: Seen) -> OwnClient | None:
    """The product's own client that a Python call is made on, as in `build_session().get(url)`, or None."""
    if not call.path.endswith(PYTHON):
        return None
    return _known(look).get(_made_on(call))


def own_clients(look: Look) -> str:
    """The names of all that `own_client` may find, for `is_on_one`."""
    return "\n".join(sorted(_known(look)))


def is_on_one(call: Seen, names: str) -> bool:
    """Whether a Python call is made on what has one of these names."""
    return bool(names) and call.path.endswith(PYTHON) and _made_on(call) in _set_of(names)


@lru_cache(maxsize=8)
def _set_of(names: str) -> frozenset[str]:
    return frozenset(names.split("\n"))


def _made_on(call: Seen) -> str:
    """The name of what a call is a method of, "" for a plain function."""
    parts = call.name.split(".")
    kept = ".".join(parts[-3:-1]) if parts[-3:-2] == ["state"] else ""
    return kept or (parts[-2] if len(parts) > 1 else "")


def own_client_waits(look: Look, client: OwnClient) -> bool:
    """Whether the definition says how long a request may take."""
    return bool(_WAITS.search(lines_of(look, client.path, client.first, client.last)))


@once
def _known(look: Look) -> dict[str, OwnClient]:
    found: dict[str, OwnClient] = {}
    modules = (look.python.module(path) for path in look.gather(_imports_a_library, "", PYTHON_OF_PRODUCT))
    for module in filter(None, modules):
        for one in module.classes:
            if any(_BASES.fullmatch(base) for base in one.bases):
                found[one.name] = OwnClient(module.path, one.line, one.end_line)
        of_library = calls_like(module, "resolved", _LIBRARY.pattern)
        made = {call.function for call in of_library}
        spans = {call.line: call.end_line for call in of_library}
        for item in module.kept:  # `app.state.http = httpx.AsyncClient()`
            kept = re.search(r"\bstate\.\w+$", item.target)
            if kept and item.line in spans:
                found[kept[0]] = OwnClient(module.path, item.line, spans[item.line])
        for function in module.functions:
            if function.qualified in made and (
                _BASES.fullmatch(function.returns)
                or _returns_it(lines_of(look, module.path, function.line, function.end_line))
            ):
                found[function.name] = OwnClient(module.path, function.line, function.end_line)
    return found


@rests_on(python=("imports",), web=())
@of_one_file
def _imports_a_library(look: Look, path: str, _: str) -> bool:
    module = look.python.module(path)
    return module is not None and not _LIBRARIES.isdisjoint(item.top for item in module.imports)


def _returns_it(text: str) -> bool:
    named = re.findall(r"(?m)^\s*(\w+)(?:\s*:[^=\n]+)?\s*=\s*[\w.]*(?:Session|Client)\(", text)
    return bool(re.search(r"return\s+[\w.]*(?:Session|Client)\(", text)) or any(
        re.search(rf"(?m)^\s*(?:return|yield)\s+{re.escape(name)}\s*$", text) for name in named
    )
