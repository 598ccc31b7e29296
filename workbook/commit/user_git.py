"""The user's own git, run at their request: their identity, hooks and signing count."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from checks.children.process import minimal_environment
from workbook.errors import Refused
from workbook.text import terminal_lines

TIMEOUT_S: Final = 600
"""Seconds that git with the user's hooks and signing may take."""

_REDIRECTS: Final = {
    *("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_COMMON_DIR", "GIT_PREFIX", "GIT_NAMESPACE"),
    *("GIT_OBJECT_DIRECTORY", "GIT_LITERAL_PATHSPECS", "GIT_GLOB_PATHSPECS"),
    *("GIT_NOGLOB_PATHSPECS", "GIT_ICASE_PATHSPECS"),
}
"""Inherited settings that would make git work on another repository, or other files, than those meant."""


class CommitFailed(Refused):
    """Git, a hook or a signature said no. `output` is what they said, for a terminal."""

    def __init__(self, what: str, output: str) -> None:
        super().__init__(what, "put that right and commit again; the answers are saved", code=1)
        self.output = output


def literal(paths: Sequence[str]) -> list[str]:
    """Paths as git takes them word for word; the setting in the environment would reach the user's hooks."""
    return [f":(literal){path}" for path in paths]


def output(root: Path, *arguments: str) -> str:
    """What git says.

    Raises:
        CommitFailed: it fails.
    """
    done = run(root, *arguments)
    if done.returncode:
        said = terminal_lines(done.stderr.strip())
        raise CommitFailed(f"git {arguments[0]} failed ({said.partition(chr(10))[0] or done.returncode})", said)
    return done.stdout


def run(root: Path, *arguments: str, stdin: str | None = None) -> subprocess.CompletedProcess[str]:
    """Run the user's git as they would: not in a process group of its own, so that a signing tool can ask them."""
    program = shutil.which("git", path=minimal_environment(outside=root)["PATH"])
    if program is None:
        raise Refused("the git program was not found", "install git")
    environment = {name: value for name, value in os.environ.items() if name not in _REDIRECTS}
    try:
        return subprocess.run(
            [program, *arguments],
            cwd=root,
            env=environment,
            input=stdin if stdin is not None else "",
            capture_output=True,
            encoding="utf-8",
            errors="surrogateescape",
            timeout=TIMEOUT_S,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise CommitFailed(f"git {arguments[0]} took longer than {TIMEOUT_S // 60} minutes", "") from None
