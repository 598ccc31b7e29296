"""Logs: structured or plain, and with the request they belong to."""

from __future__ import annotations

import re

from checks.application.apart import part_of
from checks.application.endpoints import endpoints, without_endpoints
from checks.application.hosting import package_of, shared_packages
from checks.application.http_calls import in_browser
from checks.application.numbers import counted
from checks.application.reach import Entry
from checks.application.services import run_apart
from checks.application.wiring import (
    absent,
    answer,
    arguments_of,
    calls,
    files_matching,
    is_one_off,
    line_matches,
    matches_in,
    reached,
)
from checks.files.listed import PYTHON_OF_PRODUCT, WEB_OF_PRODUCT
from checks.look import Look
from checks.observation import Location, Observation, Outcome
from checks.probe import probe
from checks.reads import of_one_file
from checks.topics.observability_loggers import json_lines, structured_loggers
from checks.topics.request_ids import in_middleware, is_installed, is_of_request
from checks.topics.said_plainly import TEXT_LOG, all_that_say, says_plainly

LOGGING = "obs.structured-logging"
CORRELATION = "obs.correlation-ids"
MANY_PRINTS = 0.3
HANDFUL = 3

_MAKES_ID = re.compile(r"(?i)^x-(?:request|correlation|trace)-id$|^(?:request|correlation)[_-]?id$")
_MIDDLEWARES = (
    r"asgi_correlation_id\..*|starlette_context\..*|django_guid\..*|asgi_request_id\..*|express-request-id.*|hono(?:/request-id)?\.requestId.*"
    r"|cls-rtracer.*|@fastify/request-context.*"
)
_LOGS_ID = re.compile(
    r"(?:structlog\.)?contextvars\.bind_contextvars|.*\.bind|.*\.contextualize|.*\.child|pino(?:-http.*)?|morgan.*|.*\.setLogRecordFactory"
    r"|logging\.setLogRecordFactory"
)
_ACCESS_LOGS = r"hono/logger\.\w+|hono\.logger|morgan(?:\.default)?"
_NAMES_ID_IN_LINES = (
    r"correlation_id[.\w]*(?:Filter|filter)|record\.(?:request|correlation)_id\s*=|%\((?:request|correlation)_id\)s"
)
_ID_WORD = re.compile(r"(?i)(?:request|correlation|trace)_?-?id")


@probe(LOGGING)
def structured_logging(look: Look) -> Observation:
    """A JSON or key-value logger that the service sets up, and that speaks instead of print and console."""
    searched = ("logger set-up in code", "logging configuration files", "print and console calls")
    fix = "set up one JSON logger at start, and send everything through it"
    made, off = structured_loggers(look)
    prints, logs = _plain_lines(look)
    by_hand = json_lines(look)
    if by_hand and not made:
        there = {(place.path, place.line) for place in by_hand}
        plain = [place for place in (*prints, *logs) if (place.path, place.line) not in there]
        aside = _of_other_services(look, by_hand, prints, logs)
        if not aside and (len(plain) <= MANY_PRINTS * len(by_hand) or not plain):
            return answer(LOGGING, Outcome.MET, "log lines are written as JSON", by_hand, searched=searched)
        said = counted(len(by_hand), "log line is written as JSON", "log lines are written as JSON")
        said += f", {counted(len(plain), 'is', 'are')} plain text"
        return answer(LOGGING, Outcome.PARTIAL, said, [*plain, *by_hand], searched=searched, fix=fix)
    if made:
        share = len(prints) / max(len(prints) + len(logs), 1)
        # A handful of prints is no second logger, unless nothing else is said.
        if share > MANY_PRINTS and len(prints) > (HANDFUL if logs else HANDFUL - 1):
            said = f"a structured logger is set up, beside {counted(len(prints), 'plain print or console call')}"
            return answer(LOGGING, Outcome.PARTIAL, said, [*made, *prints], searched=searched, fix=fix)
        if aside := _of_other_services(look, made, prints, logs):
            said = "a structured logger is set up, but not in every service"
            return answer(LOGGING, Outcome.PARTIAL, said, [*aside, *made], searched=searched, fix=fix)
        return answer(LOGGING, Outcome.MET, "a structured logger is set up and used", made, searched=searched)
    if off:
        said = f"plain text, unless a switch is set that no file sets: {', '.join(sorted(set(off.values())))}"
        return answer(LOGGING, Outcome.PARTIAL, said, list(off), searched=searched, fix=fix)
    written = [
        place
        for path in files_matching(look, r"structlog\.configure|JsonFormatter\(", PYTHON_OF_PRODUCT)
        for place in line_matches(look, path, r"structlog\.configure|JsonFormatter\(")
        if look.python.module(path)
    ]
    said = f"plain text: {counted(len(logs), 'log call')} and {counted(len(prints), 'print or console call')}"
    if written:
        said = f"a structured logger is written, but nothing sets it up; {said}"
        result = absent(look, LOGGING, said, searched=searched, fix=fix)
        return answer(LOGGING, result.outcome, result.summary, written, searched=searched, fix=fix)
    result = absent(look, LOGGING, said, searched=searched, fix=fix)
    return answer(LOGGING, result.outcome, result.summary, [*prints[:3], *logs[:2]], searched=searched, fix=fix)


