"""Kubernetes manifests. Helm and other templates are marked: what they become depends on values we do not have."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from checks.observation import Unread
from checks.readers.containers import Container, Resource
from checks.readers.plain import line_of, mapping, read_yaml, sequence

if TYPE_CHECKING:
    from checks.tree import Tree

_KIND = re.compile(r"^kind:\s*['\"]?([A-Z]\w+)", re.MULTILINE)
_VERSION = re.compile(r"^apiVersion:\s*\S", re.MULTILINE)


def read(tree: Tree, unread: list[Unread]) -> Iterator[Resource]:
    """Every Kubernetes object of the tree, charts and kustomizations included."""
    from checks.files.kinds import is_vendored

    for path in sorted(tree.match("*.yml", "*.yaml", "*.tpl")):
        if is_vendored(path) or path.startswith(".github/"):
            continue
        text = tree.text(path)
        # Cheap look before parsing: most YAML files are something else.
        if text is None or not (_KIND.search(text) and _VERSION.search(text)):
            continue
        if "{{" in text:
            for match in _KIND.finditer(text):
                line = text.count("\n", 0, match.start()) + 1
                yield Resource(match[1], "", path, line, templated=True)
        elif not path.endswith(".tpl"):
            for document in read_yaml(tree, path, unread):
                yield from _resources(path, document)


def _resources(path: str, document: Any) -> Iterator[Resource]:
    table = mapping(document)
    if table.get("kind") == "List":
        for item in sequence(table.get("items")):
            yield from _resources(path, item)
        return
    if not isinstance(table.get("kind"), str) or "apiVersion" not in table:
        return
    spec = mapping(table.get("spec"))
    template = mapping(mapping(mapping(spec.get("jobTemplate")).get("spec")).get("template") or spec.get("template"))
    pod = mapping(template.get("spec")) if template else spec if table["kind"] == "Pod" else {}
    replicas = spec.get("replicas")
    yield Resource(
        kind=table["kind"],
        name=str(mapping(table.get("metadata")).get("name") or ""),
        path=path,
        line=line_of(table, "kind"),
        containers=tuple(_container(mapping(item), pod) for item in sequence(pod.get("containers"))),
        replicas=replicas if isinstance(replicas, int) else None,
        spec={str(key): value for key, value in spec.items()},
    )


def _container(body: dict[Any, Any], pod: dict[Any, Any]) -> Container:
    resources = mapping(body.get("resources"))
    safe = [mapping(owner.get("securityContext")) for owner in (body, pod)]
    command = [str(item) for key in ("command", "args") for item in sequence(body.get(key))]
    return Container(
        name=str(body.get("name") or ""),
        image=str(body.get("image") or ""),
        line=line_of(body, "image") or line_of(body, "name"),
        liveness="livenessProbe" in body or "startupProbe" in body,
        readiness="readinessProbe" in body,
        requests=bool(resources.get("requests")),
        limits=bool(resources.get("limits")),
        runs_as_non_root=any(it.get("runAsNonRoot") is True or it.get("runAsUser") not in {None, 0} for it in safe),
        command=" ".join(command),
    )
