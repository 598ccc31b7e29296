"""The shortest way to a checklist's next better verdict, and the check that it really leads there."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from workbook.answers import Status
from workbook.assess import Standing
from workbook.catalogue import Checklist
from workbook.outlook import Verdict, sentence
from workbook.plan.cover import Found, cheapest, total
from workbook.plan.gaps import Gap
from workbook.plan.goals import RANKS, Ground, goals, to_score
from workbook.plan.imagine import Imagined
from workbook.verdicts import ten_gates

FEWER = 1000
"""Half-days weigh this much more than the number of controls: cheapest first, then fewest."""

TOP = ("ship", "passed", "ready", "proceed", "production-ready", "all-hold")
"""The best verdict of each model."""

NOT_BY_CONTROLS = "controls alone do not lift it: a stored number or a fact somebody stated has to change first"


@dataclass(frozen=True, slots=True)
class Way:
    """The way to the next better verdict. Without `controls` and `levels` there is none: `obstacles` say why.

    Nobody can promise what unanswered questions bring: the way counts each as an open gap, unless it is one of
    `controls`. `obstacles` are untrusted text.
    """

    checklist: str
    now: str
    """The present verdict."""
    start: str
    """The verdict the way starts from: the present one, or what it is with every unanswered question an open gap."""
    goal: str
    """The verdict at its end; "" where controls do not lead to a better one."""
    goal_sentence: str = ""
    controls: tuple[str, ...] = ()
    half_days: int = 0
    to_answer: int = 0
    """How many further questions nobody has answered; the verdict waits for them as well."""
    levels: Mapping[str, int] = field(default_factory=dict)
    """The levels a person still has to give, as the bullets speak for then (ten-gates)."""
    exact: bool = True
    """Whether nothing shorter leads there; else the way was put together greedily."""
    obstacles: tuple[str, ...] = ()

    @property
    def at_the_top(self) -> bool:
        """Whether there is no better verdict to reach."""
        return not self.goal and not self.obstacles


def shortest_way(imagined: Imagined, checklist: Checklist, gaps: Sequence[Gap]) -> Way | None:
    """The cheapest open controls that lift the verdict; None where this version does not have the list's model.

    Args:
        imagined: the workbook as it stands.
        checklist: the chosen checklist whose verdict is to become better.
        gaps: the open controls in the order of work.
    """
    now, start = imagined.verdict(checklist), imagined.verdict(checklist, answered=True)
    if now is None or start is None:
        return None
    if now.verdict in TOP:
        return Way(checklist.slug, now.verdict, start.verdict, "")
    everything = frozenset(gap.control.id for gap in gaps)
    best = imagined.after(everything, answered=True)[1].of(checklist)
    stuck = {one.item.id: one.why for one in best if one.status not in (Status.READY, Status.NOT_APPLICABLE)}
    for number, found in enumerate(_candidates(imagined, checklist, gaps, start, frozenset(stuck))):
        end, levels = _end(imagined, checklist, found.controls)
        if RANKS.get(end.verdict, -1) > RANKS.get(start.verdict, -1):
            return Way(
                checklist.slug,
                now.verdict,
                start.verdict,
                end.verdict,
                sentence(end),
                controls=tuple(gap.control.id for gap in gaps if gap.control.id in found.controls),
                half_days=sum(gap.half_days for gap in gaps if gap.control.id in found.controls),
                to_answer=_left_to_answer(checklist, gaps, found.controls),
                levels=levels,
                exact=found.exact and number == 0,
            )
    said = tuple(f"{item}: {why}" for item, why in stuck.items())
    return Way(checklist.slug, now.verdict, start.verdict, "", obstacles=said or (NOT_BY_CONTROLS,))


def _candidates(
    imagined: Imagined, checklist: Checklist, gaps: Sequence[Gap], start: Verdict, stuck: frozenset[str]
) -> Iterator[Found]:
    """The ways worth trying, the cheapest first; everything at once in the end."""
    state, assessment = imagined.after(answered=True)
    regulated = bool(state.frameworks) if state.readings.regulated is None else state.readings.regulated
    by_name = {gap.control.id: gap for gap in gaps}
    ground = Ground(checklist, assessment, start, by_name, stuck, state.readings, regulated)
    cost = {gap.control.id: FEWER * gap.half_days + 1 for gap in gaps}
    found = [one for goal in goals(ground) if (one := cheapest(goal, cost))]
    yield from sorted(found, key=lambda one: (total(one.controls, cost), sorted(one.controls)))
    yield Found(frozenset(by_name), exact=False)


def _end(imagined: Imagined, checklist: Checklist, controls: Collection[str]) -> tuple[Verdict, dict[str, int]]:
    """The verdict with these controls ready, and the levels a person gives for it."""
    end = imagined.verdict(checklist, controls, answered=True)
    assert end is not None  # noqa: S101  the list has a verdict, or nobody would ask
    if not isinstance(end, ten_gates.Verdict):
        return end, {}
    levels = {name: end.suggestions[name].level for name in to_score(end)}
    scored = imagined.verdict(checklist, controls, answered=True, levels=levels)
    return scored or end, levels


def _left_to_answer(checklist: Checklist, gaps: Iterable[Gap], controls: Collection[str]) -> int:
    asked = {name for item in checklist.scored for name in item.controls} - set(controls)
    return sum(gap.standing is Standing.UNANSWERED and gap.control.id in asked for gap in gaps)