def _of_other_services(
    look: Look, made: list[Location], prints: list[Location], logs: list[Location]
) -> list[Location]:
    """Plain lines of services that no structured logger reaches.

    Prints count where no other log calls are in the package, log calls where the service itself asks for lines of text.
    """
    files = {place.path for place in made}
    spoken = [*prints, *logs]
    apart = {path for path in {one.path for one in spoken} if all(run_apart(look, path, one) for one in files)}
    as_text = {part_of(look, hit.place.path) for hit in calls(look, r"logging\.basicConfig")}
    speaking = {part_of(look, place.path) for place in logs}
    found = [place for place in prints if place.path in apart and part_of(look, place.path) not in speaking]
    found += [place for place in logs if place.path in apart and part_of(look, place.path) in as_text]
    files |= {path for one in files for path in look.reach.services_of(one)}
    covered = {package_of(look, path) for path in (*files, *(place.path for place in logs))}
    served = (Entry.SERVICE, Entry.WORKER)
    serving = {package_of(look, item.path) for item in look.reach.entry_points if item.entry in served}
    serving -= shared_packages(look)
    found += [place for place in prints if (root := package_of(look, place.path)) in serving and root not in covered]
    return list(dict.fromkeys(found))


def _plain_lines(look: Look) -> tuple[list[Location], list[Location]]:
    prints: list[Location] = []
    logs: list[Location] = []
    for path, said in look.answers_of(says_plainly, "", lambda: all_that_say(look)).items():
        if reached(look, path) and not is_one_off(path) and not in_browser(look, path):
            for line, is_print in said:
                (prints if is_print else logs).append(Location(path, line))
    return prints, logs


@probe(CORRELATION)
def correlation_ids(look: Look) -> Observation:
    """An ID for each request that its log lines carry."""
    searched = ("middleware of the application", "log calls, filters and context")
    fix = "take or make a request ID in middleware, and bind it to every log line"
    if not endpoints(look):
        return without_endpoints(look, CORRELATION, searched=searched)
    complete = [
        hit.place
        for hit in calls(look, r"pino-http.*|nestjs-pino\..*forRoot|(?:.*\.)?(?:fastify|Fastify)(?:\.default)?")
        if _numbers(hit.call) and is_installed(look, hit)
    ]
    made = [hit.place for hit in calls(look, _MIDDLEWARES)]
    for hit in calls(look, r"(?:.*\.)?(?:add_middleware|Middleware)"):
        text = " ".join(arguments_of(hit.call))
        if re.search(r"(?i)correlation|request_?id|RequestContext|ContextMiddleware", text):
            made.append(hit.place)
    made += _returned(look)
    for among in (PYTHON_OF_PRODUCT, WEB_OF_PRODUCT):
        made += [
            Location(path, line)
            for path, lines in look.gather(_names_an_id, among=among).items()
            if reached(look, path) and in_middleware(look, path)
            for line in lines
            if is_of_request(look, path, line)
        ]
    logged = _bindings(look)
    if complete or (made and logged):
        if bare := _without_ids(look, complete, made, logged):
            said = "requests get an ID that log lines carry, but not in every service"
            return answer(CORRELATION, Outcome.PARTIAL, said, [*bare, *complete, *made], searched=searched, fix=fix)
        said = "each request has an ID that its log lines carry"
        return answer(CORRELATION, Outcome.MET, said, [*complete, *made[:2], *logged[:2]], searched=searched)
    if made:
        said = "requests get an ID, but no log line carries it"
        return answer(CORRELATION, Outcome.PARTIAL, said, made, searched=searched, fix=fix)
    return absent(look, CORRELATION, "no request or correlation ID", searched=searched, fix=fix)


