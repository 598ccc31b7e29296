"""Credentials of settings: defaults of compose and configuration files, and values assigned in shell scripts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from checks.files.kinds import is_test, is_vendored
from checks.observation import Location
from checks.secrets import shapes

if TYPE_CHECKING:
    from checks.look import Look

_COMPOSE = re.compile(r"(?:^|/)(?:docker-)?compose[\w.-]*\.ya?ml$")
NOT_DEPLOYED = re.compile(r"(?i)test|dev\b|develop|local|\bci\b|example|sample|template|e2e|override|playground|demo")
_PRODUCTION = re.compile(r"(?i)prod|deploy|staging|server")
_BUILDS = re.compile(r"(?m)^[ \t]+build:")
"""A compose file that builds the product runs it; others only give a developer a database."""
_KEPT_UP = re.compile(r"(?m)^[ \t]+restart:[ \t]*[\"']?(?:always|unless-stopped|on-failure)")
_IMAGE = re.compile(r"(?m)^[ \t]+image:[ \t]*[\"']?([^\s\"'#]+)")
_HELPERS = re.compile(
    r"(?i)postg|pgvector|pgadmin|mysql|maria|mongo|redis|valkey|keydb|memcached|minio|elastic|opensearch|qdrant"
    r"|chroma|weaviate|milvus"
    r"|clickhouse|timescale|rabbitmq|kafka|zookeeper|nats|mail|adminer|localstack|jaeger|prometheus|grafana|loki"
    r"|traefik|nginx"
    r"|caddy|ollama|etcd|keycloak|otel|mssql|sqlserver|neo4j|cockroach|temporal|vault"
)
_TELLING = r"[A-Z0-9_]{0,60}(?:PASSWORD|PASSWD|SECRET(?:_KEY)?|JWT_KEY|API_KEY|AUTH_TOKEN|ADMIN_TOKEN)"
_IN_COMPOSE = re.compile(
    rf"(?m)^[ \t]*(?:-[ \t]*[\"']?)?(?P<name>{_TELLING})[ \t]*[:=][ \t]*[\"']?(?P<value>[^\s\"'#]+)[\"']?[ \t]*"
    rf"(?:#.*)?$"
)
_FALLBACK = re.compile(r"^\$\{\w+:?-(?P<value>[^}$]+)\}$")
_SETTINGS = re.compile(
    r"(?:^|/)(?:[\w.-]*(?:settings|config|conf|application|secrets|credentials)[\w.-]*|confi?gs?/[^/]+"
    r"|settings/[^/]+)"
    r"\.(?:ya?ml|toml|ini|cfg|properties)$"
)
_OF_OTHERS = re.compile(
    r"(?i)(?:^|/)(?:locales?|i18n|lang|translations|messages|\.github|charts?|helm|k8s|kubernetes|examples?"
    r"|samples?|docs?"
    r"|templates?|fixtures)/|(?:openapi|swagger|mkdocs|pre-commit|eslint|prettier|tsconfig|codecov)"
)
_IN_SETTINGS = re.compile(
    r"(?im)^[ \t]*[\"']?(?P<name>(?:\w{1,60}[._-])?(?:secret[_-]?key|jwt[_-]?secret|secret|password|passwd"
    r"|admin[_-]?token"
    r"|cookie[_-]?secret|api[_-]?secret))[\"']?[ \t]*[:=][ \t]*(?P<quote>[\"']?)"
    r"(?P<value>[^\s\"'#]{4,})(?P=quote)[ \t]*(?:#.*)?$"
)
_WORDS = re.compile(r"(?i)secret|passw|admin|letmein|default|change|insecure|hunter|qwerty|demo|root|\d")
"""What a value that somebody typed as a credential holds; words such as `string` or `optional` describe a field."""
_NO_VALUE = re.compile(r"[$%{<(\[!&*]|^/|(?i:^(?:true|false|null|none|string|str|secretstr|required|optional|env\b))")
_SHELL = (".sh", ".bash", ".zsh", ".ps1", "Makefile", "Dockerfile", ".mk")
_IN_SHELL = re.compile(
    r"(?m)^[ \t]*(?:export[ \t]+|ENV[ \t]+|ARG[ \t]+|local[ \t]+|readonly[ \t]+|\$(?:env:)?)?"
    r"(?P<name>\w{0,60}(?:TOKEN|SECRET|PASSWORD|API_?KEY|ACCESS_?KEY|token|secret|password"
    r"|api_?key)\w{0,60})[ \t]*:?=[ \t]*"
    r"(?P<quote>[\"']?)(?P<value>[A-Za-z0-9_+/=.~-]{16,200})(?P=quote)[ \t]*(?:#.*)?$"
)


_NEARBY = re.compile(r"@(?:localhost|127\.0\.0\.1|0\.0\.0\.0|host\.docker\.internal|[A-Za-z][\w-]*)(?=[:/?\"'\s]|$)")
"""A host that only the machine itself, or the network of a compose file, knows: no dot in its name."""
_USUAL = re.compile(
    r"(?i)(?:postgres(?:ql)?|mysql|mongo(?:db)?|redis|rabbit(?:mq)?|guest|root|admin|user|password|passwd|pass|secret|test"
    r"|dev|local|example|changeme|change[-_]me|default|app|db)\w{0,8}"
)
THROWN_AWAY = re.compile(
    r"(?:^|/)\.(?:github|gitlab|circleci|devcontainer)(?:/|-ci)|(?:^|/)alembic\.ini$|\.(?:example|sample|template)$"
)
"""Files of jobs and tools whose database lives as long as they do, or is a developer's own."""


