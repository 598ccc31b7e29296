"""A bounded table of values by digest: SQLite, JSON, mode 0600, shared by processes, thrown away when in doubt.

Nothing here is the only copy of anything. Whatever is wrong with the file, a look goes on without it.
"""

from __future__ import annotations

import json
import os
import sqlite3
import stat
import time
import zlib
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

VERSION: Final = 2
"""Of the tables; a file with another one is made anew."""

MOST_BYTES: Final = 512 * 1024 * 1024
"""Twice what is kept of a repository of 50,000 files as long as most are, so that a release of ours throws away its old
rows and not the new ones."""
_WAIT_S: Final = 2.0
_DAY_S: Final = 86_400
_MANY: Final = 500
"""Questions in one statement; SQLite allows at least 999."""
_LEFT: Final = 0.7
"""How much of `MOST_BYTES` stays after the oldest rows went."""
_SIDES: Final = ("", "-journal", "-wal", "-shm")
_TABLE: Final = (
    # In the order in which they come: files that lie side by side are asked for together, and pages are full.
    "CREATE TABLE IF NOT EXISTS kept (key BLOB PRIMARY KEY, day INTEGER, size INTEGER, value BLOB)",
    "CREATE INDEX IF NOT EXISTS kept_by_day ON kept (day)",
)


class Store:
    """The cache's file, open. Reading never fails: what cannot be read is not there."""

    def __init__(self, place: Path, most_bytes: int = MOST_BYTES) -> None:
        self.note = ""
        """Why the file was made anew, or is not used; "" where nothing is to be said. Told once: it is gone then."""
        self.place = place
        self._most = most_bytes
        self._base: sqlite3.Connection | None = None
        reason = _doubt(place)
        if reason:
            self._renew(place, reason)
        try:
            self._base = _opened(place)
        except sqlite3.OperationalError as error:
            # Locked by another process of ours for too long, or a disk without space: not its fault.
            self.note = self.note or f"the cache is not used: {error}"
        except (sqlite3.DatabaseError, _OtherVersionError) as error:
            self._renew(place, "it was damaged" if isinstance(error, sqlite3.DatabaseError) else str(error))
            with suppress(sqlite3.Error, _OtherVersionError):
                self._base = _opened(place)

    def close(self) -> None:
        """Let go of the file."""
        if self._base is not None:
            with suppress(sqlite3.Error):
                self._base.close()
            self._base = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def get(self, keys: Iterable[bytes]) -> dict[bytes, Any]:
        """The values that are there. A row that cannot be read counts as not there."""
        wanted = list(dict.fromkeys(keys))
        found: dict[bytes, Any] = {}
        stale: list[bytes] = []
        today = _today()
        for start in range(0, len(wanted), _MANY):
            part = wanted[start : start + _MANY]
            marks = ",".join("?" * len(part))
            for key, day, value in self._rows(f"SELECT key, day, value FROM kept WHERE key IN ({marks})", part):  # noqa: S608  # only question marks
                with suppress(ValueError, TypeError, RecursionError, zlib.error):
                    found[bytes(key)] = json.loads(zlib.decompress(value))
                    if day != today:
                        stale.append(bytes(key))
        # Once a day is enough to know what was not asked for lately.
        self._write("UPDATE kept SET day = ? WHERE key = ?", [(today, key) for key in stale])
        return found

    def put(self, values: Mapping[bytes, object]) -> None:
        """Keep values that `json.dumps` can write; the longest unused rows make room for them."""
        rows = []
        for key, value in values.items():
            packed = zlib.compress(json.dumps(value, separators=(",", ":")).encode(), 1)
            if len(packed) <= self._most // 8:
                rows.append((key, _today(), len(packed), packed))
        self._write("INSERT OR REPLACE INTO kept (key, day, size, value) VALUES (?, ?, ?, ?)", rows)
        if rows:
            self._make_room()

    def _make_room(self) -> None:
        pages = self._rows("PRAGMA page_count", ())
        size = self._rows("PRAGMA page_size", ())
        free = self._rows("PRAGMA freelist_count", ())
        if not (pages and size and free) or (pages[0][0] - free[0][0]) * size[0][0] <= self._most:
            return
        excess = (pages[0][0] - free[0][0]) * size[0][0] - int(self._most * _LEFT)
        gone = []
        for key, length in self._rows("SELECT key, size FROM kept ORDER BY day, rowid", ()):
            if excess <= 0:
                break
            excess -= length
            gone.append((key,))
        self._write("DELETE FROM kept WHERE key = ?", gone)

    def _rows(self, statement: str, values: Iterable[object]) -> list[tuple[Any, ...]]:
        if self._base is None:
            return []
        try:
            return self._base.execute(statement, tuple(values)).fetchall()
        except sqlite3.Error:
            self.close()
            return []

    def _write(self, statement: str, rows: list[Any]) -> None:
        if self._base is None or not rows:
            return
        try:
            with self._base:
                self._base.executemany(statement, rows)
        except sqlite3.Error:
            # Another process holds it, the disk is full, the file is damaged: the next look sees to it.
            self.close()

    def _renew(self, place: Path, reason: str) -> None:
        self.note = f"the cache was made anew: {reason}"
        for side in _SIDES:
            with suppress(OSError):
                place.with_name(place.name + side).unlink()


class _OtherVersionError(Exception):
    """The tables are of another version of ours."""


def _doubt(place: Path) -> str:
    """Why the file must not be believed; "" where it may, or where there is none."""
    try:
        found = place.lstat()
    except OSError:
        return ""
    if not stat.S_ISREG(found.st_mode):
        return "it was no regular file"
    if found.st_uid != os.geteuid():
        return "it belonged to somebody else"
    if stat.S_IMODE(found.st_mode) != 0o600:  # noqa: PLR2004  # as it is made below
        return "others could have read or written it"
    return ""


def _opened(place: Path) -> sqlite3.Connection:
    """The database with its table.

    Raises:
        sqlite3.Error: it is none, or is in use for too long.
        _OtherVersionError: its tables are of another version.
    """
    with suppress(OSError):
        # SQLite would make it as the user's umask says.
        os.close(os.open(place, os.O_CREAT | os.O_RDWR | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600))
    base = sqlite3.connect(place, timeout=_WAIT_S, isolation_level="IMMEDIATE", check_same_thread=False)
    try:
        (version,) = base.execute("PRAGMA user_version").fetchone()
        if version not in {0, VERSION}:
            raise _OtherVersionError("another version had written it")
        # Nothing waits for the disk: a value carries zlib's checksum, and a file that a power cut damaged is made anew.
        base.execute("PRAGMA synchronous = OFF")
        if version == 0:
            if base.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
                raise _OtherVersionError("another program had written it")
            with base:
                for statement in _TABLE:
                    base.execute(statement)
                base.execute(f"PRAGMA user_version = {VERSION}")
    except BaseException:
        base.close()
        raise
    return base


def _today() -> int:
    return int(time.time()) // _DAY_S
