"""The ten-gates model: a level from 0 to 5 for each domain against its minimum, and a suggestion from the bullets.

Domains, minimums and risks are the article's; where it is silent, docs/verdicts.md names our reading.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import ClassVar, Literal

from checks.frozen import Frozen
from workbook.answers import HIGHEST_LEVEL
from workbook.verdicts.lines import Line, Tally, fit, listed, stops, tally, total
from workbook.verdicts.record import Record, Way

Mode = Literal["every-domain", "critical-only"]
"""Which domains pause a launch: our reading is every one; "critical-only" is the narrow reading."""


class Domain(Frozen):
    """One domain of the scorecard: its gate, its minimum level, and how many bullets its gate has."""

    gate: str
    minimum: int
    bullets: int
    critical: bool = False


DOMAINS: Mapping[str, Domain] = {
    "security": Domain("1", 4, 5, critical=True),
    "auth-access": Domain("2", 4, 4, critical=True),
    "data-validation": Domain("3", 4, 4),
    "error-handling": Domain("4", 4, 4),
    "testing": Domain("5", 3, 5),
    "observability": Domain("6", 3, 4),
    "performance": Domain("7", 3, 5),
    "deployment": Domain("8", 4, 5),
    "monitoring": Domain("9", 3, 5),
    "cost-control": Domain("10", 4, 5),
}
LEVELS = (
    "nothing",
    "known, ad hoc",
    "partly done",
    "done on critical paths, with evidence",
    "done throughout, evidence fresh",
    "automated and measured against a target",
)
"""What each level from 0 means."""

SIZES: Mapping[str, int] = {domain.gate: domain.bullets for domain in DOMAINS.values()}

SLO: Mapping[str, float] = {"p95_s": 2.5, "error_rate": 0.01, "model_timeout_rate": 0.005}
"""The article's example limits: measurements are shown against them, and they never move the verdict."""

FORMULA = "proceed = a named person scored all ten domains and each level reaches its minimum; the total never makes up"
CARD = "ten-gates.score."
"""Before a domain's name: the id of its item on the scorecard."""

NOTHING: Mapping[str, float] = MappingProxyType({})


class Suggestion(Frozen):
    """The level the bullets speak for, and the count behind it."""

    level: int
    why: str


class Verdict(Record, kw_only=True):
    """What the model says. `unanswered` counts domains without a level; `lowest` and `highest` bound the total.

    `hold` also says that an answer stops the launch; only levels decide the verdict.
    """

    model: ClassVar[Literal["ten-gates"]] = "ten-gates"
    total: int
    mode: Mode
    scores: Mapping[str, int]
    below: tuple[str, ...]
    critical_below: tuple[str, ...]
    critical: bool
    unscored: tuple[str, ...]
    suggestions: Mapping[str, Suggestion]
    slo: Mapping[str, bool]
    formula: str = FORMULA


def decide(
    scores: Mapping[str, int],
    lines: Iterable[Line] = (),
    measured: Mapping[str, float] = NOTHING,
    mode: Mode = "every-domain",
) -> Verdict:
    """The verdict over the levels people gave; the order of levels and bullets never matters.

    Args:
        scores: the level of each scored domain.
        lines: the bullets of the ten gates, for the suggestions.
        measured: measurements named as in `SLO`.
        mode: which domains pause a launch.

    Raises:
        ValueError: a level is not a whole number from 0 to 5, or there is no such domain.
    """
    for domain, level in scores.items():
        if domain not in DOMAINS or type(level) is not int or not 0 <= level <= HIGHEST_LEVEL:
            raise ValueError(f"bad score {domain}")
    counts = tally(lines, SIZES)
    everything = total(counts.values())
    below = tuple(name for name, domain in DOMAINS.items() if name in scores and scores[name] < domain.minimum)
    critical = tuple(name for name in below if DOMAINS[name].critical)
    pausing = critical if mode == "critical-only" else below
    unscored = tuple(name for name in DOMAINS if name not in scores)
    suggestions = {name: _suggested(name, counts[domain.gate]) for name, domain in DOMAINS.items()}
    reached = sum(scores.values())
    return Verdict(
        total=reached,
        of=HIGHEST_LEVEL * len(DOMAINS),
        verdict="incomplete" if unscored else "pause" if pausing else "proceed",
        mode=mode,
        scores={name: scores[name] for name in DOMAINS if name in scores},
        below=below,
        critical_below=critical,
        critical=bool(critical),
        hold=bool(pausing) or everything.blockers > 0,
        unscored=unscored,
        suggestions=suggestions,
        slo=slo(measured),
        not_applicable=everything.not_applicable,
        needs_review=everything.needs_review,
        blockers=everything.blockers,
        unanswered=len(unscored),
        lowest=reached,
        highest=reached + HIGHEST_LEVEL * len(unscored),
        can_end=_can_end(pausing, unscored, mode),
        decided_by=tuple(CARD + name for name in unscored or pausing),
        next_better=Way("proceed", tuple(CARD + name for name in pausing)) if pausing else None,
        certain=_certain(pausing, everything.blockers),
        notes=(
            *_notes(scores, suggestions, everything, tuple(name for name in below if name not in pausing), measured),
            *(
                ("narrow reading: only the domains of critical risk pause the launch",)
                if mode == "critical-only"
                else ()
            ),
        ),
    )


