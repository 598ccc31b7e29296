"""What a call that only reads said last time. Where nothing it reads has changed since, it says the same again.

`readiness status` is asked at every save and every commit. To load what answers it takes many times as long as to see
that nothing changed; so this module loads little, and is asked before anything else. What is kept lies in the user's
cache and is never needed: without it, or without git to tell what changed, every call is worked out.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final, Self

from checks.cache import version
from checks.cache.place import UnusableCacheError, folder
from checks.digests import blake2b
from checks.files.fingerprint import fingerprint
from checks.git import Git, GitProblem
from checks.plugins import installed
from workbook import names
from workbook.cli import kept, unchanged
from workbook.cli.folder import root_of
from workbook.cli.unchanged import DAY_S, READERS, Unchanged

TYPE_CHECKING = False
if TYPE_CHECKING:
    from workbook.cli.said import Said
    from workbook.ground import Ground

MOST_BYTES: Final = 32 * 1024 * 1024
"""Of files that git cannot tell to be unchanged. To read more of them costs more than to work out what is asked."""


class Again:
    """One call of a command that only reads, against one snapshot of the repository."""

    def __init__(self, root: Path, arguments: Sequence[str], git: Git, outside: Unchanged | None) -> None:
        self.git = git
        """The snapshot, for the call to read from: what is kept must follow from what was looked at here."""
        self._root = root
        self._arguments = arguments
        self._outside = outside
        self._before = self._state(git)
        if not self._before:
            raise UnusableCacheError("too much would have to be read to tell whether anything changed")
        folder(outside=git.top)

    @classmethod
    def of(cls, arguments: Sequence[str], outside: Unchanged | None) -> Self | None:
        """The call with these arguments; None where it is none of a reader, or nothing can be kept.

        `outside` is the same call as the repository looked before: it may keep what was said as well.
        """
        given = list(arguments)
        start = Path(given[1]) if given[:1] == ["-C"] and len(given) > 1 else None
        rest = given if start is None else given[2:]
        if not rest or rest[0] not in READERS or any(one.startswith("-C") for one in rest):
            return None
        if start is not None and not start.is_dir():
            return None
        root = root_of(Path.cwd()) if start is None else start.resolve()
        with suppress(GitProblem, UnusableCacheError):
            git = Git.open(root)
            try:
                return cls(root, rest, git, outside)
            except BaseException:
                git.close()
                raise
        return None

    def close(self) -> None:
        """Let go of the snapshot."""
        self.git.close()

    def repeat(self) -> bool:
        """Say what this very call said before, where nothing has changed since; whether that is so."""
        said = kept.read(self._place, self._before, outside=os.fspath(self.git.top))
        if said is None:
            return False
        for stream, text in said:
            (sys.stderr if stream == "stderr" else sys.stdout).write(text)
        self._keep_outside(said)
        return True

    def still(self) -> bool:
        """Whether nothing changed since, as far as that can be told without git."""
        return self._outside is not None and self.git.lists_plainly() and self._outside.still()

    def keep(self, said: Said) -> None:
        """Keep what the call said, unless something changed while it was worked out."""
        if said.lasting and self._after(said) == self._before:
            kept.write(self._place, self._before, said.lines)
            self._keep_outside(said.lines, said.ground)

    def _keep_outside(self, lines: Sequence[tuple[str, str]], ground: Ground | None = None) -> None:
        """Let the same be said again without git, where what git lists can be seen from outside."""
        if self._outside is not None and self.git.lists_plainly() and not installed.plugins():
            self._outside.keep(lines, ground)

    def _after(self, said: Said) -> str:
        if not said.looked:
            return self._state(self.git)
        if said.after:
            return self._with_ours(said.after)
        with suppress(GitProblem), Git.open(self._root) as git:
            return self._state(git)
        return ""

    @property
    def _place(self) -> str:
        return kept.place_of("told", os.fspath(self._root), self._arguments)

    def _state(self, git: Git) -> str:
        """A digest of all that decides what is said, but for the arguments; "" where telling it costs too much."""
        tree = git.state(MOST_BYTES)
        return self._with_ours(tree) if tree else ""

    def _with_ours(self, tree: str) -> str:
        total = blake2b(digest_size=16)
        for one in (str(int(time.time()) // DAY_S), version.digest(), installed.digest(), unchanged.own_code(), tree):
            total.update(one.encode() + b"\0")
        # Git does not see what it was told to ignore, and we read these files all the same.
        for path in (names.STATE, names.WAIVERS, *_checklists(self._root)):
            total.update(os.fsencode(path) + b"\0" + fingerprint(self._root, path))
        return total.hexdigest()


def _checklists(root: Path) -> Iterator[str]:
    try:
        found = sorted(os.listdir(root / names.CHECKLISTS))  # noqa: PTH208  # names
    except OSError:
        return
    yield from (f"{names.CHECKLISTS}/{name}" for name in found)
