"""Shutdown: does the process get the signal, and does it clean up."""

from __future__ import annotations

import re
from collections.abc import Iterator

from checks.application.calls_seen import Seen, calls_of
from checks.application.endpoints import endpoints
from checks.application.hosting import serverless
from checks.application.hosts_named import run_by_platform
from checks.application.reach import Entry
from checks.application.web_usage import runs
from checks.application.wiring import (
    answer,
    arguments_of,
    blind_spots,
    calls,
    complain,
    is_used,
    modules_defining,
    python_modules,
    span,
    web_modules,
)
from checks.look import Look
from checks.observation import Confidence, Location, Observation, Outcome, Severity
from checks.probe import probe
from checks.readers.containers import Dockerfile
from checks.readers.facets import calls_like
from checks.readers.python_facts import Function, PythonModule
from checks.topics.containers import shipped
from checks.topics.containers_start import scripts
from checks.topics.shutdown_apart import without_cleanup
from checks.topics.shutdown_does import does_more_than_log, handler_does, statement_does

SIGNAL = "run.graceful-shutdown"
SEARCHED = ("lifespan and shutdown handlers that are registered", "signal handlers", "how images start the process")

_NODE_HOOKS = (
    r"process\.(on|once|addListener)|.*\.addHook|.*\.enableShutdownHooks|(close-with-grace|@godaddy/terminus"
    r"|http-terminator"
    r"|lightship|stoppable)\b.*|Deno\.addSignalListener|.*\.(gracefulShutdown|onShutdown)"
)
_PYTHON_HOOKS = (
    r"signal\.signal|.*\.add_signal_handler|atexit\.register|.*\.add_event_handler|.*on_(shutdown|cleanup)\.append"
)
_ON_STOP = re.compile(r"SIGTERM|SIGINT|SIGQUIT|onClose|preClose|shutdown", re.IGNORECASE)
_ALWAYS = re.compile(r"enableShutdownHooks|close-with-grace|termin|lightship|stoppable|gracefulShutdown|onShutdown")


@probe(SIGNAL)
def graceful_shutdown(look: Look) -> Observation:
    """What is cleaned up on stop, and whether the process ever hears of it."""
    fix = "close pools and finish work in the framework's shutdown hook, and start the server directly (exec form)"
    images = shipped(look)
    if not images and (run_elsewhere := _by_platform(look)):
        return run_elsewhere
    service = any(point.entry in {Entry.SERVICE, Entry.WORKER} for point in look.reach.entry_points)
    if not service and not endpoints(look) and not images:
        blind = blind_spots(look)
        said = f"no long-running service was found, but {blind}" if blind else "no long-running service"
        outcome = Outcome.UNKNOWN if blind else Outcome.NOT_APPLICABLE
        return answer(SIGNAL, outcome, said, searched=SEARCHED)
    hooks = list(_hooks(look))
    cleaning = [place for place, cleans in hooks if cleans]
    deaf = [Location(image.path, _line(look, image)) for image in images if not _hears(look, image)]
    if deaf:
        message = "the shell is the first process here: the server does not receive the stop signal"
        complain(look, "shutdown.signal-lost", SIGNAL, deaf, Severity.MEDIUM, message)
        said = "the process never receives the stop signal: it is started through a shell"
        outcome = Outcome.PARTIAL if cleaning and len(deaf) < len(images) else Outcome.UNMET
        return answer(SIGNAL, outcome, said, deaf, searched=SEARCHED, fix="start the server in exec form, or with exec")
    if cleaning:
        places = [Location(image.path, _line(look, image)) for image in without_cleanup(look, images, cleaning)]
        outcome, said = Outcome.MET, "cleanup on stop is registered"
        if places:
            outcome, said = Outcome.PARTIAL, "one service cleans up on stop, another with an image of its own does not"
        return answer(SIGNAL, outcome, said, [*places, *cleaning], searched=SEARCHED, fix=fix if places else "")
    if hooks:
        places = [place for place, _ in hooks]
        said = "the shutdown hook only logs"
        return answer(SIGNAL, Outcome.PARTIAL, said, places, searched=SEARCHED, fix=fix)
    if images:
        places = [Location(image.path, _line(look, image)) for image in images]
        if not _has_a_server(look, images) and not blind_spots(look):
            said = "no cleanup on stop, and no server that would do some itself"
            return answer(SIGNAL, Outcome.UNMET, said, places, searched=SEARCHED, fix=fix)
        said = "relies on the server's own handling of the signal"
        return answer(SIGNAL, Outcome.PARTIAL, said, places, searched=SEARCHED, fix=fix)
    blind = blind_spots(look)
    if blind:
        return answer(SIGNAL, Outcome.UNKNOWN, f"no cleanup was found, but {blind}", searched=SEARCHED, fix=fix)
    return answer(SIGNAL, Outcome.UNMET, "no cleanup on stop", searched=SEARCHED, fix=fix)


