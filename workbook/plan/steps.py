"""The cheapest next steps: most risk for the least effort, each with the items it moves and the verdict it makes."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from workbook.answers import Status
from workbook.assess import Assessment
from workbook.catalogue import Checklist
from workbook.outlook import sentence
from workbook.plan.gaps import Gap
from workbook.plan.imagine import Imagined
from workbook.plan.order import with_before

STEPS = 3
SATISFIED = (Status.READY, Status.NOT_APPLICABLE)


@dataclass(frozen=True, slots=True)
class Step:
    """One of the next steps. The verdict's sentence is that of the deciding checklist, "" where it stays the same."""

    gap: Gap
    risk: int
    settles: tuple[str, ...]
    """The items of the chosen checklists that hold once it is done."""
    nears: tuple[str, ...]
    """The items that still need other controls besides."""
    verdict: str


@dataclass(frozen=True, slots=True)
class Next:
    """The next steps, and the deciding checklist's verdict with all of them done; "" where it stays the same."""

    steps: tuple[Step, ...]
    together: str


def next_steps(imagined: Imagined, gaps: Sequence[Gap], risk: Mapping[str, int], count: int = STEPS) -> Next:
    """The cheapest next steps.

    Args:
        imagined: the workbook as it stands.
        gaps: the open controls in the order of work.
        risk: what an open control of each severity weighs.
        count: how many steps.
    """
    chosen = cheapest(gaps, risk, count)
    lists = [imagined.catalogue.checklists[slug] for slug in imagined.state.checklists]
    _, before = imagined.after()
    now = _sentence(imagined, lists[0], ())
    steps = []
    for gap in chosen:
        _, then = imagined.after((gap.control.id,))
        settles, nears = _moved(lists, gap.control.id, before, then)
        told = _sentence(imagined, lists[0], (gap.control.id,))
        steps.append(Step(gap, risk[gap.severity], settles, nears, told if told != now else ""))
    all_of = _sentence(imagined, lists[0], [gap.control.id for gap in chosen])
    return Next(tuple(steps), all_of if all_of != now else "")


def cheapest(gaps: Sequence[Gap], risk: Mapping[str, int], count: int = STEPS) -> list[Gap]:
    """Whole bundles of a control and what comes before it, the most risk for each half-day first.

    The one answer to "what next": the board, the plan and every export take it from here.
    """
    left = {gap.control.id: gap for gap in gaps}
    position = {name: number for number, name in enumerate(left)}
    chosen: list[Gap] = []
    while len(chosen) < count:
        bundles = {with_before(left, [name]) for name, gap in left.items() if not gap.waived and not gap.settle}
        if not bundles:
            break
        best = min(bundles, key=lambda names: (-_worth(left, names, risk), sorted(position[name] for name in names)))
        first = sorted(best, key=position.__getitem__)[: count - len(chosen)]
        chosen.extend(left.pop(name) for name in first)
    return chosen


def _worth(gaps: Mapping[str, Gap], names: Collection[str], risk: Mapping[str, int]) -> Fraction:
    bundle = [gaps[name] for name in names]
    return Fraction(sum(risk[gap.severity] for gap in bundle), sum(gap.half_days for gap in bundle))


def _moved(
    lists: Sequence[Checklist], control: str, before: Assessment, then: Assessment
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The items the control settles, and those it only brings nearer."""
    open_ones = [
        item.id
        for checklist in lists
        for item in checklist.scored
        if control in item.controls and before.items[item.id].status not in SATISFIED
    ]
    settled = tuple(item for item in open_ones if then.items[item].status in SATISFIED)
    return settled, tuple(item for item in open_ones if item not in settled)


def _sentence(imagined: Imagined, checklist: Checklist, ready: Collection[str]) -> str:
    verdict = imagined.verdict(checklist, ready)
    return sentence(verdict) if verdict else ""
