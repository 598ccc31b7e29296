"""Workspaces: whether a lock file also covers a package in a folder below it."""

from __future__ import annotations

import re
from fnmatch import fnmatch
from typing import TYPE_CHECKING

from checks.readers.plain import mapping, read_json, read_toml, read_yaml, sequence

if TYPE_CHECKING:
    from checks.look import Look
    from checks.readers.manifests import Lockfile


def is_member(look: Look, lock: Lockfile, folder: str) -> bool:
    """Whether the package in `folder` is a member of the workspace that the lock file locks.

    A lock file that names the folder covers it; else what the manifest beside it calls its workspace decides. Other
    ecosystems than Node and Python are taken to be locked from above.
    """
    prefix = f"{lock.folder}/" if lock.folder else ""
    if not folder.startswith(prefix):
        return False
    below = folder.removeprefix(prefix)
    if lock.ecosystem not in {"node", "python"}:
        return True
    named = re.search(rf"[\"':@\s./]{re.escape(below)}[\"':,\s]", look.tree.text(lock.path) or "")
    return bool(named) or any(_matches(below, pattern) for pattern in _patterns(look, prefix, lock.ecosystem))


def _matches(folder: str, pattern: str) -> bool:
    bare = pattern.removeprefix("./").rstrip("/")
    return folder == bare or fnmatch(folder, bare.replace("**", "*"))


def _patterns(look: Look, prefix: str, ecosystem: str) -> list[str]:
    """The folders of members, as the manifests in the lock file's folder write them."""
    tree, found = look.tree, list[object]()
    if ecosystem == "python":
        tool = mapping(read_toml(tree, f"{prefix}pyproject.toml", []).get("tool"))
        found += sequence(mapping(mapping(tool.get("uv")).get("workspace")).get("members"))
        return [str(item) for item in found]
    held = read_json(tree, f"{prefix}package.json", []) if tree.exists(f"{prefix}package.json") else {}
    listed = held.get("workspaces")
    found += sequence(listed.get("packages") if isinstance(listed, dict) else listed)
    for name in ("deno.json", "deno.jsonc", "lerna.json"):
        if tree.exists(prefix + name):
            table = read_json(tree, prefix + name, [], comments=True)
            found += [*sequence(table.get("workspace")), *sequence(table.get("packages"))]
    for name in ("pnpm-workspace.yaml", "pnpm-workspace.yml"):
        for document in read_yaml(tree, prefix + name, []) if tree.exists(prefix + name) else []:
            found += sequence(mapping(document).get("packages"))
    return [str(item) for item in found]
