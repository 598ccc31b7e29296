"""How images, platforms and manifests start the application, and whether they start it in debug or reload mode."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from checks.application.wiring import line_matches
from checks.files.kinds import is_test
from checks.observation import Location

if TYPE_CHECKING:
    from checks.look import Look

DEV_FILE = re.compile(r"(?i)(?:^|/)[^/]*(?:\bdev|_dev|local|test|override|debug)[^/]*$|(?:^|/)\.devcontainer/")
"""Files that say by their name that they are for developers."""
_STARTS_DEBUG = (
    r"(?:--reload\b|flask\b[^\n]*--debug|FLASK_DEBUG[=:\s]+[\"']?(?:1|true)|FLASK_ENV[=:\s]+[\"']?development"
    r"|fastapi[\"',\s]+dev\b|NODE_ENV[=:\s]+[\"']?development|manage\.py[\"',\s]+runserver|\bnodemon\b|next[\"',\s]+dev\b"
    r"|(?:npm|pnpm|yarn|bun)[\"',\s]+(?:run[\"',\s]+)?dev\b|(?<![\w])DEBUG[=:\s]+[\"']?(?:1|[Tt]rue)\b)"
)
_NOT_PRODUCT = re.compile(r"(?:^|/)(?:docs?|examples?|tests?)/")
_START_LINES = r"(?im)^\s*(?:CMD|ENTRYPOINT|web:|command:|startCommand|release:).*"
_RUNS_SCRIPT = re.compile(r"\b(?:npm|pnpm|yarn|bun)[\"',\s]+(?:run[\"',\s]+)?([\w:-]+)")
_RELOADS = re.compile(
    r"\bnodemon\b|\bts-node-dev\b|\btsnd\b|\bnode\s+--watch\b|\btsx\s+watch\b|\bbun\s+--(?:watch|hot)\b|\bnext\s+dev\b"
    r"|\bnuxt\s+dev\b|\bnest\s+start\s+--watch\b|\bNODE_ENV=development\b"
)
_DEBUG_NAME = r"(?:DEBUG|[A-Z]\w*_DEBUG|NODE_ENV|FLASK_ENV|APP_DEBUG)"
_DEBUG_VALUE = r"[\"']?(?:1|[Tt]rue|development)[\"']?[ \t]*(?:#.*)?$"
_POD_SETS = re.compile(
    rf"(?m)^[ \t-]*name:[ \t]*{_DEBUG_NAME}[ \t]*\n[ \t]*value:[ \t]*{_DEBUG_VALUE}"
    rf"|^[ \t]+{_DEBUG_NAME}:[ \t]*{_DEBUG_VALUE}"
)
_DEV_OVERLAY = re.compile(r"(?i)(?:^|/)(?:dev|development|local|staging|stage|test|preview|minikube|kind)(?:[/._-]|$)")


def start_text(look: Look) -> str:
    """How images and platforms start the application: their start lines as one text."""
    lines = [line for _, line in _start_lines(look)]
    for path in look.tree.match("*entry*.sh", "*start*.sh", "*run*.sh"):
        if not DEV_FILE.search(path):
            lines += re.findall(r"(?m)^\s*(?:exec\s|python|uvicorn|gunicorn).*", look.tree.text(path) or "")
    return "\n".join(lines)


def started_in_debug(look: Look) -> list[Location]:
    """Where an image, a platform file, a workload or the script it runs turns debug or reload mode on."""
    found: list[Location] = []
    for path in look.tree.match("Dockerfile*", "*.dockerfile", "Procfile", "*compose*.y*ml", "render.yaml", "fly.toml"):
        if not DEV_FILE.search(path) and not _NOT_PRODUCT.search(path):
            found += line_matches(look, path, _STARTS_DEBUG)
    return [*found, *_by_script(look), *_by_workload(look)]


def _start_lines(look: Look) -> Iterator[tuple[str, str]]:
    for path in look.tree.match(
        "Dockerfile*", "*.dockerfile", "Procfile", "*compose*.y*ml", "render.yaml", "fly.toml", "railway.*"
    ):
        if not DEV_FILE.search(path):
            yield from ((path, line) for line in re.findall(_START_LINES, look.tree.text(path) or ""))


def _by_script(look: Look) -> Iterator[Location]:
    """Scripts of package.json that a start line runs and that reload, as in `"start": "nodemon server.js"`."""
    for path, line in _start_lines(look):
        folder = path.rpartition("/")[0]
        wanted = set() if _NOT_PRODUCT.search(path) else set(_RUNS_SCRIPT.findall(line))
        for script in look.manifests.scripts:
            beside = script.path.rpartition("/")[0] in {"", folder}
            mine = script.runner == "npm" and beside and script.name in wanted
            if mine and any(_RELOADS.search(command) for command in script.commands):
                yield Location(script.path, script.line)


def _by_workload(look: Look) -> Iterator[Location]:
    """Manifests of Kubernetes that set a variable for debugging in what they run."""
    paths = {item.path for item in look.containers.resources if item.is_workload or item.kind == "ConfigMap"}
    for path in sorted(paths):
        text = look.tree.text(path) or ""
        if not (_DEV_OVERLAY.search(path) or _NOT_PRODUCT.search(path) or is_test(path)):
            yield from (Location(path, text.count("\n", 0, one.start()) + 1) for one in _POD_SETS.finditer(text))
