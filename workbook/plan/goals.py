"""What the next better verdict of each decision model takes, in controls."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from workbook.answers import Status
from workbook.assess import SATISFIED, Assessment, Standing
from workbook.catalogue import Checklist, Item
from workbook.outlook import Verdict
from workbook.plan.cover import Controls, Goal, Group
from workbook.plan.gaps import Gap
from workbook.plan.order import with_before
from workbook.readings import Readings
from workbook.verdicts import fifty_point, ten_gates

RANKS: Mapping[str, int] = {
    "do-not-launch": 0, "hold": 0, "harden": 1, "ship": 2,
    "not-passed": 0, "list-only": 1, "repeat": 2, "passed": 3,
    "not-ready": 0, "ready": 1,
    "pause": 0, "proceed": 1,
    "not-ready-to-plan": 0, "in-transition": 1, "production-ready": 2,
    "gaps": 1, "all-hold": 2,
}  # fmt: skip
"""The verdicts of each model from worst to best. Hold and do-not-launch both mean no launch."""

NO_LAUNCH = RANKS["hold"]


@dataclass(frozen=True)
class Ground:
    """A checklist's deciding items as they stand, with every question answered, and what each still takes."""

    checklist: Checklist
    assessment: Assessment
    verdict: Verdict
    gaps: Mapping[str, Gap]
    stuck: frozenset[str]
    """Items that stay open when every control is ready: a stored number, or a person's decision, says so."""
    readings: Readings
    regulated: bool

    def status(self, item: Item) -> Status:
        """The item's state."""
        return self.assessment.items[item.id].status

    def takes(self, item: Item) -> Controls | None:
        """The controls the item still takes, with what comes before them; None where no control helps."""
        if item.id in self.stuck:
            return None
        return with_before(self.gaps, (name for name in item.controls if self._missing(item, name)))

    def clears(self, item: Item) -> Controls | None:
        """The controls that keep the item from stopping the launch, be it open or not then."""
        if self.status(item) is not Status.BLOCKER:
            return self.takes(item)
        stopping = [
            name
            for name in item.controls
            if self.assessment.standings[name].standing is Standing.BLOCKER and name in self.gaps
        ]
        return with_before(self.gaps, stopping) if stopping else None

    def all_of(self, items: tuple[Item, ...]) -> Goal | None:
        """The goal that all of these items are satisfied."""
        return _together([self.takes(item) for item in items if not self.met(item)])

    def met(self, item: Item) -> bool:
        """Whether the item is ready or does not apply."""
        return self.status(item) in (Status.READY, Status.NOT_APPLICABLE)

    def _missing(self, item: Item, name: str) -> bool:
        judged, gap = self.assessment.standings[name], self.gaps.get(name)
        if judged.standing in SATISFIED or gap is None:
            return False
        return not (judged.standing is Standing.NEEDS_REVIEW and item.facet and item.facet in gap.facets)


def goals(ground: Ground) -> tuple[Goal, ...]:
    """The goals of which any one makes the verdict better; none where nothing is better, or no control helps."""
    made = MODELS[ground.checklist.model](ground)
    return tuple(goal for goal in made if goal is not None)


def _fifty(ground: Ground) -> list[Goal | None]:
    """Every blocker cleared and enough points for the next band; read leniently, a strong score needs pillar 4 only."""
    if RANKS.get(ground.verdict.verdict, NO_LAUNCH) > NO_LAUNCH:
        return [_points(ground, [], fifty_point.STRONG)]
    stopping = [item for item in ground.checklist.scored if _stops(ground, item)]
    found = [_points(ground, stopping, fifty_point.MODERATE)]
    if ground.readings.lenient_blockers:
        in_security = [item for item in stopping if item.pillar == fifty_point.SECURITY]
        found.append(_points(ground, in_security, fifty_point.STRONG))
    return found


def _stops(ground: Ground, item: Item) -> bool:
    promoted = ground.regulated and item.number == fifty_point.ENCRYPTION_POINT
    return ground.status(item) is Status.BLOCKER or (promoted and ground.status(item) is Status.NEEDS_REVIEW)


def _points(ground: Ground, stopping: list[Item], score: int) -> Goal | None:
    cleared = _together([ground.clears(item) for item in stopping])
    if cleared is None:
        return None
    items = ground.checklist.scored
    options = [takes for item in items if not ground.met(item) and (takes := ground.takes(item)) is not None]
    missing = score - sum(ground.met(item) for item in items)
    return Goal(cleared.controls, (Group(missing, tuple(options)),) if missing > 0 else ())


def _ten(ground: Ground) -> list[Goal | None]:
    """In every domain below its minimum enough bullets for it, and no blocker among them."""
    assert isinstance(ground.verdict, ten_gates.Verdict)  # noqa: S101  tells the type checker which model this is
    controls: set[str] = set()
    groups = []
    for name in _to_lift(ground.verdict):
        domain = ten_gates.DOMAINS[name]
        bullets = [item for item in ground.checklist.scored if item.pillar == domain.gate]
        cleared = _together([ground.clears(item) for item in bullets if ground.status(item) is Status.BLOCKER])
        if cleared is None:
            return []
        controls |= cleared.controls
        absent = sum(ground.status(item) is Status.NOT_APPLICABLE for item in bullets)
        ready = sum(ground.status(item) is Status.READY for item in bullets)
        need = next(
            count for count in range(len(bullets) + 1) if ten_gates.suggest(name, count, absent) >= domain.minimum
        )
        options = [takes for item in bullets if not ground.met(item) and (takes := ground.takes(item)) is not None]
        if need > ready:
            groups.append(Group(need - ready, tuple(options)))
    return [Goal(frozenset(controls), tuple(groups))]


def _to_lift(verdict: ten_gates.Verdict) -> tuple[str, ...]:
    """The domains that pause the launch, or would if they were given too low a level."""
    narrow = verdict.mode == "critical-only"
    low = verdict.critical_below if narrow else verdict.below
    open_ones = [name for name in verdict.unscored if ten_gates.DOMAINS[name].critical or not narrow]
    return tuple(name for name in ten_gates.DOMAINS if name in low or name in open_ones)


def to_score(verdict: ten_gates.Verdict) -> tuple[str, ...]:
    """The domains that need a level from a person before the verdict can change."""
    return tuple(name for name in ten_gates.DOMAINS if name in _to_lift(verdict) or name in verdict.unscored)


def _by_items(ground: Ground) -> list[Goal | None]:
    """Every item that the verdict itself says stands before the next better one."""
    way = ground.verdict.next_better
    if way is None:
        return []
    wanted = tuple(item for item in ground.checklist.scored if item.id in way.all_of)
    return [ground.all_of(wanted)]


def _every(ground: Ground) -> list[Goal | None]:
    """A team's own list: no blocker first, then every item."""
    stopping = [item for item in ground.checklist.scored if ground.status(item) is Status.BLOCKER]
    if stopping:
        return [_together([ground.clears(item) for item in stopping])]
    return [ground.all_of(ground.checklist.scored)]


def _together(parts: list[Controls | None]) -> Goal | None:
    known = [part for part in parts if part is not None]
    return Goal(frozenset().union(*known)) if len(known) == len(parts) else None


MODELS: Mapping[str, Callable[[Ground], list[Goal | None]]] = {
    "fifty-point": _fifty,
    "ten-gates": _ten,
    "six-gates": _by_items,
    "seven-steps": _by_items,
    "prototype-gap": _by_items,
    "every-item": _every,
}
"""How each decision model's next better verdict is read into controls."""
