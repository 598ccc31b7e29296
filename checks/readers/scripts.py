"""Named scripts outside package.json: make, task, just, tox, nox, poe, pdm and hatch."""

from __future__ import annotations

import ast
import configparser
import posixpath
import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from checks.observation import Unread
from checks.readers.manifests import Script
from checks.readers.plain import bounded_text, line_of, mapping, read_toml, read_yaml, sequence

if TYPE_CHECKING:
    from checks.tree import Tree

_TARGET = re.compile(r"^([A-Za-z0-9_.%/ -]+?)\s*::?(?!=)\s*([^#;=]*)(?:;(.*))?$")
_VARIABLE = re.compile(r"(?m)^(?:export )?(\w+)[ ]*[:?]{0,2}=[ ]*([^#\n]*?)[ ]*$")
_REFERENCE = re.compile(r"\$[({](\w+)[)}]")
_INCLUDABLE = re.compile(r"(?!\.\.)[\w./-]+(?:\*[\w./-]*)?")
"""Names that a makefile may include and that are no costly pattern."""
_LONGEST_VALUE = 200
_LONGEST_LINE = 4000
DEFAULT = "(default)"
"""The script of tox and nox whose `needs` are what they run when asked for nothing."""
_RECIPE = re.compile(r"^@?([A-Za-z_][\w-]*)((?:\s+[^:]*)?):(?!=)\s*([^#]*)$")


def read(tree: Tree, paths: Iterable[str], unread: list[Unread]) -> tuple[Script, ...]:
    """Every named script of the runner files among `paths`."""
    return tuple(script for path in paths for script in _one(tree, path, unread))


def _one(tree: Tree, path: str, unread: list[Unread]) -> Iterator[Script]:
    name = path.rsplit("/", 1)[-1]
    if name in {"Makefile", "makefile", "GNUmakefile"}:
        text = bounded_text(tree, path, unread)
        yield from _make(path, text)
        yield from _make_included(tree, path, text, unread)
    elif name.lower() in {"taskfile.yml", "taskfile.yaml", "taskfile.dist.yml"}:
        for document in read_yaml(tree, path, unread):
            yield from _task(path, mapping(document))
            yield from _task_included(tree, path, mapping(document), unread)
    elif name.lower() in {"justfile", ".justfile"}:
        yield from _just(path, bounded_text(tree, path, unread))
    elif name in {"tox.ini", "setup.cfg"}:
        yield from _tox(path, bounded_text(tree, path, unread))
    elif name == "noxfile.py":
        yield from _nox(path, bounded_text(tree, path, unread))
    elif name == "pyproject.toml":
        # The Python manifest reader reports a broken file; once is enough.
        yield from _pyproject(path, read_toml(tree, path, []))


def _make(path: str, text: str) -> Iterator[Script]:
    current: tuple[tuple[str, ...], int, tuple[str, ...], list[str]] | None = None
    values = {match[1]: match[2] for match in _VARIABLE.finditer(text) if len(match[2]) <= _LONGEST_VALUE}
    for number, line in enumerate(text.splitlines(), 1):
        if line.startswith("\t") and current:
            bare = _filled(line.strip().lstrip("@-+"), values)
            # A recipe line that starts with "-" ignores its failure, as `|| true` does.
            current[3].append(f"{bare} || true" if line.strip().startswith("-") else bare)
        elif match := _TARGET.match(line):
            yield from _targets(path, current)
            needs = tuple(word for word in match[2].split() if word != "|")
            current = (tuple(match[1].split()), number, needs, [match[3].strip()] if match[3] else [])
        elif line.strip() and not line.startswith(("#", " ")):
            yield from _targets(path, current)
            current = None
    yield from _targets(path, current)


