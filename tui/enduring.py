"""A terminal that may go away while it is written to: what nobody can see any more is dropped, and the program ends.

Textual writes from a thread of its own. Where the terminal is gone, its first write fails and the thread dies; the
queue before it fills, and the main thread waits for room in it forever, so that a closed terminal leaves a process.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

from textual.drivers.linux_driver import LinuxDriver

if TYPE_CHECKING:
    from typing import TextIO


class Enduring:
    """A text file whose writes never fail."""

    def __init__(self, file: TextIO) -> None:
        self._file = file

    def write(self, text: str) -> int:
        """Write, or drop the text where that is not possible any more."""
        with suppress(OSError):
            self._file.write(text)
        return len(text)

    def flush(self) -> None:
        """Flush, or drop what is left."""
        with suppress(OSError):
            self._file.flush()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)


class EnduringDriver(LinuxDriver):
    """Textual's own driver over such a file."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._file: Any = Enduring(self._file)
