"""Which files the entry points reach through imports: what no entry point reaches is written, not wired."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING

from checks.files.listed import LOADABLE_PYTHON, LOADABLE_WEB

if TYPE_CHECKING:
    from checks.look import Look


class Entry(StrEnum):
    """How an entry point is started."""

    SERVICE = "service"
    """Answers requests or draws the user interface: an application object, a routed file, a browser's first script."""
    WORKER = "worker"
    """Runs beside the service: a task queue's application, a scheduled job."""
    COMMAND = "command"
    """A console script, package main, or a file a manifest, container or CI job runs."""
    SCRIPT = "script"
    """Has a main guard or stands alone, and nothing says that anybody runs it."""


OLD = re.compile(
    r"^((?:(?:apps|libs|packages|scripts|services|tools)/)?(?:_?legacy|_archive|archived|attic|deprecated|obsolete|old|unused))/"
)
_SERVING = frozenset({Entry.SERVICE, Entry.WORKER})


@dataclass(frozen=True, slots=True, order=True)
class EntryPoint:
    """A file where execution starts, how, and what says so."""

    path: str
    entry: Entry
    reason: str


class Reach:
    """The import graph of the Python and web files of a tree, from their entry points."""

    def __init__(
        self,
        entry_points: Iterable[EntryPoint],
        imports: dict[str, frozenset[str]],
        aside: frozenset[str] = frozenset(),
    ) -> None:
        self.entry_points = tuple(sorted(set(entry_points)))
        self._imports = imports
        self._aside = aside
        self._services: dict[str, frozenset[str]] = {}

    @classmethod
    def trace(cls, look: Look) -> Reach:
        """Build the graph of a tree: entry points, imports, and names that frameworks load by text."""
        from checks.application.entry_points import find, laid_aside
        from checks.application.file_loads import loads
        from checks.application.partly_read import partly_read

        partly_read(look, LOADABLE_PYTHON, LOADABLE_WEB)
        found = find(look)
        aside = laid_aside(look, found)
        live = [item for item in found if old_folder(item.path) not in aside]
        return cls(live, {path: frozenset(loaded) - {path} for path, loaded in loads(look)}, aside)

    def reached(self, path: str) -> bool | None:
        """Whether any entry point reaches the file; None where no entry point of its language was found."""
        return self._among(path, self._from_any, self._languages)

    def served(self, path: str) -> bool | None:
        """Whether a service or worker reaches it; None where none of its language was found.

        Stricter than `reached`: a module that only its own main guard starts is reached, not served.
        """
        return self._among(path, self._from_services, self._served_languages)

    def services_of(self, path: str) -> frozenset[str]:
        """The entry points of services and workers that reach the file."""
        if path not in self._services:
            above, waiting = {path}, [path]
            while waiting:
                for importer in self.imported_by(waiting.pop()):
                    if importer not in above:
                        above.add(importer)
                        waiting.append(importer)
            serving = {item.path for item in self.entry_points if item.entry in _SERVING}
            self._services[path] = frozenset(above & serving)
        return self._services[path]

    def imported_by(self, path: str) -> tuple[str, ...]:
        """The application files that import the file directly, sorted."""
        return self._importers.get(path, ())

    def imports_of(self, path: str) -> tuple[str, ...]:
        """The repository files the file loads directly, sorted."""
        return tuple(sorted(self._imports.get(path, ())))

    def _among(self, path: str, closure: frozenset[str], languages: frozenset[bool]) -> bool | None:
        if path in closure:
            return True
        return False if _is_python(path) in languages or old_folder(path) in self._aside else None

    # Asked for every file by many probes: the answers must not walk the entry points again.
    @cached_property
    def _languages(self) -> frozenset[bool]:
        return frozenset(_is_python(item.path) for item in self.entry_points)

    @cached_property
    def _served_languages(self) -> frozenset[bool]:
        return frozenset(_is_python(item.path) for item in self.entry_points if item.entry in _SERVING)

    @cached_property
    def _from_any(self) -> frozenset[str]:
        return self._closure(item.path for item in self.entry_points)

    @cached_property
    def _from_services(self) -> frozenset[str]:
        return self._closure(item.path for item in self.entry_points if item.entry in _SERVING)

    def _closure(self, start: Iterable[str]) -> frozenset[str]:
        waiting = list(start)
        seen = set(waiting)
        while waiting:
            for path in self._imports.get(waiting.pop(), ()):
                if path not in seen:
                    seen.add(path)
                    waiting.append(path)
        return frozenset(seen)

    @cached_property
    def _importers(self) -> dict[str, tuple[str, ...]]:
        found: dict[str, list[str]] = {}
        for importer in sorted(self._imports):
            for path in self._imports[importer]:
                found.setdefault(path, []).append(importer)
        return {path: tuple(importers) for path, importers in found.items()}


def old_folder(path: str) -> str:
    """The folder at the root, or of packages or scripts, that says of itself that it is no longer used, or ""."""
    found = OLD.match(path)
    return found[1] if found else ""


def _is_python(path: str) -> bool:
    return path.endswith((".py", ".pyw"))
