"""The parts of a product with a manifest of their own, and the commands that install, test and check them."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from checks.look import is_product
from checks.portrait import Part
from checks.topics.tests_found import cases

if TYPE_CHECKING:
    from checks.look import Look

PLAIN: Final = re.compile(r"[A-Za-z0-9_@][A-Za-z0-9_@.-]*(?:/[A-Za-z0-9_@][A-Za-z0-9_@.-]*)*")
"""A path, name or tag that no shell, YAML file or workflow reads as anything else."""
_SCRIPT: Final = re.compile(r"[A-Za-z][A-Za-z0-9:_-]*")
_PYTHON_LOCKS: Final = {"uv.lock": "uv", "poetry.lock": "poetry", "pdm.lock": "pdm", "Pipfile.lock": "pipenv"}
_NODE_LOCKS: Final = {
    "pnpm-lock.yaml": "pnpm", "yarn.lock": "yarn", "bun.lock": "bun", "package-lock.json": "npm",
    "npm-shrinkwrap.json": "npm", "bun.lockb": "bun",
}  # fmt: skip
_RUNS: Final = {"uv": "uv run ", "poetry": "poetry run ", "pdm": "pdm run ", "pipenv": "pipenv run "}
_AUDITS: Final = {
    "uv": "uv run --with pip-audit pip-audit", "poetry": "poetry run pip-audit", "pdm": "pdm run pip-audit",
    "pipenv": "pipenv run pip-audit",
}  # fmt: skip
_PYTHON_VERSION: Final = re.compile(
    r"(?m)^\s*(?:requires-python|python)\s*=\s*[\"'](?:[><=^~ ]*)(3\.\d{1,2})|^python_version\s*=\s*\"(3\.\d+)\""
)
_NO_TEST: Final = re.compile(r"no test specified|\b(?:playwright|cypress|wdio|testcafe)\b|--watch\b")
"""Scripts that test nothing by themselves: the one npm writes, those that need a running product, those that wait."""


def parts(look: Look) -> Iterator[Part]:
    """The parts, nearest to the root first; a folder whose name is no plain path is left out."""
    for language, make in (("python", _python), ("node", _node)):
        folders = [one for one in _folders(look, language) if not one or PLAIN.fullmatch(one)]
        found = [make(look, folder) for folder in sorted(folders, key=lambda one: (one.count("/") if one else -1, one))]
        yield from (one for one in found if not _is_told_by_another(one, found))


def _folders(look: Look, language: str) -> set[str]:
    """The folders with a manifest of a language."""
    wanted = ("pyproject.toml", "requirements.txt", "Pipfile") if language == "python" else ("package.json",)
    return {
        item.path.rpartition("/")[0]
        for item in look.manifests.dependencies
        if item.ecosystem == language and is_product(item.path) and item.path.rsplit("/", 1)[-1] in wanted
    }


def _is_told_by_another(part: Part, found: list[Part]) -> bool:
    """Whether it is a workspace's root or member that has no tests of its own, beside one of the same lock file."""
    same = [one for one in found if one != part and one.locked == part.locked and part.locked]
    tested = [one for one in same if one.test]
    if part.test:
        return part.language == "node" and any(_is_below(part.folder, one.folder) for one in tested)
    return bool(tested) or any(_is_below(part.folder, one.folder) for one in same)


def _lock(look: Look, folder: str, names: dict[str, str]) -> tuple[str, str]:
    """The lock file of a folder or of one above it, with the manager that writes it; ("", "") without one."""
    here = folder
    while True:
        for name, manager in names.items():
            path = posixpath.join(here, name)
            if look.tree.file(path):
                return path, manager
        if not here:
            return "", ""
        here = here.rpartition("/")[0]


