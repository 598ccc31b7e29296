"""The content of a branch as it grows commit by commit, and the digests of what answers watch in it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from checks.files.patterns import matching
from checks.tree import digest_of
from workbook.answers import State
from workbook.culprits import EVERYTHING
from workbook.places import is_ours


class Contents:
    """The paths and content ids of one commit. Digests are computed again only where a matching path changed."""

    def __init__(self) -> None:
        self.blobs: dict[str, str] = {}
        self._digests: dict[tuple[str, ...], str] = {}

    def advance(self, changes: Mapping[str, str | None]) -> None:
        """Go to the next commit, which changed these paths."""
        for path, blob in changes.items():
            if blob is None:
                self.blobs.pop(path, None)
            else:
                self.blobs[path] = blob
        touched = _not_ours(changes)
        for patterns in [known for known in self._digests if _matches(known, touched)]:
            del self._digests[patterns]

    def pins(self, state: State) -> dict[str, str]:
        """The digest of what each pinned answer watches."""
        return {name: self._digest(answer.watch or EVERYTHING) for name, answer in state.answers.items() if answer.pins}

    def _digest(self, patterns: tuple[str, ...]) -> str:
        if patterns not in self._digests:
            watched = _matching(patterns, tuple(sorted(self.blobs)))
            self._digests[patterns] = digest_of((path, self.blobs[path]) for path in _not_ours(watched))
        return self._digests[patterns]


def _matching(patterns: tuple[str, ...], paths: tuple[str, ...]) -> tuple[str, ...]:
    if patterns == EVERYTHING:
        return paths
    try:
        return matching(tuple(sorted(set(patterns))), paths)
    except ValueError:  # a pattern that cannot be used is told where the state is read
        return ()


def _matches(patterns: tuple[str, ...], paths: tuple[str, ...]) -> bool:
    return bool(paths) and bool(_matching(patterns, paths))


def _not_ours(paths: Iterable[str]) -> tuple[str, ...]:
    return tuple(path for path in paths if not is_ours(path))
