"""Runs `saving_child.py` under strace: what it calls, where it is killed, which call of it fails."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
import tomllib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

CHILD = Path(__file__).with_name("saving_child.py")
CONTROL = "rate-limiting"
CALL = re.compile(r"(\w+)\(")


class Call(NamedTuple):
    """One system call of a traced child: its name, the how many-th of that name it is, and strace's line."""

    name: str
    nth: int
    line: str


@dataclass
class Told:
    """What a child told before it ended; `status` is that of `waitpid`."""

    kept: list[str] = field(default_factory=list)
    saved: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    clashed: list[str] = field(default_factory=list)
    crashed: list[str] = field(default_factory=list)
    status: int = 0

    @property
    def killed(self) -> bool:
        return os.WIFSIGNALED(self.status) and os.WTERMSIG(self.status) == signal.SIGKILL


class Children:
    """The program that forks saving children; use it as a context."""

    def __init__(self, folder: Path) -> None:
        self._log = folder / "strace.log"
        self._program = subprocess.Popen(
            [sys.executable, "-P", CHILD], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1
        )
        assert self._line() == ["ready"]

    def __enter__(self) -> Children:
        return self

    def __exit__(self, *_: object) -> None:
        self._program.communicate()

    def run(self, job: dict[str, Any], *inject: str, kill_after: float | None = None) -> Told:
        """Run one child: under strace with these `-e inject=` expressions, killed after some seconds, or in peace."""
        pid = self._start(job)
        options = [option for one in inject for option in ("-e", f"inject={one}")]
        traced = ["-e", "trace=" + ",".join(one.split(":")[0] for one in inject), *options]
        tracer = self._tracer(pid, traced) if inject else None
        os.kill(pid, signal.SIGUSR1)
        if kill_after is not None:
            time.sleep(kill_after)
            os.kill(pid, signal.SIGKILL)
        told = self._told()
        if tracer:
            tracer.communicate()
        return told

    def calls(self, job: dict[str, Any]) -> list[Call]:
        """The system calls of a child that nobody disturbs, in order."""
        pid = self._start(job)
        tracer = self._tracer(pid, ["-y", "-s", "64"])
        os.kill(pid, signal.SIGUSR1)
        told = self._told()
        assert not told.status, told
        tracer.communicate()
        counted: Counter[str] = Counter()
        found = []
        for line in self._log.read_text(errors="replace").splitlines():
            if (match := CALL.match(line)) and match[1] != "rt_sigtimedwait":
                counted[match[1]] += 1
                found.append(Call(match[1], counted[match[1]], line))
        return found

    def _start(self, job: dict[str, Any]) -> int:
        assert self._program.stdin
        self._program.stdin.write(json.dumps(job) + "\n")
        word, pid = self._line()
        assert word == "waiting", (word, pid)
        return int(pid)

    def _tracer(self, pid: int, options: Sequence[str]) -> subprocess.Popen[str]:
        command = ["strace", "-p", str(pid), "-o", str(self._log), *options]
        tracer = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
        assert tracer.stderr
        if "attached" not in (line := tracer.stderr.readline()):
            os.kill(pid, signal.SIGKILL)
            self._told()
            raise OSError(line.strip())
        return tracer

    def _told(self) -> Told:
        told = Told()
        while (line := self._line())[0] != "ended":
            getattr(told, line[0]).append(line[1])
        told.status = int(line[1])
        return told

    def _line(self) -> list[str]:
        assert self._program.stdout
        line = self._program.stdout.readline()
        assert line, "the saving program has ended"
        return line.rstrip("\n").split(" ", 1)


def why_no_strace() -> str:
    """Why system calls cannot be traced on this machine; "" where they can."""
    if not shutil.which("strace"):
        return "strace is not installed; install it with: apt-get install strace"
    done = subprocess.run(["strace", "-o", os.devnull, "true"], capture_output=True, text=True, check=False)
    return f"strace may not trace here: {done.stderr.strip()[:100]}" if done.returncode else ""


def note_on_disk(root: Path) -> str | None:
    """The note of the control that children answer, "" before any; None without a file. A broken file raises."""
    try:
        text = (root / "readiness.toml").read_text(encoding="utf-8")
    except FileNotFoundError:
        return None
    tables = tomllib.loads(text)
    assert text.endswith("\n")
    assert len(tables["controls"]) > 40
    note = tables["controls"].get(CONTROL, {}).get("note", "")
    assert isinstance(note, str)
    return note


def leftovers(root: Path) -> list[str]:
    """The temporary files beside the state file and in the private folder."""
    return [path.name for folder in (root, root / ".git" / "readiness") for path in folder.glob(".*.tmp")]
