"""What challenges told of a tree, kept by its state in the user's cache: never in the repository, never as state."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from checks.cache import version
from checks.cache.place import DATABASE, UnusableCacheError, folder
from checks.cache.store import Store
from checks.digests import blake2b
from checks.git import Git, GitProblem
from checks.tree import Tree

if TYPE_CHECKING:
    from checks.challenge.record import Challenged


class Challenges:
    """The kept results of one folder, by what its files hold now.

    Only where git knows it: elsewhere each file would have to be read to know whether it changed.
    """

    def __init__(self, root: Path, ignoring: Callable[[str], bool] | None = None) -> None:
        """Look up where the folder stands.

        Args:
            root: The folder.
            ignoring: Tells paths whose change makes nothing stale.
        """
        self._root, self._top, self._ignoring = root, root, ignoring
        self._state = self._now()

    def kept(self) -> tuple[Challenged, ...]:
        """What is known of this very state, by this very code; empty where nobody challenged it."""
        from checks.challenge.record import unpack

        with suppress(UnusableCacheError, KeyError, TypeError, ValueError):
            if self._state:
                with self._store() as store:
                    found = store.get([self._key]).get(self._key) or {}
                return tuple(unpack(one) for one in found.values())
        return ()

    def keep(self, results: Iterable[Challenged]) -> None:
        """Keep results beside those of other signals, unless the tree changed while they were made."""
        from checks.challenge.record import pack

        with suppress(UnusableCacheError):
            if self._state and self._now() == self._state:
                known = {one.signal: pack(one) for one in (*self.kept(), *results)}
                with self._store() as store:
                    store.put({self._key: dict(sorted(known.items()))})

    def _store(self) -> Store:
        return Store(folder(outside=self._top) / DATABASE)

    @property
    def _key(self) -> bytes:
        return blake2b("\0".join(["challenge", version.digest(), self._state]).encode(), digest_size=16).digest()

    def _now(self) -> str:
        try:
            with Git.open(self._root) as git:
                self._top = git.top
                return Tree.read(self._root, git).digest(["*"], self._ignoring)
        except GitProblem:
            return ""
