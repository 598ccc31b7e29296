"""What a repository's configuration may tell us: a few values with known shapes, and nothing else."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

from checks.git.problem import GitProblem
from checks.git.program import base_environment, find_git, run_git
from checks.git.supplied import supplied

_CONFIG_BYTES = 1024 * 1024
_SECTION: Final = re.compile(rb"\[([A-Za-z0-9-]+)(?: \"([!#-\[\]-~ ]*)\")?\]")
_VALUE: Final = re.compile(rb"[ \t]*([A-Za-z][A-Za-z0-9-]*) = ([!$-:<-\[\]-~](?:[ !$-:<-\[\]-~]*[!$-:<-\[\]-~])?)")
"""Printable ASCII without quotes, backslashes, and the signs that begin a comment."""
_BOOLEAN = r"(?i:true|false|yes|no|on|off|0|1|)"

ALLOWED: Final[dict[str, str]] = {
    "core.repositoryformatversion": r"[01]",
    "core.filemode": _BOOLEAN,
    "core.symlinks": _BOOLEAN,
    "core.ignorecase": _BOOLEAN,
    "core.precomposeunicode": _BOOLEAN,
    "core.autocrlf": r"(?i:true|false|input)",
    "core.eol": r"(?i:lf|crlf|native)",
    "extensions.objectformat": r"sha1|sha256",
}
"""Keys that change how content is read, each with the only values it may have."""

OURS: Final[dict[str, str]] = {
    "core.bare": "false",
    "core.fsmonitor": "false",
    "core.hooksPath": "/dev/null",
    "core.untrackedCache": "false",
    "core.commitGraph": "false",
    # A multi-pack index names packs by paths, which may lead anywhere.
    "core.multiPackIndex": "false",
    "core.pager": "cat",
    "core.attributesFile": "/dev/null",
    "core.excludesFile": "/dev/null",
    "core.quotePath": "false",
    # Else `git log` opens .mailmap itself, and a pipe of that name would keep it waiting.
    "log.mailmap": "false",
    "log.showSignature": "false",
    "protocol.allow": "never",
    "diff.ignoreSubmodules": "all",
    "submodule.recurse": "false",
    "gc.auto": "0",
    "maintenance.auto": "false",
}
"""What every call of ours is configured with, whatever the repository says."""

_UNDERSTOOD: Final = {
    *("noop", "noop-v1", "objectformat", "partialclone", "preciousobjects", "refstorage"),
    *("relativeworktrees", "worktreeconfig"),
}
"""Extensions of the repository format that leave reading as it is, or that we know how to read."""


def read_config(path: Path, *, top: Path) -> dict[str, str]:
    """All values of one configuration file, last one wins, keys in lower case. Includes are not followed.

    `top` is the work tree, which must not supply the git program. A missing file has no values.

    Raises:
        UnsafeRepository: It is no small regular file.
        NoGit: There is no git program; told here, before anything else asks for it.
        GitProblem: It is malformed.
    """
    environment = base_environment(outside=top)
    find_git(environment)
    text = supplied(path.parent, path.name, _CONFIG_BYTES)
    if not text:
        return {}
    plain = _plain_values(text)
    if plain is not None:
        return plain
    # Read from standard input: git itself never opens a path the repository chose.
    done = run_git(
        ["config", "--file", "-", "--no-includes", "--null", "--list"],
        cwd=Path("/"),
        env=environment | {"GIT_DIR": "/dev/null"},
        stdin=text,
    )
    if not done.ok:
        raise GitProblem(f"{path} is not a configuration git can read. Put it right, or clone again.")
    entries = (entry.partition("\n") for entry in done.stdout.decode("utf-8", "surrogateescape").split("\0") if entry)
    # A key without "=" is git's way to say true.
    return {key.lower(): value if separator else "true" for key, separator, value in entries}


def _plain_values(text: bytes) -> dict[str, str] | None:
    """The values of a configuration in which no line leaves a choice; None where only git may say what it means.

    Almost every repository's is of this kind, and reading it here spares a process at every look.
    """
    found: dict[str, str] = {}
    section = ""
    for line in text.split(b"\n"):
        if match := _SECTION.fullmatch(line):
            name, below = match[1].decode(), match[2]
            section = f"{name}.{below.decode()}." if below is not None else f"{name}."
        elif section and (match := _VALUE.fullmatch(line)):
            found[f"{section}{match[1].decode()}".lower()] = match[2].decode()
        elif line.strip(b" \t"):
            return None
    return found


def require_known_format(config: dict[str, str], common_dir: Path) -> None:
    """Refuse a repository whose format we would misread, as git itself does.

    Raises:
        GitProblem: Its version or one of its extensions is none we know.
    """
    version = config.get("core.repositoryformatversion", "0")
    if version not in {"0", "1"}:
        raise GitProblem(f"{common_dir} has the repository format {version}, which is not supported yet. Clone again.")
    if config.get("extensions.refstorage", "files") != "files":
        raise GitProblem(
            f"{common_dir} keeps its refs as {config['extensions.refstorage']}, which is not supported yet. "
            "Run git refs migrate --ref-format=files."
        )
    named = {key.removeprefix("extensions.") for key in config if key.startswith("extensions.")}
    if version == "1" and (unknown := sorted(named - _UNDERSTOOD)):
        raise GitProblem(f"{common_dir} uses the extension {unknown[0]}, which is not supported yet. Clone again.")


def sanitized(config: dict[str, str]) -> str:
    """The text of a configuration file with the allowed values of `config` and our own."""
    kept = {key: config[key] for key, shape in ALLOWED.items() if key in config and re.fullmatch(shape, config[key])}
    if config.get("extensions.objectformat"):
        kept["core.repositoryformatversion"] = "1"
    lines = []
    for key, value in (kept | OURS).items():
        section, _, name = key.partition(".")
        lines.append(f"[{section}]\n\t{name} = {value}\n")
    return "".join(lines)
