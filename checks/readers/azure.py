"""Azure Pipelines: stages, jobs and steps of a pipeline file, with the templates of the repository put in."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from checks.observation import Unread
from checks.readers import azure_tasks
from checks.readers.plain import line_of, mapping, read_yaml, sequence
from checks.readers.workflows import SCHEDULED_ONLY, Job, Step, Workflow

if TYPE_CHECKING:
    from checks.tree import Tree

PATHS = (
    "azure-pipelines*.y*ml", "*.azure-pipelines.y*ml", ".azure-pipelines/**/*.y*ml", ".azuredevops/**/*.y*ml",
    ".azure/pipelines/**/*.y*ml", "/pipelines/**/*azure*.y*ml",
)  # fmt: skip
"""A pipeline is told to the service by its path, so that it may stand in any folder."""
_MOST_DEPTH = 8
_MOST_TEMPLATES = 200
_PARAMETER = re.compile(r"\$\{\{\s*parameters\.([\w-]+)\s*\}\}")
_NO_CHANGE = re.compile(r"eq\(\s*variables\[?\.?'?Build\.Reason'?\]?\s*,\s*'(?:Schedule|Manual)'", re.IGNORECASE)
_SHELLS = ("script", "bash", "pwsh", "powershell")


def read(tree: Tree, unread: list[Unread]) -> Iterator[Workflow]:
    """The pipelines of the tree: files of Azure's names that no other one takes in as a template."""
    from checks.files.kinds import is_test, is_vendored

    paths = [path for path in tree.match(*PATHS) if not is_vendored(path) and not is_test(path)]
    roots = {path: mapping(next(iter(read_yaml(tree, path, unread)), None)) for path in paths}
    readers = {path: _Reader(tree, path, unread) for path in roots}
    made = [readers[path].workflow(root) for path, root in roots.items() if _is_pipeline(root)]
    taken = {other for reader in readers.values() for other in reader.taken}
    yield from (one for one in made if one.path not in taken)


def _is_pipeline(root: dict[Any, Any]) -> bool:
    """Whether a file holds steps and is not, by its parameters alone, a template for others."""
    runs = any(key in root for key in ("steps", "jobs", "stages", "extends"))
    return runs and (any(key in root for key in ("trigger", "pr", "schedules", "pool")) or "parameters" not in root)


