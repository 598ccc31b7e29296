"""Workspaces: which lock file covers a package, its own or that of the workspace it is a member of."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fnmatch import fnmatch
from typing import TYPE_CHECKING

from checks.readers.plain import mapping, read_json, read_toml, read_yaml, sequence

if TYPE_CHECKING:
    from checks.look import Look
    from checks.tree import Tree

_NAME = re.compile(r"[\w@-][\w@./-]*")
_LONG = 1_000
"""Characters above which a lock file holds something."""
_EMPTY = re.compile(r"(?m)^package\s*=\s*\[\s*\]")


class Workspaces:
    """The lock files of a tree, with the members that each covers; read once, asked for every package."""

    def __init__(self, look: Look) -> None:
        self._tree = look.tree
        self._locks = {
            (item.ecosystem, item.folder): item.path
            for item in look.manifests.locks
            if not _is_hollow(look, item.ecosystem, item.path)
        }
        self._members: dict[tuple[str, str], tuple[frozenset[str], tuple[str, ...]]] = {}

    def covers(self, ecosystem: str, folder: str) -> bool:
        """Whether the package in `folder` has a lock file: beside it, or above it in a workspace it is a member of.

        A lock file that names the folder covers it; else what the manifest beside it calls its workspace decides. Of
        other ecosystems than Node and Python, a lock file covers everything below it.
        """
        if (ecosystem, folder) in self._locks:
            return True
        for above in _parents(folder):
            if (ecosystem, above) in self._locks:
                below = folder.removeprefix(f"{above}/" if above else "")
                if ecosystem not in {"node", "python"} or self._is_member(ecosystem, above, below):
                    return True
        return False

    def _is_member(self, ecosystem: str, above: str, below: str) -> bool:
        key = (ecosystem, above)
        if key not in self._members:
            named = frozenset(_NAME.findall(self._tree.text(self._locks[key]) or ""))
            prefix = f"{above}/" if above else ""
            patterns = _python(self._tree, prefix) if ecosystem == "python" else _node(self._tree, prefix)
            self._members[key] = named, tuple(str(item).removeprefix("./").rstrip("/") for item in patterns)
        named, globs = self._members[key]
        return below in named or any(fnmatch(below, pattern.replace("**", "*")) for pattern in globs)


def _is_hollow(look: Look, ecosystem: str, path: str) -> bool:
    """Whether a lock file says that it holds no package, though the manifests ask for some."""
    text = look.tree.text(path)
    if text is None or len(text) > _LONG or not _EMPTY.search(text):
        return False
    plain = re.sub(r"[_.]", "-", text.lower())
    asked = [item.name for item in look.manifests.dependencies if item.ecosystem == ecosystem]
    return bool(asked) and not any(re.sub(r"[_.]", "-", name.lower()) in plain for name in asked)


def _parents(folder: str) -> Iterator[str]:
    while folder:
        folder = folder.rpartition("/")[0]
        yield folder


def _python(tree: Tree, prefix: str) -> Iterator[object]:
    """The members that uv is told of, as they are written."""
    tool = mapping(read_toml(tree, f"{prefix}pyproject.toml", []).get("tool"))
    yield from sequence(mapping(mapping(tool.get("uv")).get("workspace")).get("members"))


def _node(tree: Tree, prefix: str) -> Iterator[object]:
    """The members that npm, yarn, bun, pnpm, deno or lerna are told of, as they are written."""
    if tree.exists(f"{prefix}package.json"):
        listed = read_json(tree, f"{prefix}package.json", []).get("workspaces")
        yield from sequence(listed.get("packages") if isinstance(listed, dict) else listed)
    for name in ("deno.json", "deno.jsonc", "lerna.json"):
        if tree.exists(prefix + name):
            table = read_json(tree, prefix + name, [], comments=True)
            yield from (*sequence(table.get("workspace")), *sequence(table.get("packages")))
    for name in ("pnpm-workspace.yaml", "pnpm-workspace.yml"):
        for document in read_yaml(tree, prefix + name, []) if tree.exists(prefix + name) else []:
            yield from sequence(mapping(document).get("packages"))
