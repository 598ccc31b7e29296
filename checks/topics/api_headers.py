"""Which websites may call the API, and which protective headers it sends."""

from __future__ import annotations

import re

from checks.application.endpoints import endpoints, has_only_pages, without_endpoints
from checks.application.named_values import assigned
from checks.application.wiring import (
    Hit,
    absent,
    answer,
    calls,
    complain,
    function_at,
    line_matches,
    python_modules,
    reached,
    span,
)
from checks.look import PYTHON, WEB, Look
from checks.observation import Location, Observation, Outcome, Severity
from checks.probe import probe
from checks.readers.python_facts import Call
from checks.readers.web_facts import WebCall

SIGNAL = "api.security-headers"
FIX = "list the origins that are yours, and add Content-Security-Policy, Strict-Transport-Security and frame headers"
SEARCHED = ("CORS and header middleware", "response headers", "proxy and hosting configuration")

_CORS_PYTHON = r"(?:.*\.)?(?:add_middleware|Middleware)|flask_cors\.(?:\w+\.)*(?:CORS|cross_origin)"
_CORS_WEB = r"cors(?:\..*)?|hono/cors.*|@fastify/cors.*|@koa/cors.*|(?:.*\.)?(?:enableCors|register|use)"
_HEADER_CALLS = (
    r"helmet(?:\..*)?|@fastify/helmet.*|koa-helmet.*|hono/secure-headers.*"
    r"|flask_talisman\.(?:\w+\.)*Talisman|secure\.(?:\w+\.)*Secure|secweb\..*"
)
_WILDCARD_LITERAL = r"[\"']Access-Control-Allow-Origin[\"']\]?\s*[:,=]\s*[\"']\*[\"']"
_NAMES = r"(?i)[\"'](?:X-Frame-Options|Content-Security-Policy|Strict-Transport-Security|X-Content-Type-Options)[\"']"
_SETTINGS = r"(?m)^\s*(?:SECURE_HSTS_SECONDS|SECURE_SSL_REDIRECT|CSP_DEFAULT_SRC|CONTENT_SECURITY_POLICY)\s*="
_PROXY = r"(?im)^\s*(?:add_header\s+|header\s+)?(?:X-Frame-Options|Content-Security-Policy|Strict-Transport-Security)\b"
_NOT_PRODUCTION = re.compile(r"(?i)not\b.*prod|!=\s*[\"']prod|debug|local|\bdev")


@probe(SIGNAL)
def security_headers(look: Look) -> Observation:
    """CORS names its origins, or protective headers are set, and nothing opens the API to every website."""
    pages = look.tree.match("index.html", "next.config.*", "nuxt.config.*")
    if not endpoints(look) and (has_only_pages(look) or not pages):
        return without_endpoints(look, SIGNAL, searched=SEARCHED)
    wild, restricted, narrow = _cors(look)
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
    if headers or restricted:
        said = " and ".join(
            text for text, found in (("CORS names its origins", restricted), ("headers are set", headers)) if found
        )
        return answer(SIGNAL, Outcome.MET, said, [*restricted, *headers], searched=SEARCHED)
    if narrow:
        said = "CORS is restricted outside production only, and no protective header is set"
        return answer(SIGNAL, Outcome.PARTIAL, said, narrow, searched=SEARCHED, fix=FIX)
    return absent(look, SIGNAL, "neither CORS nor protective headers are configured", searched=SEARCHED, fix=FIX)


def _cors(look: Look) -> tuple[list[Location], list[Location], list[Location]]:
    """Places where CORS takes any origin, names its origins, and does so outside production only."""
    wild: list[Location] = []
    restricted: list[Location] = []
    narrow: list[Location] = []
    for hit in calls(look, _CORS_PYTHON):
        if isinstance(hit.call, Call) and _is_python_cors(hit.call):
            if _is_local_only(look, hit.place):
                narrow.append(hit.place)
            else:
                (wild if _is_wild(look, hit) else restricted).append(hit.place)
    for hit in calls(look, _CORS_WEB):
        if isinstance(hit.call, WebCall) and (state := _web_cors(look, hit)):
            (wild if state == "wild" else restricted).append(hit.place)
    for path in look.source_paths():
        if reached(look, path):
            wild += line_matches(look, path, _WILDCARD_LITERAL)
    for module in python_modules(look):
        wild += line_matches(look, module.path, r"(?m)^CORS_(?:ALLOW_ALL_ORIGINS|ORIGIN_ALLOW_ALL)\s*=\s*True")
        restricted += line_matches(look, module.path, r"(?m)^CORS_(?:ALLOWED_ORIGINS|ORIGIN_WHITELIST)\s*=")
    return wild, restricted, narrow


