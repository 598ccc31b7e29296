"""Matching paths with gitignore-style patterns, which may come from a file someone else wrote."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Final

from pathspec import GitIgnoreSpec

_LONGEST: Final = 500
_MOST_STARS: Final = 4


def matching(patterns: Iterable[str], paths: Iterable[str]) -> tuple[str, ...]:
    """The paths that match, in their order. Patterns are case-sensitive; a later "!" pattern takes back.

    Raises:
        ValueError: A pattern is invalid, or would take too long on a hostile name.
    """
    return tuple(_spec(tuple(patterns)).match_files(paths))


@lru_cache(maxsize=512)
def _spec(wanted: tuple[str, ...]) -> GitIgnoreSpec:
    """The patterns, compiled; many answers watch the same files."""
    for pattern in wanted:
        _require_cheap(pattern)
    try:
        return GitIgnoreSpec.from_lines(wanted)
    except (ValueError, re.error) as error:  # a range of letters that ends before it begins
        raise ValueError(f"not a path pattern: {', '.join(map(repr, wanted))}") from error


def _require_cheap(pattern: str) -> None:
    """Each star in one name multiplies the work of a failed match by the length of the name."""
    stars = max((len(re.findall(r"\*+", segment)) for segment in pattern.split("/")), default=0)
    if len(pattern) > _LONGEST or stars > _MOST_STARS:
        raise ValueError(f"path pattern too long or with more than {_MOST_STARS} stars in one name: {pattern[:80]!r}")
