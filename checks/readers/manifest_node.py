"""package.json and deno.json: dependencies, scripts, workspaces, entry points."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from checks.observation import Unread
from checks.readers.manifests import Dependency, Package, Script
from checks.readers.plain import mapping, read_json

if TYPE_CHECKING:
    from checks.tree import Tree

_KINDS = {"dependencies": False, "devDependencies": True, "peerDependencies": False, "optionalDependencies": False}


def read(
    tree: Tree, paths: Iterable[str], unread: list[Unread]
) -> tuple[list[Dependency], list[Package], list[Script]]:
    """Dependencies, packages and scripts of every package.json and deno.json among `paths`."""
    dependencies: list[Dependency] = []
    packages: list[Package] = []
    scripts: list[Script] = []
    for path in paths:
        name = path.rsplit("/", 1)[-1]
        if name in {"package.json", "deno.json", "deno.jsonc"}:
            data = read_json(tree, path, unread, comments=name != "package.json")
            lines = _key_lines(tree.text(path) or "")
            dependencies += _dependencies(path, data, lines)
            for script, text in {**mapping(data.get("scripts")), **mapping(data.get("tasks"))}.items():
                if isinstance(text, str):
                    scripts.append(Script("npm", str(script), (text,), path, lines.get(str(script), 0)))
            packages.append(_package(path, data))
    return dependencies, packages, scripts


def _dependencies(path: str, data: dict[str, Any], lines: dict[str, int]) -> Iterator[Dependency]:
    for kind, dev in _KINDS.items():
        for name, version in mapping(data.get(kind)).items():
            yield Dependency("node", str(name), str(version), path, lines.get(str(name), 0), dev)
    for name, target in mapping(data.get("imports")).items():
        if isinstance(target, str) and target.startswith(("npm:", "jsr:")):
            yield Dependency("node", str(name).rstrip("/"), target.rpartition("@")[2], path, lines.get(str(name), 0))


def _package(path: str, data: dict[str, Any]) -> Package:
    entries = [data.get("main"), data.get("module"), data.get("browser"), data.get("source")]
    bins = data.get("bin")
    entries += bins.values() if isinstance(bins, dict) else [bins]
    entries += _leaves(data.get("exports"), 0)
    published = "exports" in data or "main" in data or "module" in data
    library = bool(data.get("name")) and data.get("private") is not True and published and "files" in data
    kept = tuple(dict.fromkeys(item for item in entries if isinstance(item, str)))
    version = "" if data.get("private") is True else str(data.get("version") or "")
    return Package("node", str(data.get("name") or ""), path, kept, library, version)


def _leaves(value: object, depth: int) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict) and depth < 8:  # noqa: PLR2004 - conditions nest two or three deep in practice
        for inner in value.values():
            yield from _leaves(inner, depth + 1)


def _key_lines(text: str) -> dict[str, int]:
    """The last line on which each key stands; good enough to point a person at it."""
    found: dict[str, int] = {}
    for number, line in enumerate(text.splitlines(), 1):
        bare = line.strip()
        if bare.startswith('"') and '":' in bare:
            found[bare[1 : bare.index('":')]] = number
    return found
