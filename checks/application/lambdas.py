"""Python functions that a SAM template lets a gateway call: each an endpoint of its own."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from typing import TYPE_CHECKING

from checks.application.endpoint import Endpoint
from checks.observation import Location
from checks.readers.plain import mapping

if TYPE_CHECKING:
    from checks.look import Look

_CALLED_BY_GATEWAY = frozenset({"Api", "HttpApi"})


def lambdas(look: Look, routed: frozenset[str]) -> Iterator[Endpoint]:
    """The handlers of templates that answer requests, but for files in `routed`, whose own routes are known."""
    for platform in look.containers.platforms:
        if platform.platform != "aws-sam":
            continue
        folder = platform.path.rpartition("/")[0]
        for resource in mapping(platform.data.get("Resources")).values():
            told = mapping(mapping(resource).get("Properties"))
            named, _, function = str(told.get("Handler") or "").rpartition(".")
            bare = posixpath.normpath(posixpath.join(folder, str(told.get("CodeUri") or "."), named.replace(".", "/")))
            module = look.python.module(f"{bare}.py") if named and look.tree.file(f"{bare}.py") else None
            handler = module.function(function) if module else None
            for event in mapping(told.get("Events")).values() if handler else ():
                given = mapping(mapping(event).get("Properties"))
                if (
                    module
                    and handler
                    and mapping(event).get("Type") in _CALLED_BY_GATEWAY
                    and module.path not in routed
                ):
                    method = str(given.get("Method") or "any").upper()
                    yield Endpoint(
                        "lambda",
                        (method,) if method != "ANY" else (),
                        str(given.get("Path") or "/*"),
                        Location(module.path, handler.line),
                        module.path,
                        handler.qualified,
                        handler.line,
                        handler.end_line,
                    )
