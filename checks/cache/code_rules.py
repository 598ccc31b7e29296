"""The code rules over the files that changed, put together with what is kept of the others."""

from __future__ import annotations

import threading
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


def scan(tree: Tree, store: Store | None, cancel: threading.Event) -> CodeFindings:
    """What `checks.semgrep.scan` says of the tree, scanning only files of which nothing is kept."""
    program = semgrep.find_program(outside=tree.root)
    if store is None or program is None:
        return semgrep.scan(tree, cancel=cancel)
    paths = semgrep.candidates(tree)
    by_path = keys(tree, paths, "code rules", semgrep.identity(program))
    rows = store.get(by_path.values())
    kept = {path: one for path, key in by_path.items() if key in rows and (one := _unpack(path, rows[key])) is not None}
    for path in list(kept):
        # Semgrep was given what is no larger: those files count as read.
        file = tree.file(path)
        if file is not None and file.size <= MAX_BYTES and not tree.assume_read(path):
            del kept[path]
    # Only a file that was surely given to semgrep tells what semgrep calls itself.
    tool = next((tool for result, tool in kept.values() if _was_read(result)), None)
    if tool is None:
        kept = {}
    left = [path for path in paths if path not in kept]
    files = {path: result for path, (result, _) in kept.items()}
    if tool is not None and not left:
        return semgrep.gather(Scan(files, None, tool))
    fresh = semgrep.scan_files(tree, left, cancel=cancel, program=program)
    if fresh.trouble is None:
        lasting = {path: result for path, result in fresh.files.items() if result.lasting and path in by_path}
        store.put({by_path[path]: _pack(result, fresh.tool) for path, result in lasting.items()})
    return semgrep.gather(Scan({**files, **fresh.files}, fresh.trouble, tool or fresh.tool))


def _was_read(result: FileResult) -> bool:
    return bool(result.matches) or not (result.unread or result.left_out)


def _pack(result: FileResult, tool: str) -> list[object]:
    matches = [(one.rule, one.line, one.end_line, one.message, one.severity, one.signal) for one in result.matches]
    return [tool, matches, result.unread, result.left_out]


def _unpack(path: str, row: Any) -> _Kept | None:
    """What `_pack` was given; None for a row of another shape."""
    with suppress(TypeError, ValueError):
        tool, matches, unread, left_out = row
        found = tuple(
            RawMatch(rule, path, line, end, message, Severity(severity), signal)
            for rule, line, end, message, severity, signal in matches
        )
        return FileResult(found, unread, left_out), tool
    return None
