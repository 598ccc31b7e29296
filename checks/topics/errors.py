"""What happens when something fails: exceptions that are handled, and those that are swallowed."""

from __future__ import annotations

import re
from collections.abc import Iterator

from checks.application.calls_seen import lines_of
from checks.application.numbers import share
from checks.application.wiring import answer, blind_spots, complain, is_one_off, reached
from checks.files.listed import PYTHON_OF_PRODUCT, WEB_OF_PRODUCT
from checks.look import Look
from checks.observation import Location, Observation, Outcome, Severity
from checks.probe import probe
from checks.readers.facets import calls_like
from checks.reads import of_one_file

SWALLOWED = "errors.not-swallowed"

NEGLIGIBLE, SEVERAL, MANY = 0.05, 3, 0.3
"""Share of silent handlers that is no matter, a number that is more than chance, and a share that is a habit."""

FEW = 3
"""So few broad handlers that an empty one is no matter of chance."""

_BENIGN_TRY = re.compile(
    r"JSON\.parse|new URL\(|localStorage|sessionStorage|decodeURI|clipboard|\bimport\(|require\(|"
    r"\.unlink|\.close\(|releaseLock|\.cancel\(|\.verify\(|\bIntl\.|\breq(?:uest)?(?:\.clone\(\))?\.json\(\)|PerformanceObserver|matchMedia"
)
_SILENT = frozenset({"empty", "returns"})
"""What handlers do that leave no trace."""
_LONGEST_TRY = 8
"""How many lines above a catch are taken for what it guards, where its `try` stands further up."""


@probe(SWALLOWED)
def not_swallowed(look: Look) -> Observation:
    """Broad handlers that drop what went wrong, against all broad handlers."""
    searched = ("except and catch clauses of application code that an entry point reaches",)
    fix = "log the exception with its traceback, handle it, or let it rise"
    silent, empty, total = _handlers(look)
    blind = blind_spots(look)
    if not total:
        if blind:
            return answer(SWALLOWED, Outcome.UNKNOWN, f"no broad handler seen, but {blind}", searched=searched)
        if not look.has_code():
            return answer(SWALLOWED, Outcome.NOT_APPLICABLE, "no code that could handle an error", searched=searched)
        return answer(SWALLOWED, Outcome.MET, "no broad handler swallows anything", searched=searched)
    said = f"{share(len(silent), total, 'broad handler', 'drops', 'drop')} the error without a trace"
    few = len(silent) <= max(1, NEGLIGIBLE * total)
    if few and not (empty and len(empty) == total and total > 1) and not (silent and total <= FEW):
        if blind:
            return answer(SWALLOWED, Outcome.UNKNOWN, f"{said}, but {blind}", silent, searched=searched)
        return answer(SWALLOWED, Outcome.MET, said, silent, searched=searched)
    complain(look, "errors.swallowed", SWALLOWED, silent, Severity.MEDIUM, "the error is dropped without a trace")
    habit = len(silent) >= MANY * total and len(silent) >= SEVERAL
    bad = (habit and len(empty) >= SEVERAL) or len(silent) > total / 2 > 1
    return answer(SWALLOWED, Outcome.UNMET if bad else Outcome.PARTIAL, said, silent, searched=searched, fix=fix)


def _handlers(look: Look) -> tuple[list[Location], list[Location], int]:
    """Silent broad handlers, the empty ones among them, and how many broad handlers there are."""
    silent: list[Location] = []
    empty: list[Location] = []
    total = 0
    for place, body, harmless in _broad(look):
        total += 1
        if body in _SILENT and not harmless:
            silent.append(place)
            if body == "empty":
                empty.append(place)
    return silent, empty, total


def _broad(look: Look) -> Iterator[tuple[Location, str, bool]]:
    handled = look.gather(_broad_in_python, among=PYTHON_OF_PRODUCT)
    suppressed = look.gather(_suppressed, among=PYTHON_OF_PRODUCT)
    for path in sorted({*handled, *suppressed}):
        if reached(look, path) or _is_run(look, path):
            yield from _handled(path, handled.get(path, []))
        if reached(look, path):
            yield from _handled(path, suppressed.get(path, []))
    for path, caught in look.gather(_broad_in_web, among=WEB_OF_PRODUCT).items():
        if look.reach.reached(path) is not False:
            yield from _handled(path, caught)


_Handled = list[tuple[int, int, str, bool]]
"""The first and the last line of handlers, what they do, and whether that is harmless; no lines of those that speak."""


def _handled(path: str, handlers: _Handled) -> Iterator[tuple[Location, str, bool]]:
    for line, end, body, harmless in handlers:
        yield Location(path, line, end), body, harmless or is_one_off(path)


@of_one_file
def _broad_in_python(look: Look, path: str, _: str) -> list[tuple[int, int, str, bool]]:
    module = look.python.module(path)
    return [
        (0, 0, item.body, False)
        if item.body not in _SILENT
        else (item.line, item.end_line, item.body, _guards_an_import(look, Location(path, item.line, item.end_line)))
        for item in (module.handlers if module else ())
        if item.broad
    ]


@of_one_file
def _suppressed(look: Look, path: str, _: str) -> list[tuple[int, int, str, bool]]:
    module = look.python.module(path)
    return [
        (call.line, call.end_line, "empty", False)
        for call in (calls_like(module, "resolved", r"contextlib\.suppress") if module else ())
        if any(re.fullmatch(r"(?:Base)?Exception", value.text) for value in call.arguments)
    ]


@of_one_file
def _broad_in_web(look: Look, path: str, _: str) -> list[tuple[int, int, str, bool]]:
    web = look.web.module(path)
    return [
        (0, 0, catch.body, False)
        if catch.body not in _SILENT
        else (
            *(catch.line, catch.end_line, catch.body),
            bool(_BENIGN_TRY.search(_tried(look, Location(path, catch.line, catch.end_line)))),
        )
        for catch in (web.catches if web else ())
    ]


def _tried(look: Look, place: Location) -> str:
    """What a JavaScript catch guards: the lines from its `try` on, or the statement that `.catch` ends."""
    lines = lines_of(look, place.path, max(place.line - _LONGEST_TRY, 1), place.end_line).split("\n")
    at = min(_LONGEST_TRY, place.line - 1)
    for start in range(at, -1, -1):
        if re.search(r"\btry\s*\{", lines[start]) or (start < at and re.search(r"[;{}]\s*$", lines[start])):
            opened = re.search(r"\btry\s*\{", lines[start])
            if opened or re.search(r"\.catch\(", lines[at]):
                return "\n".join(lines[start if opened else start + 1 :])
    return "\n".join(lines)


def _is_run(look: Look, path: str) -> bool:
    return look.reach.reached(path) is not False and not is_one_off(path)


def _guards_an_import(look: Look, place: Location) -> bool:
    before = lines_of(look, place.path, max(place.line - 3, 1), place.line - 1)
    return bool(re.search(r"^\s*(?:import|from)\s", before, re.MULTILINE))
