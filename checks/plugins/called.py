"""One call of a plug-in, run as a program of its own by `checks.plugins.calling`.

Standard input holds what to do, as JSON; the only thing on standard output is the answer, whatever the plug-in prints.
"""

from __future__ import annotations

import base64
import json
import os
import sys
from collections.abc import Callable, Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

from checks.plugins import api
from checks.plugins.answers import RubbishError, packed
from checks.plugins.where import where
from checks.reports.document import document


def main() -> None:
    """Answer one order and leave at once: a thread that the plug-in started must not keep us."""
    order = json.loads(sys.stdin.buffer.read())
    answer = os.dup(1)
    null = os.open(os.devnull, os.O_RDWR)
    for number in (0, 1, 2):
        os.dup2(null, number)
    try:
        said = _answered(order)
    except RubbishError as error:
        said = {"failed": str(error)}
    except BaseException as error:  # noqa: BLE001  # whatever a plug-in does, sys.exit included
        said = {"failed": f"it failed ({where(error)})"}
    left = memoryview(json.dumps(said).encode())
    while left:
        left = left[os.write(answer, left) :]
    os._exit(0)


def _answered(order: Mapping[str, Any]) -> dict[str, Any]:
    sys.path[:0] = [] if order["site"] in sys.path else [order["site"]]
    module = import_module(order["module"])
    if not Path(module.__file__ or "").resolve().is_relative_to(Path(order["site"]).resolve()):
        raise RubbishError(f"{order['module']} is not the one of the plug-in")
    match order["what"]:
        case "load":
            # As a function that is not there would first show when it is needed.
            for name in order["needs"]:
                _function(module, name)
            return {"signals": sorted(signal for signals, _ in api.registered() for signal in signals)}
        case "import":
            return _imported(module, api.Context(document=document(base64.b64decode(order["content"]))))
        case _:
            text = _function(module, order["needs"][0])(api.Context(workbook=order["workbook"]))
            if not isinstance(text, str):
                raise RubbishError(f"it returned a {type(text).__name__[:40]} where a text belongs")
            return {"text": text}


def _function(module: object, name: str) -> Callable[[api.Context], object]:
    function = getattr(module, name, None)
    if not callable(function):
        raise RubbishError(f"it has no function {name!r}")
    made: Callable[[api.Context], object] = function
    return made


def _imported(module: object, context: api.Context) -> dict[str, Any]:
    if _function(module, "recognizes")(context) is not True:
        return {"unknown": True}
    try:
        return {"imported": packed(_function(module, "read")(context))}
    except api.NotUsable as refused:
        return {"refused": [refused.where, refused.remedy]}
