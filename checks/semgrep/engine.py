"""The packaged rules over the tree's own code: as many semgrep processes at once as there are cores."""

from __future__ import annotations

import os
import shutil
import sys
import threading
from collections.abc import Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from checks.children import cores, process
from checks.digests import blake2b
from checks.files.temporary import PrivateFolder
from checks.semgrep import front
from checks.semgrep.findings import CodeFindings, FileResult, Scan, gather
from checks.semgrep.shards import Shard, split, workers
from checks.semgrep.targets import candidates, choose

if TYPE_CHECKING:
    from checks.tree import Tree


def scan(tree: Tree, *, cancel: threading.Event | None = None, program: Path | None = None) -> CodeFindings:
    """Run every packaged rule over the tree's own code; the arguments are those of `Scanning`."""
    return gather(scan_files(tree, candidates(tree), cancel=cancel, program=program))


def scan_files(
    tree: Tree, paths: Iterable[str], *, cancel: threading.Event | None = None, program: Path | None = None
) -> Scan:
    """Run every packaged rule over some of the tree's own code, to the end; see `Scanning`."""
    with Scanning(tree, paths, cancel=cancel, program=program) as scanning:
        return scanning.finish()


class Scanning:
    """A run of every packaged rule over some of the tree's own code, which goes on beside whatever else is done.

    Until `finish` is called it leaves one core to the caller. Leave it with `close` or as a context: what still runs is
    stopped then, and what was written is removed.

    Args:
        tree: The tree that holds the files.
        paths: The files to look at, out of `candidates(tree)`.
        cancel: Set it from another thread; semgrep's process group is killed.
        program: The semgrep to run; the one installed with us, else the one on PATH, when None.
        turns: Of all processes that work beside the caller.
    """

    def __init__(
        self,
        tree: Tree,
        paths: Iterable[str],
        *,
        cancel: threading.Event | None = None,
        program: Path | None = None,
        turns: threading.Semaphore | None = None,
    ) -> None:
        self._stop = _Stop(cancel)
        self._turns = turns or cores.turns()
        self._passed_over: dict[str, FileResult] = {}
        self._running: list[Future[Scan]] = []
        self._missing = ""
        self._left = ExitStack()
        found = program or find_program(outside=tree.root)
        if found is None:
            self._missing = "semgrep is not installed: run `make setup`, or `pip install semgrep`"
            return
        with ExitStack() as made:
            folder = made.enter_context(PrivateFolder("semgrep"))
            # The output names real paths; a temporary folder behind a link (macOS) would not be found again.
            room = folder.path.resolve()
            for name in ("empty", "home", "copies"):
                (room / name).mkdir()
            targets = choose(tree, paths, room / "copies")
            self._passed_over = targets.passed_over
            pool = made.enter_context(ThreadPoolExecutor(workers()))
            # Leaving a pool waits for what runs in it.
            made.callback(self._stop.set)
            for shard in split(targets.places, room, workers()):
                self._running.append(pool.submit(self._scan, found, room, shard))
            self._left = made.pop_all()

    def _scan(self, program: Path, room: Path, shard: Shard) -> Scan:
        with self._turns:
            return front.run(program, room, shard, self._stop)

    def has_ended(self) -> bool:
        """Whether `finish` would not wait."""
        return all(one.done() for one in self._running)

    def finish(self) -> Scan:
        """Wait for the end.

        Never raises for a missing, failing, hanging or lying semgrep: `trouble` says it, and the matches that did
        arrive are kept. Scanning some files gives exactly these files' part of scanning all.
        """
        if self._missing:
            return Scan(trouble=self._missing)
        if not self._running:
            return Scan(self._passed_over, tool=f"semgrep, rules {front.RULES_VERSION}")
        self._turns.release()
        parts = [one.result() for one in self._running]
        self._turns.acquire(blocking=False)
        files = {path: result for part in parts for path, result in part.files.items()}
        trouble = next((part.trouble for part in parts if part.trouble), None)
        tool = next((part.tool for part in parts if part.tool), "")
        return Scan(self._passed_over | files, trouble, tool)

    def close(self) -> None:
        """Stop what still runs, and remove what was written."""
        self._left.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class _Stop(threading.Event):
    """Set by us or by whoever may cancel the scan."""

    def __init__(self, cancel: threading.Event | None) -> None:
        super().__init__()
        self._cancel = cancel

    def is_set(self) -> bool:
        return super().is_set() or (self._cancel is not None and self._cancel.is_set())


def identity(program: Path | None) -> str:
    """What the result for a file depends on besides the file: our rules and adapter, and which semgrep is installed.

    Two runs with equal identities give a file the same result. Costs a few file reads and starts nothing.
    """
    total = blake2b(digest_size=16)
    here = Path(__file__).parent
    for file in sorted([*here.glob("*.py"), *front.RULES.glob("*.yml")]):
        total.update(file.name.encode() + b"\0" + file.read_bytes() + b"\0")
    if program is not None:
        # An installer writes the program anew with each version.
        about = program.stat()
        total.update(f"{program.resolve()}\0{about.st_size}\0{about.st_mtime_ns}".encode())
    return total.hexdigest()


def find_program(*, outside: Path | None = None) -> Path | None:
    """The semgrep beside our own interpreter, else the first on PATH that is not inside `outside`."""
    beside = Path(sys.executable).parent / "semgrep"
    if os.access(beside, os.X_OK):
        return beside
    found = shutil.which("semgrep", path=process.minimal_environment(outside=outside)["PATH"])
    return Path(found) if found else None
