"""Which websites may call the API, and which protective headers it sends."""

from __future__ import annotations

import re
from collections.abc import Iterator

from checks.application.before_all import is_below_routes, set_for
from checks.application.calls_seen import Seen, calls_of, calls_that
from checks.application.cors import cors_of
from checks.application.endpoints import endpoints, has_only_pages, without_endpoints
from checks.application.wiring import (
    Hit,
    absent,
    answer,
    arguments_of,
    calls,
    complain,
    files_matching,
    line_matches,
    reached,
)
from checks.files.listed import PYTHON_OF_PRODUCT
from checks.look import PYTHON, WEB, Look
from checks.observation import Location, Observation, Outcome, Severity
from checks.probe import probe
from checks.readers.python_facts import Assignment

SIGNAL = "api.security-headers"
FIX = "list the origins that are yours, and add Content-Security-Policy, Strict-Transport-Security and frame headers"
SEARCHED = ("CORS and header middleware", "response headers", "proxy and hosting configuration")

_HEADER_CALLS = (
    r"helmet(?:\..*)?|@fastify/helmet.*|koa-helmet.*|hono(?:/secure-headers)?\.secureHeaders"
    r"|flask_talisman\.(?:\w+\.)*Talisman|secure\.(?:\w+\.)*Secure|secweb\..*"
)
_NAMES = r"(?i)[\"'](?:X-Frame-Options|Content-Security-Policy|Strict-Transport-Security|X-Content-Type-Options)[\"']"
_SETTINGS = r"(?m)^\s*(?:SECURE_HSTS_SECONDS|SECURE_SSL_REDIRECT|CSP_DEFAULT_SRC|CONTENT_SECURITY_POLICY)\s*="
_PROXY = r"(?im)^\s*(?:add_header\s+|header\s+)?(?:X-Frame-Options|Content-Security-Policy|Strict-Transport-Security)\b"


@probe(SIGNAL)
def security_headers(look: Look) -> Observation:
    """CORS names its origins, or protective headers are set, and nothing opens the API to every website."""
    pages = look.tree.match("index.html", "next.config.*", "nuxt.config.*")
    if not endpoints(look) and (has_only_pages(look) or not pages):
        return without_endpoints(look, SIGNAL, searched=SEARCHED)
    cors = cors_of(look)
    wild, restricted, narrow = cors.wild, cors.restricted, cors.narrow
    headers = _headers(look)
    if wild:
        message = "any website may call this API from a visitor's browser"
        complain(look, "api.cors-wildcard", SIGNAL, wild, Severity.MEDIUM, message)
        if headers or restricted:
            return answer(
                SIGNAL,
                Outcome.PARTIAL,
                "some parts are restricted, others take any origin",
                wild,
                searched=SEARCHED,
                fix=FIX,
            )
        return answer(SIGNAL, Outcome.UNMET, "any origin may call the API", wild, searched=SEARCHED, fix=FIX)
    if cors.unclear:
        said = "CORS is set up with options that could not be followed"
        return answer(SIGNAL, Outcome.UNKNOWN, said, cors.unclear, searched=SEARCHED, fix=FIX)
    if headers or restricted:
        said = " and ".join(
            text for text, found in (("CORS names its origins", restricted), ("headers are set", headers)) if found
        )
        places = [*restricted, *headers]
        if without := _without(look, places):
            message = f"{said} in one service, and nothing is configured in another"
            return answer(SIGNAL, Outcome.PARTIAL, message, [*without[:5], *places], searched=SEARCHED, fix=FIX)
        return answer(SIGNAL, Outcome.MET, said, places, searched=SEARCHED)
    if narrow:
        said = "CORS is restricted outside production only, and no protective header is set"
        return answer(SIGNAL, Outcome.PARTIAL, said, narrow, searched=SEARCHED, fix=FIX)
    return absent(look, SIGNAL, "neither CORS nor protective headers are configured", searched=SEARCHED, fix=FIX)


