"""What writing a scaffold would do: where it goes, what is in its way, and its text."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from checks.blanks import Blank, blanks
from checks.files.kinds import is_vendored
from checks.files.patterns import matching
from workbook.errors import Refused
from workbook.scaffold.registry import Scaffold
from workbook.scaffold.rendering import Ground, rendered

_KEPT: Final = frozenset({".git", ".readiness", ".hg", ".svn"})
"""Folders no document goes into: git's own, and ours."""
_OURS: Final = frozenset({"readiness.toml", "readiness-waivers.toml"})
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f\\]")
_ROUTER: Final = re.compile(r"(^|/)(?:src/)?app(?=/)")


@dataclass(frozen=True, slots=True)
class Planned:
    """A scaffold as it would be written. `there` are files that are this document already; then nothing is written."""

    scaffold: Scaffold
    path: str
    text: str
    there: tuple[str, ...]
    also: tuple[str, ...] = ()
    """Other spellings of it, where the path was chosen by the person all the same."""
    trouble: str = ""
    """What of the tree could not be told; "" where everything was looked at."""

    @property
    def blanks(self) -> tuple[Blank, ...]:
        """What a person has to fill in."""
        return blanks(self.text)


def planned(scaffold: Scaffold, ground: Ground, paths: Iterable[str], to: str = "") -> Planned:
    """What would be written, and where.

    Args:
        scaffold: the document.
        ground: what it is filled with.
        paths: the files of the tree.
        to: where it should go; its usual place if empty.

    Raises:
        Refused: the path leads out of the repository or into a folder that is not for documents.
    """
    portrait = ground.portrait
    form = scaffold.form(portrait.frameworks[0] if portrait.frameworks and portrait.application else "")
    target = plain_path(to) if to else form.path.replace("{beside}", _beside(portrait.frameworks, portrait.application))
    target = target.removeprefix("/")
    files = tuple(paths)
    spelled = spellings(scaffold, files)
    if scaffold.name == "health" and portrait.health:
        spelled = (portrait.health, *spelled)
    same = tuple(path for path in files if path.casefold() == target.casefold())
    if to:
        also = tuple(one for one in spelled if one not in same)
        return Planned(scaffold, target, rendered(form, ground), same, also, portrait.trouble)
    found = tuple(dict.fromkeys((*same, *spelled)))
    return Planned(scaffold, target, rendered(form, ground), found, trouble=portrait.trouble)


def plain_path(typed: str) -> str:
    """A path below the root as a person gave it, in one spelling.

    Raises:
        Refused: it leads elsewhere, or to files that are not documents.
    """
    path = posixpath.normpath(typed)
    parts = path.split("/")
    if not typed.strip() or typed.endswith("/") or path == ".":
        raise Refused(f"{typed!r} names no file", "give the path of a file below the repository: --to docs/runbook.md")
    if posixpath.isabs(path) or parts[0] == ".." or _CONTROL.search(path) or parts[0].startswith("~"):
        raise Refused(f"{typed!r} lies outside the repository", "give a path below it: --to docs/runbook.md")
    if _KEPT & {part.casefold() for part in parts} or path.casefold() in _OURS:
        raise Refused(f"{typed!r} is not for documents", "give another path: --to docs/runbook.md")
    return path


def spellings(scaffold: Scaffold, files: tuple[str, ...]) -> tuple[str, ...]:
    """The files that are the same document by another name or in another place, in any case."""
    if not scaffold.there:
        return ()
    lowered: dict[str, list[str]] = {}
    for path in files:
        lowered.setdefault(path.lower(), []).append(path)
    found = matching(tuple(pattern.lower() for pattern in scaffold.there), tuple(lowered))
    return tuple(path for one in found for path in lowered[one] if not is_vendored(path))


def _beside(frameworks: tuple[str, ...], application: str) -> str:
    """The folder of the file that makes the application; of Next.js the folder its routes are in."""
    if frameworks[:1] == ("next",) and (match := _ROUTER.search(application)):
        return application[: match.end()]
    return application.rpartition("/")[0]
