"""What a gate stands on: the state, what it is compared with, and the rule about each control."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import Final

from workbook.assess import Assessment, Judged, Standing, assess
from workbook.catalogue import Checklist
from workbook.change.compared import Change
from workbook.ci import Occasion
from workbook.gate_policy import GatePolicy, Mode, Rule
from workbook.history import Point
from workbook.lapse import Cause
from workbook.session import Session

TIMED: Final = (Cause.AGE, Cause.RELEASE)
"""What the calendar did, and no change of anybody's."""

_STRICTER: Final = tuple(Mode)


@dataclass(frozen=True)
class Ground:
    """One run of the gate. `change` is None where nothing is compared."""

    session: Session
    occasion: Occasion
    change: Change | None
    ignore_waivers: bool

    @cached_property
    def policy(self) -> GatePolicy:
        """That of the merge base; where it had no workbook nothing was agreed yet, so nothing is held."""
        if self.change and self.change.base.state is None:
            return GatePolicy(Rule(Mode.OBSERVE))
        return self.after.state.gate

    @cached_property
    def after(self) -> Point:
        """The state that is judged."""
        if self.change:
            return self.change.after
        session = self.session
        state = replace(session.state, waivers={}) if self.ignore_waivers else session.state
        judged = session.assess(state, session.report)
        return Point("", session.today(), "", (), state, judged, session.catalogue)

    @property
    def before(self) -> Assessment | None:
        """What counted at the merge base."""
        return self.change.before.assessment if self.change else None

    @cached_property
    def rules(self) -> Mapping[str, Rule]:
        """The strictest rule about each control of the chosen checklists."""
        state, catalogue = self.after.state, self.session.catalogue
        chosen: dict[str, Rule] = dict.fromkeys(catalogue.controls_of(state.checklists), Rule(Mode.OBSERVE))
        named: dict[str, list[Rule]] = {}
        for rule in self.policy.rules:
            for name in catalogue.controls_of((rule.checklist,) if rule.checklist else state.checklists):
                if rule.covers(catalogue.controls[name]):
                    named.setdefault(name, []).append(rule)
        for name in catalogue.controls_of((state.decides,)):
            chosen[name] = self.policy.default
        return chosen | {name: max(found, key=_strictness) for name, found in named.items()}

    @cached_property
    def timeless(self) -> Point:
        """The same state on a day on which nothing is old yet."""
        state, report = self.after.state, self.session.report
        pins, _ = self.session.place.ground(state)
        seen = report.observations if report else {}
        return replace(self.after, assessment=assess(self.session.catalogue, state, date.min, seen, pins))

    @cached_property
    def held(self) -> tuple[Checklist, ...]:
        """The checklists of which items and verdicts are held too."""
        slugs = {rule.checklist for rule in self.policy.rules if rule.checklist and rule.mode is not Mode.OBSERVE}
        slugs |= {self.after.state.decides} if self.policy.default.mode is not Mode.OBSERVE else set()
        return tuple(one for slug, one in self.session.catalogue.checklists.items() if slug in slugs)

    @property
    def holds_anything(self) -> bool:
        """Whether anything could fail at all, but for what two branches left undecided."""
        return any(rule.mode is not Mode.OBSERVE for rule in self.rules.values())

    def by_calendar(self, name: str, judged: Judged, was: Judged | None = None) -> bool:
        """Whether only time made it so: an age, a release, or the end of an accepted risk that nobody touched."""
        waiver = self.after.state.waivers.get(name)
        ended = waiver is not None and waiver.expired(self.session.today())
        touched = was is not None and was.standing is not judged.standing
        still = judged.standing in (Standing.BLOCKER, Standing.NEEDS_REVIEW) and not touched
        return judged.cause in TIMED or (ended and still)

    @property
    def spares_age(self) -> bool:
        """Whether the calendar may not fail this run: a pull request answers for what it touches."""
        return self.occasion is not Occasion.SCHEDULE


def _strictness(rule: Rule) -> tuple[int, int]:
    return _STRICTER.index(rule.mode), len(rule.forbid)
