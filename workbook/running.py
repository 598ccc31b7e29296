"""Runs a command that a person asked for and records it as evidence: what ran, how it ended, what it said.

This executes the user's own command with their rights and environment. Faces show it and ask before they call.
"""

from __future__ import annotations

import hashlib
import os
import shlex
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Final

from checks.children.process import Finished, run
from checks.secrets.shapes import redact
from workbook.answers import Evidence
from workbook.errors import Refused
from workbook.ledger.discretion import refuse_secret
from workbook.overheard import Overheard

Watch = Callable[[Sequence[str]], None]
"""Given the lines a command says while it runs, without secrets, in the thread it runs in. Untrusted text."""

TIMEOUT_S: Final = 3600.0
DRILL_DAYS: Final = 180
"""Days a rehearsal lasts when nothing else is said: people and systems change within half a year."""

EXCERPT_LINES: Final = 8
EXCERPT_CHARACTERS: Final = 600
"""The end of the output that is kept, without secrets: what a reader needs to recognize the run."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """A command that ran to its end. `output` is what it said, for a person to read, without secrets."""

    evidence: Evidence
    output: str

    @property
    def exit(self) -> int:
        """The exit code; negative for a signal."""
        return int(self.evidence.values["exit"])


def record_command(
    argv: Sequence[str],
    root: Path,
    commit: str,
    *,
    timeout_s: float = TIMEOUT_S,
    cancel: threading.Event | None = None,
    watch: Watch | None = None,
) -> Recorded:
    """Run a command in the workbook's folder and record it as evidence of kind "command".

    `watch` is given its lines as they come.

    Raises:
        Refused: it could not be started, did not end in time, was stopped, or said too much to keep.
    """
    done = _run(argv, root, timeout_s, cancel, watch)
    return Recorded(Evidence("command", _facts(argv, done, commit)), _said(done))


def record_drill(
    what: str,
    argv: Sequence[str],
    root: Path,
    commit: str,
    *,
    expires: date,
    timeout_s: float = TIMEOUT_S,
    cancel: threading.Event | None = None,
    watch: Watch | None = None,
) -> Recorded:
    """Rehearse something against the clock, such as a restore, and record it as evidence of kind "drill".

    Raises:
        Refused: as for `record_command`.
    """
    start = datetime.now(UTC).replace(microsecond=0)
    done = _run(argv, root, timeout_s, cancel, watch)
    end = datetime.now(UTC).replace(microsecond=0)
    facts = {"what": what, "start": start, "end": end, **_facts(argv, done, commit), "expires": expires}
    return Recorded(Evidence("drill", facts), _said(done))


def timed_by_hand(what: str, start: datetime, end: datetime, commit: str, *, expires: date) -> Evidence:
    """A rehearsal that people did by hand between two points in time, as evidence of kind "drill"."""
    seconds = round((end - start).total_seconds(), 1)
    facts = {"what": what, "start": start, "end": end, "seconds": seconds, "at": end.date(), "expires": expires}
    return Evidence("drill", facts | ({"commit": commit[:12]} if commit else {}))


def reproduced(
    evidence: Evidence,
    root: Path,
    commit: str,
    *,
    timeout_s: float = TIMEOUT_S,
    cancel: threading.Event | None = None,
    watch: Watch | None = None,
) -> tuple[bool, Recorded]:
    """Run a recorded command again: whether it ended the same way, and what it says now.

    Raises:
        Refused: the evidence is no command, or as for `record_command`.
    """
    argv = evidence.values.get("argv")
    if not isinstance(argv, list) or not argv:
        raise Refused("this evidence is no recorded command", "record one: readiness evidence run CONTROL -- command")
    words = [str(word) for word in argv]
    again = record_command(words, root, commit, timeout_s=timeout_s, cancel=cancel, watch=watch)
    return again.exit == evidence.values.get("exit"), again


def shown(argv: Sequence[str]) -> str:
    """A command as one would type it. Untrusted text."""
    return shlex.join(argv)


def _run(
    argv: Sequence[str], root: Path, timeout_s: float, cancel: threading.Event | None, watch: Watch | None
) -> Finished:
    if not argv:
        raise Refused("no command was given", "write it after two dashes: -- pytest -q")
    # Before it runs: a command that cannot be recorded would run for nothing.
    refuse_secret("command", " ".join(argv))
    try:
        done = run(argv, cwd=root, env=_environment(), timeout_s=timeout_s, cancel=cancel, on_said=_telling(watch))
    except OSError as error:
        raise Refused(f"{argv[0]} could not be started: {error.strerror or error}", "check the command", 2) from error
    if done.timed_out:
        raise Refused(
            f"{shown(argv)} did not end in {timeout_s:.0f} seconds and was stopped", "nothing was recorded", 1
        )
    if done.cancelled:
        raise Refused(f"{shown(argv)} was stopped", "nothing was recorded", 1)
    if done.truncated:
        raise Refused(f"{shown(argv)} said more than can be kept", "send its output to a file, and record that", 1)
    return done


def _telling(watch: Watch | None) -> Callable[[bytes, bool], None] | None:
    """Hands what is said to whoever watches; the last, unfinished line of a stream stands in the output only."""
    if watch is None:
        return None
    streams = (Overheard(), Overheard())

    def told(chunk: bytes, is_stderr: bool) -> None:
        if lines := streams[is_stderr].hear(chunk):
            watch(lines)

    return told


def _environment() -> Mapping[str, str]:
    """The user's own: the command is theirs. Inherited git redirections would make it look at another repository."""
    return {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}


def _facts(argv: Sequence[str], done: Finished, commit: str) -> dict[str, Any]:
    digest = hashlib.sha256(done.stdout + b"\0" + done.stderr).hexdigest()
    return {
        "argv": list(argv),
        "exit": done.returncode,
        "seconds": round(done.seconds, 1),
        "output_sha256": digest,
        **({"excerpt": excerpt} if (excerpt := _excerpt(done)) else {}),
        "at": datetime.now(UTC).date(),
        **({"commit": commit[:12]} if commit else {}),
    }


def _said(done: Finished) -> str:
    return redact((done.stdout + done.stderr).decode("utf-8", "replace"))


def _excerpt(done: Finished) -> str:
    lines = [line.rstrip() for line in _said(done).splitlines() if line.strip()]
    return "\n".join(lines[-EXCERPT_LINES:])[-EXCERPT_CHARACTERS:]
