"""What a challenge tells: of each signal which plants were tried, and what its probe said then."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from checks.observation import Outcome


class Verdict(StrEnum):
    """What became of a signal's challenge."""

    TURNED = "turned"
    """With every plant the probe told the gap."""
    BLIND = "blind"
    """With at least one plant the probe stayed green: blind here."""
    UNANSWERED = "unanswered"
    """With at least one planted gap the probe could not tell, and with none it stayed green."""
    NOT_PLANTED = "not-planted"
    """It was green, and nothing could be planted."""
    NOTHING = "nothing"
    """It was not green before, so there is nothing to challenge."""


class Means(StrEnum):
    """How a gap is made."""

    GAP = "gap"
    """Something wrong is put in."""
    REMOVAL = "removal"
    """What the probe named as its ground is taken out."""


@dataclass(frozen=True, slots=True)
class Plant:
    """One plant and what the probe said of the copy with it."""

    means: Means
    what: str
    """In words, as "rounds of removal: 2" or the planted gap's own name."""
    verdict: Verdict
    outcome: Outcome
    summary: str
    paths: tuple[str, ...]
    """The files that were made, changed or removed, at most ten."""


@dataclass(frozen=True, slots=True)
class Challenged:
    """A signal's challenge. `was` is what the probe says of the repository as it is."""

    signal: str
    verdict: Verdict
    was: Outcome
    why: str
    """In one line: what stayed green, or why nothing was planted."""
    plants: tuple[Plant, ...] = ()


@dataclass(frozen=True, slots=True)
class Figures:
    """Counts over challenged signals; `turned` of `challenged` is the share that can fail here."""

    challenged: int
    turned: int
    blind: int
    unanswered: int
    not_planted: int
    nothing: int


def figures(results: Iterable[Challenged]) -> Figures:
    """The counts of one run."""
    said = [one.verdict for one in results]
    turned, blind, unanswered = (said.count(one) for one in (Verdict.TURNED, Verdict.BLIND, Verdict.UNANSWERED))
    left = (said.count(Verdict.NOT_PLANTED), said.count(Verdict.NOTHING))
    return Figures(turned + blind + unanswered, turned, blind, unanswered, *left)


def verdict_of(plants: Iterable[Plant]) -> Verdict:
    """A signal's verdict from those of its plants: the worst that was said."""
    said = {one.verdict for one in plants}
    worst = (Verdict.BLIND, Verdict.UNANSWERED, Verdict.TURNED)
    return next((one for one in worst if one in said), Verdict.NOT_PLANTED)


def pack(one: Challenged) -> dict[str, Any]:
    """Plain data for `json.dumps`."""
    return asdict(one)


def unpack(data: Mapping[str, Any]) -> Challenged:
    """What `pack` was given.

    Raises:
        KeyError, TypeError, ValueError: it is of another shape.
    """
    plants = tuple(
        Plant(
            Means(one["means"]), one["what"], Verdict(one["verdict"]), Outcome(one["outcome"]), one["summary"],
            tuple(one["paths"]),
        )
        for one in data["plants"]
    )  # fmt: skip
    return Challenged(data["signal"], Verdict(data["verdict"]), Outcome(data["was"]), data["why"], plants)
