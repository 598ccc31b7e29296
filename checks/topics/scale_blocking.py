"""Blocking calls inside asynchronous code: each one stops every request of the process."""

from __future__ import annotations

import re
from collections.abc import Iterator

from checks.application.methods import called
from checks.application.numbers import counted
from checks.application.start_up import is_startup
from checks.application.wiring import (
    answer,
    blind_spots,
    complain,
    is_one_off,
    not_applicable,
    python_modules,
)
from checks.look import Look
from checks.observation import Confidence, Location, Observation, Outcome, Severity
from checks.probe import probe
from checks.readers.facets import calls_within
from checks.readers.python_facts import Call, Function, PythonModule
from checks.topics.scale_blocking_web import blocking_in_web
from checks.topics.scale_clients import blocks, opens_file
from checks.topics.scale_sessions import asking

SIGNAL = "scale.no-blocking-async"
A_FEW = 3
SEARCHED = ("asynchronous functions, and the functions they call directly",)

_TO_THREAD = re.compile(r"(?:^|\.)(?:to_thread|run_in_executor|run_in_threadpool|run_sync|submit|sync_to_async)$")
_DEEPEST = 3


@probe(SIGNAL)
def no_blocking_async(look: Look) -> Observation:
    """No asynchronous function sleeps, asks the network or runs a program in the blocking way."""
    fix = "await an asynchronous client, or hand the call to a thread"
    found: list[Location] = []
    files: list[Location] = []
    asynchronous = 0
    for module in python_modules(look, "asynchronous"):
        served = look.reach.served(module.path)
        for function in module.asynchronous:
            asynchronous += 1
            blocking = [] if is_one_off(module.path) and not served else list(_blocking(look, module, function))
            opened = list(_files(module, function)) if served else []
            if (blocking or opened) and not is_startup(look, module, function):
                found += blocking
                files += opened
    in_web, of_web = blocking_in_web(look)
    found += in_web
    asynchronous += of_web
    waits = len(set(found))
    found = sorted({*found, *files})
    if found:
        complain(
            look, "scale.blocking-in-async", SIGNAL, found, Severity.MEDIUM, "a blocking call inside asynchronous code"
        )
        # The disk answers soon: files alone make no request wait for long, however many are opened.
        outcome = Outcome.PARTIAL if waits <= A_FEW else Outcome.UNMET
        said = f"{counted(len(found), 'blocking call')} inside asynchronous code"
        said += "" if waits else ", all of them on files"
        return answer(SIGNAL, outcome, said, found, searched=SEARCHED, confidence=Confidence.HIGH, fix=fix)
    if not asynchronous:
        return not_applicable(look, SIGNAL, "no asynchronous code", searched=SEARCHED)
    if blind := blind_spots(look):
        return answer(SIGNAL, Outcome.UNKNOWN, f"no blocking call was seen, but {blind}", searched=SEARCHED)
    return answer(SIGNAL, Outcome.MET, f"none in {counted(asynchronous, 'asynchronous function')}", searched=SEARCHED)


def _blocking(look: Look, module: PythonModule, function: Function) -> Iterator[Location]:
    """Blocking calls of an asynchronous function itself, and of the plain functions below it, three calls deep."""
    yield from (Location(module.path, call.line, call.end_line) for call in _own(look, module, function))
    waiting = [(module, function, 0)]
    seen = {(module.path, function.qualified)}
    while waiting:
        above, caller, depth = waiting.pop()
        for target, inner in _below(look, above, caller) if depth < _DEEPEST else ():
            key = (target.path, inner.qualified)
            if key not in seen and not inner.is_async and not _returns_later(above, caller, inner):
                seen.add(key)
                waiting.append((target, inner, depth + 1))
                yield from (Location(target.path, call.line, call.end_line) for call in _own(look, target, inner))


def _below(look: Look, module: PythonModule, function: Function) -> Iterator[tuple[PythonModule, Function]]:
    """The repository's functions and methods that a function calls directly."""
    seen = set()
    for call in calls_within(module, function.qualified):
        if call.callee not in seen:
            seen.add(call.callee)
            found = called(look, module, function, call)
            if found:
                yield found


def _own(look: Look, module: PythonModule, function: Function) -> Iterator[Call]:
    # Told apart as they are, not by their lines: nobody asks where a call stands that does not block.
    asked = {id(call) for call in asking(look, module, function)}
    for call in calls_within(module, function.qualified):
        if not call.awaited and (id(call) in asked or blocks(look, module, call)) and not _is_handed_over(module, call):
            yield call


def _files(module: PythonModule, function: Function) -> Iterator[Location]:
    """Files that an asynchronous function opens itself: each holds the process for a moment only."""
    for call in calls_within(module, function.qualified):
        if not call.awaited and opens_file(module, call) and not _is_handed_over(module, call):
            yield Location(module.path, call.line, call.end_line)


def _is_handed_over(module: PythonModule, call: Call) -> bool:
    """Whether the call stands in a lambda that is given to a thread."""
    return any(
        _TO_THREAD.search(outer.callee)
        and any(value.text.startswith("lambda") and f"{call.callee}(" in value.text for value in outer.arguments)
        and outer.line <= call.line <= outer.end_line
        for outer in calls_within(module, call.function)
    )


def _returns_later(module: PythonModule, function: Function, inner: Function) -> bool:
    """Whether the call stands inside one that moves it to a thread, as in `to_thread(lambda: work())`."""
    return any(
        _TO_THREAD.search(call.callee)
        and any(re.search(rf"\b{re.escape(inner.name)}\b", value.text) for value in call.arguments)
        for call in calls_within(module, function.qualified)
    )
