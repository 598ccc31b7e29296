"""Python manifests: pyproject.toml, requirements files, Pipfile, setup.cfg and setup.py (read, never run)."""

from __future__ import annotations

import ast
import configparser
import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from checks.observation import Unread
from checks.readers.manifests import Dependency, Package
from checks.readers.plain import bounded_text, mapping, read_toml, read_yaml, sequence

if TYPE_CHECKING:
    from checks.tree import Tree

_REQUIREMENT = re.compile(r"\s*([A-Za-z0-9][A-Za-z0-9._-]*)\s*(\[[^\]]*\])?\s*([^;#]*)")
_DEV_WORD = re.compile(r"(^|[-_./])(dev|devel|development|test|tests|testing|lint|docs?|ci|type|typing)([-_./]|$)")


def read(tree: Tree, paths: Iterable[str], unread: list[Unread]) -> tuple[list[Dependency], list[Package]]:
    """The dependencies and packages that the Python manifests among `paths` declare."""
    dependencies: list[Dependency] = []
    packages: list[Package] = []
    for path in paths:
        name = path.rsplit("/", 1)[-1]
        if name == "pyproject.toml":
            text, table = tree.text(path) or "", read_toml(tree, path, unread)
            dependencies += _with_lines(text, _pyproject(path, table))
            packages += _package(path, table)
        elif name == "Pipfile":
            dependencies += _with_lines(tree.text(path) or "", _pipfile(path, read_toml(tree, path, unread)))
        elif name == "setup.cfg":
            dependencies += _setup_cfg(path, bounded_text(tree, path, unread), unread)
        elif name == "setup.py":
            dependencies += _setup_py(path, bounded_text(tree, path, unread))
        elif re.fullmatch(r"(conda[-_])?env(ironment)?([-_.]\w+)?\.ya?ml", name):
            dependencies += _conda(path, read_yaml(tree, path, unread))
        elif _is_requirements(path):
            dependencies += _requirements(path, bounded_text(tree, path, unread))
    return dependencies, packages


def normalized(name: str) -> str:
    """The name as package indexes compare it: lower case, runs of "-", "_" and "." as one "-"."""
    return re.sub(r"[-_.]+", "-", name).lower()


def _is_requirements(path: str) -> bool:
    folder, _, name = path.rpartition("/")
    if not name.endswith((".txt", ".in")):
        return False
    return "requirements" in name.lower() or folder.rsplit("/", 1)[-1] == "requirements"


def _one(text: str, path: str, *, line: int = 0, dev: bool = False) -> Iterator[Dependency]:
    match = _REQUIREMENT.match(text)
    if match:
        yield Dependency("python", normalized(match[1]), match[3].strip(), path, line, dev)


def _requirements(path: str, text: str) -> Iterator[Dependency]:
    dev = bool(_DEV_WORD.search(path.lower().removesuffix(".txt").removesuffix(".in")))
    for number, line in enumerate(text.splitlines(), 1):
        bare = line.strip().rstrip("\\").split(" --hash", 1)[0]
        egg = re.search(r"#egg=([\w.-]+)", bare)
        if egg:
            yield Dependency("python", normalized(egg[1]), " @ " + bare[:80], path, number, dev)
        elif bare and bare[0].isalnum() and "://" not in bare.split("@", 1)[0]:
            yield from _one(bare, path, line=number, dev=dev)


def _pyproject(path: str, table: dict[str, Any]) -> Iterator[Dependency]:
    project = mapping(table.get("project"))
    for text in sequence(project.get("dependencies")):
        yield from _one(str(text), path)
    for group, items in mapping(project.get("optional-dependencies")).items():
        for text in sequence(items):
            yield from _one(str(text), path, dev=bool(_DEV_WORD.search(str(group))))
    for items in mapping(table.get("dependency-groups")).values():
        for text in sequence(items):
            if isinstance(text, str):
                yield from _one(text, path, dev=True)
    tool = mapping(table.get("tool"))
    for text in sequence(mapping(tool.get("uv")).get("dev-dependencies")):
        yield from _one(str(text), path, dev=True)
    poetry = mapping(tool.get("poetry"))
    yield from _table(path, poetry.get("dependencies"), dev=False)
    yield from _table(path, poetry.get("dev-dependencies"), dev=True)
    for name, group in mapping(poetry.get("group")).items():
        yield from _table(path, mapping(group).get("dependencies"), dev=bool(_DEV_WORD.search(str(name))))
    for items in mapping(mapping(tool.get("pdm")).get("dev-dependencies")).values():
        for text in sequence(items):
            yield from _one(str(text), path, dev=True)


