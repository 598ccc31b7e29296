"""What is kept of many files in one row: of a large tree, to read a row for each takes longer than all that follows.

A bundle says of each of its files which content it is about, so that a change costs one bundle and no other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, Final
from zlib import crc32

from checks.digests import blake2b

if TYPE_CHECKING:
    from checks.cache.store import Store

_FILES: Final = 256
"""In a bundle, about half as many or up to twice as many."""
_DIGITS: Final = 32
"""Hexadecimal ones of a content's digest."""


class Bundles:
    """What is kept of one kind about the files of one tree."""

    def __init__(
        self,
        store: Store,
        name: str,
        contents: Mapping[str, bytes],
        paths: Iterable[str],
        key_of: Callable[[str, bytes], bytes],
        brief: Callable[[Any], Any] | None = None,
    ) -> None:
        """Choose the files.

        Args:
            store: Where rows are kept.
            name: Of the tree, and of the kind with all that a row depends on besides the file.
            contents: What stands for the content of each file of the tree; see `checks.cache.files`.
            paths: The files.
            key_of: The key under which a row of a single file is kept, given its path and content.
            brief: What of a single row is told here; None for all of it.
        """
        self._store, self._contents, self._key_of, self._brief = store, contents, key_of, brief
        self._files = [path for path in paths if path in contents]
        # A file that is added or removed moves none of the others, until there are twice as many.
        self._count = 1 << max(0, len(self._files) // _FILES).bit_length()
        self._name = f"{name}\0{self._count}".encode("utf-8", "surrogateescape")
        self._known: dict[str, Any] = {}
        self._stale: set[int] = set()

    def rows(self) -> dict[str, Any]:
        """The rows of all files of which something is kept, of each by itself where its bundle is of other content."""
        for row in self._store.get(self._key(number) for number in range(self._count)).values():
            self._known |= self._current(row)
        missing = [path for path in self._files if path not in self._known]
        alone = {self._key_of(path, self._contents[path]): path for path in missing}
        for key, row in self._store.get(alone).items():
            self._add(alone[key], row)
        return {path: self._known[path] for path in self._files if path in self._known}

    def add(self, rows: Mapping[str, Any]) -> None:
        """Add rows that are kept by themselves since, and write the bundles in which anything is new, if any."""
        for path, row in rows.items():
            self._add(path, row)
        parts: dict[int, list[str]] = {number: [] for number in self._stale}
        for path in self._files if parts else ():
            if path in self._known and (number := self._number(path)) in parts:
                parts[number].append(path)
        self._store.put({self._key(number): self._bundle(part) for number, part in parts.items()})
        self._stale.clear()

    def _add(self, path: str, row: Any) -> None:
        self._known[path] = self._brief(row) if self._brief else row
        self._stale.add(self._number(path))

    def _bundle(self, paths: list[str]) -> list[object]:
        contents = "".join(self._contents[path].hex() for path in paths)
        return [paths, contents, [self._known[path] for path in paths]]

    def _current(self, bundle: Any) -> dict[str, Any]:
        """The rows of a bundle that are about files as they are now."""
        paths, contents, rows = bundle
        # Nearly always all of them are.
        if b"".join([self._contents.get(path, b"") for path in paths]).hex() == contents:
            return dict(zip(paths, rows, strict=True))
        before = (contents[place : place + _DIGITS] for place in range(0, len(contents), _DIGITS))
        return {
            path: row
            for path, content, row in zip(paths, before, rows, strict=True)
            if path in self._contents and self._contents[path].hex() == content
        }

    def _number(self, path: str) -> int:
        return crc32(path.encode("utf-8", "surrogateescape")) & (self._count - 1)

    def _key(self, number: int) -> bytes:
        return blake2b(b"bundle\0%d\0" % number + self._name, digest_size=16).digest()
