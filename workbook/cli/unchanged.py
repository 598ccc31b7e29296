"""What a call that only reads said last time, where the repository looks from outside just as it did then.

Asked before everything else, and so it loads next to nothing: no git, no database, not even pathlib. Wherever a look
from outside may not be enough, or something looks different, `workbook.cli.again` asks git. What is kept lies in the
user's cache, is believed only where it is whole and the user's own, and is never needed.
"""

from __future__ import annotations

import os
import sys
import time
from functools import cache

from checks.cache import signs, version
from workbook import names
from workbook.cli import kept

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Self

READERS = frozenset({"probe", "status"})
"""The commands that may say the same again."""

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
        said = kept.read(self._place, self._state(self._sign), outside=self._root)
        for stream, text in said or ():
            (sys.stderr if stream == "stderr" else sys.stdout).write(text)
        return said is not None

    def keep(self, lines: Sequence[tuple[str, str]]) -> None:
        """Keep what the call said, unless anything looks different now, or changed too lately to tell."""
        sign = signs.of_repository(self._root) if self._sign.settled else None
        if sign is None or sign.digest != self._sign.digest:
            return
        kept.write(self._place, self._state(sign), lines)

    @property
    def _place(self) -> str:
        return kept.place_of("said", self._root, self._arguments)

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