def _by_platform(look: Look) -> Observation | None:
    """The answer where a platform starts and stops what runs, None elsewhere."""
    if target := serverless(look):
        return answer(SIGNAL, Outcome.NOT_APPLICABLE, "serverless", target, searched=SEARCHED)
    host, named = run_by_platform(look)
    said = f"{host} starts and stops it, by what names the host"
    sure = Confidence.LOW
    return answer(SIGNAL, Outcome.NOT_APPLICABLE, said, named, searched=SEARCHED, confidence=sure) if host else None


# -- hooks --------------------------------------------------------------------------------------------------------


def _hooks(look: Look) -> Iterator[tuple[Location, bool]]:
    """Registered hooks, each with whether it does more than log."""
    used = {
        text.rsplit(".", 1)[-1]
        for module in python_modules(look, "calls")
        for call in calls_of(look, module.path, _is_given_a_hook)
        for name, text in call.keys.items()
        if name in _GIVEN and is_used(look, module, call.function)
    }
    decorated = python_modules(look, "decorated")
    both = {module.path: module for module in (*decorated, *modules_defining(look, used))}
    for _, module in sorted(both.items()):
        for function in module.functions if used else module.decorated:
            marks = {mark.callee.rsplit(".", 1)[-1]: mark for mark in function.decorators}
            stops = "on_event" in marks and any("shutdown" in value.text for value in marks["on_event"].arguments)
            stops = stops or bool(
                {"after_serving", "before_server_stop", "after_server_stop", "worker_shutdown"} & marks.keys()
            )
            if stops:
                yield (
                    Location(module.path, function.line),
                    does_more_than_log(look, module.path, function.line, function.end_line),
                )
            elif function.name in used:
                yield from _lifespan(look, module, function)
    for hit in calls(look, _PYTHON_HOOKS):
        arguments = " ".join(str(getattr(value, "text", value)) for value in hit.call.arguments)
        always = hit.call.resolved.startswith("atexit") or ".append" in hit.call.callee
        each = next(iter(arguments_of(hit.call)), "")
        on_stop = always or _ON_STOP.search(arguments) or _is_each_signal(look, hit.place.path, each)
        if on_stop and not re.search(r"SIG_DFL|SIG_IGN", arguments):
            given = arguments_of(hit.call)
            handler = given[0] if len(given) == 1 or hit.call.resolved.startswith("atexit") else given[-1]
            owner = hit.function.rpartition(".")[0]
            yield hit.place, not given or handler_does(look, hit.place.path, handler, owner=owner)
    for web in web_modules(look, "calls"):
        for call in calls_like(web, "resolved", _NODE_HOOKS):
            first = call.arguments[0] if call.arguments else ""
            named = _ON_STOP.search(first) or _ALWAYS.search(call.resolved) or _is_each_signal(look, web.path, first)
            if named and runs(look, web, call.line):
                does = bool(_ALWAYS.search(call.resolved)) or does_more_than_log(
                    look, web.path, call.line, call.end_line
                )
                yield Location(web.path, call.line, call.end_line), does


_GIVEN = frozenset({"lifespan", "on_shutdown"})
"""The arguments by which an application is handed what runs when it stops."""