def suggest(domain: str, ready: int, na: int = 0, *, blocked: bool = False) -> int:
    """The level the bullets speak for: their ready share of those that apply, rounded down.

    A blocker keeps it below the minimum. Where no bullet applies nothing is missing, so it is the highest level.
    """
    known = DOMAINS[domain]
    applying = known.bullets - na
    level = HIGHEST_LEVEL * ready // applying if applying else HIGHEST_LEVEL
    return min(level, known.minimum - 1) if blocked else level


def slo(measured: Mapping[str, float]) -> dict[str, bool]:
    """Which measurements stay below the article's example limits; what was not measured is left out."""
    return {name: measured[name] < limit for name, limit in SLO.items() if name in measured}


def _suggested(domain: str, bullets: Tally) -> Suggestion:
    ready = bullets.met - bullets.not_applicable
    parts = [f"{ready} of {bullets.of} bullets ready"]
    if bullets.not_applicable:
        parts.append(f"{bullets.not_applicable} do not apply")
    if bullets.unanswered:
        parts.append(f"{bullets.unanswered} unanswered")
    if bullets.blockers:
        parts.append(f"a blocker keeps it below the minimum {DOMAINS[domain].minimum}")
    level = suggest(domain, ready, bullets.not_applicable, blocked=bullets.blockers > 0)
    return Suggestion(level, ", ".join(parts))


def _can_end(pausing: tuple[str, ...], unscored: tuple[str, ...], mode: Mode) -> tuple[str, ...]:
    """The verdicts that the missing levels leave open, worst first."""
    may_pause = any(mode == "every-domain" or DOMAINS[name].critical for name in unscored)
    return (*(("pause",) if pausing or may_pause else ()), *(() if pausing else ("proceed",)))


def _certain(pausing: tuple[str, ...], blockers: int) -> tuple[str, ...]:
    """What no further level can change, as long as the given ones stand."""
    said = [f"{listed(pausing)} {'are' if len(pausing) > 1 else 'is'} below the minimum"] if pausing else []
    if blockers:
        said.append(f"{stops(blockers)[0]} by the answers")
    return tuple(said)


def _notes(
    scores: Mapping[str, int],
    suggestions: Mapping[str, Suggestion],
    everything: Tally,
    ignored: tuple[str, ...],
    measured: Mapping[str, float],
) -> tuple[str, ...]:
    said = [*fit(everything.not_applicable)]
    if ignored:
        said.append(f"below the minimum and let through by the critical-only reading: {listed(ignored)}")
    if everything.unanswered < everything.of:
        said += [
            f"{name}: level {level} was given, the bullets speak for {suggestions[name].level}"
            for name in DOMAINS
            if (level := scores.get(name)) is not None and level > suggestions[name].level
        ]
    if missed := [name for name, kept in slo(measured).items() if not kept]:
        said.append(f"not below the article's example limit: {listed(missed)}")
    return tuple(said)