class _Reader:
    def __init__(self, tree: Tree, path: str, unread: list[Unread]) -> None:
        self._tree = tree
        self._path = path
        self._unread = unread
        self._hidden: list[str] = []
        self._broken: list[str] = []
        self._included: list[str] = []
        self._opens = _MOST_TEMPLATES
        self.taken: set[str] = set()

    def workflow(self, root: dict[Any, Any]) -> Workflow:
        triggers = self._triggers(root)
        values = _values(root, {})
        made = list(self._jobs_of(root, self._path, values))
        by_stage: dict[str, list[str]] = {}
        for job in made:
            by_stage.setdefault(job.id.rpartition(".")[0], []).append(job.id)
        jobs = tuple(
            replace(job, needs=tuple(name for one in job.needs for name in by_stage.get(one, [one]))) for job in made
        )
        return Workflow(
            self._path,
            self._path,
            "azure",
            triggers,
            jobs,
            broken=tuple(self._broken),
            included=tuple(self._included),
            hidden=(*self._hidden, *(f"names {one}, which is not there" for one in self._broken)),
        )

    def _triggers(self, root: dict[Any, Any]) -> dict[str, dict[str, object]]:
        found: dict[str, dict[str, object]] = {}
        if _starts(root.get("trigger", {})):
            found["push"] = mapping(root.get("trigger"))
        if _starts(root.get("pr", "none")):
            found["pull_request"] = {}
        if not found and "pr" not in root:
            # Of a repository on another host, pull requests start it unless it says `pr: none`.
            self._hidden.append("leaves it to the host whether pull requests start it")
        return found or {"schedule" if root.get("schedules") else "workflow_dispatch": {}}

    def _jobs_of(self, owner: dict[Any, Any], path: str, values: dict[str, str], depth: int = 0) -> Iterator[Job]:
        if "extends" in owner and depth < _MOST_DEPTH:
            for root, at, inner in self._opened(mapping(owner["extends"]), path, values):
                yield from self._jobs_of(root, at, inner, depth + 1)
        before: tuple[str, ...] = ()
        for stage, at, inner in self._items(owner.get("stages"), path, values, depth, "stages"):
            waits = _named(stage["dependsOn"]) if "dependsOn" in stage else before
            for job in self._jobs_in(stage, at, inner, depth):
                yield _of_stage(job, str(stage.get("stage") or ""), waits, _filled(stage.get("condition"), inner))
            before = (str(stage.get("stage") or ""),)
        yield from self._jobs_in(owner, path, values, depth)

    def _jobs_in(self, owner: dict[Any, Any], path: str, values: dict[str, str], depth: int) -> Iterator[Job]:
        for body, at, inner in self._items(owner.get("jobs"), path, values, depth, "jobs"):
            yield self._job(body, at, inner)
        if "steps" in owner:
            yield self._job(owner, path, values)

    def _job(self, body: dict[Any, Any], path: str, values: dict[str, str]) -> Job:
        name = _filled(body.get("job") or body.get("deployment") or "job", values)
        lines = [line_of(body, key) for key in ("job", "deployment", "steps") if line_of(body, key)]
        environment = body.get("environment")
        condition = _filled(body.get("condition"), values)
        held = [body.get("steps"), *_of_strategy(mapping(body.get("strategy")), 0)]
        return Job(
            id=name,
            name=_filled(body.get("displayName") or name, values),
            path=path,
            line=lines[0] if lines else 0,
            steps=tuple(step for items in held for step in self._steps(items, path, values)),
            needs=_named(body.get("dependsOn")),
            environment=str(
                mapping(environment).get("name", "") if isinstance(environment, dict) else environment or ""
            ),
            condition=SCHEDULED_ONLY if _NO_CHANGE.search(condition) else condition,
            tolerated=_true(body.get("continueOnError")),
        )

    def _steps(self, items: object, path: str, values: dict[str, str]) -> Iterator[Step]:
        for body, at, inner in self._items(items, path, values, 0, "steps"):
            run, line = next(((str(body[key]), line_of(body, key)) for key in _SHELLS if body.get(key)), ("", 0))
            if task := str(body.get("task") or ""):
                inputs = {str(key): _filled(value, inner) for key, value in mapping(body.get("inputs")).items()}
                told = azure_tasks.command(task, inputs)
                run, line = told or "", line_of(body, "task")
                if told is None:
                    self._hidden.append(f"runs the task {task}")
            if run and body.get("enabled") is not False:
                condition = _filled(body.get("condition"), inner)
                yield Step(
                    name=_filled(body.get("displayName"), inner),
                    path=at,
                    line=line,
                    run=_filled(run, inner),
                    folder=_folder(_filled(body.get("workingDirectory"), inner)),
                    condition=SCHEDULED_ONLY if _NO_CHANGE.search(condition) else condition,
                    tolerated=_true(body.get("continueOnError")),
                )

    def _items(
        self, value: object, path: str, values: dict[str, str], depth: int, kind: str
    ) -> Iterator[tuple[dict[Any, Any], str, dict[str, str]]]:
        """The entries of a list with its local templates put in: each with its file and its parameters."""
        for item in sequence(value) if depth < _MOST_DEPTH else []:
            table = mapping(item)
            if "template" in table:
                for root, at, inner in self._opened(table, path, values):
                    yield from self._items(root.get(kind), at, inner, depth + 1, kind)
                continue
            plain = {key: it for key, it in table.items() if not str(key).startswith("${{")}
            for key, inner in table.items():
                if str(key).startswith("${{") and isinstance(inner, list):  # `${{ if … }}:` and `${{ each … }}:`
                    yield from self._items(inner, path, values, depth + 1, kind)
            if plain:
                yield table, path, values

    def _opened(
        self, table: dict[Any, Any], path: str, values: dict[str, str]
    ) -> Iterator[tuple[dict[Any, Any], str, dict[str, str]]]:
        named, _, place = _filled(table.get("template"), values).partition("@")
        folder = "" if named.startswith("/") else posixpath.dirname(path)
        found = posixpath.normpath(posixpath.join(folder, named.lstrip("/")))
        if place not in {"", "self"} or "${{" in named:
            self._included.append(f"{named}@{place}")
            self._hidden.append(f"takes in {named}, which lies elsewhere")
        elif not self._tree.exists(found):
            self._broken.append(named)
        elif self._opens:
            self._opens -= 1
            self.taken.add(found)
            given = {str(key): _filled(value, values) for key, value in mapping(table.get("parameters")).items()}
            for document in read_yaml(self._tree, found, self._unread)[:1]:
                yield mapping(document), found, _values(mapping(document), given)


def _starts(value: object) -> bool:
    return value is not None and str(value).lower() != "none"


def _of_stage(job: Job, stage: str, waits: tuple[str, ...], condition: str) -> Job:
    """A job as one of its stage, whose name stands before its own and before those of what it needs."""
    kept = SCHEDULED_ONLY if _NO_CHANGE.search(condition) else job.condition or condition
    return replace(
        job, id=f"{stage}.{job.id}", needs=(*(f"{stage}.{one}" for one in job.needs), *waits), condition=kept
    )


def _of_strategy(table: dict[Any, Any], depth: int) -> Iterator[object]:
    """The steps of a deployment's strategy, wherever it keeps them."""
    for key, value in table.items() if depth < _MOST_DEPTH else ():
        if key == "steps":
            yield value
        elif isinstance(value, dict):
            yield from _of_strategy(value, depth + 1)


def _named(value: object) -> tuple[str, ...]:
    return tuple(str(item) for item in sequence(value))


def _values(root: dict[Any, Any], given: dict[str, str]) -> dict[str, str]:
    """What a template's parameters are worth: what is given, or their default; either spelling of the declaration."""
    declared = root.get("parameters")
    if isinstance(declared, dict):
        defaults = {str(key): str(value) for key, value in declared.items()}
    else:
        defaults = {str(mapping(one).get("name")): str(mapping(one).get("default", "")) for one in sequence(declared)}
    return defaults | given


def _filled(value: object, values: dict[str, str]) -> str:
    if value is None or isinstance(value, dict | list):
        return ""
    text = str(value).lower() if isinstance(value, bool) else str(value)
    return _PARAMETER.sub(lambda match: values.get(match[1], match[0]), text)


def _folder(text: str) -> str:
    return re.sub(r"^\$\((?:System\.DefaultWorkingDirectory|Build\.SourcesDirectory)\)/?", "", text)


def _true(value: object) -> bool:
    return str(value).lower() == "true"
