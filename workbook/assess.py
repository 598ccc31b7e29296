"""From answers, observations and the tree to standings and item states (design section 2, "looking and saying")."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date
from enum import StrEnum

from checks.frozen import Frozen, field
from checks.observation import Observation, Outcome, Proposal
from workbook.answers import Answer, Gap, Override, Rung, Scope, State, Status
from workbook.catalogue import Catalogue, Checklist, Control, Item
from workbook.lapse import Cause, Pins, Release, lapsed
from workbook.merge.standoffs import REMEDY
from workbook.thresholds import contradicts, rests_on


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

PROPOSED: Mapping[Status, str] = {
    Status.READY: "yes",
    Status.NOT_APPLICABLE: "doesn't apply",
    Status.BLOCKER: "stops launch",
}
"""What a tool proposed, where it is no open gap."""

SATISFIED = frozenset({Standing.PROVEN, Standing.CLAIMED, Standing.NOT_APPLICABLE})


class Judged(Frozen):
    """A control's standing and, in plain words, why; for one that lapsed or is disputed, what made it so."""

    standing: Standing
    why: str
    cause: Cause | None = None


class ItemState(Frozen):
    """An item's state for the decision models, and what it follows from."""

    item: Item
    status: Status
    why: str


class Assessment(Frozen):
    """Standings of every control and states of every deciding item."""

    standings: Mapping[str, Judged]
    items: Mapping[str, ItemState]

    def of(self, checklist: Checklist) -> tuple[ItemState, ...]:
        """The states of a checklist's deciding items, in its order."""
        return tuple(self.items[item.id] for item in checklist.scored)


class Sight(Frozen):
    """What can be seen now besides the state: probes, content, releases. Whatever was not looked at is left empty."""

    observations: Mapping[str, Observation] = field(default_factory=dict)
    pins: Pins | None = None
    release: Release | None = None
    contrary: Mapping[str, str] = field(default_factory=dict)
    """Facts that a person denied and a probe sees, each with what it sees."""


def assess(
    catalogue: Catalogue,
    state: State,
    today: date,
    observations: Mapping[str, Observation] | None = None,
    pins: Pins | None = None,
    *,
    release: Release | None = None,
    contrary: Mapping[str, str] | None = None,
) -> Assessment:
    """What counts now. What nobody looked at freshly is left out: observations, pins, release, contrary facts."""
    sight = Sight(observations or {}, pins, release, contrary or {})
    standings = {name: _judge(catalogue, control, state, today, sight) for name, control in catalogue.controls.items()}
    items = {
        item.id: _item_state(item, state, standings)
        for checklist in catalogue.checklists.values()
        for item in checklist.items
    }
    return Assessment(standings, items)


def disagreeing(catalogue: Catalogue, control: str, seen: Mapping[str, Observation]) -> tuple[Observation, ...]:
    """The fresh observations that contradict "this holds": only an unmet outcome does."""
    found = catalogue.seen_of(control, seen).values()
    return tuple(observation for observation in found if observation.outcome is Outcome.UNMET)


def saw(catalogue: Catalogue, control: str, seen: Mapping[str, Observation]) -> str:
    """What the probes said when an answer was given, short enough for one line of the state file."""
    parts = []
    for name, observation in catalogue.seen_of(control, seen).items():
        first = observation.locations[0] if observation.locations else None
        place = f" {first.path}:{first.line}" if first and first.line else f" {first.path}" if first else ""
        parts.append(f"{name} {observation.outcome}{place}")
    return "; ".join(parts)


def contrary(scope: Scope, proposals: Iterable[Proposal]) -> dict[str, str]:
    """The facts that a person denied and a probe sees since, each with what it sees and where."""
    found = {}
    for proposal in proposals:
        if proposal.holds and scope.confirmed.get(proposal.fact) is False and proposal.fact not in scope.despite:
            place = f" ({proposal.locations[0].path}:{proposal.locations[0].line})" if proposal.locations else ""
            found[proposal.fact] = f"{proposal.reason}{place}"
    return found


def same_sight(one: str, other: str) -> bool:
    """Whether two notes of what the probes said speak of the same places; lines move with every edit above them."""
    return one == other or re.sub(_LINE, "", one) == re.sub(_LINE, "", other)


_LINE = r":\d+(?=;|$)"


