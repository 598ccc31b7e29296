"""Classes of the repository and what they inherit, across files."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from checks.readers.python_facts import Class, PythonModule

if TYPE_CHECKING:
    from checks.readers.python import PythonCode

_MOST_DEPTH = 6


def lineage(code: PythonCode, module: PythonModule, name: str, depth: int = 0) -> Iterator[tuple[PythonModule, Class]]:
    """The class that `name` stands for in a module, and the repository's classes it inherits from, nearest first."""
    found = _class(code, module, name, 0)
    if found is None or depth > _MOST_DEPTH:
        return
    yield found
    for base in found[1].bases:
        yield from lineage(code, found[0], base.split("[", 1)[0], depth + 1)


def _class(code: PythonCode, module: PythonModule, name: str, depth: int) -> tuple[PythonModule, Class] | None:
    head, _, rest = name.partition(".")
    own = next((item for item in module.classes if item.name == name), None)
    if own is not None:
        return module, own
    for item in module.imports if depth < _MOST_DEPTH else ():
        if item.paths and item.local in {head, "*"}:
            target = code.module(item.paths[-1])
            wanted = rest or (head if item.local == "*" else item.name)
            found = _class(code, target, wanted, depth + 1) if target and target is not module else None
            if found:
                return found
    return None
