"""Travis CI: the jobs of `.travis.yml`, each with the phases of the file where it has none of its own."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from checks.observation import Unread
from checks.readers.plain import Mapping, line_of, mapping, read_yaml, sequence
from checks.readers.workflows import SCHEDULED_ONLY, Job, Step, Workflow

if TYPE_CHECKING:
    from checks.tree import Tree

PATHS = ("/.travis.yml",)
_PHASES = ("before_install", "install", "before_script", "script", "after_success", "before_deploy", "deploy")
_ONLY_TOLD = frozenset({"after_success"})
"""Phases whose failure does not fail the build."""
_DEFAULT_SCRIPT = {"node_js": "npm test", "go": "go test ./...", "rust": "cargo test", "ruby": "rake"}
_EXPANDS = ("python", "node_js", "go", "rust", "rvm", "php", "jdk", "os", "arch", "env")
"""Keys whose list makes a job of the whole file for each of its values."""
_MOST_JOBS = 500
_NO_CHANGE = re.compile(r"type\s*(?:=|in)\s*\(?\s*(?:cron|api)\b")


def read(tree: Tree, unread: list[Unread]) -> Iterator[Workflow]:
    """The build of `.travis.yml`, if there is one."""
    for path in tree.match(*PATHS):
        for document in read_yaml(tree, path, unread)[:1]:
            root = mapping(document)
            hidden = ("imports a file",) if root.get("import") else ()
            jobs = tuple(_jobs(root, path))
            triggers: dict[str, dict[str, object]] = {"push": {}, "pull_request": {}}
            if _no_change(root) or (jobs and all(job.condition == SCHEDULED_ONLY for job in jobs)):
                triggers = {"schedule": {}}
            if root:
                yield Workflow(path, "Travis CI", "travis", triggers, jobs, hidden=hidden)


def _no_change(owner: dict[Any, Any]) -> bool:
    condition = str(owner.get("if") or "")
    return bool(_NO_CHANGE.search(condition)) and not re.search(r"push|pull_request|\bOR\b|!=", condition)


def _jobs(root: dict[Any, Any], path: str) -> Iterator[Job]:
    table = root.get("jobs", root.get("matrix"))
    included = sequence(mapping(table).get("include")) if isinstance(table, dict) else sequence(table)
    tolerated = [mapping(one) for one in sequence(mapping(table).get("allow_failures"))]
    bodies: list[dict[Any, Any]] = []
    if not included or any(isinstance(root.get(key), list | dict) for key in _EXPANDS):
        bodies.append({})
    bodies += [one for one in included[:_MOST_JOBS] if isinstance(one, dict)]
    earlier: dict[str, list[str]] = {}
    stage = "test"
    for number, body in enumerate(bodies):
        stage = str(body.get("stage") or stage).lower()
        needs = tuple(name for other, names in earlier.items() if other != stage for name in names)
        name = f"{stage} {number}"
        earlier.setdefault(stage, []).append(name)
        whole = {**root, **body}
        allowed = bool(body) and any(one and one.items() <= whole.items() for one in tolerated)
        yield Job(
            id=name,
            name=str(body.get("name") or stage),
            path=path,
            line=body.line if isinstance(body, Mapping) else line_of(root, "script"),
            steps=tuple(_steps(root, body, path)),
            needs=needs,
            condition=SCHEDULED_ONLY if _no_change(body) else "",
            tolerated=allowed,
        )


def _steps(root: dict[Any, Any], body: dict[Any, Any], path: str) -> Iterator[Step]:
    whole = {**root, **body}
    for phase in _PHASES:
        value = whole.get(phase)
        if phase == "script" and value is None:
            value = _DEFAULT_SCRIPT.get(str(whole.get("language")))
        line = line_of(body, phase) or line_of(root, phase)
        lines = [_deploys(item) if phase == "deploy" else item for item in sequence(value)]
        run = "\n".join(item for item in lines if isinstance(item, str) and item)
        if run and run not in {"skip", "true"}:
            yield Step(phase, path, line, run=run, tolerated=phase in _ONLY_TOLD)


def _deploys(item: object) -> str:
    """What a deployment runs: its own script, or the service's tool with the name of the host."""
    provider = str(mapping(item).get("provider") or (item if isinstance(item, str) else ""))
    return str(mapping(item).get("script") or "") if provider == "script" else f"dpl {provider}".strip()