def _judge(catalogue: Catalogue, control: Control, state: State, today: date, sight: Sight) -> Judged:
    if standoff := state.undecided("controls", control.id):
        stops = Status.BLOCKER in (standoff.kept.get("status"), standoff.other.get("status"))
        return Judged(Standing.BLOCKER if stops else Standing.NEEDS_REVIEW, f"{standoff}; {REMEDY}")
    answer = state.answer(control.id)
    if answer.status is Status.UNANSWERED:
        return _by_scope(control, state, sight) or Judged(Standing.UNANSWERED, "nobody has answered yet")
    if answer.status in (Status.NEEDS_REVIEW, Status.BLOCKER) and (
        waived := _waived(catalogue, control, state, today, sight)
    ):
        return waived
    if answer.rung is Rung.PROPOSED:
        # A stopper counts before it is confirmed: a proposal must not look better than no answer.
        stops = answer.status is Status.BLOCKER
        return Judged(Standing.BLOCKER if stops else Standing.NEEDS_REVIEW, _proposal(answer))
    if answer.status is Status.BLOCKER:
        return Judged(Standing.BLOCKER, _noted("answered as stopping the launch", answer))
    if answer.status is Status.NEEDS_REVIEW:
        return Judged(Standing.NEEDS_REVIEW, _noted(GAPS[answer.gap], answer))
    renewed = _renewed(catalogue, control.id, sight.observations)
    if gone := lapsed(control, answer, state.policy, today, sight.pins, sight.release, renewed=renewed):
        return Judged(Standing.LAPSED, gone.why, gone.cause)
    if answer.status is Status.NOT_APPLICABLE:
        return _absent(control, answer, sight)
    return _ready(catalogue, control, answer, state, sight.observations)


def _proposal(answer: Answer) -> str:
    who = answer.proposed_by or ", ".join(answer.by) or "a tool"
    said = GAPS[answer.gap] if answer.status is Status.NEEDS_REVIEW else PROPOSED[answer.status]
    return f"{said}, proposed by {who}; a person has to confirm it"


def _by_scope(control: Control, state: State, sight: Sight) -> Judged | None:
    facts = state.scope.confirmed
    if control.applies(facts) is not False:
        return None
    absent = [name for name in control.facts if facts.get(name) is False]
    for name in absent:
        if name in sight.contrary:
            return Judged(Standing.UNANSWERED, f"scope says no {name}, but {sight.contrary[name]}", Cause.PROBE)
    return Judged(Standing.NOT_APPLICABLE, f"scope confirmed by {state.scope.by}: no {', '.join(absent)}")


def _waived(catalogue: Catalogue, control: Control, state: State, today: date, sight: Sight) -> Judged | None:
    """The control's accepted risk; None where there is none, it has ended, or the probes see more than was accepted."""
    waiver = state.waivers.get(control.id)
    if waiver is None or waiver.expired(today):
        return None
    now = saw(catalogue, control.id, sight.observations)
    if waiver.saw and disagreeing(catalogue, control.id, sight.observations) and not same_sight(waiver.saw, now):
        return None
    return Judged(Standing.WAIVED, f"{waiver.approved_by} accepted the risk until {waiver.expires}: {waiver.reason}")


def _renewed(catalogue: Catalogue, control: str, seen: Mapping[str, Observation]) -> bool:
    """Whether fresh probes show all they can of a control, so that what was observed need not be asked again."""
    outcomes = [observation.outcome for observation in catalogue.seen_of(control, seen).values()]
    return bool(outcomes) and all(outcome in (Outcome.MET, Outcome.NOT_APPLICABLE) for outcome in outcomes)


def _absent(control: Control, answer: Answer, sight: Sight) -> Judged:
    against = next((sight.contrary[name] for name in control.facts if name in sight.contrary), "")
    if against and not answer.dispute_note:
        return Judged(Standing.DISPUTED, f"it was said not to apply, but {against}", Cause.PROBE)
    return Judged(Standing.NOT_APPLICABLE, answer.reason or answer.note)


def _ready(
    catalogue: Catalogue, control: Control, answer: Answer, state: State, seen: Mapping[str, Observation]
) -> Judged:
    against = disagreeing(catalogue, control.id, seen)
    noted = answer.dispute_note and same_sight(answer.saw, saw(catalogue, control.id, seen))
    if against and answer.rung is Rung.OBSERVED:
        return Judged(Standing.LAPSED, f"the probe no longer sees it: {against[0].summary}", Cause.PROBE)
    if against and not noted:
        return Judged(Standing.DISPUTED, f"{against[0].signal}: {against[0].summary}", Cause.PROBE)
    recalled, failed = _recalled(catalogue, control.id, answer, seen), _failed(answer)
    if recalled and not answer.dispute_note:
        return Judged(Standing.DISPUTED, f"{recalled}: it was not met when this was answered", Cause.PROBE)
    if failed and not answer.dispute_note:
        return Judged(Standing.DISPUTED, failed)
    if control.severity in state.policy.four_eyes and answer.rung is not Rung.VERIFIED:
        who = f"stated by {', '.join(answer.by)}" if answer.by else "observed"
        return Judged(Standing.NEEDS_REVIEW, f"{who}; a second person has to verify it")
    if against or recalled or failed:
        # Whoever verified it: what speaks against it still does, whether somebody looked just now or not.
        what = "probe" if against or recalled else "recorded command"
        return Judged(Standing.CLAIMED, f"stated against the {what}: {answer.dispute_note}")
    if answer.rung is Rung.VERIFIED:
        return Judged(Standing.PROVEN, f"verified by {answer.verified_by}")
    if answer.rung is Rung.OBSERVED:
        return Judged(Standing.PROVEN, f"observed: {answer.saw}")
    return Judged(Standing.CLAIMED, f"stated by {', '.join(answer.by)}")


