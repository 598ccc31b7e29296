"""How often the API may be called."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from checks.application import next_limits
from checks.application.before_all import is_below_routes, stands_before
from checks.application.calls_seen import Seen, calls_of, calls_that
from checks.application.endpoint import Endpoint
from checks.application.endpoints import endpoints, source, without_endpoints
from checks.application.hollow import stops_nobody
from checks.application.named_values import assigned
from checks.application.numbers import counted, share
from checks.application.rest_views import FRAMEWORK as REST
from checks.application.switches import off_by, switched_off
from checks.application.wiring import (
    absent,
    answer,
    arguments_of,
    calls,
    function_at,
    line_matches,
    matches_in,
    python_modules,
    reached,
    span,
    web_modules,
)
from checks.files.listed import PYTHON_OF_PRODUCT, WEB_OF_PRODUCT, named_so
from checks.look import PYTHON, Look
from checks.observation import Location, Observation, Outcome
from checks.once import once
from checks.probe import probe
from checks.topics.api_limits_before import proxy_limits
from checks.topics.api_limits_own import counts_calls, is_quota

RATE_LIMITING = "api.rate-limiting"
OPEN_SHARE = 0.1
_OPEN = re.compile(
    r"(?i)health|ready|live|metrics|ping|/auth/\[\.{3}\w+\]|openapi|docs\b|/inngest\b|hooks?\b|^/sign-in$|^/ok$|^/up$"
)
"""Routes that nobody limits: probes, descriptions, and what a library for sign-in answers itself."""

_REST_THROTTLES = r"DEFAULT_THROTTLE_CLASSES[\"']\s*:\s*[\[(]\s*[\"']"
_MIDDLEWARE = r"(?:.*\.)?(?:add_middleware|middleware|before_request|use|register|addHook)"
_LIMITS = re.compile(r"(?i)rate_?-?limit|throttl|slow_?down|limiter\b|^limited")


_LIMITER_LIBRARY = re.compile(
    r"@upstash/ratelimit|rate-limiter-flexible|limiter\.|bottleneck|@arcjet/|arcjet|@unkey/ratelimit|limits\.|pyrate_limiter"
    r"|aiolimiter|@vercel/firewall|rate_limiter|express-rate-limit|flask_limiter|slowapi|fastapi_limiter"
)
_ASKED = frozenset({"limit", "consume", "check", "protect", "hit", "try_acquire", "checkRateLimit", "blockUntilReady"})


def _answers_429(look: Look, endpoint: Endpoint, guard: str) -> bool:
    """Whether a dependency of this repository counts calls and answers 429, whatever its name."""
    for name in re.findall(r"Depends\(\s*([\w.]+)", guard):
        found = function_at(look, endpoint.place.path, name) or function_at(look, endpoint.module, name)
        if found and _is_limiter(span(look, found[0].path, found[1].line, found[1].end_line)):
            return True
    return False


def _is_limiter(guard: str) -> bool:
    """Whether middleware that is written in place asks something and answers 429."""
    return bool(re.search(r"\b429\b|TOO_MANY", guard) and re.search(r"(?i)limit|throttl|consume|hits?\b|incr", guard))


@probe(RATE_LIMITING)
def rate_limiting(look: Look) -> Observation:
    """Limits on the endpoints: a limiter that is added, not one that is only written."""
    served = endpoints(look)
    if not served:
        return without_endpoints(look, RATE_LIMITING)
    fix = "add a limiter before all endpoints, and a stricter one on login and on what costs money"
    searched = ("limiters on handlers, routers and applications", "proxy configuration")
    written = _limits_for_all(look)
    off = {place: name for place in written if (name := switched_off(look, place) or _told_off(look, place))}
    everywhere = [place for place in written if place not in off]
    covered = {item for item in served if any(_is_before(look, place, item) for place in everywhere)}
    if everywhere and len(covered) == len(served):
        return answer(
            RATE_LIMITING, Outcome.MET, "one limiter stands before the endpoints", everywhere, searched=searched
        )
    limited = [item for item in served if item in covered or _is_limited(look, item)]
    own = [item for item in served if item not in limited and counts_calls(look, item)]
    limited += [item for item in own if not is_quota(look, item)]
    public = [item for item in served if not _OPEN.search(item.path)]
    if limited and len(limited) >= (1 - OPEN_SHARE) * len(public):
        said = share(len(limited), len(public), "endpoint", "is limited", "are limited")
        return answer(RATE_LIMITING, Outcome.MET, said, [item.place for item in limited], searched=searched)
    if limited:
        said = f"only {share(len(limited), len(public), 'endpoint', 'is', 'are')} limited"
        places = [item.place for item in limited]
        return answer(RATE_LIMITING, Outcome.PARTIAL, said, places, searched=searched, fix=fix)
    if own:
        said = f"only a quota is counted, by {len(own)} of {counted(len(public), 'endpoint')}"
        return answer(RATE_LIMITING, Outcome.PARTIAL, said, [item.place for item in own], searched=searched, fix=fix)
    if off:
        said = f"a limiter is there, behind a switch that no file turns on: {', '.join(sorted(set(off.values())))}"
        return answer(RATE_LIMITING, Outcome.PARTIAL, said, list(off), searched=searched, fix=fix)
    by_library = [call.place for call in calls_that(look, _limits_sign_in) if call.reached]
    if by_library:
        said = "only the sign-in routes of a library are limited"
        return answer(RATE_LIMITING, Outcome.PARTIAL, said, by_library, searched=searched, fix=fix)
    return absent(look, RATE_LIMITING, "no limiter before any endpoint", searched=searched, fix=fix)


def _is_before(look: Look, place: Location, endpoint: Endpoint) -> bool:
    if not stands_before(look, place, endpoint):
        return False
    if line_matches(look, place.path, _REST_THROTTLES):  # they know the views of REST framework alone
        return endpoint.framework == REST or any("api_view" in guard for guard in endpoint.guards)
    return not next_limits.FILE.search(place.path) or next_limits.limits(look, place.path, endpoint)


def _told_off(look: Look, place: Location) -> str:
    """The switch that a limiter is given as `enabled`, if that is off by default."""
    for hit in calls(look, r"(?:.*\.)?\w*Limiter"):
        if hit.place == place and (told := getattr(hit.call, "keywords", {}).get("enabled")):
            return off_by(look, told.text)
    return ""


def _limits_sign_in(call: Seen, _: str) -> bool:
    """Whether a library for sign-in is told to limit its own routes."""
    return call.last == "betterAuth" and "rateLimit" in call.keys and "false" not in call.keys["rateLimit"]


@once
def _limiters(look: Look) -> frozenset[str]:
    """The names under which modules keep a limiter that a library made, whatever they are called."""
    found: set[str] = set()
    for web in web_modules(look, "assigned"):
        makers = [name for name, text in web.assigned.items() if _LIMITER_LIBRARY.match(text)]
        found.update(makers)
        if makers:
            made = rf"([\w$]{{1,80}})[ ]?[=:][ ]?(?:new[ ])?(?:{'|'.join(map(re.escape, makers))})\("
            found.update(re.findall(made, look.tree.text(web.path) or ""))
    return frozenset(found)


def _is_limited(look: Look, endpoint: Endpoint) -> bool:
    if not endpoint.is_python:
        bounding = tuple(guard for guard in endpoint.guards if not _bounds_nothing(look, endpoint.module, guard))
        endpoint = replace(endpoint, guards=bounding)
    if any(re.search(r"\bglobal:\s*false", guard) for guard in endpoint.guards):
        return any(re.search(r"\brateLimit\s*:", guard) for guard in endpoint.guards)
    if any(_LIMITS.search(guard) and not stops_nobody(look, guard, endpoint.module) for guard in endpoint.guards):
        if not endpoint.is_python or not any(re.search(r"limiter\.(?:limit|shared_limit)", g) for g in endpoint.guards):
            return True
        if endpoint.framework not in {"fastapi", "starlette"}:
            return True
        # slowapi reads the argument called `request`; another type there fails or is not limited.
        return any(
            item.name in {"request", "websocket"} and re.fullmatch(r"(?:\w+\.)*(?:Request|WebSocket)", item.annotation)
            for item in endpoint.parameters
        )
    if not endpoint.is_python and any(guard.rpartition(".")[2] in _limiters(look) for guard in endpoint.guards):
        return True
    if endpoint.is_python and any(_answers_429(look, endpoint, guard) for guard in endpoint.guards):
        return True
    if any(_is_limiter(guard) for guard in endpoint.guards):
        return True
    if any(endpoint.first <= call.line <= endpoint.last for call in calls_of(look, endpoint.module, _asks_a_library)):
        return True
    text = source(look, endpoint)
    return bool(
        re.search(
            r"(?i)(?:rate_?limit\w*|limiter)\.(?:limit|check|consume|hit|test)\(|checkRateLimit\(|check_rate_limit\(|enforce_?rate_?limit\w*\(",
            text,
        )
    )


def _asks_a_library(call: Seen, _: str) -> bool:
    return call.last in _ASKED and bool(_LIMITER_LIBRARY.match(call.name))


def _limits_for_all(look: Look) -> list[Location]:
    found = [*_limiting_middleware(look), *_limiting_code(look)]
    found += [
        hit.place
        for hit in calls(look, r"flask_limiter\.(?:\w+\.)*Limiter")
        if {"default_limits", "application_limits"} & set(getattr(hit.call, "keywords", {}))
    ]
    if calls(look, r"@nestjs/throttler\.ThrottlerModule\.forRoot\w*"):  # nothing without its guard
        found += matches_in(look, r"useClass:\s*ThrottlerGuard", WEB_OF_PRODUCT)
    for path in filter(named_so(WEB_OF_PRODUCT), look.tree.named_like(next_limits.FILE)):
        if reached(look, path) and look.web.module(path) and line_matches(look, path, r"\b429\b"):
            found += line_matches(look, path, next_limits.ASKS)
            found += [Location(path) for one in look.reach.imports_of(path) if _asks_a_limiter(look, one)]
    return [*found, *proxy_limits(look)]


def _asks_a_limiter(look: Look, path: str) -> bool:
    """Whether a helper of the middleware asks a limiter of a library."""
    return bool(calls_of(look, path, _asks_a_library))


def _limiting_middleware(look: Look) -> Iterator[Location]:
    for hit in calls(look, _MIDDLEWARE):
        arguments = " ".join(arguments_of(hit.call))
        if not hit.place.path.endswith(PYTHON):
            if _web_limiter(look, hit.place.path, hit.call.callee, arguments, hit.place.line):
                yield hit.place
        elif "SlowAPI" in arguments:  # the middleware enforces the limiter's own defaults, if it has any
            limiters = calls(look, r"(?:.*\.)?Limiter")
            yield from (one.place for one in limiters if "default_limits" in getattr(one.call, "keywords", {}))
        elif _LIMITS.search(arguments) and not stops_nobody(look, arguments.split()[0].rsplit(".", 1)[-1]):
            yield hit.place


def _limiting_code(look: Look) -> Iterator[Location]:
    """Throttle classes in settings, and middleware functions that answer 429 themselves."""
    found = matches_in(look, _REST_THROTTLES, PYTHON_OF_PRODUCT)
    for module in python_modules(look, "decorated"):
        for function in module.decorated:
            if any(item.callee.rsplit(".", 1)[-1] == "middleware" for item in function.decorators):
                text = span(look, module.path, function.line, function.end_line)
                if re.search(r"\b429\b|TOO_MANY", text):
                    found.append(Location(module.path, function.line))
    yield from sorted(found, key=lambda place: place.path)


_SKIPS_ALL = re.compile(
    r"\bskip\s*:\s*(?:async\s*)?(?:\([^()]*\)|\w+)\s*=>\s*(?:true\b|process\.env\.NODE_ENV\s*!==?\s*[\"']test[\"'])"
)
_MOST = re.compile(r"\b(?:max|limit|points)\s*:\s*(?:([\d_]+)(?![\w.*])|(Infinity|Number\.MAX\w*))")
_NO_LIMIT = 1_000_000
"""Requests; no window of a limiter is long enough for that many to bound anything."""


def _bounds_nothing(look: Look, path: str, arguments: str) -> bool:
    """Whether a limiter skips every request outside the tests, or lets as many through as anybody may send."""
    name = arguments.strip()
    if not _LIMITS.search(name):
        return False
    text = assigned(look, path, name) if name.isidentifier() else arguments
    most = [match[2] or int(match[1].replace("_", "") or 0) >= _NO_LIMIT for match in _MOST.finditer(text)]
    return bool(_SKIPS_ALL.search(text)) or (bool(most) and all(most))


def _web_limiter(look: Look, path: str, callee: str, arguments: str, line: int) -> bool:
    if not callee.endswith((".use", ".register")) or not arguments or arguments[0] in "\"'":
        return False  # a path first: only some routes
    if is_below_routes(look, path, callee, line):
        return False
    if re.search(r"\bglobal:\s*false", arguments) or _bounds_nothing(look, path, arguments):
        return False  # Fastify's plug-in then limits the routes that ask for it
    if _LIMITS.search(arguments):
        return not stops_nobody(look, arguments.strip(), path)
    module = look.web.module(path)
    return (
        any(_LIMITS.search(module.assigned.get(name, "")) for name in re.findall(r"^\w+", arguments))
        if module
        else False
    )
