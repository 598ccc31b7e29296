"""The code rules over the files that changed, put together with what is kept of the others."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from checks import semgrep
from checks.cache.bundles import Bundles
from checks.cache.files import key_of
from checks.observation import Severity
from checks.semgrep import CodeFindings, FileResult, RawMatch, Scan
from checks.semgrep.targets import MAX_BYTES

if TYPE_CHECKING:
    from checks.cache.store import Store
    from checks.tree import Tree

_Kept = tuple[FileResult, str]
"""A file's result and the tool that gave it."""
_CLEAN: Final = FileResult()
_WORDLESS: Final = FileResult(wordless=True)
"""What most files are; the same for all of them."""


class CodeRules:
    """What the code rules say of a tree, scanning only files of which nothing is kept, beside whatever else is done."""

    def __init__(
        self,
        tree: Tree,
        store: Store | None,
        contents: Callable[[], Mapping[str, bytes]],
        cancel: threading.Event,
        turns: threading.Semaphore | None = None,
    ) -> None:
        """Begin to scan what must be scanned.

        Args:
            tree: The tree.
            store: Where results are kept.
            contents: Gives what stands for the content of each file; see `checks.cache.files`.
            cancel: Stops the scan when it is set.
            turns: Of all processes that work beside the look.
        """
        self._store, self._changed = store, tree.changed
        self._kept: dict[str, _Kept] = {}
        self._bundles: Bundles | None = None
        program = semgrep.find_program(outside=tree.root)
        paths = semgrep.candidates(tree)
        if store is not None and program is not None:
            context = f"code rules\0{semgrep.identity(program)}"
            self._key_of = partial(key_of, context.encode())
            self._contents = contents()
            self._bundles = Bundles(store, f"{context}\0{tree.root}", self._contents, paths, self._key_of)
            self._kept = _kept(tree, self._bundles.rows())
        # Only a file that was surely given to semgrep tells what semgrep calls itself.
        self._tool = next((tool for result, tool in self._kept.values() if _was_read(result)), None)
        if self._tool is None:
            self._kept = {}
        left = [path for path in paths if path not in self._kept]
        known = self._tool is not None and not left
        self._scanning = None if known else semgrep.Scanning(tree, left, cancel=cancel, program=program, turns=turns)

    def has_ended(self) -> bool:
        """Whether `finish` would not wait."""
        return self._scanning is None or self._scanning.has_ended()

    def finish(self) -> CodeFindings:
        """Wait for the end of the scan."""
        files = {path: result for path, (result, _) in self._kept.items()}
        if self._scanning is None:
            if self._bundles is not None:
                # A branch may have brought back files of which rows are kept alone.
                self._bundles.add({})
            return semgrep.gather(Scan(files, None, self._tool or ""))
        fresh = self._scanning.finish()
        if self._store is not None and self._bundles is not None and fresh.trouble is None:
            lasting = {path: result for path, result in fresh.files.items() if result.lasting}
            known = self._contents.keys() - self._changed
            rows = {path: _pack(result, fresh.tool) for path, result in lasting.items() if path in known}
            self._store.put({self._key_of(path, self._contents[path]): row for path, row in rows.items()})
            self._bundles.add(rows)
        return semgrep.gather(Scan({**files, **fresh.files}, fresh.trouble, self._tool or fresh.tool))

    def close(self) -> None:
        """Stop what still runs."""
        if self._scanning is not None:
            self._scanning.close()


def _kept(tree: Tree, rows: Mapping[str, Any]) -> dict[str, _Kept]:
    # Semgrep was given what is no larger: those files count as read.
    too_large = {file.path for file in tree.admitted if file.size > MAX_BYTES}
    kept = {path: one for path, row in rows.items() if (one := _unpack(path, row)) is not None}
    return {path: one for path, one in kept.items() if path in too_large or tree.assume_read(path)}


def _was_read(result: FileResult) -> bool:
    return bool(result.matches) or not (result.unread or result.left_out or result.wordless)


def _pack(result: FileResult, tool: str) -> list[object]:
    matches = [(one.rule, one.line, one.end_line, one.message, one.severity, one.signal) for one in result.matches]
    return [tool, matches, result.unread, result.left_out, result.wordless]


def _unpack(path: str, row: Any) -> _Kept | None:
    """What `_pack` was given; None for a row of another shape."""
    try:
        tool, matches, unread, left_out, wordless = row
        if not (matches or unread or left_out):
            return (_WORDLESS if wordless else _CLEAN), tool
        found = tuple(
            RawMatch(rule, path, line, end, message, Severity(severity), signal)
            for rule, line, end, message, severity, signal in matches
        )
    except (TypeError, ValueError):
        return None
    return FileResult(found, unread, left_out, wordless=wordless), tool