def _noted(what: str, answer: Answer) -> str:
    """What was answered, and the note as a note: it may be older than the answer."""
    return f"{what}; note: {answer.note}" if answer.note else what


def _failed(answer: Answer) -> str:
    """What the command or rehearsal that was recorded last says against a ready answer; "" where it ended well."""
    ran = [piece for piece in answer.evidence if piece.kind in ("command", "drill") and "exit" in piece.values]
    if not ran or ran[-1].values["exit"] == 0:
        return ""
    return f"the {ran[-1].kind} recorded last ended with {ran[-1].values['exit']}"


def _recalled(catalogue: Catalogue, control: str, answer: Answer, seen: Mapping[str, Observation]) -> str:
    """A signal that contradicted the answer when it was given, and of which nothing is known since; "" for none."""
    if not answer.saw:
        return ""
    known = {name for name, observation in seen.items() if observation.outcome is not Outcome.UNKNOWN}
    unlooked = (signal.id for signal in catalogue.feeding[control] if signal.id not in known)
    said = answer.saw.split("; ")
    return next((name for name in unlooked if any(part.split(" ")[:2] == [name, Outcome.UNMET] for part in said)), "")


def standing_override(item: Item, state: State) -> Override | None:
    """What a named person decided for this one item; None once the item was reworded since, or while two disagree."""
    override = None if state.undecided("items", item.id) else state.items.get(item.id)
    return None if override is None or _reworded(item, override) else override


def _reworded(item: Item, override: Override) -> bool:
    return bool(override.text) and override.text != item.fingerprint


def _item_state(item: Item, state: State, standings: Mapping[str, Judged]) -> ItemState:
    """What a person decided for the item, else what its controls say. A lapsed decision satisfies nothing."""
    if standoff := state.undecided("items", item.id):
        stops = Status.BLOCKER in (standoff.kept.get("status"), standoff.other.get("status"))
        return ItemState(item, Status.BLOCKER if stops else Status.NEEDS_REVIEW, f"{standoff}; {REMEDY}")
    override = state.items.get(item.id)
    own = _by_controls(item, state, standings)
    if override is None:
        return own
    if not _reworded(item, override):
        beside = "" if own.status is override.status else f" (its controls alone: {own.status})"
        return ItemState(item, override.status, f"{override.by} decided for this item: {override.reason}{beside}")
    lapsed = f"what {override.by} decided for this item lapsed, it was reworded since"
    if own.status in (Status.READY, Status.NOT_APPLICABLE):
        return ItemState(item, Status.NEEDS_REVIEW, lapsed)
    return ItemState(item, own.status, f"{own.why}; {lapsed}")


def _by_controls(item: Item, state: State, standings: Mapping[str, Judged]) -> ItemState:
    if not item.controls:
        return ItemState(item, Status.UNANSWERED, "a fact to be answered on the item itself")
    judged = [(name, standings[name]) for name in item.controls]
    for name, one in judged:
        if one.standing is Standing.BLOCKER:
            return ItemState(item, Status.BLOCKER, f"{name}: {one.why}")
    for name, one in judged:
        if one.standing is Standing.UNANSWERED:
            return ItemState(item, Status.UNANSWERED, f"{name}: {one.why}")
    for name, one in judged:
        if one.standing in SATISFIED:
            continue
        ticked = _facet_ticked(item, state.answer(name), one) and not state.undecided("controls", name)
        if not ticked:
            return ItemState(item, Status.NEEDS_REVIEW, f"{name}: {PLAIN[one.standing]}: {one.why}")
    for standoff in state.standoffs:
        if standoff.table[:1] == ("measurements",) and rests_on(item, standoff.table[-1]):
            return ItemState(item, Status.NEEDS_REVIEW, f"{standoff.place}: {standoff}; {REMEDY}")
    if broken := contradicts(item, state.measurements):
        return ItemState(item, Status.NEEDS_REVIEW, broken)
    if all(one.standing is Standing.NOT_APPLICABLE for _, one in judged):
        return ItemState(item, Status.NOT_APPLICABLE, judged[0][1].why)
    return ItemState(item, Status.READY, "; ".join(dict.fromkeys(one.why for _, one in judged)))


def _facet_ticked(item: Item, answer: Answer, judged: Judged) -> bool:
    """A partly ready control serves the items whose facet a person ticked; a proposal ticks nothing."""
    partly = judged.standing is Standing.NEEDS_REVIEW and answer.rung is not Rung.PROPOSED
    return bool(item.facet) and partly and item.facet in answer.facets
