"""The code rules over the files that changed, put together with what is kept of the others."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from checks import semgrep
from checks.cache.files import keys
from checks.observation import Severity
from checks.semgrep import CodeFindings, FileResult, RawMatch, Scan
from checks.semgrep.targets import MAX_BYTES

if TYPE_CHECKING:
    from checks.cache.store import Store
    from checks.tree import Tree

_Kept = tuple[FileResult, str]
"""A file's result and the tool that gave it."""


class CodeRules:
    """What the code rules say of a tree, scanning only files of which nothing is kept, beside whatever else is done."""

    def __init__(self, tree: Tree, store: Store | None, cancel: threading.Event) -> None:
        self._store = store
        self._kept: dict[str, _Kept] = {}
        self._keys: dict[str, bytes] = {}
        program = semgrep.find_program(outside=tree.root)
        paths = semgrep.candidates(tree)
        if store is not None and program is not None:
            self._keys = keys(tree, paths, "code rules", semgrep.identity(program))
            self._kept = _kept(tree, store, self._keys)
        # Only a file that was surely given to semgrep tells what semgrep calls itself.
        self._tool = next((tool for result, tool in self._kept.values() if _was_read(result)), None)
        if self._tool is None:
            self._kept = {}
        left = [path for path in paths if path not in self._kept]
        known = self._tool is not None and not left
        self._scanning = None if known else semgrep.Scanning(tree, left, cancel=cancel, program=program)

    def finish(self) -> CodeFindings:
        """Wait for the end of the scan."""
        files = {path: result for path, (result, _) in self._kept.items()}
        if self._scanning is None:
            return semgrep.gather(Scan(files, None, self._tool or ""))
        fresh = self._scanning.finish()
        if self._store is not None and fresh.trouble is None:
            lasting = {path: result for path, result in fresh.files.items() if result.lasting and path in self._keys}
            self._store.put({self._keys[path]: _pack(result, fresh.tool) for path, result in lasting.items()})
        return semgrep.gather(Scan({**files, **fresh.files}, fresh.trouble, self._tool or fresh.tool))

    def close(self) -> None:
        """Stop what still runs."""
        if self._scanning is not None:
            self._scanning.close()


def _kept(tree: Tree, store: Store, by_path: Mapping[str, bytes]) -> dict[str, _Kept]:
    rows = store.get(by_path.values())
    kept = {path: one for path, key in by_path.items() if key in rows and (one := _unpack(path, rows[key])) is not None}
    for path in list(kept):
        # Semgrep was given what is no larger: those files count as read.
        file = tree.file(path)
        if file is not None and file.size <= MAX_BYTES and not tree.assume_read(path):
            del kept[path]
    return kept


def _was_read(result: FileResult) -> bool:
    return bool(result.matches) or not (result.unread or result.left_out or result.wordless)


def _pack(result: FileResult, tool: str) -> list[object]:
    matches = [(one.rule, one.line, one.end_line, one.message, one.severity, one.signal) for one in result.matches]
    return [tool, matches, result.unread, result.left_out, result.wordless]


def _unpack(path: str, row: Any) -> _Kept | None:
    """What `_pack` was given; None for a row of another shape."""
    with suppress(TypeError, ValueError):
        tool, matches, unread, left_out, wordless = row
        found = tuple(
            RawMatch(rule, path, line, end, message, Severity(severity), signal)
            for rule, line, end, message, severity, signal in matches
        )
        return FileResult(found, unread, left_out, wordless=wordless), tool
    return None
