"""What changes in a file, as a unified diff for a terminal."""

from __future__ import annotations

import difflib

from workbook.text.terminal import terminal_lines


def unified(path: str, old: bytes, new: bytes) -> str:
    """The lines that change between two contents of a file, "" where none does; an empty content is no file."""
    if old == new:
        return ""
    start, end = f"a/{path}" if old else "/dev/null", f"b/{path}" if new else "/dev/null"
    return terminal_lines("\n".join(difflib.unified_diff(_lines(old), _lines(new), start, end, lineterm="")))


def _lines(raw: bytes) -> list[str]:
    """Lines as the file has them; further characters that break a line on screen stand inside of one as escapes."""
    text = raw.decode("utf-8", "replace")
    return text.removesuffix("\n").split("\n") if text else []
