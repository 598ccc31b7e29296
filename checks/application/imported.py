"""Which files import which packages."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from checks.application.partly_read import partly_read
from checks.cache.facts import may_tell
from checks.once import once
from checks.reads import of_one_file

if TYPE_CHECKING:
    from checks.look import Look

Imported = dict[str, list[str]]
"""Files by the name under which they import something."""

_OWN: Final = (".", "/")
_ANY: Final = [("",)]
"""What a file says whose names may be a secret, which answers must not hold."""


@once
def imported(look: Look) -> tuple[Imported, Imported]:
    """The files of the application that import what is no file of the tree: by dotted name, and by specifier."""
    from checks.look import PYTHON, WEB

    python: Imported = {}
    web: Imported = {}
    partly_read(look, look.source_paths())
    for path in look.source_paths(*PYTHON):
        for (name,) in look.answer_of(_dotted, path, ""):
            python.setdefault(name, []).append(path)
    for path in look.source_paths(*WEB):
        said = look.answer_of(_specifiers, path, "")
        for name in _spelled(look, path) if said == _ANY else (name for (name,) in said):
            if look.web.resolver.resolve(path, name)[1]:
                web.setdefault(name, []).append(path)
    return python, web


def lines_importing(look: Look, path: str, name: str) -> list[int]:
    """The lines of a file that import the name, dotted or a specifier."""
    return look.answer_of(_lines, path, name)


@of_one_file
def _dotted(look: Look, path: str, _: str) -> list[tuple[str]]:
    # Which file a name stands for is a matter of the names of files alone.
    module = look.python.module(path)
    return [(name,) for name in sorted({item.dotted for item in module.imports if not item.paths})] if module else []


@of_one_file
def _specifiers(look: Look, path: str, _: str) -> list[tuple[str]]:
    found = list(_spelled(look, path))
    return _ANY if may_tell("\n".join(found)) else [(name,) for name in found]


def _spelled(look: Look, path: str) -> Iterator[str]:
    module = look.web.module(path)
    names = {item.specifier for item in module.imports} if module else set()
    yield from sorted(name for name in names if not name.startswith(_OWN))


@of_one_file
def _lines(look: Look, path: str, name: str) -> list[int]:
    if path.endswith((".py", ".pyw")):
        module = look.python.module(path)
        return [item.line for item in module.imports if item.dotted == name and not item.paths] if module else []
    web = look.web.module(path)
    return [item.line for item in web.imports if item.specifier == name] if web else []
