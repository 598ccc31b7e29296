"""The four weeks of hardening, filled with this repository's open controls."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from workbook.catalogue import Catalogue, Item
from workbook.catalogue.plans import Block, Week
from workbook.plan.gaps import Gap
from workbook.plan.order import with_before


@dataclass(frozen=True, slots=True)
class Task:
    """One task of a week as its article has it, and the open controls it stands for; none where it is done."""

    item: str
    title: str
    controls: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FilledWeek:
    """One week. `also` are open controls no task names: those that raise the week's gates, or that others wait for."""

    number: int
    theme: str
    tasks: tuple[Task, ...]
    also: tuple[str, ...]
    half_days: int


@dataclass(frozen=True, slots=True)
class Weeks:
    """The weeks, and the open controls that are left for afterwards."""

    weeks: tuple[FilledWeek, ...]
    afterwards: tuple[str, ...]


def four_weeks(catalogue: Catalogue, block: Block, gaps: Sequence[Gap]) -> Weeks:
    """Every open control in one week or afterwards, never before a control that comes first.

    Args:
        catalogue: where the tasks are.
        block: the block that holds the weeks.
        gaps: the open controls in the order of work.
    """
    by_name = {gap.control.id: gap for gap in gaps}
    items = [item for slug in block.articles for item in catalogue.checklists[slug].items]
    week_of = _assigned(block.weeks, items, gaps)
    for name, number in tuple(week_of.items()):
        for before in with_before(by_name, [name]):
            week_of[before] = min(number, week_of.get(before, number))
    filled = []
    for week in block.weeks:
        inside = [name for name in by_name if week_of.get(name) == week.number]
        tasks = tuple(
            Task(item.id, item.title, tuple(name for name in inside if name in item.controls))
            for item in items
            if item.pillar == week.tasks
        )
        named = {name for task in tasks for name in task.controls}
        also = tuple(name for name in inside if name not in named)
        filled.append(FilledWeek(week.number, week.theme, tasks, also, sum(by_name[name].half_days for name in inside)))
    return Weeks(tuple(filled), tuple(name for name in by_name if name not in week_of))


def _assigned(weeks: Sequence[Week], items: Sequence[Item], gaps: Iterable[Gap]) -> dict[str, int]:
    """The week of each control: the one whose task names it, else whose gates ask for it, else whose area it is."""
    by_task: dict[str, int] = {}
    by_gate: dict[str, int] = {}
    for week in weeks:
        for item in items:
            for name in item.controls:
                if item.pillar == week.tasks:
                    by_task.setdefault(name, week.number)
                if item.pillar in week.raises:
                    by_gate.setdefault(name, week.number)
    by_area = {area: week.number for week in weeks for area in week.areas}
    found = {}
    for gap in gaps:
        name = gap.control.id
        number = by_task.get(name) or by_gate.get(name) or by_area.get(gap.control.area)
        if number is not None:
            found[name] = number
    return found
