"""What a repository's configuration may tell us: a few values with known shapes, and nothing else."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

from checks.git.program import base_environment, run_git
from checks.regular import read_small

_CONFIG_BYTES = 1024 * 1024
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
    "core.pager": "cat",
    "core.attributesFile": "/dev/null",
    "core.excludesFile": "/dev/null",
    "core.quotePath": "false",
    "log.showSignature": "false",
    "protocol.allow": "never",
    "diff.ignoreSubmodules": "all",
    "submodule.recurse": "false",
    "gc.auto": "0",
    "maintenance.auto": "false",
}
"""What every call of ours is configured with, whatever the repository says."""


def read_config(path: Path, *, top: Path) -> dict[str, str]:
    """All values of one configuration file, last one wins, keys in lower case. Includes are not followed.

    `top` is the work tree, which must not supply the git program. A missing, oversize or malformed file has none.
    """
    text = read_small(path, _CONFIG_BYTES)
    if not text:
        return {}
    # Read from standard input: git itself never opens a path the repository chose.
    done = run_git(
        ["config", "--file", "-", "--no-includes", "--null", "--list"],
        cwd=Path("/"),
        env=base_environment(outside=top) | {"GIT_DIR": "/dev/null"},
        stdin=text,
    )
    if not done.ok:
        return {}
    entries = (entry.partition("\n") for entry in done.stdout.decode("utf-8", "surrogateescape").split("\0") if entry)
    # A key without "=" is git's way to say true.
    return {key.lower(): value if separator else "true" for key, separator, value in entries}


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
