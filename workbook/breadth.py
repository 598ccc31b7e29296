"""Calls out watch patterns that change so often that an answer would be asked for again and again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING

from checks.files.patterns import matching

if TYPE_CHECKING:
    from checks.git import Changed

DAYS = 90
"""How far back is counted, from the newest commit, so that the count does not depend on the day it is asked for."""

OFTEN = 24
"""Days with a change, of the last 90, from which on a team would answer about twice a week."""


def broad(watch: Sequence[str], changes: Sequence[Changed]) -> str:
    """What to say of a set of patterns; "" where it is narrow enough.

    Args:
        watch: gitignore-style patterns.
        changes: the newest commits with their files, newest first.

    Raises:
        ValueError: a pattern is invalid; the message names it.
    """
    if not watch or not changes:
        return ""
    since = changes[0].at - timedelta(days=DAYS)
    days = {one.at.date() for one in changes if one.at >= since and matching(tuple(watch), one.paths)}
    if len(days) < OFTEN:
        return ""
    every = max(1, round(DAYS / len(days)))
    again = "every day" if every == 1 else f"every {every} days"
    return (
        f"{', '.join(watch)} changed on {len(days)} of the last {DAYS} days, so this answer would be asked for again "
        f"about {again}; watch fewer files"
    )
