"""What happens when something fails: swallowed exceptions, and what users see when the model fails."""

from __future__ import annotations

import re
from collections.abc import Iterator

from checks.calls_seen import Seen, all_calls, function_span, lines_of, users_of
from checks.look import PYTHON, WEB, Look
from checks.model_calls import SEARCHED, ModelCall, calls_in_use, unless_called
from checks.named_values import assigned, written_out
from checks.observation import Location, Observation, Outcome, Severity
from checks.probe import probe
from checks.wiring import absent, answer, blind_spots, complain, is_one_off, reached

SWALLOWED, FALLBACK = "errors.not-swallowed", "llm.failure-fallback"

NEGLIGIBLE, SEVERAL, MANY = 0.05, 3, 0.3
"""Share of silent handlers that is no matter, a number that is more than chance, and a share that is a habit."""

_BENIGN_TRY = re.compile(
    r"JSON\.parse|new URL\(|localStorage|sessionStorage|decodeURI|clipboard|\bimport\(|require\(|"
    r"\.unlink|\.close\(|releaseLock|\.cancel\(|\.verify\(|\bIntl\.|\.json\(\)|PerformanceObserver|matchMedia"
)
_SHOWS = re.compile(
    r"\bst\.(?:error|warning|info)\(|toast|set\w*Error\(|messages\.error\(|flash\(|gr\.(?:Warning|Info)\(|alert\("
)
_STATES = re.compile(r"\bonError\b|\bisError\b|ErrorBoundary|\berror\b[^\n]*=\s*use(?:Chat|Completion|Object)\(")
_GLOBAL = re.compile(
    r"(?:.*\.)?(?:exception_handler|errorhandler|add_exception_handler|register_error_handler|onError)"
)
_TELLS = re.compile(
    r"(?:raise\s+|throw\s+new\s+)(?:\w+\.)*(?:HTTPException|\w*HTTP\w*|HttpException|ServiceUnavailable\w*|BadGateway\w*|APIException"
    r"|TRPCError|GatewayTimeout\w*)\(|\babort\(\s*5\d\d"
)
_SECOND = re.compile(r"with_?[fF]allbacks\(|\bfallbacks[\"']?\s*[=:](?!\s*(?:None|\[\s*\]))")
_HOPS = 6
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
        return answer(SWALLOWED, Outcome.MET, "no broad handler swallows anything", searched=searched)
    said = f"{len(silent)} of {total} broad handlers drop the error without a trace"
    few = len(silent) <= max(1, NEGLIGIBLE * total)
    if few and not (empty and len(empty) == total and total > 1):
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
    for module in look.python.modules(look.source_paths(*PYTHON)):
        for item in module.handlers if reached(look, module.path) or _is_run(look, module.path) else ():
            if item.broad:
                place = Location(module.path, item.line, item.end_line)
                yield place, item.body, is_one_off(module.path) or _guards_an_import(look, place)
        for call in module.calls if reached(look, module.path) else ():
            wide = any(re.fullmatch(r"(?:Base)?Exception", value.text) for value in call.arguments)
            if call.resolved == "contextlib.suppress" and wide:
                yield Location(module.path, call.line, call.end_line), "empty", is_one_off(module.path)
    for web in look.web.modules(look.source_paths(*WEB)):
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


@probe(FALLBACK)
def failure_fallback(look: Look) -> Observation:
    """Whether a failing model call ends in a state that somebody chose, on the way from the user to the model."""
    if missing := unless_called(look, FALLBACK):
        return missing
    searched = (*SEARCHED, "handlers in the functions that lead to them", "catches of the pages")
    fix = "catch a failing model call where the user waits, and show a state of your own"
    calls = calls_in_use(look)
    graded = [(call, _grade(look, call)) for call in calls]
    handled = [call.place for call, grade in graded if grade == "handled"]
    weak = [call.place for call, grade in graded if grade == "weak"]
    bare = [call.place for call, grade in graded if grade == ""]
    said = (
        f"{len(handled)} of {len(calls)} model calls end in a handler that answers, {len(weak)} in one that only logs"
    )
    if len(handled) == len(calls) and all(call.seen.reached for call in calls):
        served = [call for call in calls if look.reach.served(call.seen.path)]
        if not served or blind_spots(look):
            said = "failures are handled, in code that no service was seen to run"
            return answer(FALLBACK, Outcome.PARTIAL, said, handled, searched=searched)
        return answer(FALLBACK, Outcome.MET, said, handled, searched=searched)
    if handled or weak:
        return answer(FALLBACK, Outcome.PARTIAL, said, bare or weak, searched=searched, fix=fix)
    if pages := _pages_that_catch(look):
        said = "no handler near the model calls; pages catch errors, and whether of these calls was not traced"
        return answer(FALLBACK, Outcome.UNKNOWN, said, [*bare[:3], *pages[:3]], searched=searched, fix=fix)
    complain(look, "errors.model-failure", FALLBACK, bare, Severity.MEDIUM, "nothing catches a failure of this call")
    said = "no handler between the users and the model calls"
    result = absent(look, FALLBACK, said, searched=searched, fix=fix)
    return answer(FALLBACK, result.outcome, result.summary, bare, searched=searched, fix=fix)