def _python(look: Look, folder: str) -> Part:
    lock, manager = _lock(look, folder, _PYTHON_LOCKS)
    declared = _declared(look, folder, "python")
    within = _RUNS.get(manager, "")
    text = "\n".join(look.tree.text(posixpath.join(folder, name)) or "" for name in ("pyproject.toml", "Pipfile"))
    version = _PYTHON_VERSION.search(text)
    pinned = re.fullmatch(
        r"\s*(3\.\d{1,2})(?:\.\d+)?\s*", look.tree.text(posixpath.join(folder, ".python-version")) or ""
    )
    named = (pinned and pinned[1]) or (version and (version[1] or version[2])) or ""
    return Part(
        folder,
        "python",
        manager or "pip",
        _python_install(look, folder, manager),
        _python_test(look, folder, within, declared),
        next(
            (
                f"{within}{command}"
                for name, command in (("ruff", "ruff check ."), ("flake8", "flake8 ."))
                if name in declared
            ),
            "",
        ),
        next(
            (
                f"{within}{command}"
                for name, command in (("mypy", "mypy ."), ("pyright", "pyright"))
                if name in declared
            ),
            "",
        ),
        named,
        _AUDITS.get(manager, "pip-audit"),
        lock,
    )


def _python_install(look: Look, folder: str, manager: str) -> str:
    if manager:
        locked = {
            "uv": "uv sync --locked",
            "poetry": "poetry install",
            "pdm": "pdm sync",
            "pipenv": "pipenv sync --dev",
        }
        return locked[manager]
    files = [
        name
        for name in ("requirements.txt", "requirements-dev.txt", "dev-requirements.txt", "requirements-test.txt")
        if look.tree.file(posixpath.join(folder, name))
    ]
    return f"pip install {' '.join(f'-r {name}' for name in files)}" if files else "pip install -e ."


def _python_test(look: Look, folder: str, within: str, declared: set[str]) -> str:
    nested = [one for one in _folders(look, "python") if one != folder and _is_below(one, folder)]
    tested = [case.path for case in cases(look) if case.kind == "python" and _is_below(case.path, folder)]
    if all(any(_is_below(path, one) for one in nested) for path in tested):
        return ""
    if "pytest" not in declared and look.tree.file(posixpath.join(folder, "manage.py")):
        return f"{within}python manage.py test"
    return f"{within}pytest" if within or "pytest" in declared else "python -m pytest"


def _node(look: Look, folder: str) -> Part:
    lock, manager = _lock(look, folder, _NODE_LOCKS)
    manager = manager or "npm"
    install = {
        "npm": "npm ci" if lock else "npm install", "pnpm": "pnpm install --frozen-lockfile",
        "yarn": "yarn install --frozen-lockfile", "bun": "bun install --frozen-lockfile",
    }  # fmt: skip
    types = _script(look, folder, manager, "typecheck", "type-check", "check-types", "check:types", "types", "tsc")
    if not types and look.tree.file(posixpath.join(folder, "tsconfig.json")):
        types = "npx tsc --noEmit" if "typescript" in _declared(look, folder, "node") else ""
    audit = {"npm": "npm audit --audit-level=high", "pnpm": "pnpm audit --audit-level=high", "bun": "bun audit"}
    return Part(
        folder,
        "node",
        manager,
        install[manager],
        _script(look, folder, manager, "test", "test:unit", "test:ci", "unit"),
        _script(look, folder, manager, "lint", "lint:check", "eslint"),
        types,
        _node_version(look, folder),
        audit.get(manager, "") if lock else "",
        lock,
    )


def _node_version(look: Look, folder: str) -> str:
    for here in dict.fromkeys((folder, "")):
        for name in (".nvmrc", ".node-version"):
            if match := re.fullmatch(r"\s*v?(\d{2})(?:\.\d+)*\s*", look.tree.text(posixpath.join(here, name)) or ""):
                return match[1]
    return ""


def _script(look: Look, folder: str, manager: str, *names: str) -> str:
    """The command for the first of these scripts that does something."""
    for name in names:
        script = look.manifests.script("npm", name, folder)
        does = " ".join(script.commands) if script else ""
        if does and not _NO_TEST.search(does) and _SCRIPT.fullmatch(name):
            return f"{manager} run {name}"
    return ""


def _declared(look: Look, folder: str, ecosystem: str) -> set[str]:
    """What the manifests of a folder, and of the root of its workspace, declare for development or at run time."""
    return {
        item.name
        for item in look.manifests.dependencies
        if item.ecosystem == ecosystem and item.path.rpartition("/")[0] in {folder, ""}
    }


def _is_below(path: str, folder: str) -> bool:
    return not folder or path.startswith(f"{folder}/")
