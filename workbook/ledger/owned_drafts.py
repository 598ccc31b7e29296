"""Drafts that belong to a running process, and the drafts of processes that have died."""

from __future__ import annotations

import os
from pathlib import Path
from secrets import token_hex
from typing import Any

from workbook.store import drafts
from workbook.store.drafts import Draft


class OwnedDraft:
    """One draft of this process. Its name says whose it is, so that two open faces never overwrite each other."""

    def __init__(self, folder: Path, prefix: str) -> None:
        self._folder, self._prefix = folder, prefix
        self._name = f"{prefix}-{os.getpid()}-{born(os.getpid())}-{token_hex(4)}"
        self._kept = False

    def keep(self, data: dict[str, Any]) -> None:
        """Keep the data; on disk when this returns.

        Raises:
            StoreError: the disk refuses.
        """
        drafts.keep(self._folder, self._name, data)
        self._kept = True

    def drop(self) -> None:
        """Forget it."""
        if self._kept:
            drafts.drop(self._folder, self._name)
            self._kept = False

    def sweep(self) -> None:
        """Remove what processes that were killed left half written."""
        drafts.sweep(self._folder, self._is_orphan)

    def abandoned(self) -> list[Draft]:
        """The drafts of this kind whose process is gone, oldest first."""
        return [draft for draft in drafts.recover(self._folder) if self._is_orphan(draft.name)]

    def forget(self, draft: Draft) -> None:
        """Remove an abandoned draft: what it held lives on in the session that recovered it."""
        drafts.drop(self._folder, draft.name)

    def _is_orphan(self, name: str) -> bool:
        """Whether the process that a draft's name tells of has ended."""
        prefix, _, rest = name.rpartition(f"{self._prefix}-")
        process, _, birth = rest.partition("-")
        if prefix or not birth or not process.isdigit():
            return False
        # A number alone may have gone to another process since: after a restart, or in the next container.
        known = birth.rpartition("-")[0]
        return not _alive(int(process)) or (bool(known) and known != born(int(process)))


def born(process: int) -> str:
    """When a process was started, as a word that no two processes of the same number share; "" where none can tell."""
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii")[:8]
        # Behind the last parenthesis, because a program's name may hold anything.
        fields = Path(f"/proc/{process}/stat").read_bytes().rpartition(b")")[2].split()
        return f"{boot}{int(fields[19]):x}"
    except (OSError, ValueError, IndexError):
        return ""


def _alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except (PermissionError, OverflowError):
        return True
    return True
