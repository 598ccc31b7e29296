"""Dockerfiles, instruction by instruction."""

from __future__ import annotations

import json
import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from checks.observation import Unread
from checks.readers.containers import Dockerfile, Stage
from checks.readers.plain import bounded_text

if TYPE_CHECKING:
    from checks.tree import Tree

_PATTERNS = (
    "Dockerfile", "Dockerfile.*", "*.Dockerfile", "*.dockerfile", "Containerfile", "Containerfile.*",
    "!*.dockerignore", "!*.md", "!*.sh",
)  # fmt: skip
_HEREDOC = re.compile(r"<<-?[\"']?(\w+)[\"']?")
_DROPS = re.compile(r"\b(gosu|su-exec|setpriv|s6-setuidgid|chpst|runuser)\b|\bsu\s+(-\w+\s+)*\w+\s+-c\b")
_VARIABLE = re.compile(r"\$\{?(\w+)(?::?-([^}]*))?\}?")


def read(tree: Tree, unread: list[Unread]) -> Iterator[Dockerfile]:
    """Every Dockerfile outside vendored folders and tests."""
    from checks.files.kinds import is_vendored

    for path in sorted(tree.match(*_PATTERNS)):
        text = bounded_text(tree, path, unread)
        stages = _stages(text) if not is_vendored(path) else ()
        if stages:
            final = _with_inherited(stages)
            yield Dockerfile(path, stages, final, _dropping_script(tree, path, final))


def inline(path: str, text: str, line: int) -> Dockerfile | None:
    """The Dockerfile that stands in a compose file below `line`; None where it builds nothing."""
    stages = tuple(replace(stage, line=stage.line + line) for stage in _stages(text))
    return Dockerfile(path, stages, _with_inherited(stages)) if stages else None


def _instructions(text: str) -> Iterator[tuple[str, str, int]]:
    pending, first, until = "", 0, ""
    for number, line in enumerate(text.splitlines(), 1):
        if until:
            pending += "\n" + line
            if line.strip() == until:
                until = ""
                yield (*_parted(pending), first)
                pending = ""
            continue
        bare = line.strip()
        if bare.startswith("#") or (not bare and not pending):
            continue
        first = first if pending else number
        if bare.endswith("\\"):
            pending += bare[:-1] + " "
            continue
        pending += bare
        heredoc = _HEREDOC.search(pending) if pending[:4].upper() in {"RUN ", "COPY"} else None
        if heredoc:
            until = heredoc[1]
            continue
        yield (*_parted(pending), first)
        pending = ""
    if pending:
        yield (*_parted(pending), first)


def _parted(line: str) -> tuple[str, str]:
    word, _, rest = line.partition(" ")
    return word.upper(), rest.strip()


@dataclass(slots=True)
class _Open:
    stage: Stage
    runs: list[str] = field(default_factory=list)
    copies: list[str] = field(default_factory=list)
    environment: dict[str, str] = field(default_factory=dict)

    def closed(self) -> Stage:
        return replace(self.stage, runs=tuple(self.runs), copies=tuple(self.copies), environment=dict(self.environment))


def _stages(text: str) -> tuple[Stage, ...]:
    arguments: dict[str, str] = {}
    made: list[Stage] = []
    named: set[str] = set()
    current: _Open | None = None
    for word, rest, line in _instructions(text):
        if word == "ARG" and current is None:
            name, _, value = rest.partition("=")
            arguments[name.strip()] = value.strip().strip("\"'")
        elif word == "FROM":
            if current:
                made.append(current.closed())
                named.update({current.stage.name.lower()} - {""})
            current = _Open(_from(rest, line, arguments, named))
        elif current:
            _apply(current, word, rest)
    if current:
        made.append(current.closed())
    return tuple(made)


def _from(rest: str, line: int, arguments: dict[str, str], earlier: set[str]) -> Stage:
    words = [word for word in rest.split() if not word.startswith("--")]
    image = _filled(words[0], arguments) if words else ""
    name = words[2] if len(words) > 2 and words[1].upper() == "AS" else ""  # noqa: PLR2004 - FROM image AS name
    if image.lower() in earlier:
        return Stage(name, "", line, base=image)
    return Stage(name, image, line)


def _apply(current: _Open, word: str, rest: str) -> None:
    match word:
        case "USER":
            current.stage = replace(current.stage, user=rest.split(maxsplit=1)[0] if rest else "")
        case "HEALTHCHECK":
            current.stage = replace(current.stage, healthcheck=rest)
        case "CMD":
            current.stage = replace(current.stage, command=rest)
        case "ENTRYPOINT":
            current.stage = replace(current.stage, entrypoint=rest, command="")
        case "RUN":
            current.runs.append(rest)
        case "COPY" | "ADD":
            current.copies.append(rest)
        case "ENV":
            pairs = re.findall(r"(\w+)=(\"[^\"]*\"|'[^']*'|\S*)", rest)
            name, _, value = rest.partition(" ")
            pairs = pairs or ([(name, value)] if name else [])
            current.environment |= {name: value.strip("\"'") for name, value in pairs}


def _with_inherited(stages: tuple[Stage, ...]) -> Stage:
    """The last stage, with what it takes over from the stages it starts from."""
    final = stages[-1]
    named = {stage.name.lower(): stage for stage in stages if stage.name}
    base, hops = final.base, 0
    while base and hops < len(stages):
        parent = named.get(base.lower())
        if parent is None:
            break
        final = replace(
            final,
            image=final.image or parent.image,
            user=final.user or parent.user,
            healthcheck=final.healthcheck or parent.healthcheck,
            command=final.command or ("" if final.entrypoint else parent.command),
            entrypoint=final.entrypoint or parent.entrypoint,
        )
        base, hops = parent.base, hops + 1
    return final


def _dropping_script(tree: Tree, path: str, final: Stage) -> str:
    """The script or instruction that starts the process as another user, "" if there is none."""
    started = f"{final.entrypoint} {final.command}"
    if _DROPS.search(started):
        return path
    folder = path.rpartition("/")[0]
    for name in re.findall(r"[\w./-]+\.(?:sh|bash)|[\w./-]*entrypoint[\w.-]*", started):
        bare = name.rsplit("/", 1)[-1]
        candidates = [posixpath.join(folder, bare), *tree.match(bare)]
        for candidate in candidates:
            text = tree.text(candidate) if tree.exists(candidate) else None
            if text and any(_DROPS.search(line.partition("#")[0]) for line in text.splitlines()):
                return candidate
    return ""


def _filled(text: str, arguments: dict[str, str]) -> str:
    return _VARIABLE.sub(lambda match: arguments.get(match[1]) or match[2] or match[0], text)


def words_of(command: str) -> tuple[str, ...]:
    """The words of a CMD or ENTRYPOINT in either form."""
    if command.lstrip().startswith("["):
        try:
            listed = json.loads(command)
        except (ValueError, RecursionError):
            return ()
        return tuple(str(word) for word in listed)
    return tuple(command.split())
