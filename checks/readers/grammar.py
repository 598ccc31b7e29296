"""Parses with tree-sitter within a time limit: some inputs take a grammar quadratic time."""

from __future__ import annotations

import time
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tree_sitter import Language, Tree

SECONDS = 5.0
"""Processor time that one file may take."""

MOST_BYTES = 2_000_000
"""Of larger files the parser cannot be stopped in its last step, which balances the tree."""

_CHUNK = 65_536


class TooSlowError(Exception):
    """A file was given up because its grammar did not come to an end in time."""


def parse(language: Language, source: bytes) -> Tree:
    """The syntax tree of `source`.

    Raises:
        TooSlowError: the source is too large, or the parser was stopped after `SECONDS`.
    """
    if len(source) > MOST_BYTES:
        raise TooSlowError(f"larger than {MOST_BYTES // 1_000_000} MB, not parsed")
    from tree_sitter import Parser

    end = time.thread_time() + SECONDS

    def read(offset: int, _: object) -> bytes:
        return source[offset : offset + _CHUNK]

    def is_late(_offset: int, _has_error: bool) -> bool:
        return time.thread_time() > end

    try:
        # Only sources that are read in pieces can be stopped on the way.
        return Parser(language).parse(read, progress_callback=is_late)
    except ValueError as error:
        raise TooSlowError(f"not parsed within {SECONDS:g} seconds") from error


@cache
def language(name: str) -> Language:
    """A grammar; "tsx" also reads JavaScript, "typescript" also reads `<T>x` casts."""
    import tree_sitter_typescript
    from tree_sitter import Language

    grammar = tree_sitter_typescript.language_tsx if name == "tsx" else tree_sitter_typescript.language_typescript
    return Language(grammar())
