"""What git and the tree say that answers are held against: read once for as long as the folder looks the same."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date

from checks.frozen import Frozen
from workbook.lapse import Release


class Ground(Frozen):
    """What was read of a repository, none of it from our own files."""

    commit: str
    git_dir: str
    digests: Mapping[tuple[str, ...], str]
    """Of watched content, by the patterns that watch it."""
    releases: Mapping[str, Release | None]
    """The newest release by the pattern of its tag; None where there is none."""


def as_text(ground: Ground) -> str:
    """The ground as `of_text` reads it."""
    releases = [[pattern, *((one.tag, one.at.isoformat()) if one else ())] for pattern, one in ground.releases.items()]
    digests = [[digest, *patterns] for patterns, digest in ground.digests.items()]
    return json.dumps([ground.commit, ground.git_dir, digests, releases])


def of_text(text: str) -> Ground:
    """The ground that `as_text` wrote.

    Raises:
        ValueError: it did not.
    """
    commit, git_dir, digests, releases = json.loads(text)
    return Ground(
        commit,
        git_dir,
        {tuple(patterns): digest for digest, *patterns in digests},
        {pattern: Release(one[0], date.fromisoformat(one[1])) if one else None for pattern, *one in releases},
    )