def _table(path: str, table: object, *, dev: bool) -> Iterator[Dependency]:
    for name, wanted in mapping(table).items():
        if name != "python":
            version = wanted if isinstance(wanted, str) else str(mapping(wanted).get("version", ""))
            exact = "==" + version if re.fullmatch(r"\d[\w.]*", version) else version
            yield Dependency("python", normalized(str(name)), exact, path, 0, dev)


def _conda(path: str, documents: list[Any]) -> Iterator[Dependency]:
    """What a conda environment asks for, with the packages that pip adds to it; nothing of other YAML files."""
    for table in documents[:1]:
        for item in sequence(mapping(table).get("dependencies")):
            for text in sequence(mapping(item).get("pip")) if isinstance(item, dict) else [item]:
                if isinstance(text, str) and not text.startswith(("python", "pip", "-")):
                    name, equals, version = text.partition("=")
                    exact = bool(equals) and name.strip("<>!~") == name and not version.startswith(("=", ">", "<"))
                    yield from _one(f"{name}=={version.split('=')[0]}" if exact else text, path)


def _pipfile(path: str, table: dict[str, Any]) -> Iterator[Dependency]:
    yield from _table(path, table.get("packages"), dev=False)
    yield from _table(path, table.get("dev-packages"), dev=True)


def _package(path: str, table: dict[str, Any]) -> Iterator[Package]:
    project = mapping(table.get("project"))
    poetry = mapping(mapping(table.get("tool")).get("poetry"))
    name = project.get("name") or poetry.get("name")
    if not name:
        return
    scripts = {
        **mapping(poetry.get("scripts")),
        **mapping(project.get("scripts")),
        **mapping(project.get("gui-scripts")),
    }
    for group in mapping(project.get("entry-points")).values():
        scripts |= mapping(group)
    classifiers = [str(item) for item in sequence(project.get("classifiers") or poetry.get("classifiers"))]
    private = any(item.startswith("Private ::") for item in classifiers)
    entries = tuple(str(item) for item in scripts.values() if isinstance(item, str))
    library = "build-system" in table and bool(classifiers) and not private
    version = "" if private else str(project.get("version") or poetry.get("version") or "")
    yield Package("python", normalized(str(name)), path, entries, library, version)


def _setup_cfg(path: str, text: str, unread: list[Unread]) -> Iterator[Dependency]:
    parser = configparser.ConfigParser(interpolation=None, strict=False)
    try:
        parser.read_string(text)
    except configparser.Error as error:
        unread.append(Unread(path, f"not readable as setup.cfg: {' '.join(str(error).split())[:120]}"))
        return
    for line in parser.get("options", "install_requires", fallback="").splitlines():
        yield from _one(line, path)
    extras = parser["options.extras_require"].items() if parser.has_section("options.extras_require") else ()
    for group, lines in extras:
        for line in lines.splitlines():
            yield from _one(line, path, dev=bool(_DEV_WORD.search(group)))


def _setup_py(path: str, text: str) -> Iterator[Dependency]:
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return  # the Python reader reports the file
    for node in ast.walk(tree):
        if isinstance(node, ast.keyword) and node.arg == "install_requires" and isinstance(node.value, ast.List):
            for item in node.value.elts:
                if isinstance(item, ast.Constant) and isinstance(item.value, str):
                    yield from _one(item.value, path, line=item.lineno)


def _with_lines(text: str, found: Iterable[Dependency]) -> Iterator[Dependency]:
    """Each dependency with the first line that names it; TOML parsers keep no lines."""
    lines = [re.sub(r"[-_.]+", "-", line.lower()) for line in text.splitlines()]
    for item in found:
        pattern = re.compile(rf"(^|[\"'\s]){re.escape(item.name)}($|[^\w-])")
        line = next((number for number, bare in enumerate(lines, 1) if pattern.search(bare)), 0)
        yield Dependency(item.ecosystem, item.name, item.requirement, item.path, line, item.dev)
