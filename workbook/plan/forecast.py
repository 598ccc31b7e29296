"""The work that an article expects after the prototype: a forecast from outside, never a fact about the repository."""

from __future__ import annotations

from dataclasses import dataclass

from workbook.catalogue.plans import Block

MOST_DAYS = 3650


@dataclass(frozen=True, slots=True)
class Share:
    """One phase that remains: its days, and what AI takes of it as the article words it."""

    name: str
    days: float
    percent: int
    ai: str


@dataclass(frozen=True, slots=True)
class Forecast:
    """The days that remain by the article's rule, split into its phases."""

    prototype_days: float
    remaining_days: float
    shares: tuple[Share, ...]


def forecast(block: Block, prototype_days: float) -> Forecast:
    """The forecast for a prototype that took so many days.

    Raises:
        ValueError: the days are not a number above 0 and up to ten years.
    """
    if not 0 < prototype_days <= MOST_DAYS:
        raise ValueError(f"the days of the prototype have to be above 0 and at most {MOST_DAYS}")
    built = sum(phase.share for phase in block.phases if phase.built)
    shares = tuple(
        Share(phase.name, round(prototype_days * phase.share / built, 2), phase.share, phase.ai)
        for phase in block.phases
        if not phase.built
    )
    remaining = prototype_days * sum(phase.share for phase in block.phases if not phase.built) / built
    return Forecast(prototype_days, round(remaining, 2), shares)
