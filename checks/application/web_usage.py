"""Which functions of web code anything names: what is exported and never called is written, not in force."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from checks.application.calls_seen import lines_of
from checks.once import once
from checks.reads import of_one_file

if TYPE_CHECKING:
    from checks.look import Look
    from checks.readers.web_facts import WebFunction, WebModule

_MOVES = re.compile(
    r"(?s)\b(?:import|export)\s+(?:type\s+)?(?:[\w$]+\s*,\s*)?\{[^{}]{0,4000}\}(?:\s*from\s*[\"'][^\"'\n]*[\"'])?"
    r"|\bmodule\.exports\s*=\s*\{[^{}]{0,4000}\}|\b(?:const|let|var)\s*\{[^{}]{0,4000}\}\s*=\s*(?:await\s+)?(?:require|import)\b"
    r"|\bexport\s+default\s+[\w$]+\s*;?\s*$"
)
"""Imports and exports by name: they carry a function around and do not call it."""
_STARTS_ITSELF = re.compile(r"listens for|loaded by|is the main")
"""Reasons of entry points that are run from their first line, while nobody calls what they export."""


def is_web_function_used(look: Look, module: WebModule, function: WebFunction) -> bool:
    """Whether anything names a function of a module, in its own file, in those that import it, or in theirs.

    A method, a function without a name, and what a framework calls by its file or its name count as used.
    """
    name = function.name
    if not re.fullmatch(r"[a-z_$][\w$]*", name) or module.path in _entries(look):
        return True
    if look.answer_of(_uses_its_own, module.path, name):
        return True
    near = set(look.reach.imported_by(module.path))
    near |= {further for one in list(near) for further in look.reach.imported_by(one)}
    return any(look.answer_of(_names, path, name) for path in sorted(near - {module.path}))


@of_one_file
def _uses_its_own(look: Look, path: str, name: str) -> bool:
    """Whether a file names a function more often than it makes it, or hands it on under whatever name."""
    word, own = _word(name), _without_moves(look, path)
    makes = rf"\bfunction\s*\*?\s*{word}|\b(?:const|let|var)\s+{word}|\bexports\.{word}\s*="
    if len(re.findall(word, own)) > len(re.findall(makes, own)):
        return True
    return bool(re.search(rf"\bexport\s+default\s+(?:async\s+)?(?:function\s+)?{word}", lines_of(look, path)))


@of_one_file
def _names(look: Look, path: str, name: str) -> bool:
    return name in lines_of(look, path) and bool(re.search(_word(name), _without_moves(look, path)))


def _word(name: str) -> str:
    return rf"(?<![\w$]){re.escape(name)}(?![\w$])"


def function_around(module: WebModule, line: int) -> WebFunction | None:
    """The outermost function with a name around a line; what stands at module level has none."""
    around = [one for one in module.functions if one.name and one.line <= line <= one.end_line]
    return min(around, key=lambda one: (one.line, -one.end_line), default=None)


def runs(look: Look, module: WebModule, line: int) -> bool:
    """Whether the code at a line is run when the module is loaded, or stands in a function that something names."""
    around = function_around(module, line)
    if around is None:
        return True
    known = _known_used(look)
    at = module.path, around.line
    # What was read for one of the many who ask was read for all of them.
    with look.reads.step("web functions that are named"):
        if at not in known:
            known[at] = is_web_function_used(look, module, around)
        return known[at]


@once
def _known_used(_: Look) -> dict[tuple[str, int], bool]:
    """What was found of functions, filled by `runs`: it is asked for each of their calls by many probes."""
    return {}


def _without_moves(look: Look, path: str) -> str:
    return _MOVES.sub("", lines_of(look, path))


@once
def _entries(look: Look) -> frozenset[str]:
    """Files whose exports a framework or a platform calls."""
    return frozenset(
        point.path
        for point in look.reach.entry_points
        if not _STARTS_ITSELF.match(point.reason)
        or (point.reason.startswith("is the main") and not look.reach.imported_by(point.path))
    )
