"""Functions that run once, while a process starts or stops: what they wait for keeps no request waiting."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from checks.application.calls_seen import Seen, calls_that
from checks.application.wiring import arguments_of, calls, is_used, modules_calling, modules_defining, reached, span
from checks.look import PYTHON
from checks.once import once
from checks.readers.python_facts import PythonModule

if TYPE_CHECKING:
    from checks.look import Look
    from checks.readers.python_facts import Call, Function
    from checks.readers.web_facts import WebCall, WebFunction, WebModule

_GIVEN = frozenset({"lifespan", "on_startup", "on_shutdown", "startup", "shutdown", "post_init", "post_shutdown"})
_HOOKS = frozenset({
    "before_serving", "after_serving", "while_serving", "before_server_start", "after_server_start",
    "main_process_start", "before_server_stop", "after_server_stop", "listener", "worker_startup",
})  # fmt: skip
_MOST_CALLERS = 3
_LOOPS = re.compile(r"(?m)^\s*(?:while\b|async for\b)")


def is_startup(look: Look, module: PythonModule, function: Function, depth: int = 0) -> bool:
    """Whether a Python function runs only while the process starts or stops.

    It is a lifespan or a hook of the framework, what `asyncio.run` is given and does not loop, or is called by such
    functions alone.
    """
    if _is_hook(function) or (module.path, function.qualified) in _handed_over(look):
        return True
    if function.decorators or function.owner or depth >= _MOST_CALLERS or _is_passed_on(look, function.name):
        return False
    above = [(other, other.function(name)) for other, name in _callers(look, function.name)]
    return bool(above) and all(
        inner is not None and inner is not function and is_startup(look, other, inner, depth + 1)
        for other, inner in above
    )


def _is_hook(function: Function) -> bool:
    for mark in function.decorators:
        name = mark.callee.rsplit(".", 1)[-1]
        if name in _HOOKS or (name == "on_event" and any("start" in x or "shut" in x for x in arguments_of(mark))):
            return True
    return False


@once
def _handed_over(look: Look) -> frozenset[tuple[str, str]]:
    """Functions, by file and name, that an application is given for its start and stop, or that are run to the end."""
    names = {
        text.rsplit(".", 1)[-1].strip("[]() ")
        for one in calls_that(look, _is_given_a_hook)
        if reached(look, one.path) and (module := look.python.module(one.path)) and is_used(look, module, one.function)
        for key, value in one.keys.items()
        if key in _GIVEN
        for text in value.strip("[]").split(",")
    }
    for hit in calls(look, r".*\.(?:add_event_handler|on_(?:startup|shutdown|cleanup)\.append|cleanup_ctx\.append)"):
        names |= {text.rsplit(".", 1)[-1] for text in arguments_of(hit.call)[-1:]}
    run = {
        text.partition("(")[0]
        for hit in calls(look, r"(?:asyncio|anyio|trio|uvloop)\.run|.*\.run_until_complete")
        for text in arguments_of(hit.call)[:1]
    }
    return frozenset(
        (module.path, one.qualified)
        for module in modules_defining(look, names | run)
        for one in (module.functions if run else module.asynchronous)
        if (one.is_async and one.name in names)
        or (one.qualified in run and not _LOOPS.search(span(look, module.path, one.line, one.end_line)))
    )


def _is_given_a_hook(call: Seen, _: str) -> bool:
    return call.path.endswith(PYTHON) and not _GIVEN.isdisjoint(call.keys)


def _callers(look: Look, name: str) -> Iterator[tuple[PythonModule, str]]:
    """Where functions of a name are called, and in which function; any of that name, as a type is not known."""
    for module, made in _calling(look, name):
        if isinstance(module, PythonModule):
            yield from ((module, call.function) for call in made)


def _calling(look: Look, name: str) -> Iterator[tuple[PythonModule | WebModule, tuple[Call | WebCall, ...]]]:
    if "." not in name:
        yield from modules_calling(look, "callee", rf"(?s)(?:.*\.)?{re.escape(name)}")


def _is_passed_on(look: Look, name: str) -> bool:
    """Whether some call is given a name as it is: a function of that name may be a handler."""
    return name.isidentifier() and any(reached(look, call.path) for call in calls_that(look, _passes_on, name))


def _passes_on(call: Seen, name: str) -> bool:
    return name in call.arguments


# -- JavaScript and TypeScript ----------------------------------------------------------------------------------------


def is_web_startup(look: Look, web: WebModule, line: int) -> bool:
    """Whether the function around a line runs once: it listens, or is called only where its module is loaded.

    A handler inside such a function is another one: the innermost counts.
    """
    around = [one for one in web.functions if one.line <= line <= one.end_line]
    inner = min(around, key=lambda one: one.end_line - one.line, default=None)
    return inner is not None and (_called_at_once(look, web, inner) or _listens(web, inner))


def _listens(web: WebModule, function: WebFunction) -> bool:
    listens = [call.line for call in web.calls if call.callee.endswith(".listen")]
    inner = [one for one in web.functions if function.line < one.line and one.end_line <= function.end_line]
    return any(
        function.line <= line <= function.end_line and not any(one.line <= line <= one.end_line for one in inner)
        for line in listens
    )


def _called_at_once(look: Look, web: WebModule, function: WebFunction) -> bool:
    if not function.name:
        last = span(look, web.path, function.end_line, function.end_line)
        return bool(re.search(r"\}\s*\)\s*\(\s*\)", last))
    callers = list(_web_callers(look, function.name))
    return (
        bool(callers)
        and not _is_passed_on(look, function.name)
        and all(path == web.path and not name for path, name in callers)
    )


def _web_callers(look: Look, name: str) -> Iterator[tuple[str, str]]:
    for module, made in _calling(look, name):
        if not isinstance(module, PythonModule):
            yield from ((module.path, call.function) for call in made)