def _make_included(tree: Tree, path: str, text: str, unread: list[Unread]) -> Iterator[Script]:
    """The targets of files that a makefile includes: they run in its folder, not in their own."""
    folder = path.rpartition("/")[0]
    for match in re.finditer(r"(?m)^[-s]?include[ \t]+([^#\n]+)", text):
        line = text.count("\n", 0, match.start()) + 1
        for word in match[1].split():
            wanted = posixpath.normpath(posixpath.join(folder, word))
            for other in tree.match(f"/{wanted}") if _INCLUDABLE.fullmatch(wanted) else ():
                yield from (replace(one, line=line) for one in _make(path, bounded_text(tree, other, unread)))


def _filled(line: str, values: dict[str, str]) -> str:
    """A recipe line with the file's own variables put in, three levels deep and never beyond 4,000 characters."""
    for _ in range(3):
        fuller = _REFERENCE.sub(lambda match: values.get(match[1], match[0]), line)
        if fuller == line or len(fuller) > _LONGEST_LINE:
            break
        line = fuller
    return line


def _targets(path: str, rule: tuple[tuple[str, ...], int, tuple[str, ...], list[str]] | None) -> Iterator[Script]:
    for name in rule[0] if rule else ():
        if rule and not name.startswith("."):
            yield Script("make", name, tuple(_joined(rule[3])), path, rule[1], rule[2])


def _joined(lines: list[str]) -> Iterator[str]:
    yield from (line for line in re.sub(r"\s*\\\n\s*", " ", "\n".join(lines)).split("\n") if line.strip())


def _task(path: str, document: dict[Any, Any]) -> Iterator[Script]:
    tasks = mapping(document.get("tasks"))
    for name, body in tasks.items():
        table = mapping(body)
        items = sequence(body if not isinstance(body, dict) else table.get("cmds", table.get("cmd")))
        commands: list[str] = []
        needs = [str(mapping(item).get("task", item)) for item in sequence(table.get("deps"))]
        for item in items:
            if isinstance(item, str):
                commands.append(item)
            elif isinstance(item, dict) and isinstance(item.get("cmd"), str):
                commands.append(item["cmd"] + (" || true" if item.get("ignore_error") is True else ""))
            elif isinstance(item, dict) and item.get("task"):
                commands.append(f"task {item['task']}")
        folder = table.get("dir")
        if isinstance(folder, str) and "{{" not in folder:
            commands = [f"cd {folder} && {command}" for command in commands]
        yield Script("task", str(name), tuple(commands), path, line_of(tasks, name), tuple(needs))


def _task_included(tree: Tree, path: str, document: dict[Any, Any], unread: list[Unread]) -> Iterator[Script]:
    """The tasks of files that a Taskfile includes, named `namespace:task`; they run in its folder unless told else."""
    folder = path.rpartition("/")[0]
    included = mapping(document.get("includes"))
    for space, given in included.items():
        named = given.get("taskfile") if isinstance(given, dict) else given
        wanted = posixpath.normpath(posixpath.join(folder, str(named or "")))
        names = (wanted, f"{wanted}/Taskfile.yml", f"{wanted}/Taskfile.yaml")
        other = next((name for name in names if tree.file(name)), "")
        prefix = f"{space}:"
        for inner in read_yaml(tree, other, unread) if other and other != path else ():
            for one in _task(path, mapping(inner)):
                commands = tuple(re.sub(r"^task (?=[\w-]+$)", f"task {prefix}", command) for command in one.commands)
                needs = tuple(prefix + need for need in one.needs)
                line = line_of(included, space)
                yield replace(one, name=prefix + one.name, commands=commands, needs=needs, line=line)


def _just(path: str, text: str) -> Iterator[Script]:
    name, line, needs, commands = "", 0, (), list[str]()
    for number, raw in enumerate(text.splitlines(), 1):
        if raw.startswith((" ", "\t")) and name:
            bare = raw.strip()
            commands.append(f"{bare.lstrip('@-')} || true" if bare.startswith("-") else bare.lstrip("@"))
        elif match := _RECIPE.match(raw):
            if name:
                yield Script("just", name, tuple(commands), path, line, needs)
            name, line, needs, commands = match[1], number, tuple(re.findall(r"[\w-]+", match[3])), []
    if name:
        yield Script("just", name, tuple(commands), path, line, needs)


