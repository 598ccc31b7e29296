"""GitHub Actions workflows, with the steps of local composite actions in the place of the step that uses them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from checks.observation import Unread
from checks.readers import matrix
from checks.readers.plain import Mapping, line_of, mapping, read_yaml, sequence
from checks.readers.workflows import Job, Step, Workflow

if TYPE_CHECKING:
    from checks.tree import Tree

_MOST_NESTED_ACTIONS = 5


def read(tree: Tree, unread: list[Unread]) -> Iterator[Workflow]:
    """The workflows of `.github/workflows`."""
    for path in tree.match("/.github/workflows/*.yml", "/.github/workflows/*.yaml"):
        for document in read_yaml(tree, path, unread)[:1]:
            if isinstance(document, dict) and document.get("jobs"):
                yield _Reader(tree, path, unread).workflow(document)
            else:
                unread.append(Unread(path, "not a workflow: it has no jobs"))


class _Reader:
    def __init__(self, tree: Tree, path: str, unread: list[Unread]) -> None:
        self._tree = tree
        self._path = path
        self._unread = unread
        self._broken: list[str] = []
        self._environment: object = None

    def workflow(self, document: dict[Any, Any]) -> Workflow:
        defaults = _folder(document)
        self._environment = document.get("env")
        jobs = mapping(document.get("jobs"))
        made = tuple(self._job(str(name), mapping(job), line_of(jobs, name), defaults) for name, job in jobs.items())
        return Workflow(
            self._path,
            str(document.get("name") or self._path.rsplit("/", 1)[-1]),
            "github",
            # YAML 1.1 reads a bare `on` as true; our reader does not, other tools write `true` for it.
            _triggers(document.get("on", document.get(True))),
            made,
            _permissions(document.get("permissions")),
            tuple(self._broken),
        )

    def _job(self, name: str, job: dict[Any, Any], line: int, defaults: str) -> Job:
        environment = job.get("environment")
        calls = str(job.get("uses") or "")
        if calls.startswith("./") and not self._tree.exists(calls.removeprefix("./")):
            self._broken.append(calls)
        images = [mapping(item).get("image") for item in mapping(job.get("services")).values()]
        container = job.get("container")
        values = matrix.combinations(job.get("strategy"), self._environment, job.get("env"))
        written = self._steps(sequence(job.get("steps")), _folder(job) or defaults, self._path, 0)
        images.append(container if isinstance(container, str) else mapping(container).get("image"))
        return Job(
            id=name,
            name=str(job.get("name") or name),
            path=self._path,
            line=line,
            steps=tuple(step for one in written for step in matrix.filled(one, values)),
            needs=tuple(str(item) for item in sequence(job.get("needs"))),
            calls=calls,
            environment=str(
                mapping(environment).get("name", "") if isinstance(environment, dict) else environment or ""
            ),
            condition=_text(job.get("if")),
            tolerated=_tolerated(job.get("continue-on-error")),
            permissions=_permissions(job.get("permissions")),
            images=tuple(str(item) for item in images if item),
        )

    def _steps(self, items: list[Any], folder: str, path: str, depth: int) -> Iterator[Step]:
        for item in items:
            step = mapping(item)
            uses = _text(step.get("uses"))
            line = item.line if isinstance(item, Mapping) else 0
            made = Step(
                name=_text(step.get("name")) or uses,
                path=path,
                line=line_of(item, "run") or line_of(item, "uses") or line,
                uses=uses,
                run=_text(step.get("run")),
                folder=_text(step.get("working-directory")) or folder,
                condition=_text(step.get("if")),
                tolerated=_tolerated(step.get("continue-on-error")),
                inputs={str(key): _text(value) for key, value in mapping(step.get("with")).items()},
                environment={str(key): _text(value) for key, value in mapping(step.get("env")).items()},
            )
            yield made
            if uses.startswith("./") and not made.never:
                yield from self._local_action(made, depth)

    def _local_action(self, step: Step, depth: int) -> Iterator[Step]:
        folder = step.uses.removeprefix("./").rstrip("/")
        names = [f"{folder}/{name}" if folder else name for name in ("action.yml", "action.yaml")]
        path = next((name for name in names if self._tree.exists(name)), "")
        if not path:
            self._broken.append(step.uses)
            return
        if depth >= _MOST_NESTED_ACTIONS:
            return
        for document in read_yaml(self._tree, path, self._unread)[:1]:
            runs = mapping(mapping(document).get("runs"))
            for inner in self._steps(sequence(runs.get("steps")), "", path, depth + 1):
                yield _within(inner, step)


def _within(inner: Step, outer: Step) -> Step:
    """A step of an action, as it counts where the action is used: inputs filled in, tolerance inherited."""
    run = inner.run
    for name, value in outer.inputs.items():
        for spelling in (f"${{{{ inputs.{name} }}}}", f"${{{{inputs.{name}}}}}"):
            run = run.replace(spelling, value)
    return Step(
        inner.name,
        inner.path,
        inner.line,
        inner.uses,
        run,
        inner.folder,
        inner.condition,
        inner.tolerated or outer.tolerated,
        inner.inputs,
        inner.environment,
    )


def _triggers(value: object) -> dict[str, dict[str, object]]:
    if isinstance(value, dict):
        return {str(name): mapping(settings) for name, settings in value.items()}
    return {str(name): {} for name in sequence(value)}


def _folder(owner: dict[Any, Any]) -> str:
    return _text(mapping(mapping(owner.get("defaults")).get("run")).get("working-directory"))


def _permissions(value: object) -> dict[str, str] | None:
    if value is None:
        return None
    return {str(k): str(v) for k, v in value.items()} if isinstance(value, dict) else {"*": str(value)}


def _tolerated(value: object) -> bool:
    return value is True or (isinstance(value, str) and value.replace(" ", "").lower() in {"true", "${{true}}"})


def _text(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return "" if value is None or isinstance(value, dict | list) else str(value)
