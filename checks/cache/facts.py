"""What readers worked out of single files, kept as plain data until the file or our code changes."""

from __future__ import annotations

import json
from bisect import bisect_left
from collections.abc import Callable, Iterable, Mapping
from functools import cached_property, lru_cache, partial
from typing import TYPE_CHECKING, Any, Final

from checks.cache import version
from checks.cache.bundles import Bundles
from checks.cache.files import contents, key_of
from checks.children import allowance
from checks.reads import FACTS, PYTHON_MODULE, TEXT
from checks.secrets.shapes import suspect

if TYPE_CHECKING:
    from checks.cache.ahead import Ahead
    from checks.cache.store import Store
    from checks.readers.python_facts import PythonModule
    from checks.readers.web_facts import WebModule
    from checks.tree import Tree


_AHEAD: Final = 200
"""Files whose rows are kept before they are written together, and the most whose rows are fetched together."""
_FEW: Final = 8
"""Files whose rows are fetched together where single ones are asked for; four times as many where all are in turn."""


class FileFacts:
    """Facts of the files of one tree, by kind. Without a store nothing is kept and nothing found."""

    def __init__(self, tree: Tree, store: Store | None) -> None:
        self._tree, self._store = tree, store
        self._contexts: dict[str, bytes] = {}
        self._rows: dict[bytes, Any] = {}
        self._asked: set[bytes] = set()
        self._late: set[bytes] = set()
        self._fetched: dict[str, tuple[int, int]] = {}
        self._fresh: dict[bytes, object] = {}
        self._bundles: dict[str, Bundles] = {}
        self.ahead: Ahead | None = None
        """Who works out facts of code beside this look, where anybody does."""

    @property
    def keeps(self) -> bool:
        """Whether `keep` does anything: what takes work to write down need not be."""
        return self._store is not None

    def kept(self, kind: str, path: str) -> Any:
        """What `keep` was given for a file with this content, told once; None where nothing is known.

        The file counts as read: it is as it was when it was. What is returned is data that another version of ours
        cannot have written; a reader need not doubt its shape.
        """
        if self._store is None:
            return None
        key = self._key(kind, path)
        if key is None:
            return None
        if key not in self._asked:
            self._fetch(kind, path, self._asked)
        if key not in self._rows and key not in self._late and self._is_new(kind, path):
            self._fetch(kind, path, self._late)
        # A row is larger than what is made of it, so it is not held on to.
        row = self._rows.pop(key, None)
        if row is None:
            return None
        self._tree.reads.ask(TEXT, path)
        # To make a reader's facts of all rows of a large tree takes longer than one step may: each file is one.
        allowance.reading(path)
        return row if self._tree.assume_read(path) else None

    def kept_together(self, kind: str, paths: Iterable[str], brief: Callable[[Any], Any]) -> dict[str, Any]:
        """What `brief` makes of what `kept` tells, for all files of a kind of which something is known.

        Nothing is counted as asked of the files: who asks has said so.
        """
        if self._store is None:
            return {}
        context = self._context(kind)
        name = f"{kind}\0{version.digest()}\0{self._tree.root}"
        self._bundles[kind] = Bundles(self._store, name, self.contents, paths, partial(key_of, context), brief)
        return {path: row for path, row in self._bundles[kind].rows().items() if self._tree.assume_read(path)}

    def keep_together(self, kind: str, rows: Mapping[str, object]) -> None:
        """Add to what `kept_together` tells the next time: rows that `keep` took since."""
        if kind in self._bundles:
            self._bundles[kind].add(rows)

    def keep(self, kind: str, path: str, facts: object, source: str = "") -> bool:
        """Keep plain data about a file that was read in full, unless anything in it may be a secret; whether it is.

        Args:
            kind: What the data is about.
            path: The file.
            facts: What `json` can write.
            source: The text that the data quotes; the data itself is searched for secrets where there is none.
        """
        key = self._key(kind, path) if self._store is not None and path not in self._tree.changed else None
        if self._store is None or key is None or may_tell(source or json.dumps(facts)):
            return False
        self._fresh[key] = facts
        if len(self._fresh) >= _AHEAD:
            self.save()
        return True

    def before_and_now(
        self, kind: str, path: str, before: bytes, work_out: Callable[[], object]
    ) -> tuple[Any, Any] | None:
        """Facts of a file that changed: of its content `before`, and those it has now; None where either is not known.

        Args:
            kind: What they are about.
            path: The file.
            before: What `contents` held for it.
            work_out: Leads to `keep` for the file as it is now, where there is nothing in its way.
        """
        if self._store is None:
            return None
        work_out()
        self.save()
        old, new = key_of(self._context(kind), path, before), self._key(kind, path)
        rows = self._store.get([old, *([new] if new else [])])
        return (rows[old], rows[new]) if old in rows and new in rows else None

    @cached_property
    def contents(self) -> dict[str, bytes]:
        """What stands for the content of each file; see `checks.cache.files`."""
        return contents(self._tree)

    def again(self, tree: Tree) -> FileFacts:
        """The same for another tree of the very same files."""
        other = FileFacts(tree, self._store)
        other.contents = self.contents
        return other

    def save(self) -> None:
        """Write what was kept to the cache, at once."""
        if self._store is not None:
            self._store.put(self._fresh)
            self._fresh = {}

    def _key(self, kind: str, path: str) -> bytes | None:
        content = self.contents.get(path)
        return None if content is None else key_of(self._context(kind), path, content)

    def _context(self, kind: str) -> bytes:
        if kind not in self._contexts:
            self._contexts[kind] = "\0".join(["facts", kind, version.digest()]).encode()
        return self._contexts[kind]

    def _is_new(self, kind: str, path: str) -> bool:
        """Whether what is known of a file may have come to the cache since it was asked for."""
        return self.ahead is not None and kind in FACTS and self.ahead.has_written(path)

    def _fetch(self, kind: str, path: str, asked: set[bytes]) -> None:
        """Fetch the rows of a file and of those after it, which are asked for next where files are asked in turn."""
        paths = self._tree.every
        start = bisect_left(paths, path)
        end, ahead = self._fetched.get(kind, (0, _FEW))
        # Between two files of a kind may stand a few of others.
        ahead = min(4 * ahead, _AHEAD) if end <= start <= end + ahead else _FEW
        self._fetched[kind] = start + ahead, ahead
        near = (self._key(kind, one) for one in paths[start : start + ahead])
        wanted = [key for key in near if key is not None and key not in asked]
        asked.update(wanted)
        if self._store is not None:
            self._rows.update(self._store.get(wanted))


def unpacked(kind: str, row: Any) -> PythonModule | WebModule:
    """The module of which a reader kept a row."""
    if kind == PYTHON_MODULE:
        from checks.readers import python_facts

        return python_facts.rows().unpack(row)
    from checks.readers import web_facts

    return web_facts.rows().unpack(row)


# Several facts quote the same text, one after the other.
@lru_cache(maxsize=8)
def may_tell(text: str) -> bool:
    """Whether text may hold a secret, and so must not be kept."""
    return bool(suspect(text))
