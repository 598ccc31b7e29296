"""What stands before all endpoints of one service does not stand before those of another in the same repository."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from checks.application.apart import part_of
from checks.application.endpoints import endpoints
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
        return _is_deployed_by(look, place.path, endpoint)
    if place.path in _loaded_by_place(look):
        return _package(look, place.path) == _package(look, endpoint.module)
    guarded, serving = look.reach.services_of(place.path), look.reach.services_of(endpoint.module)
    return not guarded or not serving or not guarded.isdisjoint(serving)


def set_for(look: Look, place: Location, endpoint: Endpoint) -> bool:
    """Whether a setting at a place, which need not be loaded by an import, is one of the service of the endpoint.

    A framework may find such a file by its place, or by a name in the environment: it is then for the folder that has
    a manifest and endpoints of its own.
    """
    own, other = part_of(look, place.path), part_of(look, endpoint.module)
    if own == other and "settings" in place.path:
        return True
    if own and other and own != other:
        if _OF_A_SITE.search(place.path):
            return False
        code = place.path.endswith((*PYTHON, *WEB))
        if code and own in _serving_parts(look) and not look.reach.services_of(place.path):
            return False
    return stands_before(look, place, endpoint)


def _is_deployed_by(look: Look, path: str, endpoint: Endpoint) -> bool:
    """Whether a file that is no code may stand before an endpoint.

    A proxy stands before all; a template of functions that is kept beside their code stands before these alone.
    """
    folder = path.rpartition("/")[0]
    if not folder or not any(one.path == path and one.platform in _OF_FUNCTIONS for one in look.containers.platforms):
        return True
    code = any(one.module.startswith(f"{folder}/") for one in endpoints(look))
    return not code or endpoint.module.startswith(f"{folder}/") or "../" in (look.tree.text(path) or "")


_OF_A_SITE = re.compile(r"(?:^|/)(?:(?:next|nuxt)\.config\.\w+|vercel\.json|netlify\.toml|_headers)$")
"""What a framework or a host reads for the one site beside which it is kept."""
_OF_FUNCTIONS = frozenset({"aws-sam", "serverless"})


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
def _serving_parts(look: Look) -> frozenset[str]:
    return frozenset(part_of(look, one.module) for one in endpoints(look))


@once
def _folders(look: Look) -> tuple[str, ...]:
    """The folders of packages, deepest first."""
    return tuple(sorted({package.folder for package in look.manifests.packages}, key=len, reverse=True))


def _package(look: Look, path: str) -> str:
    return next((folder for folder in _folders(look) if not folder or path.startswith(f"{folder}/")), "")
