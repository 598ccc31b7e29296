"""Which anti-patterns and weak spots show, as far as probes looked and people answered."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from checks.observation import Location, Observation, Outcome, ProbeReport
from workbook.answers import Rung, State, Status
from workbook.assess import PLAIN, SATISFIED, Assessment, ItemState, Standing, standing_override
from workbook.catalogue import Catalogue
from workbook.catalogue.plans import Pattern
from workbook.lapse import Cause


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


def signs(
    patterns: Iterable[Pattern],
    catalogue: Catalogue,
    state: State,
    assessment: Assessment,
    report: ProbeReport | None,
) -> tuple[Sign, ...]:
    """Every pattern with what is known of it: by fresh probes first, else by the answers, else not looked at."""
    return tuple(_sign(pattern, catalogue, state, assessment, report) for pattern in patterns)


def _sign(
    pattern: Pattern, catalogue: Catalogue, said: State, assessment: Assessment, report: ProbeReport | None
) -> Sign:
    state = assessment.items[pattern.item]
    if state.status is Status.NOT_APPLICABLE:
        return Sign(pattern, Shows.ABSENT, state.why)
    if denied := _denied(pattern, catalogue, said, assessment):
        return Sign(pattern, Shows.ABSENT, denied)
    seen = [report.observations[name] for name in pattern.signals if name in report.observations] if report else []
    if worst := _worst(seen):
        place = worst.locations[0] if worst.locations else None
        return Sign(pattern, Shows.YES if worst.outcome is Outcome.UNMET else Shows.PARTLY, worst.summary, place)
    if open_one := _open(state, said, assessment):
        return Sign(pattern, Shows.YES, f"by the answers: {open_one}")
    if seen and len(seen) == len(pattern.signals) and all(one.outcome is not Outcome.UNKNOWN for one in seen):
        if all(one.outcome is Outcome.NOT_APPLICABLE for one in seen):
            return Sign(pattern, Shows.ABSENT, seen[0].summary)
        blind = f"; not looked at: {pattern.blind}" if pattern.blind else ""
        return Sign(pattern, Shows.NO, f"{'; '.join(one.summary for one in seen)}{blind}")
    if state.status is Status.READY:
        return Sign(pattern, Shows.NO, f"by the answers: {state.why}")
    waits = f"not decided: {state.why}" if state.status is Status.NEEDS_REVIEW else ""
    return Sign(pattern, Shows.UNKNOWN, waits or _unknown(pattern, seen))


def _denied(pattern: Pattern, catalogue: Catalogue, said: State, assessment: Assessment) -> str:
    """Why the confirmed scope leaves nothing of the pattern; "" where it does not, or a probe sees what it denies.

    What a pattern is about are the control its item names first and those that its signals feed; further ones, as a
    pipeline that runs the tests of an AI's behavior, apply without it.
    """
    names = catalogue.items[pattern.item].controls
    fed = [name for name in names if any(one.id in pattern.signals for one in catalogue.feeding[name])]
    controls = [catalogue.controls[name] for name in dict.fromkeys((*names[:1], *fed))]
    facts = said.scope.confirmed
    if not controls or any(one.applies(facts) is not False for one in controls):
        return ""
    if any(assessment.standings[one.id].cause is Cause.PROBE for one in controls):
        return ""
    absent = dict.fromkeys(fact for one in controls for fact in one.facts if facts.get(fact) is False)
    return f"scope confirmed by {said.scope.by}: no {', '.join(absent)}"


def _open(state: ItemState, said: State, assessment: Assessment) -> str:
    """What a person or a number says against the item; "" where its answers only wait for somebody, or for a look."""
    if state.status not in (Status.NEEDS_REVIEW, Status.BLOCKER):
        return ""
    if standing_override(state.item, said) or state.status is Status.BLOCKER:
        return state.why
    wanting = [name for name in state.item.controls if assessment.standings[name].standing not in SATISFIED]
    for name in wanting:
        answer, judged = said.answer(name), assessment.standings[name]
        stated = answer.status in (Status.NEEDS_REVIEW, Status.BLOCKER) and answer.rung is not Rung.PROPOSED
        ticked = bool(state.item.facet) and state.item.facet in answer.facets
        if judged.standing is Standing.DISPUTED or (stated and not ticked and not said.undecided("controls", name)):
            return f"{name}: {PLAIN[judged.standing]}: {judged.why}"
    undecided = said.items.get(state.item.id) or said.undecided("items", state.item.id)
    return "" if wanting or undecided else state.why


def _worst(seen: Iterable[Observation]) -> Observation | None:
    wanting = {Outcome.UNMET: 0, Outcome.PARTIAL: 1}
    return min((one for one in seen if one.outcome in wanting), key=lambda one: wanting[one.outcome], default=None)


def _unknown(pattern: Pattern, seen: Iterable[Observation]) -> str:
    if not pattern.signals:
        return "no probe can tell, and nobody has answered"
    blocked = [one.summary for one in seen if one.outcome is Outcome.UNKNOWN]
    return blocked[0] if blocked else "the probes did not run, and nobody has answered"
