"""The fifty-point model: score, band, blockers, hold, and the ship / harden / refactor / rebuild path.

Bands, the blocker rule and the decision table are the article's; where it is silent, docs/verdicts.md
names our reading.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from workbook.answers import Status

PER_PILLAR = 10
TOTAL = 50
STRONG, MODERATE = 40, 25
SECURITY = "4"
ENCRYPTION_POINT = "33"
WEIGHTS: Mapping[str, int] = {"1": 2, "2": 1, "3": 1, "4": 2, "5": 1}
"""Our reading of "heavier weight" for pillars 4 and 1; a secondary figure that never moves a band."""

FORMULA = "score = ready + does-not-apply (of 50); 40+ strong, 25-39 moderate, below 25 high risk; any blocker holds"

DIMENSIONS: Mapping[str, tuple[int, ...]] = {
    "security": (31, 32, 33, 37, 40),
    "compliance": (34, 35, 36, 38),
    "scalability": (1, 4, 7, 9, 26),
    "reliability": (3, 6, 10, 11, 14, 16, 17, 18, 20, 27, 39, 44, 50),
    "observability": (8, 15, 21, 22, 23, 24, 25, 30),
    "maintainability": (5, 12, 13, 19, 28, 45, 46),
    "customer trust": (2, 29, 41, 42, 43, 47, 48, 49),
}
"""Which points belong to which of the seven dimensions: our mapping, the article prints none."""


@dataclass(frozen=True, slots=True)
class Point:
    """One of the fifty points and its state."""

    pillar: str
    number: str
    status: Status


@dataclass(frozen=True, slots=True)
class Facts:
    """What a named person attests, and whether the product is regulated."""

    regulated: bool = False
    core_logic_sound: bool = False
    foundations_incompatible: bool = False


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the model says. `lowest` and `highest` bound the score while points are unanswered."""

    score: int
    of: int
    band: str
    verdict: str
    path: str
    critical: bool
    hold: bool
    weighted_pct: float
    ready: int
    not_applicable: int
    needs_review: int
    blockers: int
    unanswered: int
    lowest: int
    highest: int
    pillars_with_gaps: int
    dimensions: Mapping[str, tuple[int, int]]
    certain: tuple[str, ...]
    notes: tuple[str, ...]
    formula: str = FORMULA


def decide(points: Sequence[Point], facts: Facts | None = None) -> Verdict:
    """The verdict over the fifty points; their order never matters."""
    known = facts or Facts()
    judged = [_promoted(point, known.regulated) for point in points]
    count = {status: sum(point.status is status for point in judged) for status in Status}
    missing = count[Status.UNANSWERED] + TOTAL - len(judged)
    score = count[Status.READY] + count[Status.NOT_APPLICABLE]
    critical = any(point.pillar == SECURITY and point.status is Status.BLOCKER for point in judged)
    hold = count[Status.BLOCKER] > 0
    verdict = _verdict(score, missing, critical=critical, hold=hold)
    gaps = len({point.pillar for point in judged if not _counts(point)})
    return Verdict(
        score=score,
        of=TOTAL,
        band=band(score),
        verdict=verdict,
        path=_path(verdict, known),
        critical=critical,
        hold=hold,
        weighted_pct=_weighted(judged),
        ready=count[Status.READY],
        not_applicable=count[Status.NOT_APPLICABLE],
        needs_review=count[Status.NEEDS_REVIEW],
        blockers=count[Status.BLOCKER],
        unanswered=missing,
        lowest=score,
        highest=score + missing,
        pillars_with_gaps=gaps,
        dimensions=_dimensions(judged),
        certain=_certain(count, judged, missing, score),
        notes=_notes(count, score, gaps, missing),
    )


def band(score: int) -> str:
    """The article's band of a score."""
    return "strong" if score >= STRONG else "moderate" if score >= MODERATE else "high"


def _promoted(point: Point, regulated: bool) -> Point:
    """Point 33 is a fixed blocker in regulated industries while it is open."""
    if regulated and point.number == ENCRYPTION_POINT and point.status is Status.NEEDS_REVIEW:
        return Point(point.pillar, point.number, Status.BLOCKER)
    return point


def _counts(point: Point) -> bool:
    return point.status in (Status.READY, Status.NOT_APPLICABLE)


def _verdict(score: int, missing: int, *, critical: bool, hold: bool) -> str:
    if missing:
        return "incomplete"
    if critical:
        return "do-not-launch"
    if hold:
        return "hold"
    return {"strong": "ship", "moderate": "harden", "high": "do-not-launch"}[band(score)]


def _path(verdict: str, facts: Facts) -> str:
    if facts.foundations_incompatible:
        return "rebuild"
    if verdict == "ship":
        return "ship"
    if facts.core_logic_sound:
        return "refactor"
    return "harden" if verdict in ("harden", "hold") else "assess"


def _weighted(points: Sequence[Point]) -> float:
    reached = sum(WEIGHTS[point.pillar] for point in points if _counts(point))
    return round(100 * reached / (PER_PILLAR * sum(WEIGHTS.values())), 1)


def _dimensions(points: Sequence[Point]) -> dict[str, tuple[int, int]]:
    met = {int(point.number) for point in points if _counts(point)}
    return {name: (len(met.intersection(numbers)), len(numbers)) for name, numbers in DIMENSIONS.items()}


def _certain(count: Mapping[Status, int], points: Sequence[Point], missing: int, score: int) -> tuple[str, ...]:
    """What no further answer can change, as long as the given ones stand."""
    said = []
    if stops := count[Status.BLOCKER]:
        in_security = sum(p.pillar == SECURITY and p.status is Status.BLOCKER for p in points)
        said.append(
            f"{stops} stop{'s' if stops == 1 else ''} launch" + (f", {in_security} of pillar 4" if in_security else "")
        )
    if missing and band(score) == band(score + missing):
        said.append(f"the band stays {band(score)}")
    if missing and band(score + missing) != "strong":
        said.append("a ship verdict is out of reach until gaps close")
    return tuple(said)


def _notes(count: Mapping[Status, int], score: int, gaps: int, missing: int) -> tuple[str, ...]:
    said = []
    if (absent := count[Status.NOT_APPLICABLE]) > PER_PILLAR:
        said.append(f"{absent} points do not apply: this checklist may not fit the product")
    if not missing and score < MODERATE and gaps < 4:  # noqa: PLR2004  the article speaks of four or more pillars
        said.append(f"below 25 although only {gaps} pillars have gaps; the score decides")
    if not missing and score >= STRONG and (left := count[Status.NEEDS_REVIEW]):
        said.append(f"{left} open gaps to be documented and scheduled before shipping")
    return tuple(said)
