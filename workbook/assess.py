"""From answers, observations and the tree to standings and item states (design section 2, "looking and saying")."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from checks.observation import Observation, Outcome
from workbook.answers import Answer, Gap, Rung, State, Status
from workbook.catalogue import Catalogue, Checklist, Control, Item
from workbook.lapse import Pins, lapse_reason
from workbook.thresholds import contradicts


class Standing(StrEnum):
    """What counts now of a control."""

    PROVEN = "proven"
    CLAIMED = "claimed"
    LAPSED = "lapsed"
    DISPUTED = "disputed"
    WAIVED = "waived"
    NEEDS_REVIEW = "needs-review"
    BLOCKER = "blocker"
    NOT_APPLICABLE = "not-applicable"
    UNANSWERED = "unanswered"


PLAIN: Mapping[Standing, str] = {
    Standing.PROVEN: "backed",
    Standing.CLAIMED: "stated",
    Standing.LAPSED: "needs a fresh look",
    Standing.DISPUTED: "probe disagrees",
    Standing.WAIVED: "risk accepted",
    Standing.NEEDS_REVIEW: "open gap",
    Standing.BLOCKER: "stops launch",
    Standing.NOT_APPLICABLE: "doesn't apply",
    Standing.UNANSWERED: "not answered",
}
"""The words people read; the ids stay in files."""

GAPS: Mapping[Gap | None, str] = {
    Gap.PARTIAL: "partly there",
    Gap.ABSENT: "not there yet",
    Gap.UNKNOWN: "nobody knows yet",
    None: "nobody knows yet",
}
"""How much is missing, where nobody wrote a note."""

SATISFIED = frozenset({Standing.PROVEN, Standing.CLAIMED, Standing.NOT_APPLICABLE})


@dataclass(frozen=True, slots=True)
class Judged:
    """A control's standing and, in plain words, why."""

    standing: Standing
    why: str


@dataclass(frozen=True, slots=True)
class ItemState:
    """An item's state for the decision models, and what it follows from."""

    item: Item
    status: Status
    why: str


@dataclass(frozen=True, slots=True)
class Assessment:
    """Standings of every control and states of every deciding item."""

    standings: Mapping[str, Judged]
    items: Mapping[str, ItemState]

    def of(self, checklist: Checklist) -> tuple[ItemState, ...]:
        """The states of a checklist's deciding items, in its order."""
        return tuple(self.items[item.id] for item in checklist.scored)


def assess(
    catalogue: Catalogue,
    state: State,
    today: date,
    observations: Mapping[str, Observation] | None = None,
    pins: Pins | None = None,
) -> Assessment:
    """What counts now. `observations` and `pins` are left out where nothing fresh was looked at."""
    seen = observations or {}
    standings = {
        name: _judge(catalogue, control, state, today, seen, pins) for name, control in catalogue.controls.items()
    }
    items = {
        item.id: _item_state(item, state, standings)
        for checklist in catalogue.checklists.values()
        for item in checklist.items
    }
    return Assessment(standings, items)


def disagreeing(catalogue: Catalogue, control: str, seen: Mapping[str, Observation]) -> tuple[Observation, ...]:
    """The fresh observations that contradict "this holds": only an unmet outcome does."""
    found = (seen.get(signal.id) for signal in catalogue.feeding[control])
    return tuple(observation for observation in found if observation and observation.outcome is Outcome.UNMET)


def saw(catalogue: Catalogue, control: str, seen: Mapping[str, Observation]) -> str:
    """What the probes said when an answer was given, short enough for one line of the state file."""
    parts = []
    for signal in catalogue.feeding[control]:
        if observation := seen.get(signal.id):
            first = observation.locations[0] if observation.locations else None
            place = f" {first.path}:{first.line}" if first and first.line else f" {first.path}" if first else ""
            parts.append(f"{signal.id} {observation.outcome}{place}")
    return "; ".join(parts)


