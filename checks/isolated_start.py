"""The process of a look. It may be started before it is known whether to look, and loads meanwhile what looks need."""

from __future__ import annotations

import sys
from contextlib import ExitStack
from pathlib import Path
from typing import Final

from checks.children import guard, process

MEMORY_BYTES: Final = 3 * 1024 * process.MIB
"""Of the look's own process, and of each of its children; writable memory, not mapped files."""

_START: Final = "import sys; sys.path.append(sys.argv[1]); from checks.isolated_child import main; main()"


class Started:
    """A process that waits for its order on standard input, with a folder of its own for what it writes on the way."""

    def __init__(self) -> None:
        """Start it.

        Raises:
            OSError: it cannot be started, or there is no room for its folder.
        """
        with ExitStack() as made:
            folder = made.enter_context(guard.folder())
            self.note = folder / "note"
            """Where it writes what it is at; see `checks.children.allowance`."""
            self.child = process.begin(
                [sys.executable, "-I", "-X", "utf8", "-c", _START, str(Path(__file__).parents[1])],
                cwd=Path("/"),
                env=process.minimal_environment() | {"TMPDIR": str(folder)},
                memory_bytes=MEMORY_BYTES,
            )
            made.callback(self.child.close)
            self._left = made.pop_all()

    def close(self) -> None:
        """End it, and remove what it wrote."""
        self._left.close()
