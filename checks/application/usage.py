"""Which functions of the application anything names, told from an index instead of a search of every file."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from checks.readers.python_facts import PythonModule

_WORD = re.compile(r"\w+")
_MODULE_LEVEL = "\n"
"""Stands for an assignment, which counts whatever function it is in; no function has this name."""


class Usage:
    """Where names are called, passed on or assigned in some modules. A module's names are gathered when first asked."""

    def __init__(self, modules: Iterable[PythonModule]) -> None:
        self._importing: dict[str, dict[str, PythonModule]] = {}
        self._names: dict[str, dict[str, set[str]]] = {}
        self._own: dict[str, PythonModule] = {}
        for module in modules:
            self._own[module.path] = module
            for item in module.imports:
                for key in (item.name, *item.paths):
                    self._importing.setdefault(key, {})[module.path] = module

    def names(self, path: str, qualified: str, name: str) -> bool:
        """Whether the file itself, or one that imports it or the name, uses the function `qualified` of the file.

        Uses inside the function itself do not count.
        """
        near = self._importing.get(name, {}) | self._importing.get(path, {})
        if path in self._own:
            near[path] = self._own[path]
        return any(self._used_in(module, name) - {qualified} for module in near.values())

    def _used_in(self, module: PythonModule, name: str) -> set[str]:
        """The functions of a module in which a name is used."""
        if module.path not in self._names:
            self._names[module.path] = _names_in(module)
        return self._names[module.path].get(name, set())


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
