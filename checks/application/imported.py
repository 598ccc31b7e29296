"""Which files import which packages, and in which lines."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING, Final

from checks.application.partly_read import partly_read
from checks.cache.facts import may_tell
from checks.files.listed import PYTHON_OF_PRODUCT, WEB_OF_PRODUCT
from checks.look import PYTHON, names_below
from checks.once import once
from checks.readers.web_resolve import NEVER_PACKAGES
from checks.reads import REMEMBERED, Question, of_one_file

if TYPE_CHECKING:
    from checks.look import Look

_Files = dict[str, list[str]]
"""Files by the first part of what they import: "google" of "google.genai", "@sentry" of "@sentry/node"."""

_ANY: Final = ""
"""What a file says to import whose specifiers may be a secret, which answers must not hold."""


def files_importing(look: Look, packages: tuple[str, ...]) -> Iterator[str]:
    """The files of the application that import something whose first part is that of one of `packages`."""
    python = {package.split(".", 1)[0] for package in packages}
    web = {package.split("/", 1)[0] for package in packages}
    partly_read(look, PYTHON_OF_PRODUCT, WEB_OF_PRODUCT)
    for firsts, table, among in (
        (python, _python_files(look), PYTHON_OF_PRODUCT),
        (web, _web_files(look), WEB_OF_PRODUCT),
    ):
        found = list(table.get(_ANY, ()))
        for first in firsts:
            for name in [one for one in table if one.startswith(first[:-1])] if first.endswith("*") else [first]:
                found += table.get(name, ())
        # Of all that files import, who asks rests on what it asked for alone.
        look.tell_gathered(_imports_first, "\n".join(sorted(firsts)), dict.fromkeys(found, True), among)
        yield from found
    # What nobody asks for is what files import most, and most often anew.
    if standard := sorted(name for first in python for name in _standard(first)):
        yield from look.gather(_imports_one_of, "\n".join(standard), PYTHON_OF_PRODUCT)


def lines_importing(look: Look, path: str, packages: tuple[str, ...]) -> Iterator[int]:
    """The lines of a file that import one of `packages`, and no file of the tree instead."""
    if path.endswith(PYTHON):
        yield from look.answer_of(_python_lines, path, "\n".join(packages))
        return
    said = look.answer_of(_web_lines, path, "\n".join(packages))
    for specifier, line in _spelled(look, path, packages) if (_ANY, 0) in said else said:
        if look.web.resolver.resolve(path, specifier)[1]:
            yield line


# -- the first parts ------------------------------------------------------------------------------------------------


@once
def _python_files(look: Look) -> _Files:
    return _by_first_part(look, PYTHON_OF_PRODUCT)


@cache
def _standard(first: str) -> tuple[str, ...]:
    """The modules of the standard library that a package's first part stands for."""
    return tuple(name for name in sys.stdlib_module_names if names_below(first, name, "."))


@once
def _web_files(look: Look) -> _Files:
    return _by_first_part(look, WEB_OF_PRODUCT)


def _by_first_part(look: Look, among: Question) -> _Files:
    found: _Files = {}
    with look.reads.aside(REMEMBERED):
        for path, names in look.gather(_first_parts, "", among).items():
            for (name,) in names:
                found.setdefault(name, []).append(path)
    return found


@of_one_file
def _imports_first(look: Look, path: str, firsts: str) -> bool:
    """Whether something that a file imports may begin with one of these parts."""
    own = {name for (name,) in look.answer_of(_first_parts, path, "")}
    wanted = firsts.split("\n")
    starts = tuple(first[:-1] for first in wanted if first.endswith("*"))
    return _ANY in own or not own.isdisjoint(wanted) or any(name.startswith(starts) for name in own if starts)


@of_one_file
def _first_parts(look: Look, path: str, _: str) -> list[tuple[str]]:
    if path.endswith(PYTHON):
        return [(name,) for name in sorted(_tops(look, path) - sys.stdlib_module_names)]
    web = look.web.module(path)
    specifiers = {item.specifier for item in web.imports} if web else set()
    names = {name.split("/", 1)[0] for name in specifiers if not name.startswith(NEVER_PACKAGES)}
    return [(_ANY,)] if may_tell("\n".join(sorted(names))) else [(name,) for name in sorted(names)]


@of_one_file
def _imports_one_of(look: Look, path: str, names: str) -> bool:
    return not _tops(look, path).isdisjoint(names.split("\n"))


def _tops(look: Look, path: str) -> set[str]:
    module = look.python.module(path)
    # Which file a dotted name stands for is a matter of the names of files alone.
    return {item.top for item in module.imports if not item.paths} if module else set()


# -- the lines ------------------------------------------------------------------------------------------------------


@of_one_file
def _python_lines(look: Look, path: str, packages: str) -> list[int]:
    wanted = packages.split("\n")
    module = look.python.module(path)
    return [
        item.line
        for item in (module.imports if module else ())
        if not item.paths and any(names_below(package, item.dotted, ".") for package in wanted)
    ]


@of_one_file
def _web_lines(look: Look, path: str, packages: str) -> list[tuple[str, int]]:
    found = _spelled(look, path, tuple(packages.split("\n")))
    return [(_ANY, 0)] if may_tell("\n".join(name for name, _ in found)) else found


def _spelled(look: Look, path: str, packages: tuple[str, ...]) -> list[tuple[str, int]]:
    """Specifiers and lines: whether one leads to a package depends on other files."""
    module = look.web.module(path)
    return [
        (item.specifier, item.line)
        for item in (module.imports if module else ())
        if any(names_below(package, item.specifier, "/") for package in packages)
    ]