def _judge(
    catalogue: Catalogue,
    control: Control,
    state: State,
    today: date,
    seen: Mapping[str, Observation],
    pins: Pins | None,
) -> Judged:
    answer = state.answer(control.id)
    if answer.status is Status.UNANSWERED:
        return _by_scope(control, state) or Judged(Standing.UNANSWERED, "nobody has answered yet")
    waiver = state.waivers.get(control.id)
    if waiver and waiver.expires and waiver.expires >= today and answer.status in (Status.NEEDS_REVIEW, Status.BLOCKER):
        return Judged(
            Standing.WAIVED, f"{waiver.approved_by} accepted the risk until {waiver.expires}: {waiver.reason}"
        )
    if answer.status is Status.BLOCKER:
        return Judged(Standing.BLOCKER, answer.note or "answered as stopping the launch")
    if answer.rung is Rung.PROPOSED:
        who = answer.proposed_by or ", ".join(answer.by) or "a tool"
        return Judged(Standing.NEEDS_REVIEW, f"proposed by {who}; a person has to confirm it")
    if answer.status is Status.NEEDS_REVIEW:
        return Judged(Standing.NEEDS_REVIEW, answer.note or GAPS[answer.gap])
    if reason := lapse_reason(control, answer, today, pins):
        return Judged(Standing.LAPSED, reason)
    if answer.status is Status.NOT_APPLICABLE:
        return Judged(Standing.NOT_APPLICABLE, answer.reason or answer.note)
    return _ready(catalogue, control, answer, seen)


def _by_scope(control: Control, state: State) -> Judged | None:
    facts = state.scope.confirmed
    if control.applies(facts) is not False:
        return None
    absent = ", ".join(name for name in control.facts if facts.get(name) is False)
    return Judged(Standing.NOT_APPLICABLE, f"scope confirmed by {state.scope.by}: no {absent}")


def _ready(catalogue: Catalogue, control: Control, answer: Answer, seen: Mapping[str, Observation]) -> Judged:
    against = disagreeing(catalogue, control.id, seen)
    noted = answer.dispute_note and answer.saw == saw(catalogue, control.id, seen)
    if against and answer.rung is Rung.OBSERVED:
        return Judged(Standing.LAPSED, f"the probe no longer sees it: {against[0].summary}")
    if against and not noted:
        return Judged(Standing.DISPUTED, f"{against[0].signal}: {against[0].summary}")
    if against:
        return Judged(Standing.CLAIMED, f"stated against the probe: {answer.dispute_note}")
    if answer.rung is Rung.VERIFIED:
        return Judged(Standing.PROVEN, f"verified by {answer.verified_by}")
    if answer.rung is Rung.OBSERVED:
        return Judged(Standing.PROVEN, f"observed: {answer.saw}")
    return Judged(Standing.CLAIMED, f"stated by {', '.join(answer.by)}")


def _item_state(item: Item, state: State, standings: Mapping[str, Judged]) -> ItemState:
    if override := state.items.get(item.id):
        return ItemState(item, override.status, f"{override.by} decided for this item: {override.reason}")
    if not item.controls:
        return ItemState(item, Status.UNANSWERED, "a fact to be answered on the item itself")
    judged = [(name, standings[name]) for name in item.controls]
    for name, one in judged:
        if one.standing is Standing.BLOCKER:
            return ItemState(item, Status.BLOCKER, f"{name}: {one.why}")
    for name, one in judged:
        if one.standing is Standing.UNANSWERED:
            return ItemState(item, Status.UNANSWERED, f"{name}: {one.why}")
    open_ones = [(name, one) for name, one in judged if one.standing not in SATISFIED]
    uncovered = [(name, one) for name, one in open_ones if not _facet_ticked(item, state.answer(name), one)]
    if uncovered:
        name, one = uncovered[0]
        return ItemState(item, Status.NEEDS_REVIEW, f"{name}: {PLAIN[one.standing]}: {one.why}")
    if broken := contradicts(item, state.measurements):
        return ItemState(item, Status.NEEDS_REVIEW, broken)
    if all(one.standing is Standing.NOT_APPLICABLE for _, one in judged):
        return ItemState(item, Status.NOT_APPLICABLE, judged[0][1].why)
    return ItemState(item, Status.READY, "; ".join(one.why for _, one in judged))


def _facet_ticked(item: Item, answer: Answer, judged: Judged) -> bool:
    """A partly ready control serves the items whose facet a person ticked; a proposal ticks nothing."""
    partly = judged.standing is Standing.NEEDS_REVIEW and answer.rung is not Rung.PROPOSED
    return bool(item.facet) and partly and item.facet in answer.facets
