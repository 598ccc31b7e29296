"""The fifty-point model: score, band, blockers, hold, and the ship / harden / refactor / rebuild path.

Bands, the blocker rule and the decision table are the article's; where it is silent, docs/verdicts.md
names our reading.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import ClassVar, Literal

from checks.frozen import Frozen, replace
from workbook.answers import Status
from workbook.readings import Readings
from workbook.verdicts.lines import OPEN, Line, Tally, fit, ids, listed, stops, tally, total
from workbook.verdicts.record import Record, Way

SIZES: Mapping[str, int] = {"1": 10, "2": 10, "3": 10, "4": 10, "5": 10}
"""The pillars and how many points each holds."""

TOTAL = sum(SIZES.values())
STRONG, MODERATE = 40, 25
SECURITY = "4"
ENCRYPTION_POINT = "33"
WEIGHTS: Mapping[str, float] = {"1": 2, "2": 1, "3": 1, "4": 2, "5": 1}
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

SATISFIED = (Status.READY, Status.NOT_APPLICABLE)


class Facts(Frozen):
    """What a named person attests, and whether the product is regulated."""

    regulated: bool = False
    core_logic_sound: bool = False
    foundations_incompatible: bool = False


class Verdict(Record, kw_only=True):
    """What the model says. `lowest` and `highest` bound the score while points are unanswered."""

    model: ClassVar[Literal["fifty-point"]] = "fifty-point"
    score: int
    band: str
    path: str
    critical: bool
    to_next_band: int
    """How many more points the next better band takes; 0 in the best."""
    weighted_pct: float
    ready: int
    pillars_with_gaps: int
    dimensions: Mapping[str, tuple[int, int]]
    worklist: tuple[str, ...]
    """The open points in the order of work: blockers, then pillar 4, pillar 1, then where most is open."""
    formula: str = FORMULA


def decide(lines: Iterable[Line], facts: Facts | None = None, readings: Readings | None = None) -> Verdict:
    """The verdict over the fifty points; their order never matters."""
    known, read = facts or Facts(), readings or Readings()
    points = tuple(_promoted(line, known.regulated) for line in lines)
    counts = tally(points, SIZES)
    everything = total(counts.values())
    score, critical = everything.met, counts[SECURITY].blockers > 0
    verdict = _verdict(everything, critical=critical, lenient=read.lenient_blockers)
    gaps = sum(not one.full for one in counts.values())
    return Verdict(
        score=score,
        of=TOTAL,
        band=band(score),
        verdict=verdict,
        path=_path(verdict, known),
        critical=critical,
        hold=everything.blockers > 0,
        weighted_pct=_weighted(counts, {**WEIGHTS, **read.weights}),
        ready=score - everything.not_applicable,
        not_applicable=everything.not_applicable,
        needs_review=everything.needs_review,
        blockers=everything.blockers,
        unanswered=everything.unanswered,
        lowest=score,
        highest=score + everything.unanswered,
        can_end=_can_end(points, counts, known, lenient=read.lenient_blockers),
        decided_by=_decided_by(points, verdict, critical=critical),
        next_better=_next_better(points, everything, critical=critical, lenient=read.lenient_blockers),
        to_next_band=max(0, MODERATE - score) or max(0, STRONG - score),
        pillars_with_gaps=gaps,
        dimensions=_dimensions(points),
        worklist=_worklist(points, counts),
        certain=_certain(everything, counts[SECURITY]),
        notes=(*_notes(everything, verdict, gaps), *_readings(points, verdict, known, read)),
    )


def band(score: int) -> str:
    """The article's band of a score."""
    return "strong" if score >= STRONG else "moderate" if score >= MODERATE else "high"


def _promoted(point: Line, regulated: bool) -> Line:
    """Point 33 is a fixed blocker in regulated industries while it is open."""
    if regulated and point.number == ENCRYPTION_POINT and point.status is Status.NEEDS_REVIEW:
        return replace(point, status=Status.BLOCKER)
    return point


def _verdict(everything: Tally, *, critical: bool, lenient: bool) -> str:
    if everything.unanswered:
        return "incomplete"
    if critical:
        return "do-not-launch"
    if everything.blockers and not (lenient and everything.met >= STRONG):
        return "hold"
    return {"strong": "ship", "moderate": "harden", "high": "do-not-launch"}[band(everything.met)]


def _path(verdict: str, facts: Facts) -> str:
    if facts.foundations_incompatible:
        return "rebuild"
    if verdict == "ship":
        return "ship"
    if facts.core_logic_sound:
        return "refactor"
    return "harden" if verdict in ("harden", "hold") else "assess"


def _weighted(counts: Mapping[str, Tally], weights: Mapping[str, float]) -> float:
    reached = sum(weights[pillar] * one.met for pillar, one in counts.items())
    return round(100 * reached / sum(weights[pillar] * size for pillar, size in SIZES.items()), 1)


def _dimensions(points: Sequence[Line]) -> dict[str, tuple[int, int]]:
    met = {point.number for point in points if point.status in SATISFIED}
    return {name: (sum(str(one) in met for one in numbers), len(numbers)) for name, numbers in DIMENSIONS.items()}


