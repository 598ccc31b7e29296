"""What an image starts: the scripts its entry point names, also where COPY gave them another name."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator

from checks.look import Look
from checks.readers.containers import Dockerfile

_SCRIPT = re.compile(
    r"[\w./${}-]*?([\w.-]+\.(?:sh|bash)|(?:docker-)?entry[\w.-]*|start[\w.-]*|init|run)(?=[\"'\s,\]]|$)"
)
_DROPS = re.compile(r"\b(gosu|su-exec|setpriv|s6-setuidgid|chpst|runuser)\b|\bsu\s+(-\w+\s+)*\w+\s+-c\b")
_MOST_SCRIPTS = 20


def scripts(look: Look, image: Dockerfile) -> tuple[str, ...]:
    """The repository's files that the image's entry point and command start, and those of an s6 service tree."""
    return tuple(dict.fromkeys(_scripts(look, image)))[:_MOST_SCRIPTS]


def _scripts(look: Look, image: Dockerfile) -> Iterator[str]:
    started = f"{image.final.entrypoint} {image.final.command}"
    names = {match[1] for match in _SCRIPT.finditer(started)}
    folder = image.path.rpartition("/")[0]
    for stage in image.stages:
        for copy in stage.copies:
            words = [word for word in re.sub(r'[\[\]",]', " ", copy).split() if not word.startswith("--")]
            if "--from" in copy or len(words) < 2:  # noqa: PLR2004 - a source and a target
                continue
            target = words[-1].rstrip("/").rsplit("/", 1)[-1]
            for source in words[:-1]:
                own = source.rsplit("/", 1)[-1]
                if target in names or own in names:
                    yield from _existing(look, folder, source)
    for name in names:
        yield from (path for path in _existing(look, folder, name) if path)
    if "init" in names or not started.strip():
        yield from look.tree.match("**/s6-overlay/**/run", "**/services.d/**/run", "**/s6-rc.d/**/run")


def _existing(look: Look, folder: str, source: str) -> Iterator[str]:
    bare = source.removeprefix("./")
    for candidate in (bare, posixpath.normpath(posixpath.join(folder, bare))):
        if look.tree.file(candidate):
            yield candidate


def drops_privileges(look: Look, image: Dockerfile) -> str:
    """The script that starts the process as another user, "" if there is none."""
    if image.drops_privileges:
        return image.drops_privileges
    for path in scripts(look, image):
        for line in (look.tree.text(path) or "").splitlines():
            if _DROPS.search(line.partition("#")[0]):
                return path
    return ""
