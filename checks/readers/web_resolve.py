"""From an import specifier to the repository file it loads: relative paths, aliases, workspace packages."""

from __future__ import annotations

import posixpath
import re
from functools import cached_property
from typing import TYPE_CHECKING, Any

from checks.readers.plain import mapping, read_json, sequence
from checks.reads import DECIDES, RESOLVING, WEB_FILE, WEB_IMPORT

if TYPE_CHECKING:
    from checks.observation import Unread
    from checks.tree import Tree

_ENDINGS = (
    "", ".ts", ".tsx", ".js", ".jsx", ".mjs", ".cjs", ".mts", ".cts", ".vue", ".svelte", ".astro", ".d.ts",
    "/index.ts", "/index.tsx", "/index.js", "/index.jsx", "/index.mjs", "/index.vue",
)  # fmt: skip
_BY_CONVENTION = ("@/", "~/", "~~/", "$lib/", "src/")
NEVER_PACKAGES = (".", "/", "#", *_BY_CONVENTION)
"""How specifiers begin that lead to a file of the tree or nowhere."""
_INWARD = (r"[./].*", *(f"{re.escape(start)}.*" for start in _BY_CONVENTION))
_MOST_EXTENDS = 50
"""Files; each is read once for who extends it."""


class Resolver:
    """Resolves import specifiers of one tree."""

    def __init__(self, tree: Tree, unread: list[Unread]) -> None:
        self._tree = tree
        self._unread = unread
        self._files = frozenset(tree.every)
        self._known: dict[tuple[str, str], tuple[str, str]] = {}

    def resolve(self, importer: str, specifier: str) -> tuple[str, str]:
        """The repository file a specifier loads, and the npm package it names; one of both is ""."""
        folder = importer.rpartition("/")[0]
        key = (folder, specifier)
        with self._tree.reads.step(RESOLVING):
            if key not in self._known:
                self._known[key] = self._resolve(folder, specifier.split("?", 1)[0])
        found = self._known[key]
        self._tree.reads.looked_up(WEB_IMPORT, folder, specifier, found)
        return found

    def inward(self) -> str:
        """A regular expression for the specifiers that may lead to a file of the tree; others name packages."""
        with self._tree.reads.step(RESOLVING):
            return self._inward

    def file(self, path: str) -> str:
        """The file that `path` without ending, with a compiled ending, or as a folder stands for, or ""."""
        found = self._file(path)
        self._tree.reads.looked_up(WEB_FILE, path, "", [found])
        return found

    def _file(self, path: str) -> str:
        bare = posixpath.normpath(path)
        if bare.startswith(".."):
            return ""
        for ending in _ENDINGS:
            if bare + ending in self._files:
                return bare + ending
        source = re.sub(r"\.(c|m)?js(x?)$", r".\1ts\2", bare)  # TypeScript imports name the compiled file
        for candidate in (source, source + "x"):
            if source != bare and candidate in self._files:
                return candidate
        return ""

    def _resolve(self, folder: str, specifier: str) -> tuple[str, str]:
        if specifier.startswith("."):
            return self._file(posixpath.join(folder, specifier)), ""
        if specifier.startswith("/"):
            return self._file(specifier.lstrip("/")) or self._file(posixpath.join(folder, specifier.lstrip("/"))), ""
        for pattern, target in self._aliases(folder):
            match = re.fullmatch(pattern, specifier)
            if match:
                found = self._file(target.replace("*", match[1] if match.groups() else ""))
                if found:
                    return found, ""
        if specifier.startswith(_BY_CONVENTION):
            return self._by_convention(folder, specifier), ""
        if specifier.startswith("#"):
            return "", ""
        return self._package(specifier)

    def _by_convention(self, folder: str, specifier: str) -> str:
        prefix, _, rest = specifier.partition("/")
        inner = ("src/lib",) if prefix == "$lib" else ("src",) if prefix == "src" else ("src", "", "app")
        while True:
            for name in inner:
                found = self._file(posixpath.join(folder, name, rest))
                if found:
                    return found
            if not folder:
                return ""
            folder = folder.rpartition("/")[0]

    def _package(self, specifier: str) -> tuple[str, str]:
        bare = re.sub(r"^(npm|jsr|node|bun):", "", specifier)
        if specifier.startswith(("http://", "https://")):
            # Deno's spelling: the package is the last part that looks like a name with a version.
            match = re.search(r"/((?:@[\w.-]+/)?[\w.-]+?)(?:@[^/]*)?(?:/[^/]*\.(?:ts|js|mjs))?(?:\?.*)?$", specifier)
            return "", match[1] if match else specifier
        parts = bare.split("/")
        name = "/".join(parts[:2]) if bare.startswith("@") else parts[0]
        name = name if name.startswith("@") and name.count("@") == 1 else re.sub(r"(?<=.)@[^/]*$", "", name)
        if name in self._workspaces:
            inner = bare[len(name) :].lstrip("/")
            return self._workspace_file(self._workspaces[name], inner), ""
        return "", name

    @cached_property
    def _inward(self) -> str:
        aliases = {pattern for found in self._configured.values() for pattern, _ in found}
        packages = {rf"(?:\w+:)?{re.escape(name)}.*" for name in self._workspaces}
        return "|".join([*_INWARD, *sorted(aliases), *sorted(packages)])

    @cached_property
    def _workspaces(self) -> dict[str, str]:
        named: dict[str, str] = {}
        for path in self._tree.match("package.json"):
            if "node_modules/" not in path and path != "package.json":
                name = self._settings(path, []).get("name")
                if isinstance(name, str) and name:
                    named[name] = path.rpartition("/")[0]
        return named

    def _workspace_file(self, folder: str, inner: str) -> str:
        data = self._settings(f"{folder}/package.json", [])
        exports = data.get("exports")
        exact = mapping(exports).get(f"./{inner}" if inner else ".", exports if isinstance(exports, str) else None)
        named = [*_strings(exact), *([] if inner else [data.get("main"), data.get("module")])]
        for candidate in [*named, inner and f"src/{inner}", inner or "src/index", "index"]:
            if isinstance(candidate, str) and candidate:
                for spelling in (candidate, re.sub(r"^(\./)?(dist|build|lib)/", "src/", candidate)):
                    found = self._file(posixpath.join(folder, re.sub(r"\.d\.ts$", ".ts", spelling)))
                    if found:
                        return found
        return ""

    def _settings(self, path: str, unread: list[Unread], *, comments: bool = False) -> dict[str, Any]:
        # That it was read, and could not be, is no part of what an import says: the look sees to it.
        with self._tree.reads.aside():
            data = read_json(self._tree, path, unread, comments=comments)
        self._tree.reads.ask(DECIDES, path)
        return data

    # -- tsconfig paths ---------------------------------------------------------------------------------------------

    def _aliases(self, folder: str) -> list[tuple[str, str]]:
        while True:
            if folder in self._configured:
                return self._configured[folder]
            if not folder:
                return []
            folder = folder.rpartition("/")[0]

    @cached_property
    def _configured(self) -> dict[str, list[tuple[str, str]]]:
        found: dict[str, list[tuple[str, str]]] = {}
        for path in self._tree.match("tsconfig*.json", "jsconfig.json"):
            if "node_modules/" not in path:
                aliases = self._paths_of(path, set())
                if aliases:
                    found.setdefault(path.rpartition("/")[0], []).extend(aliases)
        return found

    def _paths_of(self, path: str, taken: set[str]) -> list[tuple[str, str]]:
        taken.add(path)
        data = self._settings(path, self._unread, comments=True)
        options = mapping(data.get("compilerOptions"))
        folder = path.rpartition("/")[0]
        base = posixpath.normpath(posixpath.join(folder, str(options.get("baseUrl") or ".")))
        aliases: list[tuple[str, str]] = []
        for alias, targets in mapping(options.get("paths")).items():
            pattern = re.escape(str(alias)).replace(r"\*", "(.*)", 1)
            aliases += [(pattern, posixpath.join(base, str(target))) for target in sequence(targets)]
        if "baseUrl" in options:
            aliases.append((r"([\w-].*)", posixpath.join(base, "*")))
        for parent in sequence(data.get("extends")):
            inherited = posixpath.normpath(posixpath.join(folder, str(parent)))
            for candidate in (inherited, f"{inherited}.json"):
                if (
                    str(parent).startswith(".")
                    and candidate in self._files
                    and candidate not in taken
                    and len(taken) < _MOST_EXTENDS
                ):
                    aliases += self._paths_of(candidate, taken)
        return aliases


def _strings(value: object) -> list[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, dict):
        return [text for inner in value.values() if isinstance(inner, str | dict) for text in _strings(inner)][:20]
    return []
