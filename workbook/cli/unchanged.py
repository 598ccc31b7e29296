"""What a call that only reads said last time, where the repository looks from outside just as it did then.

Asked before everything else, and so it loads next to nothing: no git, no database, not even pathlib. Wherever a look
from outside may not be enough, or something looks different, `workbook.cli.again` asks git. What is kept lies in the
user's cache, is believed only where it is whole and the user's own, and is never needed.
"""

from __future__ import annotations

import os
import stat
import sys
import time
from functools import cache

from checks.cache import signs, version
from checks.cache.place import usual
from workbook import names

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Self

READERS = frozenset({"probe", "status"})
"""The commands that may say the same again."""

PREFIX = "said-"
MOST = 40
"""Answers kept, the newest."""
MOST_BYTES = 8 * 1024 * 1024
DAY_S = 86_400


class Unchanged:
    """One call of a command that only reads, about a work tree as it looked when this was made."""

    def __init__(self, root: str, arguments: Sequence[str], sign: signs.Sign) -> None:
        self._root, self._arguments, self._sign = root, list(arguments), sign

    @classmethod
    def of(cls, arguments: Sequence[str]) -> Self | None:
        """The call with these arguments; None where it is none of a reader, or only git can tell what changed."""
        given = list(arguments)
        start = given[1] if given[:1] == ["-C"] and len(given) > 1 else None
        rest = given if start is None else given[2:]
        if not rest or rest[0] not in READERS or any(one.startswith("-C") for one in rest):
            return None
        root = _root(start)
        sign = signs.of_repository(root) if root else None
        return None if sign is None else cls(root, rest, sign)

    def repeat(self) -> bool:
        """Say what this very call said before, where everything looks as it did then; whether that is so."""
        said = _said(self._place, self._state(self._sign), outside=self._root)
        for stream, text in said or ():
            (sys.stderr if stream == "stderr" else sys.stdout).write(text)
        return said is not None

    def keep(self, lines: Sequence[tuple[str, str]]) -> None:
        """Keep what the call said, unless anything looks different now, or changed too lately to tell."""
        sign = signs.of_repository(self._root)
        if sign is None or not self._sign.settled or sign.digest != self._sign.digest:
            return
        content = self._state(sign).encode() + b"\n"
        for stream, text in lines:
            encoded = text.encode("utf-8", "surrogatepass")
            content += f"{stream} {len(encoded)}\n".encode() + encoded
        if len(content) <= MOST_BYTES:
            _write(self._place, content)

    @property
    def _place(self) -> str:
        asked = signs.digest_of([self._root, *self._arguments])
        return os.path.join(usual(), f"{PREFIX}{asked}")

    def _state(self, sign: signs.Sign) -> str:
        """A digest of all that decides what is said."""
        day = str(int(time.time()) // DAY_S)
        return signs.digest_of([day, version.digest(), own_code(), *signs.of_distributions(), sign.digest])


@cache
def own_code() -> str:
    """What the workbook itself is made of; the same for all calls of a process."""
    package = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    beside = os.path.join(os.path.dirname(package), "templates")
    packaged = os.path.join(package, "templates")
    return version.digest_of([package] if os.path.isdir(packaged) else [package, beside])


def _root(start: str | None) -> str:
    """The folder that the call is about, as `workbook.cli.folder` finds it; "" where that is no top of a clone."""
    try:
        root = os.path.realpath(os.getcwd() if start is None else start)
    except OSError:
        return ""
    while start is None and not any(os.path.exists(os.path.join(root, one)) for one in (names.STATE, ".git")):
        if root == os.path.dirname(root):
            return ""
        root = os.path.dirname(root)
    return root if os.path.isdir(os.path.join(root, ".git")) else ""


def _said(place: str, state: str, *, outside: str) -> list[tuple[str, str]] | None:
    """What is kept, where it is of this very state; None where it is not, or is not ours, or is damaged."""
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


def _write(place: str, content: bytes) -> None:
    """Put a file where the last one was, at once, and remove the oldest where there are many."""
    unfinished = f"{place}.{os.urandom(4).hex()}"
    try:
        handle = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(signs.checksum(content).encode() + b"\n" + content)
            os.replace(unfinished, place)
        except BaseException:
            os.unlink(unfinished)
            raise
        with os.scandir(os.path.dirname(place)) as entries:
            kept = [(one.stat().st_mtime_ns, one.path) for one in entries if one.name.startswith(PREFIX)]
        for _, path in sorted(kept)[:-MOST]:
            os.unlink(path)
    except OSError:
        # A full disk, or another process of ours that was quicker: what is not kept is worked out.
        return
