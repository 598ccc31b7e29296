"""How long replaying 1,000 commits takes beside git's own listing of the same changes.

Run it with `python -P -m benchmarks.history`.

Prints both times and their ratio; the peer, `git log --raw`, is measured in the same run on the same repository.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from pathlib import Path

from workbook.answers import Status
from workbook.history import replay
from workbook.people import People
from workbook.session import Session

COMMITS = 1000
ANSWERED_EVERY = 10
LOG = ("log", "--first-parent", "-m", "--reverse", "--raw", "-z", "--no-abbrev")


def main() -> None:
    """Build the repository, measure, print."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        built(root)
        session = Session(root, People("Ana Example <ana@example.com>"))
        listing = best(lambda: git(root, *LOG))
        replaying = best(lambda: len(replay(session, COMMITS)))
        points = len(replay(session, COMMITS))
        sys.stdout.write(
            f"{COMMITS} commits, {points} points: replay {replaying:.2f} s, git log --raw {listing:.3f} s, "
            f"ratio {replaying / listing:.0f}\n"
        )


def built(root: Path) -> None:
    """Every tenth commit answers a control, the others change one of 50 files; half the answers watch files."""
    git(root, "init", "-q", "-b", "main")
    (root / "src").mkdir()
    session = Session(root, People("Ana Example <ana@example.com>"))
    session.start(["fifty-point"])
    session.save()
    controls = list(session.catalogue.controls_of(("fifty-point",)))
    for number in range(COMMITS):
        if number % ANSWERED_EVERY:
            (root / "src" / f"module{number % 50}.py").write_text(f"value = {number}\n")
        else:
            watch = [f"src/module{number % 50}.py"] if number % 20 else ()
            session.answer(controls[number % len(controls)], Status.READY, watch=watch, note=f"seen at {number}")
            session.save()
        git(root, "add", "-A")
        git(root, "-c", "user.name=Ana", "-c", "user.email=ana@example.com", "commit", "-qm", f"Step {number}")


def git(root: Path, *arguments: str) -> bytes:
    """Plain git, as the peer runs it."""
    return subprocess.run(["git", *arguments], cwd=root, check=True, capture_output=True).stdout  # noqa: S607  the user's git


def best(call: object, runs: int = 3) -> float:
    """The fastest of some runs, in seconds."""
    times = []
    for _ in range(runs):
        start = time.perf_counter()
        call()  # type: ignore[operator]  # any callable without arguments
        times.append(time.perf_counter() - start)
    return min(times)


if __name__ == "__main__":
    main()