def _is_python_cors(call: Call) -> bool:
    first = (
        call.arguments[0].text
        if call.arguments
        else call.keywords["middleware_class"].text
        if "middleware_class" in call.keywords
        else ""
    )
    return call.resolved.startswith("flask_cors") or first.endswith("CORSMiddleware")


def _is_wild(look: Look, hit: Hit) -> bool:
    assert isinstance(hit.call, Call)  # noqa: S101 - the caller chose Python calls
    keywords = hit.call.keywords
    value = keywords.get("allow_origins") or keywords.get("origins") or keywords.get("resources")
    pattern = keywords.get("allow_origin_regex")
    if pattern and re.fullmatch(
        r"\^?\(?(?:https?\??|\(https?\|https?\)|)(?::?//)?\(?\.[*+]\)?\)?\$?", str(pattern.value)
    ):
        return True
    if value is None:
        return hit.call.resolved.startswith("flask_cors") and not hit.call.unpacked  # the default is any origin
    return _means_any(look, hit.place.path, value.text, 0)


def _means_any(look: Look, path: str, text: str, depth: int) -> bool:
    """Whether an expression holds "*", followed through names to defaults in settings and assignments."""
    if re.search(r"[\"']\*[\"']", text):
        return True
    if depth > 2:  # noqa: PLR2004 - settings seldom go further
        return False
    for called in re.findall(r"([A-Za-z_][\w.]*)\(", text):
        if found := function_at(look, path, called):
            body = span(look, found[0].path, found[1].line, found[1].end_line)
            if re.search(r"[\"']\*[\"']", body):
                return True
    for name in re.findall(r"(?<![\"'\w])(?:[A-Za-z_]\w*\.)*([A-Za-z_]\w*)", text):
        for module in python_modules(look):
            values = [
                item.value.text
                for item in module.assignments
                if item.target == name and (module.path == path or not item.function)
            ]
            values += [one.fields[name].text for one in module.classes if name in one.fields]
            if any(re.search(r"[\"']\*[\"']|=\s*\*$", value) or value in {"'*'", '"*"'} for value in values):
                return True
    return False


def _web_cors(look: Look, hit: Hit) -> str:
    call = hit.call
    assert isinstance(call, WebCall)  # noqa: S101 - the caller chose JavaScript calls
    if re.match(r"(?:cors|hono/cors|@koa/cors)", call.resolved) or call.resolved.endswith("enableCors"):
        arguments, keys = call.arguments, call.keys
    elif call.arguments and re.fullmatch(r"(?i)(?:fastify)?cors(?:Plugin)?", call.arguments[0]):
        arguments, keys = call.arguments[1:], call.keys
    else:
        return ""
    if not arguments:
        return "wild"
    origin = keys.get("origin", "" if keys else arguments[0])
    if not keys and (named := assigned(look, hit.place.path, arguments[0])):
        given = re.search(r"\borigin\s*(?::\s*([^,}\n]+)|\(|,|\})", named)
        origin = (given[1] or "own function") if given else ""
    if re.search(r"[\"']\*[\"']", origin) or (origin.strip() in {"true", ""} and not call.spread):
        return "wild"
    return "restricted"


def _is_local_only(look: Look, place: Location) -> bool:
    """Whether the nearest condition above the call says that this is not production."""
    lines = (look.tree.text(place.path) or "").splitlines()[: place.line]
    depth = len(lines[-1]) - len(lines[-1].lstrip()) if lines else 0
    for line in reversed(lines[:-1]):
        indent = len(line) - len(line.lstrip())
        if line.strip() and indent < depth:
            if re.match(r"\s*(?:if|elif)\b", line):
                return bool(_NOT_PRODUCTION.search(line))
            depth = indent
    return False


def _headers(look: Look) -> list[Location]:
    found = [hit.place for hit in calls(look, _HEADER_CALLS)]
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