def _without_ids(look: Look, complete: list[Location], made: list[Location], logged: list[Location]) -> list[Location]:
    """Log lines of services that answer requests and in which no request gets an ID that is logged."""

    def is_bare(path: str) -> bool:
        return all(run_apart(look, path, one.path) for one in complete) and any(
            all(run_apart(look, path, one.path) for one in needed) for needed in (made, logged)
        )

    homes = {part_of(look, one.module) for one in endpoints(look) if is_bare(one.module)}
    if not homes:
        return []
    prints, logs = _plain_lines(look)
    spoken = [*prints, *logs, *(hit.place for hit in calls(look, _ACCESS_LOGS))]
    return [place for place in spoken if part_of(look, place.path) in homes and is_bare(place.path)]


def _numbers(call: object) -> bool:
    """Whether a Fastify server has its logger on; it then logs an ID for each request."""
    keys = getattr(call, "keys", {})
    resolved = getattr(call, "resolved", "")
    return resolved.startswith(("pino-http", "nestjs-pino")) or keys.get("logger", "false") != "false"


def _returned(look: Look) -> list[Location]:
    """Where a response is given an ID of its request: a header that is set by item."""
    pattern = r"(?i)headers\[[\"']x-(?:request|correlation|trace)-id[\"']\]\s*="
    places = matches_in(look, pattern, PYTHON_OF_PRODUCT, WEB_OF_PRODUCT)
    return [place for place in places if in_middleware(look, place.path)]


def _bindings(look: Look) -> list[Location]:
    """Where a log line, filter or context takes a request ID."""
    binding = look.gather(_binds, among=PYTHON_OF_PRODUCT)
    named: dict[str, list[Location]] = {}
    for place in matches_in(look, _NAMES_ID_IN_LINES, PYTHON_OF_PRODUCT):
        named.setdefault(place.path, []).append(place)
    found: list[Location] = []
    for path in sorted({*binding, *named}):
        if reached(look, path):
            found += [Location(path, line) for line in binding.get(path, ())] + named.get(path, [])
    in_web = look.gather(_binds, among=WEB_OF_PRODUCT).items()
    return found + [Location(path, line) for path, lines in in_web if reached(look, path) for line in lines]


@of_one_file
def _names_an_id(look: Look, path: str, _: str) -> list[int]:
    """The lines of texts that are the name of a request ID."""
    module = look.module(path)
    return [text.line for text in (module.texts if module else ()) if _MAKES_ID.match(text.value)]


@of_one_file
def _binds(look: Look, path: str, _: str) -> list[int]:
    """The lines of calls that put a request ID into what is logged."""
    module = look.module(path)
    found = []
    for call in module.calls if module else ():
        given = [
            *getattr(call, "keywords", {}),
            *getattr(call, "keys", {}),
            *arguments_of(call),
        ]
        given += [value.text for value in getattr(call, "keywords", {}).values()]
        speaks = (
            _LOGS_ID.fullmatch(call.callee) or TEXT_LOG.fullmatch(call.callee) or "CorrelationIdFilter" in call.callee
        )
        if speaks and (any(_ID_WORD.search(text) for text in given) or "CorrelationIdFilter" in call.callee):
            found.append(call.line)
    return found
