"""Images that CI pushes for servers to take: that is a deployment where the repository itself runs the image."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from checks.files.kinds import is_test, is_vendored
from checks.once import once

if TYPE_CHECKING:
    from checks.look import Look
    from checks.readers.workflows import Job

_ACTION = re.compile(r"[\w.-]+/build-push-action@|redhat-actions/push-to-registry@|elgohr/Publish-Docker")
_PUSHES = re.compile(r"^(?:docker (?:image )?push|docker (?:buildx )?build\b.*--push|skopeo copy|crane push)\b")
_NAMED = re.compile(r"(?:[\w.-]+(?::\d+)?/)?(?:[\w.-]+|\$\{?\{?[^}\s]+\}?\}?)(?:/(?:[\w.-]+|\$\{?\{?[^}]+\}?\}?))+")
_FOR_TESTS = re.compile(r"(?i)\btest|e2e|\bci\b|check|lint|cache")
_RUN = re.compile(
    r"\bimage:\s*[\"']?([\w.-]+(?::\d+)?(?:/[\w.-]+)+)|\bdocker (?:run|pull)\b[^\n]*?\s([\w.-]+(?::\d+)?(?:/[\w.-]+)+)"
)
_MOST_TEXT = 200_000


def pushes_what_runs(look: Look, job: Job) -> bool:
    """Whether a job pushes an image that compose files, manifests or documents of the repository run."""
    if _FOR_TESTS.search(f"{job.id} {job.name}"):
        return False
    names = list(_pushed(look, job))
    return bool(names) and any(_is_same(name, run) for name in names for run in _run(look))


def _pushed(look: Look, job: Job) -> Iterator[str]:
    steps = [step for step in job.steps if not step.never]
    if any(_ACTION.match(step.uses) and _is_on(step.inputs) for step in steps):
        for step in steps:
            # The names may be made by the action before the one that pushes.
            for key in ("tags", "images", "image"):
                yield from _names(str(step.inputs.get(key, "")))
    for command in look.workflows.commands_of(job):
        if _PUSHES.match(command.text):
            yield from _names(command.text)


def _is_on(inputs: object) -> bool:
    given = inputs.get("push", "") if hasattr(inputs, "get") else ""
    return str(given).lower() not in {"", "false"}


def _names(text: str) -> Iterator[str]:
    for match in _NAMED.finditer(text):
        yield match[0]


def _is_same(pushed: str, run: str) -> bool:
    """Whether the two names are one image, as far as expressions in the pushed name let it be told."""
    if "$" not in pushed:
        return pushed.rpartition("/")[2] == run.rpartition("/")[2]
    host, rest = pushed.partition("/")[::2]
    last = rest.rpartition("/")[2] or rest
    if "$" not in last:
        return last == run.rpartition("/")[2]
    # Only the registry is known, as in ghcr.io/${{ github.repository }}.
    return "." in host and "$" not in host and run.startswith(f"{host}/")


@once
def _run(look: Look) -> frozenset[str]:
    """The images, without tags, that the repository says are run."""
    names = {item.image for item in look.containers.services if not item.build}
    names |= {one.image for item in look.containers.resources for one in item.containers}
    for path in look.tree.match("*.md"):
        if not is_test(path) and not is_vendored(path):
            for match in _RUN.finditer((look.tree.text(path) or "")[:_MOST_TEXT]):
                names.add(match[1] or match[2])
    bare = {re.sub(r"(?:@sha256:.*|:[^/]*)$", "", name) for name in names}
    return frozenset(name for name in bare if "/" in name)
