"""Caches that are classes of the repository: who reads from an object of one."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, TypeVar

from checks.application.calls_seen import lines_of
from checks.application.own_caches import OTHER_USE
from checks.application.web_usage import is_web_function_used
from checks.application.wiring import is_one_off, is_used, modules, reached
from checks.files.listed import PYTHON_OF_PRODUCT, WEB_OF_PRODUCT
from checks.once import once
from checks.readers.python_facts import PythonModule
from checks.reads import of_one_file

Worked = TypeVar("Worked")

if TYPE_CHECKING:
    from checks.look import Look
    from checks.readers.web_facts import WebModule

_CLASS = re.compile(
    r"(?m)^[ \t]{0,8}(?:export[ ]+)?(?:default[ ]+)?(?:abstract[ ]+)?class[ ]+(\w{0,60}(?:Cache|LRU|Memo)\w{0,60})"
)
_KEEPS = re.compile(r"(?:self|this)\.[#\w]{1,60}(?:\[[^\]\n]{1,80}\][ ]{0,4}=(?!=)|\.set\(|\.put\()")
_ASKS = re.compile(r"(?:self|this)\.[#\w]{1,60}(?:\.get\(|\.has\(|\[)|[ ]in[ ]+self\.\w")
_METHOD = re.compile(
    r"(?m)^[ \t]+(?:async[ ]+|static[ ]+|public[ ]+)*(?:def[ ]+)?"
    r"((?:get|look_?[uU]p|fetch|read|find|wrap|retrieve)\w{0,40})[ ]{0,2}[<(]"
)
_MOST = 12_000
"""Characters of a class that are read."""


def read_from_classes(look: Look) -> Iterator[tuple[str, int]]:
    """File and first line of the functions that ask an object of a cache class for what they would else work out."""
    known = _objects(look)
    if not known:
        return
    for module in modules(look):
        names = known.get(module.path, set()).union(
            *(known.get(path, set()) for path in look.reach.imports_of(module.path))
        )
        if not names or is_one_off(module.path):
            continue
        asked = re.compile(
            rf"(?<![\w$])(?:{'|'.join(sorted(map(re.escape, {name for name, _ in names})))})(?:\(\))?"
            rf"\.(?:{'|'.join(sorted({method for _, methods in names for method in methods}))})(?:<[^>\n]{{1,80}}>)?\("
        )
        for first, last, used in _functions(look, module):
            text = lines_of(look, module.path, first, last)
            if asked.search(text) and not OTHER_USE.search(text.split("\n", 1)[0]) and used:
                yield module.path, first


def _functions(look: Look, module: PythonModule | WebModule) -> Iterator[tuple[int, int, bool]]:
    if isinstance(module, PythonModule):
        for one in module.functions:
            if not _CLASS.match(f"class {one.owner}"):
                yield one.line, one.end_line, is_used(look, module, one.qualified)
    else:
        yield from (
            (item.line, item.end_line, is_web_function_used(look, module, item))
            for item in module.functions
            if item.name
        )


@once
def _objects(look: Look) -> dict[str, set[tuple[str, tuple[str, ...]]]]:
    """By file, the names of objects of cache classes with the methods that ask them."""
    classes = dict(_classes(look))
    found: dict[str, set[tuple[str, tuple[str, ...]]]] = {}
    if not classes:
        return found
    names = "|".join(map(re.escape, sorted(classes)))
    made = (
        rf"(?:^|[\s.#])(\w{{1,80}})[ ]{{0,4}}(?::[^=\n]{{1,80}})?=[ ]{{0,4}}(?:new[ ]+)?({names})"
        r"(?:\[[^\]\n]{1,60}\]|<[^;\n]{1,80}>)?\("
    )
    given = rf"(?:def|function)[ ]+(\w{{1,80}})[ ]{{0,2}}\([^)\n]{{0,80}}\)[ ]{{0,4}}(?:->|:)[ ]{{0,4}}({names})\b"
    for path, objects in _in_readable(look, _made_from, f"{made}\n{given}"):
        for name, of in objects:
            found.setdefault(path, set()).add((name, classes[of]))
    return found


def _in_readable(
    look: Look, question: Callable[[Look, str, str], list[Worked]], argument: str = ""
) -> Iterator[tuple[str, list[Worked]]]:
    """What readable files say that an entry point reaches: Python first."""
    for among in (PYTHON_OF_PRODUCT, WEB_OF_PRODUCT):
        for path, said in look.gather(question, argument, among).items():
            if reached(look, path) and look.module(path):
                yield path, said


@of_one_file
def _made_from(look: Look, path: str, patterns: str) -> list[tuple[str, str]]:
    """What one of two patterns, a line each, finds in a file: a name, and the class it is made from."""
    text = lines_of(look, path)
    made, given = patterns.split("\n")
    return [(match[1], match[2]) for form in (made, given) for match in re.finditer(form, text, re.MULTILINE)]


def _classes(look: Look) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The repository's classes that are named a cache and keep things by key, with the methods that ask for them."""
    for _, found in _in_readable(look, _classes_in):
        for name, methods in found:
            yield name, tuple(methods)


@of_one_file
def _classes_in(look: Look, path: str, _: str) -> list[tuple[str, list[str]]]:
    found = []
    text = lines_of(look, path)
    for match in _CLASS.finditer(text):
        body = text[match.end() : match.end() + _MOST]
        if end := re.search(r"(?m)^(?:export[ ]+)?class[ ]", body):
            body = body[: end.start()]
        methods = sorted(set(_METHOD.findall(body)))
        if methods and _KEEPS.search(body) and _ASKS.search(body) and not OTHER_USE.search(match[1]):
            found.append((match[1], methods))
    return found
