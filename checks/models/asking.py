"""Tests and scripts that put something to the product's model, through the functions that ask it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from checks.application.calls_seen import lines_of, users_of
from checks.look import PYTHON
from checks.models.calls import model_calls, model_files
from checks.once import once

if TYPE_CHECKING:
    from checks.look import Look
    from checks.readers.python_facts import Call
    from checks.readers.web_facts import WebCall

_HOPS = 4
_RUNS = re.compile(
    r"(?:a?invoke|a?stream|a?batch|a?predict|a?complete|a?chat|a?query|a?call|a?run(?:_sync)?|a?generate|kickoff\w*)"
)
_OVER_HTTP = re.compile(r"\bTestClient\(|\bASGITransport\(|\.test_client\(|\b(?:request|supertest)\(\s*app\b")
_LOOKS_AT = frozenset(
    {"isinstance", "issubclass", "hasattr", "getattr", "callable", "len", "type", "str", "repr", "print"}
)
_NOT_OURS = frozenset({"asyncio", "subprocess", "pytest", "anyio", "argparse", "parser"})


def calls_what_asks(look: Look, path: str) -> bool:
    """Whether a file loads product code near a model and calls, or hands on, a function that reaches the model.

    An import alone, or a look at the prompts and tools that stand beside the model, asks it nothing.
    """
    names, calls = _loaded(look, path)
    if not names:
        return False
    if _OVER_HTTP.search(lines_of(look, path)):
        return True
    asking = _functions(look)
    for call in calls:
        root, _, last = call.callee.rpartition(".")
        root = root.split(".")[0]
        if (last in asking and root not in _NOT_OURS) or (root in names and _RUNS.fullmatch(last)):
            return True
        handed = " ".join(_arguments(call))
        if last not in _LOOKS_AT and any(word in asking for word in re.findall(r"[A-Za-z_$][\w$]*", handed)):
            return True
    return False


def _loaded(look: Look, path: str) -> tuple[set[str], Sequence[Call | WebCall]]:
    """The names that a file imports from model files or from what loads these, with the file's calls."""
    near = model_files(look)
    if path.endswith(PYTHON):
        module = look.python.module(path)
        given = [(item.local, item.paths) for item in module.imports] if module else []
        calls: Sequence[Call | WebCall] = module.calls if module else ()
    else:
        web = look.web.module(path)
        found = web.imports if web else ()
        given = [(local, (item.path,)) for item in found if item.path for local in item.names]
        calls = web.calls if web else ()
    names = {
        local for local, paths in given for one in paths if one in near or near.intersection(look.reach.imports_of(one))
    }
    return names, calls


def _arguments(call: Call | WebCall) -> list[str]:
    """What a call is handed, as text without its strings."""
    given = call.keywords.values() if hasattr(call, "keywords") else call.keys.values()
    every = (*call.arguments, *given)
    texts = [one if isinstance(one, str) else one.text for one in every]
    return [re.sub(r"\"[^\"]*\"|'[^']*'", "", text) for text in texts]


@once
def _functions(look: Look) -> frozenset[str]:
    """Names of the product's functions that hold a model call, or reach one through a few others."""
    todo = [(call.seen.path, call.seen.function, _HOPS) for call in model_calls(look)]
    done: dict[tuple[str, str], int] = {}
    while todo:
        path, function, hops = todo.pop()
        name = function.rsplit(".", 1)[-1]
        if not name or done.get((path, name), 0) >= hops:
            continue
        done[path, name] = hops
        if hops > 1:
            todo += [(user.path, user.function, hops - 1) for user in users_of(look, path, name)]
    return frozenset(name for _, name in done)
