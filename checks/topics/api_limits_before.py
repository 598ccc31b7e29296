"""Limits that stand before the service: of a proxy, an ingress, a gateway or a firewall."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from checks.application.hosting import NOT_SHIPPED
from checks.application.wiring import line_matches
from checks.files.kinds import is_test, is_vendored
from checks.observation import Location

if TYPE_CHECKING:
    from checks.look import Look

_PROXY = r"(?m)^\s*limit_req\s+zone=|^\s*rate_limit\s*\{"
_LABEL = re.compile(r"traefik\.http\.middlewares\.([\w-]+)\.rate[lL]imit\.average")
_INGRESS = (
    r"nginx\.ingress\.kubernetes\.io/limit-(?:rps|rpm|connections)[\"']?\s*:"
    r"|^\s*kind:\s*(?:BackendTrafficPolicy|RateLimitPolicy)\b"
)
_GATEWAY = r"^\s*(?:Throttling(?:Rate|Burst)Limit|RateLimit|BurstLimit):\s*\d"
_CLOUD = re.compile(
    r"\brate_based_statement\b|\bthrottling_(?:rate|burst)_limit\b|\brate_limit_options\b|\bthrottle_settings\b"
    r"|\bratelimit\s*[={]|default_route_settings[^}]*throttl"
)


def proxy_limits(look: Look) -> Iterator[Location]:
    """Where a proxy, an ingress, a gateway or a firewall of the repository is told how often clients may call."""
    for path in look.tree.match("*.conf", "*.conf.template", "nginx.conf*", "Caddyfile*"):
        yield from line_matches(look, path, _PROXY)
    for path in look.tree.match("*compose*.y*ml", "traefik*.y*ml", "dynamic*.y*ml"):
        text = look.tree.text(path) or ""
        named = {
            name for name in _LABEL.findall(text) if re.search(rf"routers\.[\w-]+\.middlewares=\S*\b{name}\b", text)
        }
        for name in sorted(named) if _is_shipped(path) else ():
            yield from line_matches(look, path, rf"middlewares\.{re.escape(name)}\.rate[lL]imit\.average")
    for path in look.tree.match("nuxt.config.*"):  # its limiter stands before all routes unless it is told otherwise
        if not re.search(r"\brateLimiter\s*:\s*false", look.tree.text(path) or ""):
            yield from line_matches(look, path, r"[\"']nuxt-security[\"']")
    for item in look.containers.resources:
        yield from line_matches(look, item.path, _INGRESS) if _is_shipped(item.path) else ()
    for platform in look.containers.platforms:
        if platform.platform in {"aws-sam", "serverless"}:
            yield from line_matches(look, platform.path, rf"(?m){_GATEWAY}")
    for one in look.containers.infrastructure:
        if _CLOUD.search(one.body) or one.kind in {"aws_api_gateway_usage_plan", "cloudflare_rate_limit"}:
            yield Location(one.path, one.line)


def _is_shipped(path: str) -> bool:
    return not (is_test(path) or is_vendored(path) or NOT_SHIPPED.search(path))
