"""Puts our merge into a clone: a driver in its git configuration, and the files it is for in `.gitattributes`."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import stat
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from checks.children.process import minimal_environment
from workbook.answers import STATE_FILE, WAIVER_FILE
from workbook.errors import Refused
from workbook.store.files import NotRegularError, TooLargeError, explain, read_regular, replace_bytes

DRIVER: Final = "readiness"
ATTRIBUTES: Final = ".gitattributes"
_CAP: Final = 1024 * 1024
_TIMEOUT_S: Final = 30
# Nothing of the folder that git merges in may reach the import path: neither the folder itself (-P) nor a PYTHONPATH
# that names it by a relative path (-E).
_OURSELVES: Final = (sys.executable, "-E", "-P", "-m", "workbook")
_REDIRECTS: Final = ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_COMMON_DIR", "GIT_PREFIX", "GIT_NAMESPACE")


@dataclass(frozen=True, slots=True)
class Installed:
    """What was done: whether the configuration, and which lines of `.gitattributes`, are new."""

    configured: bool
    lines: tuple[str, ...]


def command() -> str:
    """Return the driver's command line for git, which runs it in a shell after filling in its placeholders."""
    words = " ".join(shlex.quote(word).replace("%", "%%") for word in _OURSELVES)
    return f"{words} merge --path=%P %O %A %B"


def install(root: Path, templates: Sequence[str] = ()) -> Installed:
    """Make git in this clone merge our files with us. Done twice, it changes nothing.

    Args:
        root: the folder of the workbook.
        templates: the pull-request templates that hold our checklist, relative to it.

    Raises:
        Refused: no repository, git said no, `.gitattributes` cannot be written, or another line of it gives our files
            to another merge.
    """
    _require_ourselves()
    _git(root, "rev-parse", "--git-dir")
    lines = _attributes(root, templates)
    settings = {f"merge.{DRIVER}.name": "readiness merge, field by field", f"merge.{DRIVER}.driver": command()}
    fresh = {name: value for name, value in settings.items() if _setting(root, name) != value}
    for name, value in fresh.items():
        _git(root, "config", "--local", "--replace-all", name, value)
    for name in (STATE_FILE, WAIVER_FILE):
        if (driver := _git(root, "check-attr", "merge", "--", name).rpartition(": ")[2].strip()) != DRIVER:
            raise Refused(
                f"git would merge {name} with {driver!r}, because another line of {ATTRIBUTES} says so",
                f"take that line out, or put the {DRIVER} line behind it",
            )
    return Installed(bool(fresh), lines)


def is_installed(root: Path) -> bool:
    """Say whether git in this clone merges the state file with this installation of ours."""
    try:
        chosen = _git(root, "check-attr", "merge", "--", STATE_FILE).rpartition(": ")[2].strip()
        return chosen == DRIVER and _setting(root, f"merge.{DRIVER}.driver") == command()
    except Refused:
        return False


def _require_ourselves() -> None:
    """Refuse to configure a command that would not start."""
    with tempfile.TemporaryDirectory(prefix="readiness-") as neutral:
        done = subprocess.run(
            [*_OURSELVES, "--version"], cwd=neutral, capture_output=True, timeout=_TIMEOUT_S, check=False
        )
    if done.returncode:
        raise Refused(
            "git could not start us: this Python finds readiness by PYTHONPATH alone",
            "install it into that Python, as with make setup",
        )


def _attributes(root: Path, templates: Sequence[str]) -> tuple[str, ...]:
    """Add the lines that are not there yet behind what `.gitattributes` says; return them."""
    path = root / ATTRIBUTES
    # A name with a blank would need quotes that not every git knows.
    plain = [name for name in templates if re.fullmatch(r"[A-Za-z0-9._/-]+", name)]
    wanted = [f"/{name} merge={DRIVER}" for name in (STATE_FILE, WAIVER_FILE, *plain)]
    try:
        raw = read_regular(path, _CAP)
        mode: int | None = stat.S_IMODE(path.lstat().st_mode) & 0o777
    except FileNotFoundError:
        raw, mode = b"", None
    except NotRegularError as error:
        raise Refused(f"{ATTRIBUTES} is {error}", "put the file itself in its place") from error
    except TooLargeError as error:
        raise Refused(f"{ATTRIBUTES} is larger than 1 MiB", "shorten it") from error
    except OSError as error:
        raise Refused(f"{ATTRIBUTES}: {explain(error)[0]}", explain(error)[1]) from error
    present = {line.strip() for line in raw.splitlines()}
    lines = tuple(line for line in wanted if line.encode() not in present)
    if lines:
        eol = b"\r\n" if b"\r\n" in raw else b"\n"
        lead = eol if raw and not raw.endswith(b"\n") else b""
        try:
            replace_bytes(path, raw + lead + b"".join(line.encode() + eol for line in lines), mode=mode)
        except OSError as error:
            raise Refused(f"{ATTRIBUTES}: {explain(error)[0]}", explain(error)[1]) from error
    return lines


def _setting(root: Path, name: str) -> str | None:
    done = _run(root, "config", "--local", "--get", name)
    return done.stdout.removesuffix("\n") if done.returncode == 0 else None


def _git(root: Path, *arguments: str) -> str:
    done = _run(root, *arguments)
    if done.returncode:
        said = done.stderr.strip().partition("\n")[0] or f"exit code {done.returncode}"
        raise Refused(f"git {arguments[0]}: {said}", "the merge driver is for a clone; start one with: git init")
    return done.stdout


def _run(root: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the user's own git: our reader of repositories is built so that it cannot write a configuration."""
    program = shutil.which("git", path=minimal_environment(outside=root)["PATH"])
    if program is None:
        raise Refused("the git program was not found", "install git")
    environment = {name: value for name, value in os.environ.items() if name not in _REDIRECTS}
    return subprocess.run(
        [program, *arguments],
        cwd=root,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        errors="surrogateescape",
        timeout=_TIMEOUT_S,
        check=False,
    )
