"""What one service of a repository sets says nothing of another: which services with the same need go without."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from checks.application.databases import databases
from checks.application.hosting import shared_packages
from checks.application.reach import Entry
from checks.application.wiring import is_one_off, reached
from checks.files.kinds import is_test
from checks.look import PYTHON, WEB
from checks.observation import Location
from checks.once import once
from checks.reads import SOURCES

if TYPE_CHECKING:
    from collections.abc import Iterable

    from checks.look import Look

_REQUIREMENTS = re.compile(r"(?:^|/)requirements/[^/]+$|/?[^/]+$")
_OPENS = re.compile(
    r"\b(?:create_(?:async_)?engine|engine_from_config|connect|create_pool|\w*ConnectionPool|createPool|createConnection"
    r"|(?:new\s+)?(?:Pool|Client|PrismaClient|DataSource|Sequelize)|knex|postgres|SQLAlchemy|forRoot\w*)\s*\("
    r"|(?m:^DATABASES\s*=)"
)
"""How a connection to a database server is opened."""
_IN_A_FILE = re.compile(r"(?i)sqlite|:memory:")
_ON_A_SERVER = re.compile(r"(?i)postgres|mysql|mariadb|mssql|oracle")


def services_without(look: Look, needing: Iterable[str], having: Iterable[str]) -> frozenset[str]:
    """The files among `needing` that belong to services which none of the files in `having` serves.

    Code serves the services that reach it; a file of settings, all that stands below the nearest manifest, and where
    that is a package, the services that load it. None are told where a file that has it belongs to no service (a
    package nobody is seen to load, settings at the root): it may be in force everywhere.
    """
    serving = serving_parts(look)
    if len(serving) < 2:  # noqa: PLR2004 - one service sets what it sets for itself
        return frozenset()
    served: set[str] = set()
    parts: set[str] = set()
    loaded: dict[str, frozenset[str]] = {}
    for path in set(having):
        part, services = part_of(look, path), look.reach.services_of(path)
        is_code = path.endswith((*PYTHON, *WEB))
        if not services and part and part not in serving:
            if part not in loaded:
                loaded[part] = _loaded_by(look, part)
            services = loaded[part]
        if not services and (part not in serving or (not part and not is_code)):
            return frozenset()
        served |= services
        parts |= {part_of(look, service) for service in services} or {part}
    return frozenset(
        path
        for path in set(needing)
        if (services := look.reach.services_of(path))
        and served.isdisjoint(services)
        and parts.isdisjoint({part_of(look, path), *(part_of(look, service) for service in services)})
    )


def _loaded_by(look: Look, part: str) -> frozenset[str]:
    """The services that load any code of a package: what stands in the package beside it is theirs."""
    inside = (path for path in look.source_paths(*PYTHON, *WEB) if part_of(look, path) == part)
    return frozenset().union(*(look.reach.services_of(path) for path in inside))


def connections_without(look: Look, having: Iterable[Location]) -> list[Location]:
    """Where services open connections to a database server, and nothing that has what is asked for is theirs."""
    if len(serving_parts(look)) < 2:  # noqa: PLR2004 - as above
        return []
    places = {place.path: place for place in reversed(databases(look).server)}
    settings = [path for path in look.sources_with("databases", among=(SOURCES, ".py")) if reached(look, path)]
    opening = [path for path in {*places, *settings} if not is_one_off(path) and _opens(look.tree.text(path) or "")]
    found = services_without(look, opening, [place.path for place in having])
    return sorted(places.get(path, Location(path)) for path in found)


def _opens(text: str) -> bool:
    return bool(_OPENS.search(text)) and not (_IN_A_FILE.search(text) and not _ON_A_SERVER.search(text))


@once
def serving_parts(look: Look) -> frozenset[str]:
    """The folders of manifests below which a service or worker starts, packages that others load left out."""
    started = (Entry.SERVICE, Entry.WORKER)
    found = {
        part_of(look, item.path) for item in look.reach.entry_points if item.entry in started and not is_test(item.path)
    }
    return frozenset(found - shared_packages(look))


def part_of(look: Look, path: str) -> str:
    """The folder of the nearest manifest above a file, be it only a list of requirements; "" is the root."""
    folders, at = _folders(look), path.rpartition("/")[0]
    while at and at not in folders:
        at = at.rpartition("/")[0]
    return at


@once
def _folders(look: Look) -> frozenset[str]:
    declared = {_REQUIREMENTS.sub("", item.path) for item in look.manifests.dependencies}
    return frozenset({item.folder for item in look.manifests.packages} | declared)
