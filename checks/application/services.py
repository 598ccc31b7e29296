"""Files that surely run in different services of one repository: what one sets up is not there for the other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from checks.application.apart import part_of
from checks.application.hosting import shared_packages
from checks.look import PYTHON, WEB
from checks.once import once

if TYPE_CHECKING:
    from checks.application.reach import Reach
    from checks.look import Look


def run_apart(look: Look, one: str, other: str) -> bool:
    """Whether two files surely run in different services: each is served, from folders with manifests of their own.

    False where that cannot be told: for a file that no service reaches, and for a package whose users are not seen.
    """
    here, there = _homes(look, one), _homes(look, other)
    return bool(here) and bool(there) and here.isdisjoint(there)


def _homes(look: Look, path: str) -> frozenset[str]:
    """The folders of the services that reach a file; none where no service is seen to.

    What is no code, such as a file of settings, belongs to the service in whose folder it stands, but for the root.
    """
    reach, shared, known = _known(look)
    if path not in known:
        homes = {part_of(look, one) for one in reach.services_of(path)}
        if not path.endswith((*PYTHON, *WEB)):
            homes = {part_of(look, path)} - {""}
        known[path] = frozenset(homes) - shared
    return known[path]


@once
def _known(look: Look) -> tuple[Reach, frozenset[str], dict[str, frozenset[str]]]:
    """The import graph, the folders of shared packages, and what was said of files: it is asked for many pairs."""
    return look.reach, shared_packages(look), {}
