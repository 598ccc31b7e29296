"""What Nuxt and Nitro import by themselves: a helper of these folders is in force wherever its name stands."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

from checks.files.kinds import is_test
from checks.once import once
from checks.reads import Question, of_one_file

if TYPE_CHECKING:
    from checks.look import Look

_SERVER = re.compile(r"(?:^|/)(?:server|shared)/utils/.+\.[jt]s$")
_PAGES = re.compile(r"(?:^|/)(?:composables|(?<!server/)utils)/.+\.[jt]s$")
_ON_SERVER = re.compile(r"(?:^|/)server/")
_NAME = re.compile(r"[A-Za-z_$][\w$]*")


def all_loaded_by_name(look: Look, among: Question) -> dict[str, Mapping[str, str]]:
    """What `loaded_by_name` says of those of the files that are called so of which it says something."""
    if not _packages(look):
        return {}
    look.reads.ask_listing(*among)
    return {path: named for path in look.listed(among) if (named := loaded_by_name(look, path))}


def loaded_by_name(look: Look, path: str) -> Mapping[str, str]:
    """The names in a file that Nuxt or Nitro imports for it, each with the file that exports it."""
    homes = next((found for prefix, found in _packages(look).items() if path.startswith(prefix)), None)
    if homes is None:
        return {}
    offered = homes[bool(_ON_SERVER.search(path))]
    named = look.answer_of(_named, path, "\n".join(sorted(offered)))
    return {name: offered[name] for (name,) in named if offered[name] != path}


@of_one_file
def _named(look: Look, path: str, offered: str) -> list[tuple[str]]:
    """Those of some names that stand in a file and that it neither imports nor defines."""
    module = look.web.module(path)
    if module is None:
        return []
    own = {name for item in module.imports for name in item.names} | {one.name for one in module.functions}
    # The text, as the templates of components name helpers too.
    named = set(_NAME.findall(look.tree.text(path) or "")) & set(offered.split("\n"))
    return [(name,) for name in sorted(named - own)]


@once
def _packages(look: Look) -> dict[str, tuple[dict[str, str], dict[str, str]]]:
    """By folder of a package that depends on Nuxt or Nitro, deepest first: names for pages, names for the server."""
    folders = {
        item.path.rpartition("/")[0]
        for item in look.manifests.dependencies
        if item.ecosystem == "node" and item.name in {"nuxt", "nuxt3", "nitropack", "nitro"}
    }
    found = {}
    for folder in sorted(folders, key=len, reverse=True):
        prefix = f"{folder}/" if folder else ""
        found[prefix] = _offered(look, prefix, _PAGES), _offered(look, prefix, _SERVER)
    return found


def _offered(look: Look, prefix: str, folders: re.Pattern[str]) -> dict[str, str]:
    paths = [path for path in look.web.paths if path.startswith(prefix) and folders.search(path[len(prefix) :])]
    return {
        _by_stem(path) if name == "default" else name: path
        for path in paths
        if not is_test(path)
        for (name,) in look.answer_of(_exported, path, "")
    }


@of_one_file
def _exported(look: Look, path: str, _: str) -> list[tuple[str]]:
    module = look.web.module(path)
    return [(name,) for name in module.exports] if module else []


def _by_stem(path: str) -> str:
    """The name of a default export: that of its file, `use-tide.ts` as `useTide`."""
    first, *rest = path.rpartition("/")[2].partition(".")[0].split("-")
    return first + "".join(part[:1].upper() + part[1:] for part in rest)