def _pages_that_catch(look: Look) -> list[Location]:
    """Catches and error states of pages, and handlers for all errors of a service."""
    states = [
        Location(path, lines_of(look, path).count("\n", 0, match.start()) + 1)
        for path in look.source_paths(*WEB)
        if look.reach.reached(path) is not False and (match := _STATES.search(lines_of(look, path)))
    ]
    states += [call.place for call in all_calls(look) if call.reached and _GLOBAL.fullmatch(call.callee)]
    return states + [
        Location(web.path, catch.line)
        for web in look.web.modules(look.source_paths(*WEB))
        for catch in web.catches
        if look.reach.reached(web.path) is not False and catch.body == "handles"
    ]


def _grade(look: Look, call: ModelCall) -> str:
    """The word "handled" where a handler answers on every way to the call, "weak" on some or where one logs, or ""."""
    if _has_second(look, call.seen):
        return "handled"
    return _on_all_ways(look, call.seen, _HOPS, {}) or ""


def _has_second(look: Look, seen: Seen) -> bool:
    """Whether another model answers when this one fails: named in the call, or where its object is made."""
    owner = seen.callee.split(".", 1)[0]
    return bool(_SECOND.search(f"{written_out(look, seen)}\n{assigned(look, seen.path, owner)}"))


def _on_all_ways(look: Look, seen: Seen, hops: int, known: dict[tuple[str, str], str | None]) -> str | None:
    """The grade of one call, or None where no way leads to it: a function that nothing calls."""
    here = set(_bodies(look, seen))
    if here & {"handles", "returns"}:
        return "handled"
    if here & {"logs", "empty"}:
        return "weak"
    name = seen.function.rsplit(".", 1)[-1]
    if not hops or not name:
        return ""
    if (seen.path, name) not in known:
        known[seen.path, name] = None  # a function that calls itself is no further way
        known[seen.path, name] = _of_users(look, seen, hops, known)
    return known[seen.path, name]


def _of_users(look: Look, seen: Seen, hops: int, known: dict[tuple[str, str], str | None]) -> str | None:
    every = users_of(look, seen.path, seen.function.rsplit(".", 1)[-1])
    users = [user for user in every if look.reach.served(user.path) is not False] or every
    grades = {_on_all_ways(look, user, hops - 1, known) for user in users} - {None}
    entered = _is_entered(look, seen) if seen.path.endswith(PYTHON) else not grades
    if not grades:
        return "" if entered else None
    if grades == {"handled"} and not entered:
        return "handled"
    return "weak" if grades != {""} else ""


def _is_entered(look: Look, seen: Seen) -> bool:
    """Whether a framework or a shell calls the Python function: it is decorated, or named main."""
    module = look.python.module(seen.path)
    function = module.function(seen.function) if module else None
    return function is None or bool(function.decorators and not function.owner) or function.name == "main"


def _bodies(look: Look, seen: Seen) -> Iterator[str]:
    """What the handlers do that stand behind a call in its function."""
    first, last = function_span(look, seen.path, seen.line)
    if seen.path.endswith(PYTHON):
        module = look.python.module(seen.path)
        for item in module.handlers if module else ():
            if seen.end_line < item.line <= last and _tries(look, seen.path, first, seen.line, item.line):
                yield _kind(look, seen.path, item.line, item.end_line, item.body)
        return
    web = look.web.module(seen.path)
    for catch in web.catches if web else ():
        if seen.line <= catch.line <= last or catch.line <= seen.line <= catch.end_line <= last:
            yield _kind(look, seen.path, catch.line, catch.end_line, catch.body)


def _kind(look: Look, path: str, first: int, last: int, body: str) -> str:
    """What a handler does; words shown to the user, or an error of HTTP for them, are an answer too."""
    text = lines_of(look, path, first, last)
    told = (body == "logs" and _SHOWS.search(text)) or (body == "raises" and _TELLS.search(text))
    return "handles" if told else body


def _tries(look: Look, path: str, first: int, line: int, handler: int) -> bool:
    """Whether the `try` of a handler opens before a line: the handler's own indentation tells which one it is."""
    lines = lines_of(look, path, first, handler).split("\n")
    depth = len(lines[-1]) - len(lines[-1].lstrip())
    for number in range(len(lines) - 2, -1, -1):
        text = lines[number]
        if text.lstrip().startswith("try:") and len(text) - len(text.lstrip()) == depth:
            return first + number < line
    return False
