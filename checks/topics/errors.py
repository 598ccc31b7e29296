"""What happens when something fails: exceptions that are handled, and those that are swallowed."""

from __future__ import annotations

import re
from collections.abc import Iterator

from checks.application.calls_seen import lines_of
from checks.application.numbers import share
from checks.application.wiring import answer, blind_spots, complain, is_one_off, python_modules, reached, web_modules
from checks.look import Look
from checks.observation import Location, Observation, Outcome, Severity
from checks.probe import probe
from checks.readers.facets import calls_like

SWALLOWED = "errors.not-swallowed"

NEGLIGIBLE, SEVERAL, MANY = 0.05, 3, 0.3
"""Share of silent handlers that is no matter, a number that is more than chance, and a share that is a habit."""

FEW = 3
"""So few broad handlers that an empty one is no matter of chance."""

_BENIGN_TRY = re.compile(
    r"JSON\.parse|new URL\(|localStorage|sessionStorage|decodeURI|clipboard|\bimport\(|require\(|"
    r"\.unlink|\.close\(|releaseLock|\.cancel\(|\.verify\(|\bIntl\.|\breq(?:uest)?(?:\.clone\(\))?\.json\(\)|PerformanceObserver|matchMedia"
)
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
        if body in {"empty", "returns"} and not harmless:
            silent.append(place)
            if body == "empty":
                empty.append(place)
    return silent, empty, total


def _broad(look: Look) -> Iterator[tuple[Location, str, bool]]:
    for module in python_modules(look, "handlers", "calls", dead=True):
        for item in module.handlers if reached(look, module.path) or _is_run(look, module.path) else ():
            if item.broad:
                place = Location(module.path, item.line, item.end_line)
                yield place, item.body, is_one_off(module.path) or _guards_an_import(look, place)
        for call in calls_like(module, "resolved", r"contextlib\.suppress") if reached(look, module.path) else ():
            if any(re.fullmatch(r"(?:Base)?Exception", value.text) for value in call.arguments):
                yield Location(module.path, call.line, call.end_line), "empty", is_one_off(module.path)
    for web in web_modules(look, "catches", dead=True):
        for catch in web.catches if look.reach.reached(web.path) is not False else ():
            place = Location(web.path, catch.line, catch.end_line)
            yield place, catch.body, bool(_BENIGN_TRY.search(_tried(look, place))) or is_one_off(web.path)


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
