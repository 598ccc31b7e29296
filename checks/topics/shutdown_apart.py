"""Images that start a program of their own, into which no cleanup of another service reaches."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from checks.application.endpoints import endpoints
from checks.look import PYTHON
from checks.topics.containers_start import scripts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from checks.look import Look
    from checks.observation import Location
    from checks.readers.containers import Dockerfile

_FOR_EVER = re.compile(r"\bwhile\s*\(?\s*(?:True|true|1)\s*\)?\s*[:{]|\bfor\s*\(\s*;\s*;\s*\)|\bsetInterval\(")
_STOPS_ITSELF = (
    "celery", "rq", "arq", "dramatiq", "huey", "taskiq", "streamlit", "gradio", "chainlit", "apscheduler", "faststream",
)  # fmt: skip
"""Packages whose own process finishes its work when it is told to stop."""
_BY_MANIFEST = re.compile(r"\b(?:npm|pnpm|yarn|bun)\b.*\b(?:start|serve)\b")
_OF_MANIFEST = re.compile(r"started by npm (?:start|serve)\b")


def without_cleanup(look: Look, images: Sequence[Dockerfile], cleaning: Sequence[Location]) -> list[Dockerfile]:
    """The images whose program is known, serves requests or loops for ever, and reaches none of the cleanup."""
    cleaned = {place.path for place in cleaning}
    for path in tuple(cleaned):
        cleaned |= look.reach.services_of(path)
    return [image for image in images if _needs_its_own(look, image, cleaned)]


def _needs_its_own(look: Look, image: Dockerfile, cleaned: set[str]) -> bool:
    started = _started(look, image)
    if not started:
        return False
    loaded = _loaded(look, started)
    if loaded & cleaned:
        return False
    stopping = {place.path for place in look.importers(*_STOPS_ITSELF)}
    if loaded & stopping:
        return False
    if any(item.module in loaded for item in endpoints(look)):
        return True
    return any(_FOR_EVER.search(look.tree.text(path) or "") for path in loaded)


def _started(look: Look, image: Dockerfile) -> set[str]:
    """The repository's programs that the image starts: by its command, its script, or the manifest beside it."""
    folder = image.path.rpartition("/")[0]
    named = {f"started by {path}" for path in (image.path, *scripts(look, image))}
    points = look.reach.entry_points
    if _BY_MANIFEST.search(f"{image.final.entrypoint} {image.final.command}"):
        beside = {point.path for point in points if _OF_MANIFEST.match(point.reason)}
        named_there = {path for path in beside if _package(look, path) == folder}
    else:
        named_there = set()
    return named_there | {point.path for point in points if point.reason in named}


def _package(look: Look, path: str) -> str:
    """The folder of the nearest manifest above a file."""
    folders = {package.folder for package in look.manifests.packages if package.ecosystem == "node"}
    folder = path.rpartition("/")[0]
    while folder and folder not in folders:
        folder = folder.rpartition("/")[0]
    return folder


def _loaded(look: Look, started: set[str]) -> set[str]:
    """The files that the programs load, of their own language."""
    waiting, seen = list(started), set(started)
    while waiting:
        for path in look.reach.imports_of(waiting.pop()):
            if path not in seen:
                seen.add(path)
                waiting.append(path)
    python = any(path.endswith(PYTHON) for path in started)
    return {path for path in seen if path.endswith(PYTHON) is python}
