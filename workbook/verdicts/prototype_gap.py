"""The prototype-gap model: entry signs, five gaps, six architecture steps, security and seven process steps.

The article prints no pass rule: the verdict is our reading, and says so. docs/verdicts.md names every reading.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import ClassVar, Literal

from workbook.answers import Status
from workbook.verdicts.lines import OPEN, Line, Tally, fit, ids, listed, stops, tally, total
from workbook.verdicts.record import Record, Way

ENTRY, SECURITY = "entry", "sec"
GAPS: Mapping[str, int] = {"gap1": 3, "gap2": 3, "gap3": 2, "gap4": 2, "gap5": 4}
ARCHITECTURE: Mapping[str, int] = {"arch1": 6, "arch2": 5, "arch3": 4, "arch4": 5, "arch5": 5, "arch6": 6}
STEPS: Mapping[str, int] = {"step1": 3, "step2": 1, "step3": 4, "step4": 2, "step5": 5, "step6": 3, "step7": 4}
SIZES: Mapping[str, int] = {ENTRY: 3, **GAPS, **ARCHITECTURE, SECURITY: 9, **STEPS}
"""Every group and how many items decide it."""

SIGNALS = ("complex-logic", "strict-compliance", "high-scale", "enterprise-integration")
"""Facts that say the generator is outgrown."""

SOURCING = ("ai-expertise", "devops", "security", "timeline", "maintenance")
"""The in-house or partner questions; "no" is a skill gap."""

PARTNER = ("ai-expertise", "timeline")
"""The questions whose "no" advises a partner."""

TIER1_SHARE = (0.70, 0.80)
REAL_TIME_S, WARN_S, SLOW_S = 1.0, 2.0, 3.0

FORMULA = (
    "production-ready = all three entry signs, five gaps closed, six architecture steps, nine security items and seven "
    "process steps are ready or do not apply; a missing entry sign means not ready to plan"
)
OURS = "the article prints no pass rule: this verdict is our reading of it"
NOTHING: Mapping[str, bool] = MappingProxyType({})


class Verdict(Record, kw_only=True):
    """What the model says, and its advice. `lowest` and `highest` bound the satisfied items until all is answered."""

    model: ClassVar[Literal["prototype-gap"]] = "prototype-gap"
    items_met: int
    entry: int
    gaps_closed: int
    architecture_done: int
    security_ok: bool
    steps_done: int
    current_step: int | None
    current_architecture_step: int | None
    consider_custom_development: bool
    signals: tuple[str, ...]
    consider_partner: bool
    skill_gaps: tuple[str, ...]
    formula: str = FORMULA


def decide(
    lines: Iterable[Line],
    signals: Mapping[str, bool] = NOTHING,
    sourcing: Mapping[str, bool] = NOTHING,
    tier1_share: float | None = None,
    response_s: float | None = None,
) -> Verdict:
    """The verdict over the items, and the advice; the order of the items never matters.

    Args:
        lines: the deciding items.
        signals: the answered signals, named as in `SIGNALS`; True means the signal is present.
        sourcing: the answered questions, named as in `SOURCING`; False means the team says no.
        tier1_share: share of requests the small model takes, 0 to 1, where measured.
        response_s: response time of an interactive request in seconds, where measured.
    """
    given = tuple(lines)
    counts = tally(given, SIZES)
    everything = total(counts.values())
    verdict, can_end = _verdict(counts, everything), _can_end(counts, everything)
    present = tuple(name for name in SIGNALS if signals.get(name))
    missing_skills = tuple(name for name in SOURCING if sourcing.get(name) is False)
    return Verdict(
        items_met=everything.met,
        of=everything.of,
        verdict=verdict,
        entry=counts[ENTRY].met,
        gaps_closed=sum(counts[name].full for name in GAPS),
        architecture_done=sum(counts[name].full for name in ARCHITECTURE),
        security_ok=counts[SECURITY].full,
        steps_done=sum(counts[name].full for name in STEPS),
        current_step=_lowest_open(counts, STEPS),
        current_architecture_step=_lowest_open(counts, ARCHITECTURE),
        consider_custom_development=bool(present),
        signals=present,
        consider_partner=any(name in PARTNER for name in missing_skills),
        skill_gaps=missing_skills,
        hold=everything.blockers > 0,
        not_applicable=everything.not_applicable,
        needs_review=everything.needs_review,
        blockers=everything.blockers,
        unanswered=everything.unanswered,
        lowest=everything.met,
        highest=everything.met + everything.unanswered,
        can_end=can_end,
        decided_by=_decided_by(given, verdict),
        next_better=_next_better(given, can_end[-1]),
        certain=_certain(counts, everything),
        notes=(
            OURS,
            *fit(everything.not_applicable),
            *_advice(present, missing_skills, len(SIGNALS) - len(signals), len(SOURCING) - len(sourcing)),
            *_figures(tier1_share, response_s),
        ),
    )


def latency_feel(seconds: float) -> str:
    """How an interactive response feels: real-time, acceptable, borderline or slow."""
    if seconds < REAL_TIME_S:
        return "real-time"
    if seconds <= WARN_S:
        return "acceptable"
    return "borderline" if seconds <= SLOW_S else "slow"


def _lowest_open(counts: Mapping[str, Tally], group: Iterable[str]) -> int | None:
    return next((number for number, name in enumerate(group, start=1) if not counts[name].full), None)


def _verdict(counts: Mapping[str, Tally], everything: Tally) -> str:
    if everything.unanswered:
        return "incomplete"
    if not counts[ENTRY].full:
        return "not-ready-to-plan"
    return "production-ready" if everything.full else "in-transition"


def _can_end(counts: Mapping[str, Tally], everything: Tally) -> tuple[str, ...]:
    """The verdicts that the unanswered items leave open, worst first."""
    entry = counts[ENTRY]
    open_to = {
        "not-ready-to-plan": not entry.full,
        "in-transition": entry.reachable and everything.met - entry.met < everything.of - entry.of,
        "production-ready": everything.reachable,
    }
    return tuple(name for name, reachable in open_to.items() if reachable)


def _decided_by(lines: Sequence[Line], verdict: str) -> tuple[str, ...]:
    if verdict == "incomplete":
        return ids(lines, (Status.UNANSWERED,), SIZES)
    return ids(lines, OPEN, (ENTRY,) if verdict == "not-ready-to-plan" else SIZES)


def _next_better(lines: Sequence[Line], best: str) -> Way | None:
    if best == "production-ready":
        return None
    if best == "in-transition":
        return Way("production-ready", ids(lines, OPEN, SIZES))
    entry = ids(lines, OPEN, (ENTRY,))
    elsewhere = sum(line.status in OPEN and line.pillar in SIZES and line.pillar != ENTRY for line in lines)
    return Way("in-transition" if elsewhere else "production-ready", entry)


def _certain(counts: Mapping[str, Tally], everything: Tally) -> tuple[str, ...]:
    """What no further answer can change, as long as the given ones stand."""
    said = [*stops(everything.blockers)]
    if not everything.unanswered:
        return tuple(said)
    if not counts[ENTRY].reachable:
        said.append("not ready to plan while an entry sign is missing")
    elif not everything.reachable:
        said.append("production-ready is out of reach until gaps close")
    return tuple(said)


def _advice(
    present: tuple[str, ...], skills: tuple[str, ...], open_signals: int, open_questions: int
) -> tuple[str, ...]:
    said = []
    if present:
        said.append(f"consider custom development: {listed(present)}")
    if partner := [name for name in skills if name in PARTNER]:
        said.append(f"consider a partner: no to {listed(partner)}")
    if skills:
        said.append(f"skills missing in the team: {listed(skills)}")
    if open_signals or open_questions:
        said.append(
            f"the advice rests on what is answered: {open_signals} of {len(SIGNALS)} signals and "
            f"{open_questions} of {len(SOURCING)} sourcing questions are open"
        )
    return tuple(said)


def _figures(tier1_share: float | None, response_s: float | None) -> tuple[str, ...]:
    said = []
    low, high = TIER1_SHARE
    if tier1_share is not None and not low <= tier1_share <= high:
        said.append(f"the small model takes {tier1_share:.0%} of the requests; the article speaks of 70-80 %")
    if response_s is not None:
        said.append(f"a response of {response_s:g} s feels {latency_feel(response_s)}")
    return tuple(said)
