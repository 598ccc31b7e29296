"""CircleCI: the workflows of `.circleci/config.yml`, with the file's own commands in the place of the step."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from checks.observation import Unread
from checks.readers.plain import line_of, mapping, read_yaml, sequence
from checks.readers.workflows import SCHEDULED_ONLY, Job, Step, Workflow

if TYPE_CHECKING:
    from checks.tree import Tree

PATHS = ("/.circleci/config.yml", "/.circleci/config.yaml")
_MOST_DEPTH = 8
_MOST_STEPS = 5000
"""Of a file, commands put in: a command that holds itself many times would never end."""
_PARAMETER = re.compile(r"<<\s*parameters\.([\w-]+)\s*>>")
_PIPELINE = re.compile(r"<<\s*pipeline\.parameters\.([\w-]+)\s*>>")
_SETS_UP = re.compile(r"(?i)install|setup|checkout|cache|login|auth")
"""Steps of orbs that prepare a job and test or deploy nothing."""
_EVERYTHING = frozenset({"/.*/", "*"})


def read(tree: Tree, unread: list[Unread]) -> Iterator[Workflow]:
    """The workflows of `.circleci/config.yml`; a file without any runs its job `build` on every push."""
    for path in tree.match(*PATHS):
        for document in read_yaml(tree, path, unread)[:1]:
            if root := mapping(document):
                yield from _Reader(path, root).workflows()


class _Reader:
    def __init__(self, path: str, root: dict[Any, Any]) -> None:
        self._path = path
        self._root = root
        self._hidden: list[str] = []
        self._left = _MOST_STEPS

    def workflows(self) -> Iterator[Workflow]:
        if self._root.get("setup") is True:
            self._hidden.append("goes on with a configuration that it makes while it runs")
        table = {name: it for name, it in mapping(self._root.get("workflows")).items() if isinstance(it, dict)}
        if not table and "build" in mapping(self._root.get("jobs")):
            table = {"build": {"jobs": ["build"]}}
        for name, body in table.items():
            triggers = self._triggers(body)
            jobs = tuple(self._jobs(sequence(body.get("jobs"))))
            hidden, self._hidden = tuple(self._hidden), []
            orbs = tuple(str(one) for one in mapping(self._root.get("orbs")).values() if isinstance(one, str))
            yield Workflow(self._path, str(name), "circleci", triggers, jobs, included=orbs, hidden=hidden)

    def _triggers(self, body: dict[Any, Any]) -> dict[str, dict[str, object]]:
        if any("schedule" in mapping(item) for item in sequence(body.get("triggers"))):
            return {"schedule": {}}
        for word, wanted in (("when", True), ("unless", False)):
            if word not in body:
                continue
            named = _PIPELINE.fullmatch(str(body[word]).strip())
            known = mapping(mapping(self._root.get("parameters")).get(named[1] if named else "")).get("default")
            if not isinstance(known, bool):
                self._hidden.append("has a workflow under a condition")
                return {"conditional": {}}
            if known is not wanted:
                return {"workflow_dispatch": {}}
        return {"push": {}}

    def _jobs(self, items: list[Any]) -> Iterator[Job]:
        entries: dict[str, tuple[str, dict[Any, Any]]] = {}
        for item in items:
            for called, given in item.items() if isinstance(item, dict) else [(item, {})]:
                table = mapping(given)
                entries[str(table.get("name") or called)] = (str(called), table)
        held = _held(entries)
        for name, (called, given) in entries.items():
            yield self._job(name, called, given, manual=name in held)

    def _job(self, name: str, called: str, given: dict[Any, Any], *, manual: bool) -> Job:
        jobs = mapping(self._root.get("jobs"))
        body = mapping(jobs.get(called))
        if not body and given.get("type") != "approval" and not _SETS_UP.search(called):
            self._hidden.append(f"runs {called} of an orb")
        values = _values(body, given)
        folder = str(body.get("working_directory") or "")
        steps = [*sequence(given.get("pre-steps")), *sequence(body.get("steps")), *sequence(given.get("post-steps"))]
        filters = mapping(given.get("filters"))
        ignored = {str(one) for one in sequence(mapping(filters.get("branches")).get("ignore"))}
        return Job(
            id=name,
            name=name,
            path=self._path,
            line=line_of(jobs, called),
            steps=tuple(self._steps(steps, values, folder, line_of(jobs, called), 0)),
            needs=_required(given),
            condition=SCHEDULED_ONLY if _EVERYTHING & ignored else "",
            images=tuple(
                str(mapping(one).get("image")) for one in sequence(body.get("docker")) if mapping(one).get("image")
            ),
            manual=manual,
        )

    def _steps(self, items: list[Any], values: dict[str, str], folder: str, line: int, depth: int) -> Iterator[Step]:
        for item in items if depth < _MOST_DEPTH else []:
            self._left -= 1
            if self._left < 0:
                return
            for name, given in item.items() if isinstance(item, dict) else [(item, None)]:
                at = line_of(item, name) or line
                commands = mapping(self._root.get("commands"))
                if name == "run":
                    yield from self._run(given, values, folder, line_of(given, "command") or at)
                elif name in {"when", "unless"}:
                    condition = _filled(str(mapping(given).get("condition")), values).strip().lower()
                    if condition not in ({"false", "none", ""} if name == "when" else {"true"}):
                        yield from self._steps(sequence(mapping(given).get("steps")), values, folder, at, depth + 1)
                elif name in commands:
                    body = mapping(commands[name])
                    filled = {key: _filled(str(it), values) for key, it in mapping(given).items()}
                    inner = _values(body, filled)
                    yield from self._steps(sequence(body.get("steps")), inner, folder, at, depth + 1)
                elif "/" in str(name) and not _SETS_UP.search(str(name)):
                    self._hidden.append(f"uses {name} of an orb")

    def _run(self, given: object, values: dict[str, str], folder: str, line: int) -> Iterator[Step]:
        table = mapping(given)
        text = _filled(str(table.get("command") or "") if table else str(given or ""), values)
        if text and table.get("when") != "on_fail":
            where = _filled(str(table.get("working_directory") or ""), values)
            yield Step(str(table.get("name") or ""), self._path, line, run=text, folder=_inside(where, folder))


def _held(entries: dict[str, tuple[str, dict[Any, Any]]]) -> set[str]:
    """The jobs that somebody lets run: approvals, and what requires one, however far behind."""
    behind: dict[str, list[str]] = {}
    for name, (_, given) in entries.items():
        for one in _required(given):
            behind.setdefault(one, []).append(name)
    waiting = [name for name, (_, given) in entries.items() if given.get("type") == "approval"]
    held = set[str]()
    while waiting:
        name = waiting.pop()
        if name not in held:
            held.add(name)
            waiting += behind.get(name, [])
    return held


def _required(given: dict[Any, Any]) -> tuple[str, ...]:
    items = sequence(given.get("requires"))
    return tuple(str(next(iter(one), "") if isinstance(one, dict) else one) for one in items)


def _values(body: dict[Any, Any], given: dict[Any, Any]) -> dict[str, str]:
    """What parameters are worth: what is given, the first of a matrix, or the default."""
    values = {str(k): str(mapping(it).get("default", "")) for k, it in mapping(body.get("parameters")).items()}
    many = mapping(mapping(given.get("matrix")).get("parameters"))
    values |= {str(key): str(sequence(it)[0]) for key, it in many.items() if sequence(it)}
    return values | {str(key): str(it) for key, it in given.items() if key in values}


def _filled(text: str, values: dict[str, str]) -> str:
    return _PARAMETER.sub(lambda match: values.get(match[1], match[0]), text)


def _inside(where: str, folder: str) -> str:
    """A step's folder as one of the repository; the job's own is where it is checked out."""
    if folder and where.startswith(folder):
        where = where[len(folder) :].lstrip("/")
    where = re.sub(r"^~/(?:project|repo)(?:/|$)", "", where)
    return "" if where.startswith(("~", "/")) else where
