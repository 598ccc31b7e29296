"""The packaged rules over the tree's own code: as many semgrep processes at once as there are cores."""

from __future__ import annotations

import hashlib
import os
import shutil
import sys
import threading
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

from checks.children import process
from checks.files.temporary import PrivateFolder
from checks.semgrep import front
from checks.semgrep.findings import CodeFindings, Scan, gather
from checks.semgrep.shards import split, workers
from checks.semgrep.targets import candidates, choose

if TYPE_CHECKING:
    from checks.tree import Tree


def scan(tree: Tree, *, cancel: threading.Event | None = None, program: Path | None = None) -> CodeFindings:
    """Run every packaged rule over the tree's own code; the arguments are those of `scan_files`."""
    return gather(scan_files(tree, candidates(tree), cancel=cancel, program=program))


def scan_files(
    tree: Tree, paths: Iterable[str], *, cancel: threading.Event | None = None, program: Path | None = None
) -> Scan:
    """Run every packaged rule over some of the tree's own code.

    Never raises for a missing, failing, hanging or lying semgrep: `trouble` says it, and the matches that did
    arrive are kept. Scanning some files gives exactly these files' part of scanning all.

    Args:
        tree: The tree that holds the files.
        paths: The files to look at, out of `candidates(tree)`.
        cancel: Set it from another thread; semgrep's process group is killed.
        program: The semgrep to run; the one installed with us, else the one on PATH, when None.
    """
    program = program or find_program(outside=tree.root)
    if program is None:
        return Scan(trouble="semgrep is not installed: run `make setup`, or `pip install semgrep`")
    with PrivateFolder("semgrep") as folder:
        # The output names real paths; a temporary folder behind a link (macOS) would not be found again.
        room = folder.path.resolve()
        for name in ("empty", "home", "copies"):
            (room / name).mkdir()
        targets = choose(tree, paths, room / "copies")
        shards = split(targets.places, room, workers())
        if not shards:
            return Scan(targets.passed_over, tool=f"semgrep, rules {front.RULES_VERSION}")
        stop = _Stop(cancel)
        with ThreadPoolExecutor(workers()) as pool:
            try:
                parts = list(pool.map(lambda shard: front.run(program, room, shard, stop), shards))
            except BaseException:
                # Ctrl-C comes to this thread only, and the pool waits for the others.
                stop.set()
                raise
        files = {path: result for part in parts for path, result in part.files.items()}
        trouble = next((part.trouble for part in parts if part.trouble), None)
        tool = next((part.tool for part in parts if part.tool), "")
        return Scan(targets.passed_over | files, trouble, tool)


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
    total = hashlib.blake2b(digest_size=16)
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
