"""Bitbucket Pipelines: each pipeline of `bitbucket-pipelines.yml` with its steps, which run one after the other."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from checks.observation import Unread
from checks.readers.plain import line_of, mapping, read_yaml, sequence
from checks.readers.workflows import Job, Step, Workflow

if TYPE_CHECKING:
    from checks.tree import Tree

PATHS = ("/bitbucket-pipelines.yml", "/bitbucket-pipelines.yaml")
_KNOWN_PIPE = re.compile(r"deploy|notif|slack|upload|trigger|s3|ecr|cache|ssh|rsync|lambda|email|teams")
"""Pipes that publish or deploy, and neither test nor scan."""
_TRIGGERS: dict[str, dict[str, dict[str, object]]] = {
    "default": {"push": {}},
    "branches": {"push": {}},
    "pull-requests": {"pull_request": {}},
    "tags": {"push": {"tags": ["*"]}},
    "custom": {"workflow_dispatch": {}},
}


def read(tree: Tree, unread: list[Unread]) -> Iterator[Workflow]:
    """The pipelines of `bitbucket-pipelines.yml`: one for what starts it and for each of its patterns."""
    for path in tree.match(*PATHS):
        for document in read_yaml(tree, path, unread)[:1]:
            root = mapping(document)
            for start, value in mapping(root.get("pipelines")).items():
                named = {start: value} if start == "default" else mapping(value)
                for name, items in named.items():
                    triggers = _TRIGGERS.get(str(start))
                    if triggers:
                        jobs = tuple(_jobs(sequence(items), path, line_of(named, name)))
                        hidden = ["imports a pipeline"] if mapping(items).get("import") else []
                        lines = [line for job in jobs for step in job.steps for line in step.run.splitlines()]
                        pipes = [line.split()[1] for line in lines if re.match(r"pipe \S", line)]
                        hidden += [f"runs the pipe {one}" for one in pipes if not _KNOWN_PIPE.search(one)]
                        title = f"Bitbucket {start} {name}"
                        yield Workflow(path, title, "bitbucket", triggers, jobs, hidden=tuple(hidden))


def _jobs(items: list[Any], path: str, line: int) -> Iterator[Job]:
    before: list[str] = []
    """The steps just before, which each need those before them."""
    count, manual = 0, False
    for item in items:
        table = mapping(item)
        together = list(_together(table))
        stage = mapping(table.get("stage"))
        waits = any(mapping(one).get("trigger") == "manual" for one in (*together, stage))
        manual = manual or waits
        made: list[str] = []
        for step in together:
            name = f"{line}:{count + len(made)}"
            made.append(name)
            place = line_of(step, "script") or line
            deployment = step.get("deployment") or stage.get("deployment")
            yield Job(
                id=name,
                name=str(step.get("name") or name),
                path=path,
                line=place,
                steps=tuple(_steps(step, path, place)),
                needs=tuple(before),
                environment=str(deployment or ""),
                tolerated=mapping(step.get("on-fail")).get("strategy") == "ignore",
                manual=manual,
            )
        before = made or before
        count += len(made)


def _together(item: dict[Any, Any]) -> Iterator[dict[Any, Any]]:
    """The steps of one place in a pipeline: one, or those of a parallel group or a stage."""
    if isinstance(item.get("step"), dict):
        yield item["step"]
    for group in ("parallel", "stage"):
        held = item.get(group)
        for inner in sequence(held.get("steps") if isinstance(held, dict) else held):
            yield from _together(mapping(inner))


def _steps(step: dict[Any, Any], path: str, line: int) -> Iterator[Step]:
    """One step for all of the lines, so that `cd` holds for those behind it; a pipe is a line that names it."""
    lines = [
        f"pipe {item['pipe']}" if isinstance(item, dict) and item.get("pipe") else item
        for item in sequence(step.get("script"))
    ]
    text = "\n".join(item for item in lines if isinstance(item, str))
    if text:
        yield Step(str(step.get("name") or ""), path, line, run=text)
