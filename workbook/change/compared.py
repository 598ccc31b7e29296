"""A change: the workbook before and after it, judged by the rules of before, so that nobody waives themselves."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import Final

from checks.observation import Finding, Observation, Outcome, ProbeReport
from workbook.answers import Answer, State
from workbook.assess import Assessment, assess, contrary
from workbook.catalogue import Catalogue
from workbook.change.base import Base
from workbook.history import Move, Point, moves
from workbook.session import Session

WORSE: Final = {Outcome.MET: 0, Outcome.NOT_APPLICABLE: 0, Outcome.PARTIAL: 1, Outcome.UNMET: 2}
"""How bad an outcome is; `unknown` is none of them."""


@dataclass(frozen=True, slots=True)
class Shift:
    """A signal that moved: what was seen before and after."""

    before: Observation
    after: Observation

    @property
    def worse(self) -> bool:
        """Whether it shows less than before."""
        return WORSE.get(self.after.outcome, 0) > WORSE.get(self.before.outcome, 0)

    @property
    def lost(self) -> bool:
        """Whether it can no longer be told."""
        return self.after.outcome is Outcome.UNKNOWN


@dataclass(frozen=True, slots=True)
class Given:
    """An answer that the change gives: what was said before and after."""

    control: str
    before: Answer
    after: Answer
    strangers: tuple[str, ...] | None
    """Who is named in it and committed nothing of this change; None where the commits cannot be read."""


@dataclass(frozen=True, slots=True)
class Change:
    """Before and after. Both are judged under the policy, the readings and the accepted risk of the merge base."""

    base: Base
    before: Point
    after: Point
    moves: tuple[Move, ...]
    shifts: tuple[Shift, ...]
    findings: tuple[Finding, ...]
    """Findings that were not there before."""
    given: tuple[Given, ...]
    looked: bool
    """Whether the probes looked at the merge base; without, nothing is known of signals that moved."""


def compared(session: Session, base: Base, seen: ProbeReport | None, *, ignore_waivers: bool = False) -> Change:
    """The change since a merge base.

    Args:
        session: the workbook; what its last look saw counts.
        base: the merge base.
        seen: what the probes show of the merge base's tree.
        ignore_waivers: whether accepted risk counts as an open gap.
    """
    catalogue, today, now = session.catalogue, session.today(), session.report
    # Looked at on one side alone, everything a probe shows would seem to have come with the change.
    after = _under(session.state, base.state, ignore_waivers=ignore_waivers)
    start = base.state or State(decides=after.decides, also=after.also, catalogue=after.catalogue)
    before = replace(start, waivers={}) if ignore_waivers else start
    _, release = session.place.ground(before)
    observations, facts = (seen.observations, seen.proposals) if seen else ({}, ())
    told = contrary(before.scope, facts)
    was = assess(catalogue, before, today, observations, base.pins, release=release, contrary=told)
    points = (
        _point(session, base.commit, before, was, catalogue),
        _point(session, "", after, session.assess(after, now), catalogue),
    )
    return Change(
        base,
        *points,
        moves(*points),
        _shifts(seen, now),
        _findings(seen, now),
        tuple(_given(session, before, after, base)),
        looked=seen is not None,
    )


def _point(session: Session, commit: str, state: State, judged: Assessment, catalogue: Catalogue) -> Point:
    return Point(commit, session.today(), session.people.driver, (), state, judged, catalogue)


def _under(state: State, base: State | None, *, ignore_waivers: bool) -> State:
    """The answers of now under the rules of the merge base; without a workbook there, under none but our defaults."""
    rules = base or State(decides=state.decides, also=state.also)
    return replace(
        state,
        decides=rules.decides,
        also=rules.also,
        frameworks=rules.frameworks,
        policy=rules.policy,
        readings=rules.readings,
        gate=rules.gate,
        waivers={} if ignore_waivers else rules.waivers,
    )


def _shifts(before: ProbeReport | None, after: ProbeReport | None) -> tuple[Shift, ...]:
    if before is None or after is None:
        return ()
    both = ((before.observations.get(name), one) for name, one in after.observations.items())
    return tuple(
        Shift(old, new)
        for old, new in both
        if old is not None and old.outcome is not Outcome.UNKNOWN and old.outcome is not new.outcome
    )


def _findings(before: ProbeReport | None, after: ProbeReport | None) -> tuple[Finding, ...]:
    """Findings beyond those there were, told apart by what they say of which line, not by where the line stands."""
    if before is None or after is None:
        return ()
    known = Counter(map(_what, before.findings))
    fresh = []
    for one in after.findings:
        known[_what(one)] -= 1
        if known[_what(one)] < 0:
            fresh.append(one)
    return tuple(fresh)


def _what(one: Finding) -> tuple[str, ...]:
    return one.rule, one.location.path, one.message, one.snippet.strip()


def _given(session: Session, before: State, after: State, base: Base) -> list[Given]:
    found = []
    for name in session.catalogue.controls:
        old, new = before.answer(name), after.answer(name)
        if (old.status, old.rung, old.by, old.at, old.reason, old.dispute_note, old.evidence, old.verified_by) != (
            new.status, new.rung, new.by, new.at, new.reason, new.dispute_note, new.evidence, new.verified_by
        ):  # fmt: skip
            said = tuple(name for name in (*new.by, new.verified_by) if name and name not in (*old.by, old.verified_by))
            fresh = said or new.by
            strangers = None if base.people is None else tuple(one for one in fresh if one not in base.people)
            found.append(Given(name, old, new, strangers))
    return found
