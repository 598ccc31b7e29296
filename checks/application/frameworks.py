"""Which framework a tree is written with, by its manifests alone: quick enough to ask before a text is shown."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from pathlib import Path

    from checks.tree import Tree


@dataclass(frozen=True, slots=True)
class Framework:
    """A framework, a language or a CI host. `packages` declare it; `language` is its own id for a language."""

    id: str
    title: str
    language: str = ""
    packages: tuple[str, ...] = ()


FRAMEWORKS: Final = (
    Framework("fastapi", "FastAPI", "python", ("fastapi",)),
    Framework("django", "Django", "python", ("django",)),
    Framework("flask", "Flask", "python", ("flask",)),
    Framework("streamlit", "Streamlit", "python", ("streamlit",)),
    Framework("nextjs", "Next.js", "node", ("next",)),
    Framework("hono", "Hono", "node", ("hono",)),
    Framework("express", "Express", "node", ("express",)),
)
"""Those that examples are written for; where one file declares several, the earlier one is taken first."""

LANGUAGES: Final = (Framework("python", "Python", "python"), Framework("node", "JavaScript and TypeScript", "node"))
HOSTS: Final = (Framework("github-actions", "GitHub Actions"), Framework("gitlab", "GitLab CI"))
KNOWN: Final = {one.id: one for one in (*FRAMEWORKS, *LANGUAGES, *HOSTS)}

_ENDINGS: Final = {"python": (".py", ".pyw"), "node": (".js", ".jsx", ".mjs", ".cjs", ".ts", ".tsx", ".mts", ".vue")}


def frameworks_of(root: Path) -> tuple[str, ...]:
    """The ids of what the tree at `root` is written with, as `found` orders them. Nothing of it is executed."""
    from checks.git import Git, GitProblem
    from checks.tree import Tree

    try:
        with Git.open(root) as git:
            return found(Tree.read(root, git))
    except GitProblem:
        return found(Tree.read(root, None))


def found(tree: Tree) -> tuple[str, ...]:
    """Frameworks, those nearest to the root first; then languages, the one with more files first; then CI hosts."""
    from checks.look import is_product
    from checks.readers.manifests import Manifests

    depth: dict[str, int] = {}
    for item in Manifests.read(tree, []).dependencies:
        if not item.dev and is_product(item.path):
            for one in FRAMEWORKS:
                if item.name in one.packages and item.ecosystem == one.language:
                    depth[one.id] = min(depth.get(one.id, 99), item.path.count("/"))
    order = [one.id for one in FRAMEWORKS]
    declared = sorted(depth, key=lambda name: (depth[name], order.index(name)))
    files = {name: sum(path.endswith(ends) for path in tree.paths) for name, ends in _ENDINGS.items()}
    languages = sorted((name for name, count in files.items() if count), key=lambda name: -files[name])
    return (*declared, *languages, *_hosts(tree))


def language_of(path: str) -> str:
    """The language of a file by its ending, "" for others."""
    return next((name for name, ends in _ENDINGS.items() if path.endswith(ends)), "")


def _hosts(tree: Tree) -> tuple[str, ...]:
    github = any(path.startswith(".github/workflows/") for path in tree.paths)
    gitlab = tree.exists(".gitlab-ci.yml")
    return tuple(name for name, there in (("github-actions", github), ("gitlab", gitlab)) if there)
