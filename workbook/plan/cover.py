"""The cheapest set of controls that satisfies "all of these, and so many of those": exact where small, else greedy."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

MOST_SHARED = 12
"""Up to so many controls shared between the choices every combination of them is tried: 4096 at most."""

Controls = frozenset[str]


@dataclass(frozen=True, slots=True)
class Group:
    """So many of the options have to be met; each option is the set of controls it takes."""

    need: int
    options: tuple[Controls, ...]


@dataclass(frozen=True, slots=True)
class Goal:
    """What has to be met: the `controls` in any case, and of each group so many options."""

    controls: Controls
    groups: tuple[Group, ...] = ()


@dataclass(frozen=True, slots=True)
class Found:
    """The controls that reach a goal, and whether nothing cheaper does."""

    controls: Controls
    exact: bool


def cheapest(goal: Goal, cost: Mapping[str, int]) -> Found | None:
    """The cheapest controls that reach the goal; None where no choice does."""
    forced = _forced(goal)
    if forced is None:
        return None
    chosen, exact = set(forced.controls), True
    for part in _apart(forced.groups):
        found = (_by_cluster(part[0], cost) if len(part) == 1 else _exact(part, cost)) or _greedy(part, cost)
        chosen |= found.controls
        exact = exact and found.exact
    return Found(frozenset(chosen), exact)


def _forced(goal: Goal) -> Goal | None:
    """The goal with everything taken that leaves no choice; None where a group cannot be met."""
    taken, groups = goal.controls, goal.groups
    while True:
        left = []
        more: set[str] = set()
        for group in groups:
            options = tuple(option - taken for option in group.options)
            need = group.need - sum(not option for option in options)
            options = tuple(option for option in options if option)
            if need > len(options):
                return None
            if need == len(options):
                more.update(*options)
            elif need > 0:
                left.append(Group(need, options))
        if not more:
            return Goal(taken, tuple(left))
        taken, groups = taken | more, tuple(left)


def _apart(groups: Sequence[Group]) -> list[list[Group]]:
    """The groups in parts that share no control, so that each part can be solved alone."""
    parts: list[tuple[set[str], list[Group]]] = []
    for group in groups:
        names = set().union(*group.options)
        touching = [part for part in parts if part[0] & names]
        merged = (names.union(*(part[0] for part in touching)), [one for part in touching for one in part[1]] + [group])
        parts = [part for part in parts if part not in touching] + [merged]
    return [part[1] for part in parts]


def _exact(groups: Sequence[Group], cost: Mapping[str, int]) -> Found | None:
    """Every set of shared controls in turn; given one, the options cost what is theirs alone, so the cheapest win."""
    times = Counter(name for group in groups for option in group.options for name in option)
    shared = frozenset(name for name, count in times.items() if count > 1)
    if len(shared) > MOST_SHARED:
        return None
    split = [_cheapest_first(group, shared, cost) for group in groups]
    best: tuple[int, tuple[str, ...]] | None = None
    for size in range(len(shared) + 1):
        for taken in map(frozenset, combinations(sorted(shared), size)):
            if best is not None and total(taken, cost) > best[0]:
                continue
            chosen = set(taken)
            for group, options in zip(groups, split, strict=True):
                affordable = [own for used, own in options if used <= taken]
                if len(affordable) < group.need:
                    break
                chosen.update(*affordable[: group.need])
            else:
                candidate = (total(chosen, cost), tuple(sorted(chosen)))
                best = candidate if best is None else min(best, candidate)
    return None if best is None else Found(frozenset(best[1]), exact=True)


def _by_cluster(group: Group, cost: Mapping[str, int]) -> Found | None:
    """One group, exactly: options that share controls cluster, and clusters only trade how many each gives."""
    best: dict[int, tuple[int, tuple[str, ...]]] = {0: (0, ())}
    for cluster in _apart([Group(1, (option,)) for option in group.options]):
        options = tuple(option for one in cluster for option in one.options)
        gives = [_exact([Group(count, options)], cost) for count in range(len(options) + 1)]
        further: dict[int, tuple[int, tuple[str, ...]]] = {}
        for met, (spent, controls) in best.items():
            for count, found in enumerate(gives):
                if found is None:
                    return None
                reached = min(met + count, group.need)
                candidate = (spent + total(found.controls, cost), (*controls, *sorted(found.controls)))
                further[reached] = min(candidate, further.get(reached, candidate))
        best = further
    return Found(frozenset(best[group.need][1]), exact=True)


def _cheapest_first(group: Group, shared: Controls, cost: Mapping[str, int]) -> list[tuple[Controls, Controls]]:
    """Each option as what it shares with others and what is its own, the cheapest own part first."""
    split = ((option & shared, option - shared) for option in group.options)
    return sorted(split, key=lambda parts: (total(parts[1], cost), sorted(parts[1]), sorted(parts[0])))


def _greedy(groups: Sequence[Group], cost: Mapping[str, int]) -> Found:
    """Always the option that adds least, then whatever turned out to be unneeded is taken back, the dearest first."""
    chosen: set[str] = set()
    while unmet := [group for group in groups if not _met(group, chosen)]:
        options = (option - chosen for group in unmet for option in group.options if not option <= chosen)
        chosen |= min(options, key=lambda added: (total(added, cost), sorted(added)))
    for name in sorted(chosen, key=lambda one: (-cost[one], one)):
        if all(_met(group, chosen - {name}) for group in groups):
            chosen.discard(name)
    return Found(frozenset(chosen), exact=False)


def _met(group: Group, chosen: set[str]) -> bool:
    return sum(option <= chosen for option in group.options) >= group.need


def total(controls: Collection[str], cost: Mapping[str, int]) -> int:
    """What a set of controls costs together."""
    return sum(cost[name] for name in controls)
