"""Help where much must be parsed: other processes read code from the last file on, while the look goes from the first.

What they work out goes to the cache, where the look finds it as it finds what an earlier look kept. Nothing rests on
them: what they did not come to, or could not read, the look works out itself.
"""

from __future__ import annotations

import json
import mmap
import os
import sys
import tempfile
import threading
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final

from checks.children import allowance, cores, process
from checks.files.listed import PYTHON_OF_PRODUCT, WEB_OF_PRODUCT

if TYPE_CHECKING:
    from checks.cache.store import Store
    from checks.look import Look

FREE, TAKEN, WRITTEN = range(3)
"""What becomes of a file, in a map of memory that all share: a byte for each of `files`."""

_FEWEST: Final = 50
"""Files; fewer are read before a process has started."""
_MOST: Final = 4
"""Processes: each holds what it read."""
_LONGEST_S: Final = 3600.0
_START: Final = "import sys; sys.path.append(sys.argv[1]); from checks.cache.ahead_child import main; main()"


def files(look: Look) -> tuple[str, ...]:
    """The files that are shared out, in the order in which a look comes to them."""
    return look.listed(PYTHON_OF_PRODUCT, WEB_OF_PRODUCT)


class Ahead:
    """The processes that help one look."""

    def __init__(self, look: Look, store: Store, turns: threading.Semaphore, given_up: Mapping[str, str]) -> None:
        """Say whom to help.

        Args:
            look: The look.
            store: Where what is worked out is kept.
            turns: Of all processes that work beside the look.
            given_up: Paths not to read, with the reasons.
        """
        self._look, self._store, self._turns, self._given_up = look, store, turns, given_up
        self._numbers: dict[str, int] = {}
        self._listing = ""
        self._shared: mmap.mmap | None = None
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self._stop = threading.Event()
        self._threads: list[threading.Thread] = []

    def begin(self) -> None:
        """Start them, on half of the cores where there are several: the code rules need some too."""
        paths = files(self._look)
        if cores.count() == 1 or len(paths) < _FEWEST:
            return
        self._folder = tempfile.TemporaryDirectory(prefix="readiness-")
        place = Path(self._folder.name)
        self._numbers = {path: number for number, path in enumerate(paths)}
        self._shared = shared(place, len(paths))
        self._listing = self._look.tree.listing()
        for name in range(min(cores.count() // 2, _MOST)):
            self._turns.acquire()
            self._threads.append(threading.Thread(target=self._run, args=(place / f"note-{name}",)))
            self._threads[-1].start()

    def has_written(self, path: str) -> bool:
        """Whether another process worked out a file of code. If not, it is for the look to do."""
        number = self._numbers.get(path)
        if self._shared is None or number is None:
            return False
        if self._shared[number] == FREE:
            self._shared[number] = TAKEN
        return self._shared[number] == WRITTEN

    def close(self) -> None:
        """Stop what still runs."""
        self._stop.set()
        for one in self._threads:
            one.join()
        if self._folder is not None:
            self._folder.cleanup()

    def _run(self, note: Path) -> None:
        """One process, to its end. Whatever ends it, the look meets as well."""
        order = {
            "root": os.fspath(self._look.tree.root),
            "cache": os.fspath(self._store.place),
            "folder": os.fspath(note.parent),
            "note": os.fspath(note),
            "seconds": allowance.seconds(),
            "listing": self._listing,
            "given_up": dict(self._given_up),
        }
        try:
            # Without a process there is no help.
            with suppress(OSError):
                process.run(
                    [sys.executable, "-I", "-X", "utf8", "-c", _START, str(Path(__file__).parents[2])],
                    cwd=Path("/"),
                    timeout_s=_LONGEST_S,
                    stdin=json.dumps(order).encode(),
                    cancel=self._stop,
                )
        finally:
            # Whatever became of it: the code rules wait for this turn.
            self._turns.release()


def shared(folder: Path, count: int) -> mmap.mmap:
    """The map of memory for so many files, in a folder of our own."""
    with (folder / "files").open("a+b") as file:
        file.truncate(max(1, count))
        return mmap.mmap(file.fileno(), max(1, count))
