"""Services of one repository: which files surely run apart, so that what one sets up is not there in the other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from checks.application.hosting import shared_packages
from checks.look import PYTHON, WEB
from checks.once import once

if TYPE_CHECKING:
    from checks.application.reach import Reach
    from checks.look import Look


def run_apart(look: Look, one: str, other: str) -> bool:
    """Whether two files surely run in different services: each is served, from folders with manifests of their own.

    False where that cannot be told: for a file that no service reaches, and for a package that others depend on.
    """
    here, there = _homes(look, one), _homes(look, other)
    return bool(here) and bool(there) and here.isdisjoint(there)


def service_folder(look: Look, path: str) -> str:
    """The folder of the nearest manifest or list of requirements above a file, "" for the root."""
    return _nearest(_known(look)[1], path)


def _nearest(folders: frozenset[str], path: str) -> str:
    at = path.rpartition("/")[0]
    while at and at not in folders:
        at = at.rpartition("/")[0]
    return at


def _homes(look: Look, path: str) -> frozenset[str]:
    """The folders of the services that reach a file; none where no service does, or where it may be shared.

    What is no code, such as a file of settings, belongs to the service in whose folder it stands, but for the root.
    """
    reach, folders, shared, known = _known(look)
    if path not in known:
        own = _nearest(folders, path)
        homes = frozenset(_nearest(folders, one) for one in reach.services_of(path)) - shared
        if own and not path.endswith((*PYTHON, *WEB)):
            homes = frozenset({own})
        known[path] = frozenset() if own in shared else homes
    return known[path]


@once
def _known(look: Look) -> tuple[Reach, frozenset[str], frozenset[str], dict[str, frozenset[str]]]:
    """The import graph, the folders of manifests, those of shared packages, and what was said of files before."""
    folders = {item.folder for item in look.manifests.packages}
    folders |= {item.path.rpartition("/")[0].removesuffix("/requirements") for item in look.manifests.dependencies}
    return look.reach, frozenset(folders - {"requirements"}), shared_packages(look), {}
