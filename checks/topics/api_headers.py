"""Which websites may call the API, and which protective headers it sends."""

from __future__ import annotations

import re

from checks.application.cors import cors_of
from checks.application.endpoints import endpoints, has_only_pages, without_endpoints
from checks.application.wiring import (
    absent,
    answer,
    calls,
    complain,
    line_matches,
    reached,
)
from checks.look import PYTHON, WEB, Look
from checks.observation import Location, Observation, Outcome, Severity
from checks.probe import probe

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
        return answer(SIGNAL, Outcome.MET, said, [*restricted, *headers], searched=SEARCHED)
    if narrow:
        said = "CORS is restricted outside production only, and no protective header is set"
        return answer(SIGNAL, Outcome.PARTIAL, said, narrow, searched=SEARCHED, fix=FIX)
    return absent(look, SIGNAL, "neither CORS nor protective headers are configured", searched=SEARCHED, fix=FIX)


def _headers(look: Look) -> list[Location]:
    found = [hit.place for hit in calls(look, _HEADER_CALLS)]
    for path in look.tree.match("nuxt.config.*"):
        if not re.search(r"\bheaders\s*:\s*false", look.tree.text(path) or ""):
            found += line_matches(look, path, r"[\"']nuxt-security[\"']")
    for path in look.source_paths():
        config = re.search(r"(?:^|/)next\.config\.[cm]?[jt]s$", path)
        if config or (path.endswith(PYTHON + WEB) and reached(look, path)):
            found += line_matches(look, path, _NAMES)
            found += line_matches(look, path, _SETTINGS) if path.endswith(PYTHON) else ()
    for path in look.tree.match("*.conf", "*.conf.template", "Caddyfile*", "_headers", "vercel.json", "netlify.toml"):
        if re.search(r"(?:^|/)(?:docs?|website)/", path) or re.search(
            r"(?m)^\s*(?:publish|base)\s*=\s*[\"'][^\"']*(?:docs?|site)\b", look.tree.text(path) or ""
        ):
            continue
        found += line_matches(look, path, _NAMES if path.endswith("json") else _PROXY)
    return found
