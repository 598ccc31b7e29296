"""What stands before all endpoints of one service does not stand before those of another in the same repository."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from checks.look import PYTHON, WEB
from checks.once import once

if TYPE_CHECKING:
    from checks.application.endpoint import Endpoint
    from checks.look import Look
    from checks.observation import Location

_BY_PLACE = "loads it by its place"


def stands_before(look: Look, place: Location, endpoint: Endpoint) -> bool:
    """Whether a guard or limiter that is put before everything at a place is before the endpoint as well.

    It is where one service reaches both files, and where that cannot be told. What a framework loads by its place is
    before the routes of its own package.
    """
    if not place.path.endswith((*PYTHON, *WEB)):
        return True
    if place.path in _loaded_by_place(look):
        return _package(look, place.path) == _package(look, endpoint.module)
    guarded, serving = look.reach.services_of(place.path), look.reach.services_of(endpoint.module)
    return not guarded or not serving or not guarded.isdisjoint(serving)


def is_below_routes(look: Look, path: str, callee: str, line: int) -> bool:
    """Whether routes stand above a `use` of the same application: they answer before it runs."""
    module, host = look.web.module(path), callee.rpartition(".")[0]
    return callee.endswith(".use") and any(
        call.line < line
        and call.callee.rpartition(".")[0] == host
        and len(call.arguments) > 1
        and call.arguments[0][:1] in "'\"`"
        and not re.search(r"(?i)health|ready|live|static|metrics|ping|docs", call.arguments[0])
        for call in (module.calls if module else ())
    )


@once
def _loaded_by_place(look: Look) -> frozenset[str]:
    return frozenset(point.path for point in look.reach.entry_points if point.reason.endswith(_BY_PLACE))


@once
def _folders(look: Look) -> tuple[str, ...]:
    """The folders of packages, deepest first."""
    return tuple(sorted({package.folder for package in look.manifests.packages}, key=len, reverse=True))


def _package(look: Look, path: str) -> str:
    return next((folder for folder in _folders(look) if not folder or path.startswith(f"{folder}/")), "")