def _is_given_a_hook(call: Seen, _: str) -> bool:
    return not _GIVEN.isdisjoint(call.keys)


def _lifespan(look: Look, module: PythonModule, function: Function) -> Iterator[tuple[Location, bool]]:
    text = span(look, module.path, function.line, function.end_line).split("\n")
    at = next((number for number, line in enumerate(text) if re.search(r"\byield\b", line)), None)
    if at is None:
        return
    within = any(re.match(r"\s*async with |\s*with ", line) for line in text[:at])
    after = [line.strip() for line in text[at + 1 :] if line.strip()]
    if after or within:
        place = Location(module.path, function.line + at)
        yield place, within or any(statement_does(look, module.path, line) for line in after)


def _is_each_signal(look: Look, path: str, name: str) -> bool:
    """Whether a name goes through a list of signals, as in `for (const signal of ["SIGINT", "SIGTERM"])`."""
    text = look.tree.text(path) or ""
    return bool(re.fullmatch(r"\w+", name)) and bool(
        re.search(rf"\b{name}\s+(of|in)\b[^;{{]*SIG(TERM|INT)|SIG(TERM|INT)[^;]*forEach\(\s*\(?{name}\b", text)
        or (
            re.search(rf"\b{name}\s+of\b|forEach\(\s*(async )?\(?{name}\b", text)
            and re.search(r"[\"']SIGTERM[\"']", text)
        )
    )


# -- does the signal arrive ---------------------------------------------------------------------------------------

_SERVER = re.compile(
    r"\b(uvicorn|gunicorn|hypercorn|fastapi|flask|celery|daphne|waitress|uwsgi|granian|streamlit|chainlit|node|npm|pnpm|yarn"
    r"|bun|deno|next|nginx|caddy|runserver|rq|arq|dramatiq|huey)\b"
)
_SERVES_ITSELF = (
    "fastapi", "flask", "django", "aiohttp.web", "starlette", "quart", "sanic", "litestar", "tornado", "grpc", "mcp*",
    "fastmcp", "streamlit", "gradio", "chainlit", "nicegui", "uvicorn", "celery", "dash",
)  # fmt: skip
_FORWARDS = re.compile(r"\b(tini|dumb-init|s6-|supervisord|/init\b|docker-entrypoint)")


def _hears(look: Look, image: Dockerfile) -> bool:
    """Whether the server is the process that gets the signal."""
    started = image.final.entrypoint or image.final.command
    if not started:
        return True  # the base image decides, and official ones are written to forward
    whole = f"{image.final.entrypoint} {image.final.command}"
    if _FORWARDS.search(whole) or re.search(r"\bexec\b", whole):
        return True
    if not image.final.exec_form:
        return False
    for path in scripts(look, image):
        lines = [line.strip() for line in (look.tree.text(path) or "").splitlines()]
        code = [line for line in lines if line and not line.startswith("#")]
        starts = [
            line for line in code if re.search(r"\b(uvicorn|gunicorn|python3?|node|npm|fastapi|celery|daphne)\b", line)
        ]
        if starts and not any(re.search(r"\bexec\b|^trap\b", line) for line in code):
            return False
    return not re.search(r"\"(sh|bash|/bin/sh|/bin/bash)\",\s*\"-l?c\"", whole)


def _has_a_server(look: Look, images: tuple[Dockerfile, ...]) -> bool:
    """Whether a server is started or made, or what the base image starts is not known."""
    started = [f"{image.final.entrypoint} {image.final.command}" for image in images]
    scripted = any(scripts(look, image) for image in images)
    known = all(text.strip() for text in started) and not scripted and not any(map(_SERVER.search, started))
    return not known or bool(endpoints(look)) or bool(look.importers(*_SERVES_ITSELF))


def _line(look: Look, image: Dockerfile) -> int:
    """The line that starts the process: the last CMD or ENTRYPOINT."""
    lines = (look.tree.text(image.path) or "").splitlines()
    found = [number for number, line in enumerate(lines, 1) if re.match(r"(?i)\s*(CMD|ENTRYPOINT)\b", line)]
    return found[-1] if found else image.stages[-1].line
