"""The order of work: what stops the launch first, then by severity, profile and effort, and nothing before its turn."""

from __future__ import annotations

import heapq
from collections.abc import Collection, Iterable, Mapping

from workbook.catalogue import SEVERITY_ORDER, Catalogue
from workbook.catalogue.plans import Plans
from workbook.plan.gaps import Gap
from workbook.verdicts.seven_steps import SIZES, order

STEPS = "seven-steps"
"""The checklist whose steps the profiles order."""

Key = tuple[int, int, int, int, str]


def ranked(catalogue: Catalogue, gaps: Iterable[Gap], profiles: Collection[str]) -> tuple[Gap, ...]:
    """The gaps in the order of work, whatever order they come in.

    A gap that graver ones wait for is as urgent as the gravest of them, and comes before it.
    """
    open_ones = {gap.control.id: gap for gap in gaps}
    steps = step_of(catalogue, profiles)
    own = {name: _urgency(gap) for name, gap in open_ones.items()}
    urgent = _inherited(open_ones, own)
    keys: dict[str, Key] = {
        name: (
            urgent[name],
            SEVERITY_ORDER[gap.control.severity],
            steps.get(name, len(SIZES)) if profiles else 0,
            gap.half_days,
            name,
        )
        for name, gap in open_ones.items()
    }
    waiting = {name: len(gap.after) for name, gap in open_ones.items()}
    ready = [keys[name] for name, count in waiting.items() if not count]
    heapq.heapify(ready)
    done: list[Gap] = []
    while ready:
        name = heapq.heappop(ready)[-1]
        done.append(open_ones[name])
        for later, gap in open_ones.items():
            if name in gap.after:
                waiting[later] -= 1
                if not waiting[later]:
                    heapq.heappush(ready, keys[later])
    return tuple(done)


def step_of(catalogue: Catalogue, profiles: Collection[str]) -> dict[str, int]:
    """For each control the place of its earliest step in the order of work of these profiles."""
    place = {f"s{step}": position for position, step in enumerate(order(profiles))}
    found: dict[str, int] = {}
    for item in catalogue.checklists[STEPS].scored if STEPS in catalogue.checklists else ():
        for name in item.controls if item.pillar in place else ():
            found[name] = min(place[item.pillar], found.get(name, len(place)))
    return found


def turns(catalogue: Catalogue, plans: Plans, profiles: Collection[str]) -> dict[str, tuple[int, int]]:
    """For each control the place of its step for these profiles, and its effort: the smaller, the earlier asked."""
    steps = step_of(catalogue, profiles) if profiles else {}
    return {name: (steps.get(name, len(SIZES)), plans.effort(name).half_days) for name in catalogue.controls}


def _urgency(gap: Gap) -> int:
    """0 stops the launch by a person's word; then the severities; accepted risk last."""
    if gap.stops_launch:
        return 0
    last = len(SEVERITY_ORDER) + 1
    return last if gap.waived or gap.settle else 1 + SEVERITY_ORDER[gap.control.severity]


def _inherited(gaps: Mapping[str, Gap], own: Mapping[str, int]) -> dict[str, int]:
    urgent = dict(own)
    for name, gap in gaps.items():
        left = list(gap.after)
        while left:
            before = left.pop()
            urgent[before] = min(urgent[before], own[name])
            left.extend(gaps[before].after)
    return urgent


def with_before(gaps: Mapping[str, Gap], names: Iterable[str]) -> frozenset[str]:
    """The named gaps and every one that comes before them; what is not among `gaps` counts as done."""
    found: set[str] = set()
    left = list(names)
    while left:
        name = left.pop()
        if name in gaps and name not in found:
            found.add(name)
            left.extend(gaps[name].after)
    return frozenset(found)
