"""The decision models applied to a workbook: the verdict of any published checklist, from its items and the state."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from workbook.answers import Rung, State, Status
from workbook.assess import Assessment, ItemState, Standing, standing_override
from workbook.catalogue import Checklist
from workbook.sentences import Verdict, explained, head, movement, sentence, span
from workbook.thresholds import stored
from workbook.verdicts.lines import Line

if TYPE_CHECKING:
    from workbook.verdicts import every_item, fifty_point, prototype_gap, seven_steps, six_gates, ten_gates

__all__ = ["Verdict", "decide", "explained", "fifty", "head", "movement", "sentence", "span"]

STAGING = "acceptance-on-staging"
"""The attested fact that the measured acceptance run was made on staging."""

RUN_METRICS = ("load_multiple", "duration_min", "error_rate", "p95_s", "corrupted_records")
SATISFIED = (Status.READY, Status.NOT_APPLICABLE)


def decide(checklist: Checklist, state: State, assessment: Assessment) -> Verdict | None:
    """The verdict of a checklist; None where this version does not have its model."""
    model = MODELS.get(checklist.model)
    return model(checklist, state, assessment) if model else None


def fifty(checklist: Checklist, state: State, assessment: Assessment) -> fifty_point.Verdict:
    """The fifty-point verdict over the assessed items."""
    from workbook.verdicts import fifty_point

    holds = {name: fact.holds for name, fact in state.attested.items()}
    facts = fifty_point.Facts(
        regulated=bool(state.frameworks) if state.readings.regulated is None else state.readings.regulated,
        core_logic_sound=holds.get("core-logic-sound", False),
        foundations_incompatible=holds.get("foundations-incompatible", False),
    )
    return fifty_point.decide(_lines(assessment.of(checklist)), facts, state.readings)


def only_proposed(checklist: Checklist, state: State, assessment: Assessment) -> int:
    """How many of the items that stop the launch do so by a tool's proposal alone."""
    stopping = [one for one in assessment.of(checklist) if one.status is Status.BLOCKER]
    return sum(
        standing_override(one.item, state) is None
        and all(
            state.answer(name).rung is Rung.PROPOSED
            for name in one.item.controls
            if assessment.standings[name].standing is Standing.BLOCKER
        )
        for one in stopping
    )


def _six(checklist: Checklist, state: State, assessment: Assessment) -> six_gates.Verdict:
    from workbook.verdicts import six_gates

    return six_gates.decide(_lines(assessment.of(checklist)), state.readings)


def _seven(checklist: Checklist, state: State, assessment: Assessment) -> seven_steps.Verdict:
    from workbook.verdicts import seven_steps

    states = assessment.of(checklist)
    accept, failed = _acceptance({one.item.number: one.status for one in states if one.item.pillar == "accept"}, state)
    return seven_steps.decide(_lines(states), accept, failed, state.profiles)


def _ten(checklist: Checklist, state: State, assessment: Assessment) -> ten_gates.Verdict:
    from workbook.verdicts import ten_gates

    levels = {name: score.level for name, score in state.scores.get(checklist.slug, {}).items()}
    mode: ten_gates.Mode = "critical-only" if state.readings.critical_only else "every-domain"
    return ten_gates.decide(levels, _lines(assessment.of(checklist)), _measured(state, ten_gates.SLO), mode)


def _prototype(checklist: Checklist, state: State, assessment: Assessment) -> prototype_gap.Verdict:
    from workbook.verdicts import prototype_gap

    measured = _measured(state, ("tier1_share", "response_s"))
    return prototype_gap.decide(
        _lines(assessment.of(checklist)),
        signals=_said(checklist, state, "signal", prototype_gap.SIGNALS),
        sourcing=_said(checklist, state, "sourcing", prototype_gap.SOURCING),
        tier1_share=measured.get("tier1_share"),
        response_s=measured.get("response_s"),
    )


def _every(checklist: Checklist, _: State, assessment: Assessment) -> every_item.Verdict:
    from workbook.verdicts import every_item

    return every_item.decide(_lines(assessment.of(checklist)))


def _lines(states: Sequence[ItemState]) -> tuple[Line, ...]:
    return tuple(Line(one.item.pillar, one.status, one.item.id) for one in states)


def _measured(state: State, names: Iterable[str]) -> dict[str, float]:
    return {name: found.value for name in names if (found := stored(name, state.measurements))}


def _said(checklist: Checklist, state: State, layer: str, names: Sequence[str]) -> dict[str, bool]:
    """Yes or no as a named person answered on the item itself; a control behind it answers another question."""
    asked = {
        item.number: override.status
        for item in checklist.items
        if item.layer == layer and (override := standing_override(item, state))
    }
    return {
        name: asked[name] is Status.READY
        for name in names
        if asked.get(name) in (Status.READY, Status.NEEDS_REVIEW, Status.BLOCKER)
    }


def _acceptance(said: Mapping[str, Status], state: State) -> tuple[str, tuple[str, ...]]:
    """The run's result and its failed checks. Measurements can only take a claimed pass away, never grant one."""
    from workbook.verdicts import seven_steps

    run = _run(state)
    if run and (result := seven_steps.acceptance(run)) != seven_steps.PASS:
        return result, seven_steps.failing(run) if result == seven_steps.FAIL else ()
    if any(status is Status.UNANSWERED for status in said.values()):
        return "", ()
    if said["ten-x-run"] not in SATISFIED:
        return seven_steps.INVALID, ()
    failed = tuple(check for check in seven_steps.LIKELY if said[check] not in SATISFIED)
    return (seven_steps.FAIL if failed else seven_steps.PASS), failed


def _run(state: State) -> seven_steps.Run | None:
    """The run as measured; None unless all its numbers are stored and somebody said whether it was on staging."""
    from workbook.verdicts import seven_steps

    measured, staging = _measured(state, RUN_METRICS), state.attested.get(STAGING)
    if staging is None or len(measured) < len(RUN_METRICS):
        return None
    return seven_steps.Run(staging.holds, *(measured[name] for name in RUN_METRICS))


MODELS: Mapping[str, Callable[[Checklist, State, Assessment], Verdict]] = {
    "fifty-point": fifty,
    "six-gates": _six,
    "seven-steps": _seven,
    "ten-gates": _ten,
    "prototype-gap": _prototype,
    "every-item": _every,
}
"""Each decision model by the name a checklist calls it. Each is loaded where it is asked: most workbooks need one."""
