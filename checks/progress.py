"""How far a look is, as faces show it; apart from the look, so that an answer from the cache need not load that."""

from __future__ import annotations

from typing import Final

from checks.frozen import Frozen

STOPPED: Final = "stopped before it looked"
"""The reason of an observation that was not made because the look was stopped."""


class Progress(Frozen):
    """How far a run is: `done` of `total` in a stage ("files", "code rules", "code"); `note` says what is next."""

    stage: str
    done: int
    total: int
    note: str = ""
