"""Turning a file's bytes into text, or saying why they are none."""

from __future__ import annotations

import codecs
from typing import Final

_LFS_POINTER: Final = b"version https://git-lfs.github.com/spec/"
_LFS_LONGEST: Final = 1024
_BINARY, _POINTER = "binary", "kept in Git LFS: only a pointer is here"
NO_TEXT: Final = frozenset({_BINARY, _POINTER})
"""Reasons that say a file never was text of the team."""
# UTF-32 first: its little-endian mark begins with that of UTF-16.
_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


class NotTextError(ValueError):
    """The bytes are no text. `damaged` tells text that cannot be decoded from content that never was text."""

    def __init__(self, reason: str, *, damaged: bool = False) -> None:
        super().__init__(reason)
        self.damaged = damaged


def decode(content: bytes) -> str:
    """The text of a file: UTF-8, or UTF-16 and UTF-32 by their byte order mark, which is removed.

    Raises:
        NotTextError: Binary content, a Git LFS pointer, or bytes that are not in that encoding.
    """
    mark, encoding = next(((m, e) for m, e in _MARKS if content.startswith(m)), (b"", "utf-8"))
    if encoding == "utf-8" and b"\0" in content:
        raise NotTextError(_BINARY)
    if len(content) <= _LFS_LONGEST and content.startswith(_LFS_POINTER):
        raise NotTextError(_POINTER)
    try:
        return content[len(mark) :].decode(encoding)
    except UnicodeDecodeError:
        raise NotTextError(f"not valid {encoding.upper()} text", damaged=True) from None
