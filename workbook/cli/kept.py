"""What calls said, each in a file of its own in the user's cache: read in one go, and replaced at once.

A file holds a checksum, the state of everything that decided what was said, and what was said. One that is damaged,
of another state, or not the user's own alone counts as not there.
"""

from __future__ import annotations

import os
import stat

from checks.cache import signs
from checks.cache.place import usual

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

MOST = 40
"""Answers kept of each kind, the newest."""
MOST_BYTES = 8 * 1024 * 1024


def place_of(kind: str, root: str, arguments: Sequence[str]) -> str:
    """Where a call with these arguments about a folder keeps what it said; `kind` is how its state is told."""
    return os.path.join(usual(), f"{kind}-{signs.digest_of([root, *arguments])}")


def read(place: str, state: str, *, outside: str) -> list[tuple[str, str]] | None:
    """What was said, in parts with the stream each went to; None where none is kept that is of this very state.

    Args:
        place: the file.
        state: what decided what was said, as it is now.
        outside: the repository. Were the cache inside, it could supply the file.
    """
    folder = os.path.realpath(os.path.dirname(place))
    if os.path.commonpath([folder, outside]) == outside:
        return None
    try:
        if not _is_private(os.lstat(folder)):
            return None
        handle = os.open(place, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        with os.fdopen(handle, "rb") as file:
            about = os.fstat(handle)
            if not stat.S_ISREG(about.st_mode) or not _is_private(about) or about.st_size > MOST_BYTES:
                return None
            checksum, _, content = file.read(MOST_BYTES).partition(b"\n")
        kept, _, rest = content.partition(b"\n")
        return _lines(rest) if kept == state.encode() and checksum == signs.checksum(content).encode() else None
    except (OSError, ValueError):
        return None


def _is_private(about: os.stat_result) -> bool:
    return about.st_uid == os.geteuid() and not about.st_mode & (stat.S_IRWXG | stat.S_IRWXO)


def _lines(content: bytes) -> list[tuple[str, str]]:
    found = []
    while content:
        head, _, content = content.partition(b"\n")
        stream, _, length = head.decode().partition(" ")
        size = int(length)
        found.append((stream, content[:size].decode("utf-8", "surrogatepass")))
        content = content[size:]
    return found


def write(place: str, state: str, lines: Sequence[tuple[str, str]]) -> None:
    """Keep what was said in the place of what was kept before; the oldest files make room for it."""
    content = state.encode() + b"\n"
    for stream, text in lines:
        encoded = text.encode("utf-8", "surrogatepass")
        content += f"{stream} {len(encoded)}\n".encode() + encoded
    if len(content) <= MOST_BYTES:
        _replace(place, signs.checksum(content).encode() + b"\n" + content)


def _replace(place: str, content: bytes) -> None:
    """Put a file where the last one was, at once, and remove the oldest where there are many."""
    unfinished = f"{place}.{os.urandom(4).hex()}"
    try:
        handle = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content)
            os.replace(unfinished, place)
        except BaseException:
            os.unlink(unfinished)
            raise
        kind = f"{os.path.basename(place).partition('-')[0]}-"
        with os.scandir(os.path.dirname(place)) as entries:
            kept = [(one.stat().st_mtime_ns, one.path) for one in entries if one.name.startswith(kind)]
        for _, path in sorted(kept)[:-MOST]:
            os.unlink(path)
    except OSError:
        # A full disk, or another process of ours that was quicker: what is not kept is worked out.
        return
