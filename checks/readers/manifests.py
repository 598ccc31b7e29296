"""Dependencies, lock files and named scripts, of every ecosystem met."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from checks.observation import Unread

if TYPE_CHECKING:
    from checks.tree import Tree


@dataclass(frozen=True, slots=True)
class Dependency:
    """One declared dependency. `name` is normalized ("flask-cors"); `requirement` is the range as written."""

    ecosystem: str
    name: str
    requirement: str
    path: str
    line: int = 0
    dev: bool = False

    @property
    def pinned(self) -> bool:
        """Whether the range allows one version only."""
        text = self.requirement.strip()
        if self.ecosystem == "python":
            return (text.startswith(("==", "===")) and "*" not in text and "," not in text) or " @ " in text
        return bool(text) and text[0].isdigit() and not any(sign in text for sign in "x*|>< ")


@dataclass(frozen=True, slots=True)
class Lockfile:
    """One lock file and the ecosystem it covers, in its folder and the workspace members below."""

    ecosystem: str
    path: str

    @property
    def folder(self) -> str:
        """The folder it lies in, "" at the root."""
        return self.path.rpartition("/")[0]


@dataclass(frozen=True, slots=True)
class Script:
    """A named script: `runner` is "npm", "make", "task", "just", "tox", "nox", "poe", "pdm", "hatch" or "turbo".

    `commands` are shell lines; `needs` the names of scripts of the same file that run before it.
    """

    runner: str
    name: str
    commands: tuple[str, ...]
    path: str
    line: int = 0
    needs: tuple[str, ...] = ()

    @property
    def folder(self) -> str:
        """The folder its commands run in."""
        return self.path.rpartition("/")[0]


@dataclass(frozen=True, slots=True)
class Package:
    """One package of the tree: a folder with a manifest that declares a project."""

    ecosystem: str
    name: str
    path: str
    entries: tuple[str, ...] = ()
    """Files or dotted objects its manifest names as entry points: main, bin, exports, console scripts."""
    is_library: bool = False
    """Whether it says that it is published for others to depend on (and is not marked private)."""
    version: str = ""
    """The version it releases; "" where it names none, or is marked private."""

    @property
    def folder(self) -> str:
        """The folder of its manifest, "" at the root."""
        return self.path.rpartition("/")[0]


class Manifests:
    """What the manifests of a tree declare."""

    def __init__(
        self,
        dependencies: tuple[Dependency, ...],
        locks: tuple[Lockfile, ...],
        scripts: tuple[Script, ...],
        packages: tuple[Package, ...],
    ) -> None:
        self.dependencies = dependencies
        self.locks = locks
        self.scripts = scripts
        self.packages = packages

    @classmethod
    def read(cls, tree: Tree, unread: list[Unread]) -> Manifests:
        """Read every manifest of the tree outside vendored folders."""
        from checks.readers import manifest_node, manifest_other, manifest_python, scripts

        paths = [path for path in tree.named_like(_MANIFEST) if not _vendored(path)]
        python = manifest_python.read(tree, paths, unread)
        node = manifest_node.read(tree, paths, unread)
        return cls(
            (*python[0], *node[0], *manifest_other.read(tree, paths, unread)),
            tuple(Lockfile(ecosystem, path) for path in paths for ecosystem in _LOCKS.get(path.rsplit("/", 1)[-1], ())),
            (*node[2], *scripts.read(tree, paths, unread)),
            (*python[1], *node[1]),
        )

    @cached_property
    def ecosystems(self) -> tuple[str, ...]:
        """The ecosystems that have at least one dependency, sorted."""
        return tuple(sorted({item.ecosystem for item in self.dependencies}))

    def names(self, *, dev: bool = False) -> frozenset[str]:
        """The normalized names of run-time dependencies; with `dev`, of development ones as well."""
        return frozenset(item.name for item in self.dependencies if dev or not item.dev)

    def script(self, runner: str, name: str, folder: str = "") -> Script | None:
        """The script of that name in exactly that folder, or None."""
        return self._scripts.get((runner, folder, name))

    @cached_property
    def _scripts(self) -> dict[tuple[str, str, str], Script]:
        return {(item.runner, item.folder, item.name): item for item in reversed(self.scripts)}


_LOCKS = {
    "uv.lock": ("python",),
    "poetry.lock": ("python",),
    "pdm.lock": ("python",),
    "Pipfile.lock": ("python",),
    "pylock.toml": ("python",),
    "conda-lock.yml": ("python",),
    "pixi.lock": ("python",),
    "requirements.lock": ("python",),
    "package-lock.json": ("node",),
    "npm-shrinkwrap.json": ("node",),
    "yarn.lock": ("node",),
    "pnpm-lock.yaml": ("node",),
    "bun.lock": ("node",),
    "bun.lockb": ("node",),
    "deno.lock": ("node",),
    "go.sum": ("go",),
    "Cargo.lock": ("rust",),
    "Gemfile.lock": ("ruby",),
    "composer.lock": ("php",),
    "gradle.lockfile": ("java",),
    "mix.lock": ("elixir",),
    "pubspec.lock": ("dart",),
    "packages.lock.json": ("dotnet",),
    "Podfile.lock": ("swift",),
    "Package.resolved": ("swift",),
    ".terraform.lock.hcl": ("terraform",),
}


_NEVER = (
    r"pyw?|[cm]?[jt]sx?|vue|svelte|astro|mdx?|rst|css|s[ac]ss|less|html?|svg|png|jpe?g|gif|webp|ico|woff2?|ttf|sql|sh"
)
_MANIFEST = re.compile(rf"(?:^|/)(?:setup|noxfile)\.py\Z|^(?!.*\.(?:{_NEVER})\Z)", re.DOTALL)
"""How manifests and lock files may be called: of code, two kinds alone."""


def _vendored(path: str) -> bool:
    from checks.files.kinds import is_vendored

    return is_vendored(path)
