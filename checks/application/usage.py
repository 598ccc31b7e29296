"""Which functions of the application anything names, told from an index instead of a search of every file."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from checks.digests import of_text
from checks.files.listed import PYTHON_OF_PRODUCT
from checks.once import once
from checks.reads import of_one_file

if TYPE_CHECKING:
    from checks.look import Look
    from checks.readers.python_facts import PythonModule

_WORD = re.compile(r"\w+")
_MODULE_LEVEL = "\n"
"""Stands for an assignment, which counts whatever function it is in; no function has this name."""


class Usage:
    """Where names are called, passed on or assigned in Python files of the product of which `is_own` says so."""

    def __init__(self, look: Look, is_own: Callable[[str], bool]) -> None:
        self._look, self._is_own = look, is_own
        self._importing: dict[str, set[str]] = {}
        for path, keys in look.gather(_imported_by, "", PYTHON_OF_PRODUCT).items():
            for (key,) in keys:
                self._importing.setdefault(key, set()).add(path)

    def names(self, path: str, qualified: str, name: str) -> bool:
        """Whether the file itself, or one that imports it or the name, uses the function `qualified` of the file.

        Uses inside the function itself do not count.
        """
        near = self._importing.get(of_text(name), set()) | self._importing.get(of_text(path), set())
        itself = of_text(qualified)
        return any(
            where != itself
            for one in sorted(filter(self._is_own, near | {path}))
            for (where,) in self._look.answer_of(_uses_in, one, name)
        )


@of_one_file
def _imported_by(look: Look, path: str, _: str) -> list[tuple[str]]:
    """Digests of the names that a file imports, and of the files that its imports load."""
    module = look.python.module(path)
    every = {key for item in module.imports for key in (item.name, *item.paths)} if module else set()
    return sorted((of_text(key),) for key in every)


@of_one_file
def _uses_in(look: Look, path: str, name: str) -> list[tuple[str]]:
    """Digests of the functions of a file in which a name is used."""
    known = _known_names(look)
    # Asked for each time, so that it is known that the file was read.
    module = look.python.module(path)
    if path not in known:
        known[path] = _names_in(module) if module else {}
    return sorted((of_text(where),) for where in known[path].get(name, ()))


@once
def _known_names(_: Look) -> dict[str, dict[str, set[str]]]:
    """The names that files use, filled by `_uses_in`, each with the functions in which it is used."""
    return {}


def _names_in(module: PythonModule) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for call in module.calls:
        found.setdefault(call.callee.rsplit(".", 1)[-1], set()).add(call.function)
        for value in (*call.arguments, *call.keywords.values()):
            for word in _WORD.findall(value.text):
                found.setdefault(word, set()).add(call.function)
    for item in module.assignments:
        for word in _WORD.findall(item.value.text):
            found.setdefault(word, set()).add(_MODULE_LEVEL)
    return found
