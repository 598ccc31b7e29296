"""Which anti-patterns and weak spots show, as far as probes looked and people answered."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from checks.observation import Location, Observation, Outcome, ProbeReport
from workbook.answers import Status
from workbook.assess import Assessment
from workbook.catalogue.plans import Pattern


class Shows(StrEnum):
    """Whether a pattern shows. What nobody looked at is never a "no"."""

    YES = "seen"
    PARTLY = "partly seen"
    NO = "no sign of it"
    ABSENT = "does not apply"
    UNKNOWN = "not looked at"


@dataclass(frozen=True, slots=True)
class Sign:
    """One pattern and whether it shows. `why` is untrusted text; `place` is where a probe saw it."""

    pattern: Pattern
    shows: Shows
    why: str
    place: Location | None = None


def signs(patterns: Iterable[Pattern], assessment: Assessment, report: ProbeReport | None) -> tuple[Sign, ...]:
    """Every pattern with what is known of it: by fresh probes first, else by the answers, else not looked at."""
    return tuple(_sign(pattern, assessment, report) for pattern in patterns)


def _sign(pattern: Pattern, assessment: Assessment, report: ProbeReport | None) -> Sign:
    state = assessment.items[pattern.item]
    if state.status is Status.NOT_APPLICABLE:
        return Sign(pattern, Shows.ABSENT, state.why)
    seen = [report.observations[name] for name in pattern.signals if name in report.observations] if report else []
    if worst := _worst(seen):
        place = worst.locations[0] if worst.locations else None
        return Sign(pattern, Shows.YES if worst.outcome is Outcome.UNMET else Shows.PARTLY, worst.summary, place)
    if state.status in (Status.NEEDS_REVIEW, Status.BLOCKER):
        return Sign(pattern, Shows.YES, f"by the answers: {state.why}")
    if seen and len(seen) == len(pattern.signals) and all(one.outcome is not Outcome.UNKNOWN for one in seen):
        if all(one.outcome is Outcome.NOT_APPLICABLE for one in seen):
            return Sign(pattern, Shows.ABSENT, seen[0].summary)
        blind = f"; not looked at: {pattern.blind}" if pattern.blind else ""
        return Sign(pattern, Shows.NO, f"{'; '.join(one.summary for one in seen)}{blind}")
    if state.status is Status.READY:
        return Sign(pattern, Shows.NO, f"by the answers: {state.why}")
    return Sign(pattern, Shows.UNKNOWN, _unknown(pattern, seen))


def _worst(seen: Iterable[Observation]) -> Observation | None:
    wanting = {Outcome.UNMET: 0, Outcome.PARTIAL: 1}
    return min((one for one in seen if one.outcome in wanting), key=lambda one: wanting[one.outcome], default=None)


def _unknown(pattern: Pattern, seen: Iterable[Observation]) -> str:
    if not pattern.signals:
        return "no probe can tell, and nobody has answered"
    blocked = [one.summary for one in seen if one.outcome is Outcome.UNKNOWN]
    return blocked[0] if blocked else "the probes did not run, and nobody has answered"
