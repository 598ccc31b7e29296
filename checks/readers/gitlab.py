"""GitLab CI: jobs of `.gitlab-ci.yml` and the local files it includes, with `extends` and defaults applied."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from checks.observation import Unread
from checks.readers.plain import line_of, mapping, read_yaml, sequence
from checks.readers.workflows import SCHEDULED_ONLY, Job, Step, Workflow

if TYPE_CHECKING:
    from checks.tree import Tree

_NOT_JOBS = frozenset(
    {"stages", "variables", "default", "include", "workflow", "image", "services", "cache", "before_script"}
    | {"after_script", "pages:deploy", "spec"}
)
_STAGES = (".pre", "build", "test", "deploy", ".post")
_MOST_PARENTS = 10
_REFERENCE = 2
"""A reference names a job and one of its keys; deeper ones are of no script."""
_VARIABLE = re.compile(r"\$(?:\{(\w+)\}|(\w+))")
_SCHEDULED = re.compile(r"\$CI_PIPELINE_SOURCE\s*==\s*[\"'](schedule|web|api|trigger)[\"']")


def read(tree: Tree, unread: list[Unread]) -> Iterator[Workflow]:
    """The pipeline of `.gitlab-ci.yml`, if there is one."""
    path = next(iter(tree.match("/.gitlab-ci.yml", "/.gitlab-ci.yaml")), "")
    if not path:
        return
    table, origin, broken = _with_includes(tree, path, unread)
    names = [name for name, body in table.items() if _is_job(name, body)]
    stages = [str(item) for item in sequence(table.get("stages"))] or list(_STAGES)
    bodies = {name: _extended(table, name, 0) for name in names}
    jobs = tuple(
        _job(name, bodies, stages, table, origin.get(name, path), line_of(table, name))
        for name in names
        if not name.startswith(".")
    )
    triggers: dict[str, dict[str, object]] = {"push": {}, "merge_request": {}}
    only_scheduled = jobs and all(_scheduled_only(bodies[job.id]) for job in jobs)
    if only_scheduled or _scheduled_only(mapping(table.get("workflow"))):
        triggers = {"schedule": {}}
    yield Workflow(path, "GitLab CI", "gitlab", triggers, jobs, None, tuple(broken), tuple(_elsewhere(table)))


def _elsewhere(table: dict[Any, Any]) -> Iterator[str]:
    """Templates and components of the host that are included, as they are named."""
    for item in sequence(table.get("include")):
        named = mapping(item).get("template") or mapping(item).get("component")
        if isinstance(named, str):
            yield named


def _with_includes(tree: Tree, path: str, unread: list[Unread]) -> tuple[dict[Any, Any], dict[Any, str], list[str]]:
    merged: dict[Any, Any] = {}
    origin: dict[Any, str] = {}
    broken: list[str] = []
    waiting, seen = [path], set[str]()
    while waiting:
        current = waiting.pop(0)
        if current in seen:
            continue
        seen.add(current)
        for document in read_yaml(tree, current, unread):
            table = mapping(document)
            if not merged:
                merged = table if isinstance(table, dict) else {}
                origin = dict.fromkeys(merged, current)
            for name, body in table.items():
                if name not in merged:
                    merged[name] = body
                    origin[name] = current
            for item in sequence(table.get("include")):
                local = item if isinstance(item, str) else mapping(item).get("local")
                if isinstance(local, str) and "://" not in local:
                    found = tree.match("/" + local.lstrip("/"))
                    waiting += found
                    broken += [] if found else [local]
    return merged, origin, broken


def _is_job(name: object, body: object) -> bool:
    return isinstance(name, str) and name not in _NOT_JOBS and isinstance(body, dict)


def _extended(table: dict[Any, Any], name: str, depth: int) -> dict[Any, Any]:
    body = mapping(table.get(name))
    made: dict[Any, Any] = {}
    for parent in sequence(body.get("extends")) if depth < _MOST_PARENTS else []:
        if isinstance(parent, str):
            above = _extended(table, parent, depth + 1)
            made |= above | _with_variables(made, above)
    return made | body | _with_variables(made, body)


def _with_variables(above: dict[Any, Any], body: dict[Any, Any]) -> dict[Any, Any]:
    """The variables of a job and of what it extends: a table is not replaced as a whole, other keys are."""
    both = mapping(above.get("variables")) | mapping(body.get("variables"))
    return {"variables": both} if both else {}


def _texts(variables: object) -> dict[str, str]:
    """The variables whose values are written down and hold no variable of their own."""
    given = {
        name: mapping(value).get("value") if isinstance(value, dict) else value
        for name, value in mapping(variables).items()
    }
    return {str(name): str(value) for name, value in given.items() if value is not None and "$" not in str(value)}


def _filled(line: str, variables: dict[str, str]) -> str:
    """A line of a script with the pipeline's own variables put in."""
    return _VARIABLE.sub(lambda match: variables.get(match[1] or match[2], match[0]), line)


