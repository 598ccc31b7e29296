"""The checklists a gate complains of: items that no control explains, verdicts that fell, minimums not reached."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from workbook.answers import Status
from workbook.catalogue import Checklist
from workbook.gate import mending
from workbook.gate.ground import Ground
from workbook.gate.reached import reached
from workbook.gate.ruling import Level, Reason
from workbook.gate_policy import Mode
from workbook.words import STATUS_WORDS

_ITEM_RANK: Final = {
    Status.READY: 0, Status.NOT_APPLICABLE: 0, Status.NEEDS_REVIEW: 1, Status.UNANSWERED: 1, Status.BLOCKER: 2,
}  # fmt: skip


def items(ground: Ground, told: set[str]) -> Iterator[Reason]:
    """Items that got worse, or stop the launch, and none of whose controls says so: a number, a person's word."""
    for checklist in ground.held:
        for item in checklist.scored:
            now = ground.after.assessment.items[item.id]
            was = ground.before.items[item.id] if ground.before else None
            worse = _ITEM_RANK[now.status] > _ITEM_RANK[was.status] if was else now.status is Status.BLOCKER
            if worse and not told.intersection(item.controls):
                before = f"{STATUS_WORDS[was.status]} before; " if was else ""
                what = f"{STATUS_WORDS[now.status]}: {before}{now.why}"
                yield Reason(Level.FAILURE, "item", item.id, what, mending.of_item(item))


def fallen(ground: Ground) -> Iterator[Reason]:
    """A verdict that fell though no control or item did: a level that was lowered, a fact taken back."""
    for checklist in ground.held:
        if ground.change and ground.change.base.state:
            was, now = reached(checklist, ground.change.before), reached(checklist, ground.after)
            if was is not None and now is not None and now < was and not _only_calendar(ground, checklist):
                what = f"{checklist.name} fell from {was} to {now}"
                yield Reason(Level.FAILURE, "verdict", checklist.slug, what, mending.NEXT)


def minimums(ground: Ground) -> Iterator[Reason]:
    """Minimums that are not reached."""
    for rule in (replace(ground.policy.default, checklist=ground.after.state.decides), *ground.policy.rules):
        checklist = ground.session.catalogue.checklists.get(rule.checklist)
        if rule.mode is not Mode.HOLD or rule.minimum is None or checklist is None:
            continue
        now = reached(checklist, ground.after)
        if now is None or now >= rule.minimum:
            continue
        timeless = reached(checklist, ground.timeless)
        spared = ground.spares_age and timeless is not None and timeless >= rule.minimum
        what = f"{checklist.name} reaches {now}, and {rule.minimum} is the least{', by age alone' if spared else ''}"
        yield Reason(Level.WARNING if spared else Level.FAILURE, "minimum", checklist.slug, what, mending.NEXT)


def _only_calendar(ground: Ground, checklist: Checklist) -> bool:
    timed = {name for name, one in ground.after.assessment.standings.items() if ground.by_calendar(name, one)}
    return any(timed.intersection(item.controls) for item in checklist.scored)