def _tox(path: str, text: str) -> Iterator[Script]:
    parser = configparser.ConfigParser(interpolation=None, strict=False)
    try:
        parser.read_string(text)
    except configparser.Error:
        return
    for section in parser.sections():
        kind, _, name = section.partition(":")
        if kind in {"testenv", "tox"} or section.startswith("tox:"):
            commands = parser.get(section, "commands", fallback="").replace("\\\n", " ").splitlines()
            kept = tuple(f"{c[1:].strip()} || true" if c.startswith("-") else c.strip() for c in commands if c.strip())
            if kept:
                yield Script("tox", name or "testenv", tuple(c.replace("{posargs}", "") for c in kept), path)
    listed = " ".join(
        parser.get(section, key, fallback="") for section in ("tox", "tox:tox") for key in ("envlist", "env_list")
    )
    if listed.strip():
        # "py3{11,12}" stays together; what is in braces only chooses versions.
        yield Script("tox", DEFAULT, (), path, needs=tuple(re.findall(r"(?:\{[^}]*\}|[^\s,{])+", listed)))


def _nox(path: str, text: str) -> Iterator[Script]:
    """Sessions of a noxfile: the literal arguments of `session.run(...)`."""
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return  # the Python reader reports the file
    for node in tree.body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "nox.options.sessions":
            chosen = [item.value for item in ast.walk(node.value) if isinstance(item, ast.Constant)]
            yield Script("nox", DEFAULT, (), path, node.lineno, tuple(str(item) for item in chosen))
        if isinstance(node, ast.FunctionDef) and any("session" in ast.unparse(item) for item in node.decorator_list):
            commands = tuple(
                " ".join(str(arg.value) for arg in call.args if isinstance(arg, ast.Constant))
                for call in ast.walk(node)
                if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr == "run"
            )
            yield Script("nox", node.name, commands, path, node.lineno)


def _pyproject(path: str, table: dict[str, Any]) -> Iterator[Script]:
    tool = mapping(table.get("tool"))
    for runner, scripts in (
        ("poe", mapping(mapping(tool.get("poe")).get("tasks"))),
        ("task", mapping(mapping(tool.get("taskipy")).get("tasks"))),
        ("pdm", mapping(mapping(tool.get("pdm")).get("scripts"))),
        *(("hatch", mapping(mapping(env).get("scripts"))) for env in _hatch_environments(tool)),
        *(("tox", {name: mapping(env).get("commands")}) for name, env in _tox_environments(tool)),
    ):
        for name, body in scripts.items():
            commands = tuple(_called(runner, scripts, line) for line in _poe_commands(body))
            if commands:
                yield Script(runner, str(name), commands, path)


def _called(runner: str, scripts: dict[Any, Any], line: str) -> str:
    """A line of a task, with the runner before it where it names another task."""
    prefix = {"poe": "poe ", "pdm": "pdm run ", "hatch": "hatch run "}.get(runner, "")
    return prefix + line if line.split(" ", 1)[0] in scripts else line


def _hatch_environments(tool: dict[str, Any]) -> list[Any]:
    return list(mapping(mapping(tool.get("hatch")).get("envs")).values())


def _tox_environments(tool: dict[str, Any]) -> list[tuple[str, Any]]:
    tox = mapping(tool.get("tox"))
    return [("testenv", tox.get("env_run_base")), *mapping(tox.get("env")).items()]


def _poe_commands(body: object) -> Iterator[str]:
    if isinstance(body, str):
        yield body
    elif isinstance(body, list):
        for item in body:
            if isinstance(item, list):
                yield " ".join(str(word) for word in item)
            else:
                yield from _poe_commands(item)
    elif isinstance(body, dict):
        for key in ("cmd", "shell", "script", "sequence", "composite", "ref"):
            yield from _poe_commands(body.get(key))