def address_nearby(path: str, text: str, secret: shapes.Secret) -> str:
    """Whether an address with a password leads no further than a developer's or a job's own machine.

    "none" where nothing is to be said of it, "default" where it works unless it is overridden, "" where it is neither.
    """
    if secret.kind != "password in a URL" or not _NEARBY.match(text, secret.end):
        return ""
    if THROWN_AWAY.search(path):
        return "none"
    value = text[secret.start : secret.end]
    user = re.search(r"//([^:/@\s]*):$", text[max(0, secret.start - 80) : secret.start])
    usual = bool(_USUAL.fullmatch(value)) or (user is not None and user[1] == value)
    return "none" if usual and (_COMPOSE.search(path) or NOT_DEPLOYED.search(path)) else "default"


def assigned_in_shell(path: str, text: str) -> Iterator[int]:
    """The lines of a script that give a telling name a value which looks drawn by lot, quoted or not."""
    if not path.endswith(_SHELL):
        return
    for match in _IN_SHELL.finditer(text):
        value = match["value"]
        if shapes.NO_VALUE.search(match["name"]) or shapes.is_placeholder(value):
            continue
        if shapes.entropy(value) >= shapes.MIN_ENTROPY and shapes.is_mixed(value):
            yield _line(text, match)


def working_defaults(path: str, text: str) -> Iterator[int]:
    """The lines of a settings file with a credential that works until it is replaced."""
    if _SETTINGS.search(path) and not (_OF_OTHERS.search(path) or NOT_DEPLOYED.search(path) or _COMPOSE.search(path)):
        for match in _IN_SETTINGS.finditer(text):
            if _is_given(match["value"]) and _WORDS.search(match["value"]):
                yield _line(text, match)


def compose_defaults(look: Look) -> Iterator[Location]:
    """Passwords in the compose files that deploy the product: named so, or the only thing that runs what they build."""
    elsewhere = bool(look.containers.platforms or look.containers.resources)
    idle = look.containers.for_developers
    for path in look.tree.named_like(_COMPOSE):
        if NOT_DEPLOYED.search(path) or is_test(path) or is_vendored(path):
            continue
        if path in idle or THROWN_AWAY.search(path):
            continue
        text = look.tree.text(path) or ""
        kept_up = bool(_KEPT_UP.search(text)) and (_BUILDS.search(text) or _runs_an_image_of_its_own(text))
        if _PRODUCTION.search(path.rsplit("/", 1)[-1]) or kept_up or (_BUILDS.search(text) and not elsewhere):
            found = (match for match in _IN_COMPOSE.finditer(text) if _is_given(match["value"]))
            yield from (Location(path, _line(text, match)) for match in found)


def _runs_an_image_of_its_own(text: str) -> bool:
    """Whether a service is neither a data store nor another helper that developers start beside the product."""
    return any(not _HELPERS.search(image) for image in _IMAGE.findall(text))


def _is_given(value: str) -> bool:
    """Whether a value stands there, itself or to fall back on."""
    fallback = _FALLBACK.match(value)
    bare = fallback["value"] if fallback else value
    if _NO_VALUE.search(bare):
        return False
    return not re.search(r"(?i)your[-_]|example|placeholder|xxxx|dummy|redacted|<|\*\*\*", bare)


def _line(text: str, match: re.Match[str]) -> int:
    return text.count("\n", 0, match.start("name")) + 1
