"""Whole reports by the state of the tree: where nothing changed, nothing is looked at again."""

from __future__ import annotations

from collections.abc import Callable, Collection
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from checks.cache import version
from checks.cache.place import DATABASE, UnusableCacheError, folder
from checks.cache.store import Store
from checks.digests import blake2b
from checks.frozen import Frozen
from checks.git import Git, GitProblem
from checks.plugins import installed

if TYPE_CHECKING:
    from checks.git.listing import Told
    from checks.observation import ProbeReport


class Known(Frozen):
    """What a folder holds that git does not know: files of an earlier commit, say, laid out where nobody changes them.

    `state` names the content, and `top` is the repository it comes from, which must not hold the cache.
    """

    state: str
    top: Path
    still: Callable[[], bool] | None = None
    """Tells, where it can, that nothing changed since: then nobody need be asked again."""
    told: Told | None = None
    """What git said of its files then."""


class Reports:
    """The kept reports of one folder.

    Only where git knows the folder, or who laid it out knows its content: elsewhere each file would have to be read to
    know whether it changed.
    """

    def __init__(
        self, root: Path, signals: Collection[str] | None, known: Known | None = None, before: Known | None = None
    ) -> None:
        """Look up where the folder stands.

        Args:
            root: The folder.
            signals: What is asked for; None for all.
            known: What it holds, where git does not know it.
            before: What it holds by git, where that was just told. Before anything is kept, it tells that
                nothing changed since, or git is asked again.
        """
        self._root, self._signals, self._known = root, signals, known
        self._still = before.still if before else None
        self.told = before.told if before else None
        """What git said of its files just now; None where it is to be asked."""
        self._store: Store | None = None
        self.note = ""
        """What to say about the cache itself; "" for nothing."""
        told = known or before
        self._top = told.top if told else root
        self.state = told.state if told else self._now()
        """The state of the tree when this was made; "" where it cannot be told."""
        self.after = ""
        """The state when the look had ended; "" before."""
        self._has_kept = False
        self.place: Path | None = None
        """The cache's file; None where there is none to use."""
        if self.state:
            try:
                self.place = folder(outside=self._top) / DATABASE
                self._store = Store(self.place)
                self.note = self._store.note
            except UnusableCacheError as error:
                self.note = str(error)

    def close(self) -> None:
        """Let go of the cache's file."""
        if self._store is not None:
            self._store.close()

    def kept(self) -> ProbeReport | None:
        """The report that was made of this very state, by this very code."""
        from checks.report_wire import unpack

        if self._store is None:
            return None
        found = self._store.get([self._key(self.state)]).get(self._key(self.state))
        # A row of another shape is no error: the look is made anew and replaces it.
        with suppress(KeyError, TypeError, ValueError, AttributeError):
            return unpack(found) if found is not None else None
        return None

    def look_ended(self) -> None:
        """Note where the tree stands now that all reading has ended: what was seen lasts where that is unchanged."""
        self.after = self.state if self._still and self._still() else self._now()

    def keep(self, report: ProbeReport) -> None:
        """Keep a report, once, unless the tree changed while it was made."""
        from checks.report_wire import pack

        if self._store is None or self._has_kept:
            return
        self._has_kept = True
        if not self.after:
            self.look_ended()
        if self.after == self.state:
            self._store.put({self._key(self.state): pack(report)})

    def _key(self, state: str) -> bytes:
        asked = "all" if self._signals is None else "\n".join(sorted(self._signals))
        return blake2b(
            "\0".join(["report", version.digest(), installed.digest(), asked, state]).encode(), digest_size=16
        ).digest()

    def _now(self) -> str:
        if self._known is not None:
            return self._known.state
        try:
            with Git.open(self._root) as git:
                self._top = git.top
                return git.state()
        except GitProblem:
            return ""
