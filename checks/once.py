"""Work that many probes share: done on first use, once for a look."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from checks.look import Look

Worked = TypeVar("Worked")


class GivenUpError(Exception):
    """Shared work that came to no end in an earlier attempt: what needs it cannot be answered."""


def once(work: Callable[[Look], Worked]) -> Callable[[Look], Worked]:
    """Make a function of a look one that is worked out on first use, as a step of its own: see `Look.once`."""

    @wraps(work)
    def shared(look: Look) -> Worked:
        return look.once(work)

    return shared
