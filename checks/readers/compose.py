"""Compose services."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from checks.observation import Unread
from checks.readers.containers import Service
from checks.readers.plain import line_of, mapping, read_yaml, sequence

if TYPE_CHECKING:
    from checks.tree import Tree

_PATTERNS = ("compose*.yml", "compose*.yaml", "docker-compose*.yml", "docker-compose*.yaml")
_OTHER_NAMES = (
    "/local.yml",
    "/production.yml",
    "/staging.yml",
    "/prod.yml",
    "/dev.yml",
    "/stack.y*ml",
    "*-stack.y*ml",
    "/docker/*.yml",
)
_COMPOSES = re.compile(r"(?m)^services:\s*\n(?:\s*#.*\n)*\s+[\w.-]+:\s*\n(?:.*\n){0,30}?\s+(?:image|build):")
"""Names that need a look inside: `docker compose -f production.yml up`."""


def read(tree: Tree, unread: list[Unread]) -> Iterator[Service]:
    """Every service of every compose file; the same name in two files gives two services."""
    from checks.files.kinds import is_vendored

    named = set(tree.match(*_PATTERNS))
    for path in sorted(named | {path for path in tree.match(*_OTHER_NAMES) if _COMPOSES.search(tree.text(path) or "")}):
        for document in read_yaml(tree, path, unread) if not is_vendored(path) else []:
            services = mapping(mapping(document).get("services"))
            for name, body in services.items():
                yield _service(str(name), path, line_of(services, name), mapping(body))


def _service(name: str, path: str, line: int, body: dict[Any, Any]) -> Service:
    build = body.get("build")
    table = mapping(build)
    context = str(build) if isinstance(build, str) else str(table.get("context") or ("." if table else ""))
    folder = path.rpartition("/")[0]
    deploy = mapping(body.get("deploy"))
    replicas = deploy.get("replicas", body.get("scale"))
    return Service(
        name=name,
        path=path,
        line=line,
        image=str(body.get("image") or ""),
        build=posixpath.normpath(posixpath.join(folder, context)) if context else "",
        dockerfile=str(table.get("dockerfile") or ""),
        inline=str(table.get("dockerfile_inline") or ""),
        inline_line=line_of(table, "dockerfile_inline") if "dockerfile_inline" in table else 0,
        command=_line(body.get("entrypoint")) + (" " if body.get("entrypoint") else "") + _line(body.get("command")),
        healthcheck=bool(body.get("healthcheck")) and mapping(body.get("healthcheck")).get("disable") is not True,
        replicas=replicas if isinstance(replicas, int) else None,
        user=str(body.get("user") or ""),
        environment=_environment(body.get("environment")),
        ports=tuple(str(item) for item in sequence(body.get("ports")) if isinstance(item, str | int)),
        stop_grace=str(body.get("stop_grace_period") or ""),
        restart=str(body.get("restart") or mapping(deploy.get("restart_policy")).get("condition") or ""),
        init=body.get("init") is True,
        limits=bool(mapping(deploy.get("resources")).get("limits")) or "mem_limit" in body,
    )


def _line(value: object) -> str:
    return " ".join(str(item) for item in value) if isinstance(value, list) else str(value or "")


def _environment(value: object) -> dict[str, str]:
    if isinstance(value, dict):
        return {str(key): "" if item is None else str(item) for key, item in value.items()}
    pairs = (str(item).partition("=") for item in sequence(value))
    return {name: text for name, _, text in pairs}
