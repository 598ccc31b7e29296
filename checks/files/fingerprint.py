"""What tells one content of a file from another, for files that git has no content id for."""

from __future__ import annotations

import os
import stat
import time
from pathlib import Path
from typing import Final

from checks.digests import blake2b
from checks.files.regular import open_below

MOST_BYTES: Final = 5 * 1024 * 1024
"""Larger files are read by no look, so their size says enough; as in `checks.files.admission.Limits`."""
_CHUNK: Final = 1024 * 1024


def moment() -> int:
    """Now, by the clock from which files get their times of change: one that changes after this is not older."""
    clock = getattr(time, "CLOCK_REALTIME_COARSE", None)
    return time.time_ns() if clock is None else time.clock_gettime_ns(clock)


def fingerprint(root: Path, path: str) -> bytes:
    """A digest of the content of `path` below `root`, or of why there is none to read.

    A symbolic link counts with where it leads and, inside the root, with what is there. Links to links end at the
    last file.
    """
    total = blake2b(digest_size=16)
    place = root / path
    try:
        found = place.lstat()
        total.update(b"%o\0" % stat.S_IFMT(found.st_mode))
        if stat.S_ISLNK(found.st_mode):
            target = os.path.realpath(place)
            total.update(os.fsencode(place.readlink()) + b"\0" + os.fsencode(target))
            if not Path(target).is_relative_to(root):
                return total.digest()
            path = os.path.relpath(target, root)
        with os.fdopen(open_below(root, path), "rb") as file:
            size = os.fstat(file.fileno()).st_size
            total.update(b"%d\0" % size)
            while size <= MOST_BYTES and (chunk := file.read(_CHUNK)):
                total.update(chunk)
    except OSError as error:
        total.update(str(error.strerror or error).encode("utf-8", "surrogateescape"))
    return total.digest()


def bytes_to_read(root: Path, path: str) -> int:
    """How much `fingerprint` would read, but for what a link leads to."""
    try:
        size = (root / path).lstat().st_size
    except OSError:
        return 0
    return size if size <= MOST_BYTES else 0