def _worklist(points: Sequence[Line], counts: Mapping[str, Tally]) -> tuple[str, ...]:
    pillars = sorted(SIZES, key=lambda one: (one != SECURITY, one != "1", counts[one].met, one))
    first = ids(points, (Status.BLOCKER,), SIZES)
    return (*first, *(item for one in pillars for item in ids(points, (Status.NEEDS_REVIEW,), (one,))))


def _can_end(points: Sequence[Line], counts: Mapping[str, Tally], facts: Facts, *, lenient: bool) -> tuple[str, ...]:
    """The verdicts that the unanswered points leave open, worst first."""
    everything = total(counts.values())
    if counts[SECURITY].blockers:
        return ("do-not-launch",)
    in_security = counts[SECURITY].unanswered
    elsewhere = everything.unanswered - in_security
    # Left open, the unanswered point 33 would stop a regulated launch, so a verdict short of that takes it as met.
    settled = {one.number for one in points if one.status is not Status.UNANSWERED}
    encryption = facts.regulated and in_security > 0 and ENCRYPTION_POINT not in settled
    low, high = everything.met + encryption, everything.met + everything.unanswered
    stopped = everything.blockers > 0
    open_to = {
        "do-not-launch": in_security > 0 or (not stopped and low < MODERATE),
        "hold": (stopped or elsewhere > 0) and not (lenient and low >= STRONG),
        "harden": not stopped and low < STRONG and high >= MODERATE,
        "ship": high >= STRONG and (not stopped or lenient),
    }
    return tuple(name for name, reachable in open_to.items() if reachable)


def _decided_by(points: Sequence[Line], verdict: str, *, critical: bool) -> tuple[str, ...]:
    match verdict:
        case "incomplete":
            return ids(points, (Status.UNANSWERED,), SIZES)
        case "ship":
            return ()
        case "do-not-launch" if critical:
            return ids(points, (Status.BLOCKER,), (SECURITY,))
        case "hold":
            return ids(points, (Status.BLOCKER,), SIZES)
    return ids(points, OPEN, SIZES)


def _next_better(points: Sequence[Line], everything: Tally, *, critical: bool, lenient: bool) -> Way | None:
    """What keeps the best outcome from being better. Hold and do-not-launch are one step: both mean no launch."""
    best, blockers = everything.met + everything.unanswered, ids(points, (Status.BLOCKER,), SIZES)
    in_security = ids(points, (Status.BLOCKER,), (SECURITY,))
    if best >= STRONG and not critical and (lenient or not everything.blockers):
        return None
    if lenient and critical and best + len(in_security) >= STRONG:
        return Way("ship", in_security)
    cleared = best + everything.blockers
    goal = STRONG if best >= MODERATE and not blockers else MODERATE
    to = "ship" if max(cleared, goal) >= STRONG else "harden"
    some = max(0, goal - cleared)
    return Way(to, blockers, ids(points, (Status.NEEDS_REVIEW,), SIZES) if some else (), some)


def _certain(everything: Tally, security: Tally) -> tuple[str, ...]:
    """What no further answer can change, as long as the given ones stand."""
    said = [
        f"{one}, {security.blockers} of pillar 4" if security.blockers else one for one in stops(everything.blockers)
    ]
    low, high = everything.met, everything.met + everything.unanswered
    if everything.unanswered and band(low) == band(high):
        said.append(f"the band stays {band(low)}")
    if everything.unanswered and band(high) != "strong":
        said.append("a ship verdict is out of reach until gaps close")
    return tuple(said)


def _notes(everything: Tally, verdict: str, gaps: int) -> tuple[str, ...]:
    said = [*fit(everything.not_applicable)]
    score, complete = everything.met, not everything.unanswered
    if complete and score < MODERATE and gaps < 4:  # noqa: PLR2004  the article speaks of four or more pillars
        said.append(f"below 25 although only {gaps} pillars have gaps; the score decides")
    if complete and score >= STRONG and (left := everything.needs_review):
        said.append(f"{left} open gaps to be documented and scheduled before shipping")
    if verdict == "hold" and score + everything.blockers < MODERATE:
        said.append("clearing the blockers is not enough: the score stays below 25")
    return tuple(said)


def _readings(points: Sequence[Line], verdict: str, facts: Facts, read: Readings) -> tuple[str, ...]:
    """What the team reads otherwise than we do, and what it lets through."""
    said = []
    if read.lenient_blockers:
        said.append("lenient reading of blockers: only those of pillar 4 keep 40 points from shipping")
        if verdict == "ship" and (through := ids(points, (Status.BLOCKER,), SIZES)):
            said.append(f"warning: it ships with blockers, let through by that reading: {listed(through)}")
    if read.regulated is not None:
        said.append(f"read as {'' if facts.regulated else 'not '}regulated by setting, whatever frameworks are named")
    if read.weights:
        weights = (f"pillar {pillar} = {weight:g}" for pillar, weight in sorted({**WEIGHTS, **read.weights}.items()))
        said.append(f"weights of the secondary figure are the team's: {listed(tuple(weights))}")
    return tuple(said)
