"""What a call that only reads said last time, where the repository looks from outside just as it did then.

Asked before everything else, and so it loads next to nothing: no git, no database, not even pathlib. Wherever a look
from outside may not be enough, or something looks different, `workbook.cli.again` asks git. What is kept lies in the
user's cache, is believed only where it is whole and the user's own, and is never needed.

Answers are what changes most, and git says nothing of them that matters. So the state files are read and have no part
in the look; where only they changed, what git and the tree said before (`workbook.ground`) holds still.
"""

from __future__ import annotations

import os
import stat
import sys
import time
from functools import cache, cached_property

from checks.cache import signs, version
from workbook import names
from workbook.cli import kept

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Self

    from workbook.ground import Ground

READERS = frozenset({"probe", "status"})
"""The commands that may say the same again."""

DAY_S = 86_400

_OF_A_LOOK = {"--format", "--area"}
"""The options of `probe` with which it looks and does nothing else."""

_ANSWERS = (names.STATE, names.WAIVERS)
_MOST_BYTES = 8 * 1024 * 1024
"""Of one of them; a larger one is not read by the store either."""


class Unchanged:
    """One call of a command that only reads, about a work tree as it looked when this was made."""

    def __init__(self, root: str, arguments: Sequence[str], sign: signs.Sign, answers: str) -> None:
        self.root = root
        """The folder it is about."""
        self._arguments, self._sign, self._answers = list(arguments), sign, answers

    @classmethod
    def of(cls, arguments: Sequence[str]) -> Self | None:
        """The call with these arguments; None where it is none of a reader, or only git can tell what changed."""
        given = list(arguments)
        start = given[1] if given[:1] == ["-C"] and len(given) > 1 else None
        rest = given if start is None else given[2:]
        if not rest or rest[0] not in READERS or any(one.startswith("-C") for one in rest):
            return None
        root = _root(start)
        sign = signs.of_repository(root, _ANSWERS) if root else None
        answers = _answers(root) if sign is not None else None
        return None if sign is None or answers is None else cls(root, rest, sign, answers)

    def repeat(self) -> bool:
        """Say what this very call said before, where everything looks as it did then; whether that is so."""
        said = kept.read(self._place, self._state(), outside=self.root)
        for stream, text in said or ():
            (sys.stderr if stream == "stderr" else sys.stdout).write(text)
        return said is not None

    def looks(self) -> bool:
        """Whether the call will look at the repository as soon as git has told what changed: a plain `probe`."""
        options = {one for one in self._arguments if one.startswith("-")}
        return self._arguments[0] == "probe" and options <= _OF_A_LOOK

    def ground(self) -> str:
        """What git and the tree said when everything but the answers looked as it does now, as text; "" for nothing.

        Only a plain status can do with it: probes read files themselves.
        """
        if self._arguments[0] != "status" or "--probe" in self._arguments:
            return ""
        found = kept.read(self._place_of_ground, self._looks, outside=self.root)
        return found[0][1] if found else ""

    def keep(self, lines: Sequence[tuple[str, str]], ground: Ground | None = None) -> None:
        """Keep what the call said, unless anything looks different now, or changed too lately to tell.

        Args:
            lines: what it said.
            ground: what of git and the tree that follows from, where this is all.
        """
        if not self._looks_the_same:
            return
        if ground is not None:
            from workbook.ground import as_text

            kept.write(self._place_of_ground, self._looks, [("ground", as_text(ground))])
        if _answers(self.root) == self._answers:
            kept.write(self._place, self._state(), lines)

    def still(self) -> bool:
        """Whether nothing looks different when this is first asked, and nothing changed too lately to tell."""
        return self._looks_the_same and _answers(self.root) == self._answers

    @cached_property
    def _looks_the_same(self) -> bool:
        """Whether all but the answers does, when what is said was worked out: nothing is read after that."""
        sign = signs.of_repository(self.root, _ANSWERS) if self._sign.settled else None
        return sign is not None and sign.digest == self._sign.digest

    @property
    def _place(self) -> str:
        return kept.place_of("said", self.root, self._arguments)

    @property
    def _place_of_ground(self) -> str:
        return kept.place_of("ground", self.root, [])

    def _state(self) -> str:
        """A digest of all that decides what is said."""
        return signs.digest_of([str(int(time.time()) // DAY_S), self._looks, self._answers])

    @cached_property
    def _looks(self) -> str:
        """A digest of all that decides what git and the tree say."""
        return signs.digest_of([version.digest(), own_code(), *signs.of_distributions(), self._sign.digest])


@cache
def own_code() -> str:
    """What the workbook itself is made of; the same for all calls of a process."""
    package = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    beside = os.path.join(os.path.dirname(package), "templates")
    packaged = os.path.join(package, "templates")
    return version.digest_of([package] if os.path.isdir(packaged) else [package, beside])


def _answers(root: str) -> str | None:
    """A digest of the state files; None where one of them is no plain file that can be read."""
    facts = []
    for name in _ANSWERS:
        try:
            handle = os.open(os.path.join(root, name), os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
            try:
                about = os.fstat(handle)
                if not stat.S_ISREG(about.st_mode) or about.st_size > _MOST_BYTES:
                    return None
                facts.append(f"{about.st_mode:o} {signs.checksum(os.read(handle, about.st_size))}")
            finally:
                os.close(handle)
        except FileNotFoundError:
            facts.append("")
        except OSError:
            return None
    return signs.digest_of(facts)


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
