"""What readers worked out of single files, kept as plain data until the file or our code changes."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from checks.cache import version
from checks.cache.files import keys
from checks.secrets.shapes import redact

if TYPE_CHECKING:
    from checks.cache.store import Store
    from checks.tree import Tree


class FileFacts:
    """Facts of the files of one tree, by kind. Without a store nothing is kept and nothing found."""

    def __init__(self, tree: Tree, store: Store | None) -> None:
        self._tree, self._store = tree, store
        self._keys: dict[str, dict[str, bytes]] = {}
        self._rows: dict[str, dict[bytes, Any]] = {}
        self._fresh: dict[bytes, object] = {}

    def kept(self, kind: str, path: str) -> Any:
        """What `keep` was given for a file with this content; None where nothing is known.

        The file counts as read: it is as it was when it was. What is returned is data that another version of ours
        cannot have written; a reader need not doubt its shape.
        """
        if self._store is None:
            return None
        if kind not in self._keys:
            self._keys[kind] = keys(self._tree, self._tree.paths, "facts", kind, version.digest())
            self._rows[kind] = self._store.get(self._keys[kind].values())
        row = self._rows[kind].get(self._keys[kind].get(path, b""))
        return row if row is not None and self._tree.assume_read(path) else None

    def keep(self, kind: str, path: str, facts: object) -> None:
        """Keep plain data about a file that was read in full, unless anything in it may be a secret."""
        if self._store is None or path not in self._keys.get(kind, {}):
            return
        text = json.dumps(facts)
        if redact(text) == text:
            self._fresh[self._keys[kind][path]] = facts

    def save(self) -> None:
        """Write what was kept to the cache, at once."""
        if self._store is not None:
            self._store.put(self._fresh)
            self._fresh = {}
