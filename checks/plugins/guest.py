"""A plug-in's probes, as a look is told of them."""

from __future__ import annotations

from typing import NamedTuple


class Guest(NamedTuple):
    """A plug-in's probes, as the look is told of them."""

    title: str
    site: str
    module: str
    signals: tuple[str, ...]