def _without(look: Look, places: list[Location]) -> list[Location]:
    """Endpoints of services in which none of the places is in force; what a platform runs singly is no service."""
    served = [item for item in endpoints(look) if item.framework != "supabase" and not item.is_public_on_purpose]
    return [item.place for item in served if not any(set_for(look, place, item) for place in places)]


def _headers(look: Look) -> list[Location]:
    found = [
        hit.place for hit in calls(look, _HEADER_CALLS) if _is_given_the_app(look, hit) and not _comes_late(look, hit)
    ]
    for path in look.tree.match("nuxt.config.*"):
        if not re.search(r"\bheaders\s*:\s*false", look.tree.text(path) or ""):
            found += line_matches(look, path, r"[\"']nuxt-security[\"']")
    naming = {*files_matching(look, _NAMES), *files_matching(look, _SETTINGS, PYTHON_OF_PRODUCT)}
    for path in sorted(naming):
        config = re.search(r"(?:^|/)next\.config\.[cm]?[jt]s$", path)
        if config and not re.search(r"\bheaders\b", look.tree.text(path) or ""):
            continue  # written down, and handed to nobody
        if config or (path.endswith(PYTHON + WEB) and reached(look, path)):
            found += [place for place in line_matches(look, path, _NAMES) if not _is_idle(look, place)]
            found += line_matches(look, path, _SETTINGS) if path.endswith(PYTHON) else ()
    for path in look.tree.match("*.conf", "*.conf.template", "Caddyfile*", "_headers", "vercel.json", "netlify.toml"):
        if re.search(r"(?:^|/)(?:docs?|website)/", path) or re.search(
            r"(?m)^\s*(?:publish|base)\s*=\s*[\"'][^\"']*(?:docs?|site)\b", look.tree.text(path) or ""
        ):
            continue
        found += line_matches(look, path, _NAMES if path.endswith("json") else _PROXY)
    return found


def _comes_late(look: Look, hit: Hit) -> bool:
    """Whether what sets the headers is used below the routes of an application, which answer before it runs."""
    return any(
        call.line == hit.place.line and is_below_routes(look, call.path, call.callee, call.line)
        for call in (calls_of(look, hit.place.path) if hit.place.path.endswith(WEB) else ())
    )


def _is_given_the_app(look: Look, hit: Hit) -> bool:
    """Whether an extension of Flask has its application: when it is made, or by `init_app` anywhere."""
    if (
        not hit.call.resolved.endswith(".Talisman")
        or arguments_of(hit.call)
        or "app" in getattr(hit.call, "keywords", {})
    ):
        return True
    named = next((one.target for one in _assignments(look, hit.place)), "")
    return any(
        one.reached and ("Talisman" in one.name or named in one.callee.split("."))
        for one in calls_that(look, _is_given_an_app)
    )


def _is_given_an_app(call: Seen, _: str) -> bool:
    return call.last == "init_app"


def _assignments(look: Look, place: Location) -> Iterator[Assignment]:
    module = look.python.module(place.path)
    yield from (one for one in (module.assignments if module else ()) if one.line == place.line)


_SET_AT_TOP = re.compile(
    r"(?:export\s+)?(?:(?:const|let|var)\s+)?(?!headers\b)(\w+)\s*(?::[^=\n]+)?=\s*(?:[\[{]|Object\.freeze\(|\(\s*$)"
)
"""A table of values; one called `headers` may be what a framework asks for by name."""


def _is_idle(look: Look, place: Location) -> bool:
    """Whether a line stands in a constant at the top of a file that neither it nor any file that loads it names."""
    lines = (look.tree.text(place.path) or "").split("\n")[: place.line]
    above = next((line for line in reversed(lines) if re.match(r"[A-Za-z_@]", line)), "")
    found = _SET_AT_TOP.match(above)
    if not found:
        return False
    word = re.compile(rf"(?<![\w$]){found[1]}(?![\w$])")
    here = len(word.findall(look.tree.text(place.path) or ""))
    return here == 1 and not any(word.search(look.tree.text(path) or "") for path in look.reach.imported_by(place.path))
