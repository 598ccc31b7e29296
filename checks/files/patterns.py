"""Matching paths with gitignore-style patterns, which may come from a file someone else wrote.

Almost every pattern is of letters and stars. Those are matched here, by the rules of pathspec, which takes as long to
load as all the rest of a `readiness status`. Exceptions, ranges and escapes are for pathspec itself.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Final

_LONGEST: Final = 500
_MOST_STARS: Final = 4
_PART: Final = r"(?:\*\*|[\w.-]+\*?[\w.-]*|\*[\w.-]+)"
_PLAIN: Final = re.compile(rf"/?{_PART}(?:/{_PART})*/?", re.ASCII)
"""A pattern in which only stars mean something, at most one in a name."""


def matching(patterns: Iterable[str], paths: Iterable[str]) -> tuple[str, ...]:
    """The paths that match, in their order. Patterns are case-sensitive; a later "!" pattern takes back.

    Raises:
        ValueError: A pattern is invalid, or would take too long on a hostile name.
    """
    return tuple(filter(_matcher(tuple(patterns)), paths))


@lru_cache(maxsize=512)
def _matcher(wanted: tuple[str, ...]) -> Callable[[str], object]:
    """The patterns, compiled; many answers watch the same files."""
    for pattern in wanted:
        _require_cheap(pattern)
    if wanted and all(_PLAIN.fullmatch(pattern) and "**/**" not in pattern for pattern in wanted):
        return re.compile("|".join(map(_expression, wanted))).match
    from pathspec import GitIgnoreSpec

    try:
        return GitIgnoreSpec.from_lines(wanted).match_file
    except (ValueError, re.error) as error:  # a range of letters that ends before it begins
        raise ValueError(f"not a path pattern: {', '.join(map(repr, wanted))}") from error


def _require_cheap(pattern: str) -> None:
    """Each star in one name multiplies the work of a failed match by the length of the name."""
    stars = max((len(re.findall(r"\*+", segment)) for segment in pattern.split("/")), default=0)
    if len(pattern) > _LONGEST or stars > _MOST_STARS:
        raise ValueError(f"path pattern too long or with more than {_MOST_STARS} stars in one name: {pattern[:80]!r}")


def _expression(pattern: str) -> str:
    """The regular expression of a plain pattern, for the beginning of a path: what is below a match also matches."""
    names = pattern.split("/")
    if not names[0]:
        del names[0]
    elif names[1:] in ([], [""]) and names[0] != "**":
        names.insert(0, "**")  # a name alone counts in every folder
    if not names[-1]:
        names[-1] = "**"
    if {*names} == {"**"}:
        return "[^/]*/" if pattern.endswith("/") else "."
    found, joint = "", ""
    for place, name in enumerate(names):
        if name != "**":
            found += joint + re.escape(name).replace(r"\*", "[^/]*")
            joint = "/"
        elif place == len(names) - 1:
            return f"{found}/"
        else:
            found += "(?:/.+)?" if place else "(?:.+/)?"
    return f"{found}(?:/|$)"