def _job(
    name: str, bodies: dict[str, dict[Any, Any]], stages: list[str], table: dict[Any, Any], path: str, line: int
) -> Job:
    body = bodies[name]
    default = mapping(table.get("default"))
    before = body.get("before_script", default.get("before_script", table.get("before_script")))
    variables = _texts(table.get("variables")) | _texts(body.get("variables"))
    lines = [_filled(str(item), variables) for part in (before, body.get("script")) for item in _flat(part, table, 0)]
    environment = body.get("environment")
    rules = [mapping(item) for item in sequence(body.get("rules"))]
    image = body.get("image", default.get("image", table.get("image")))
    return Job(
        id=name,
        name=name,
        path=path,
        line=line,
        steps=(Step(name, path, line, run="\n".join(lines)),) if lines else (),
        needs=_needs(name, bodies, stages),
        calls="",
        environment=str(mapping(environment).get("name", "") if isinstance(environment, dict) else environment or ""),
        condition=SCHEDULED_ONLY
        if _scheduled_only(body)
        else " || ".join(str(rule.get("if")) for rule in rules if rule.get("if")),
        tolerated=body.get("allow_failure") is True,
        images=tuple(str(item) for item in [mapping(image).get("name") if isinstance(image, dict) else image] if item),
        manual=_manual_only(body),
    )


def _needs(name: str, bodies: dict[str, dict[Any, Any]], stages: list[str]) -> tuple[str, ...]:
    """What runs before a job: its `needs`, or else all jobs of earlier stages."""
    body = bodies[name]
    if "needs" in body:
        return tuple(str(mapping(n).get("job", "") if isinstance(n, dict) else n) for n in sequence(body["needs"]))

    def place(of: dict[Any, Any]) -> int:
        stage = str(of.get("stage", "test"))
        return stages.index(stage) if stage in stages else 0

    return tuple(other for other, it in bodies.items() if not other.startswith(".") and place(it) < place(body))


def _starting_rules(body: dict[Any, Any]) -> list[dict[Any, Any]]:
    return [rule for item in sequence(body.get("rules")) if (rule := mapping(item)).get("when") != "never"]


def _scheduled_only(body: dict[Any, Any]) -> bool:
    """Whether a job, or the whole pipeline, runs on a timer or by hand and never on a change."""
    only = sequence(body.get("only"))
    if only and {"schedules", "web", "api", "triggers"}.issuperset(str(item) for item in only):
        return True
    conditions = [str(rule.get("if", "")) for rule in _starting_rules(body)]
    return bool(conditions) and all(_SCHEDULED.search(text) for text in conditions)


def _manual_only(body: dict[Any, Any]) -> bool:
    """Whether somebody starts it every time: no rule lets it run by itself."""
    rules = _starting_rules(body)
    if not rules:
        return body.get("when") == "manual"
    return all(rule.get("when", body.get("when")) == "manual" for rule in rules)


def _flat(value: object, table: dict[Any, Any], depth: int) -> Iterator[object]:
    """The lines of a script: lists in lists are one, and `!reference [job, key]` stands for what it names."""
    items = sequence(value)
    named = items[:2] if len(items) == _REFERENCE and all(isinstance(item, str) for item in items) else ["", ""]
    if named[1] in mapping(table.get(named[0])) and depth < _MOST_PARENTS:
        yield from _flat(mapping(table[named[0]])[named[1]], table, depth + 1)
        return
    for item in items:
        if isinstance(item, list):
            yield from _flat(item, table, depth + 1)
        elif not isinstance(item, dict):
            yield item
