"""A canary that hostile repositories try to wake, and ordinary git to prove that they can."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest

ENVIRONMENT = {
    "PATH": "/usr/local/bin:/usr/bin:/bin",
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_AUTHOR_DATE": "2026-11-01T00:00:00Z",
    "GIT_COMMITTER_DATE": "2026-11-01T00:00:00Z",
    "GIT_TERMINAL_PROMPT": "0",
}


class Canary:
    """A script that leaves a line behind whenever something runs it."""

    def __init__(self, folder: Path) -> None:
        self.script = folder / "canary.sh"
        self._log = folder / "canary.log"
        self.script.write_text(f'#!/bin/sh\necho "$0 $*" >> {self._log}\nexit 0\n')
        self.script.chmod(0o755)

    def runs(self) -> list[str]:
        return self._log.read_text().splitlines() if self._log.exists() else []

    def forget(self) -> None:
        self._log.unlink(missing_ok=True)


@pytest.fixture
def canary(tmp_path: Path) -> Canary:
    folder = tmp_path / "canary"
    folder.mkdir()
    return Canary(folder)


@pytest.fixture
def plain_git(tmp_path: Path) -> Callable[..., str]:
    """Ordinary git, as a careless program would call it; failures are part of what it does."""

    def run(folder: Path, *arguments: str, stdin: str = "", **variables: str) -> str:
        done = subprocess.run(
            ["git", *arguments], cwd=folder, env=ENVIRONMENT | {"HOME": str(tmp_path)} | variables,
            input=os.fsencode(stdin), capture_output=True, timeout=20, check=False,
        )  # fmt: skip
        return os.fsdecode(done.stdout).strip()

    return run


@pytest.fixture
def git_on_a_terminal(tmp_path: Path) -> Callable[..., None]:
    """Ordinary git as a person calls it, who has a pager."""

    def run(folder: Path, *arguments: str) -> None:
        ours, theirs = os.openpty()
        with os.fdopen(ours, "rb"):
            try:
                subprocess.run(
                    ["git", *arguments], cwd=folder, env=ENVIRONMENT | {"HOME": str(tmp_path), "TERM": "xterm"},
                    stdin=theirs, stdout=theirs, stderr=theirs, timeout=20, check=False,
                )  # fmt: skip
            finally:
                os.close(theirs)

    return run


@pytest.fixture
def victim(tmp_path: Path, plain_git: Callable[..., str]) -> Path:
    """A repository with two commits and a changed file, still without malice."""
    root = tmp_path / "victim"
    (root / "src").mkdir(parents=True)
    plain_git(root, "init", "-q", "-b", "main")
    plain_git(root, "config", "user.name", "Ana Example")
    plain_git(root, "config", "user.email", "ana@example.com")
    for text in ("one\n", "two\n"):
        (root / "src" / "app.py").write_text(text)
        (root / "README.md").write_text(text)
        plain_git(root, "add", "-A")
        plain_git(root, "commit", "-qm", f"Write {text.strip()}")
    plain_git(root, "tag", "v1")
    (root / "src" / "app.py").write_text("tre\n")
    return root


# Said before it hangs: its own number, that of a child, of one that left the group, and of one that left it twice.
FORKING = """
import signal
for number in (signal.SIGHUP, signal.SIGTERM, signal.SIGINT):
    signal.signal(number, signal.SIG_IGN)
def born():
    open(NOTE, 'a').write(f'{os.getpid()}\\n')
for leave in (0, 1, 2):
    if os.fork() == 0:
        for _ in range(leave):
            os.setsid()
            if os.fork():
                os._exit(0)
        born()
        time.sleep(3600)
        os._exit(0)
born()
time.sleep(3600)
"""


class Family:
    """A program that ignores polite signals and starts children that try to get away."""

    def __init__(self, note: Path) -> None:
        self._note = note
        self.script = FORKING.replace("NOTE", repr(str(note)))

    def numbers(self) -> list[int]:
        """The four process numbers, waited for."""
        deadline = time.monotonic() + 120
        while not self._note.exists() or self._note.read_text().count("\n") < 4:
            assert time.monotonic() < deadline, "the program never started"
            time.sleep(0.02)
        return [int(line) for line in self._note.read_text().split()]

    def left(self) -> list[int]:
        """Those that still run after a while."""
        numbers = self.numbers()
        deadline = time.monotonic() + 20
        while (alive := [one for one in numbers if _runs(one)]) and time.monotonic() < deadline:
            time.sleep(0.05)
        for one in alive:
            os.kill(one, signal.SIGKILL)
        return alive


def _runs(number: int) -> bool:
    import psutil

    try:
        return bool(psutil.Process(number).status() != psutil.STATUS_ZOMBIE)
    except psutil.Error:
        return False


@pytest.fixture
def family(tmp_path: Path) -> Family:
    return Family(tmp_path / "born")
