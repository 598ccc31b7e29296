"""Where the team stands, in one line for each decision model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, TypeAlias

from workbook.verdicts.lines import listed

if TYPE_CHECKING:
    from workbook.verdicts import every_item, fifty_point, prototype_gap, seven_steps, six_gates, ten_gates

Verdict: TypeAlias = (
    "fifty_point.Verdict | six_gates.Verdict | seven_steps.Verdict"
    " | ten_gates.Verdict | prototype_gap.Verdict | every_item.Verdict"
)
"""What any of the models says. A workbook needs one or two of them, and none is loaded here: `model` tells which."""

WORDS: Mapping[str, str] = {
    "incomplete": "No decision yet",
    "ship": "Ship",
    "harden": "Harden before a date is set",
    "hold": "Hold: a blocker stands in the way",
    "do-not-launch": "Do not launch",
    "passed": "Six gates passed",
    "repeat": "Six gates passed once, to be passed again for each feature",
    "list-only": "The printed list is full, not all gates are passed",
    "not-passed": "Not passed",
    "ready": "Ready, closer than most",
    "not-ready": "Not ready",
    "proceed": "Proceed",
    "pause": "Pause the launch",
    "production-ready": "Production-ready in our reading",
    "in-transition": "In transition",
    "not-ready-to-plan": "Not ready to plan production",
    "all-hold": "Everything on the list holds",
    "gaps": "Not everything on the list holds",
}
"""Every verdict in plain words."""

RUNS: Mapping[str, str] = {
    "": "no acceptance run yet",
    "pass": "acceptance run passed",
    "fail": "acceptance run failed",
    "invalid-run": "acceptance run does not count",
}
"""Each result of the seven steps' acceptance run in plain words."""

SHOWN = 6
"""How many ids of a long list are printed; JSON holds them all."""


def sentence(verdict: Verdict) -> str:
    """Where the team stands: "No decision yet: 38 items unanswered. Already certain: 2 stop launch. …"."""
    head = WORDS[verdict.verdict]
    if verdict.verdict == "incomplete":
        return f"{head}: {_open(verdict)}.{_certain(verdict.certain)} {_range(verdict)}{_absent(verdict)}."
    if verdict.model == "fifty-point":
        absent = f", {verdict.not_applicable} of them do not apply" if verdict.not_applicable else ""
        return f"{head}: {verdict.score} of {verdict.of}{absent}, {verdict.band}, path {verdict.path}."
    return f"{head}: {_reached(verdict)}{_absent(verdict)}.{_certain(verdict.certain)}"


def head(verdict: Verdict) -> str:
    """The verdict alone: "No decision yet: 38 items unanswered", "Hold: a blocker stands in the way: 43 of 50"."""
    word = WORDS[verdict.verdict]
    return f"{word}: {_open(verdict) if verdict.verdict == 'incomplete' else _reached(verdict)}"


def span(verdict: Verdict) -> str:
    """Between which figures it ends, or where it stands once every answer is in."""
    return f"{_range(verdict) if verdict.verdict == 'incomplete' else _reached(verdict)}{_absent(verdict)}"


def movement(now: Verdict, then: Verdict) -> str:
    """How an answer would move the verdict, in a few words; "verdict unchanged" where it would not."""
    said = []
    if (now.lowest, now.highest) != (then.lowest, then.highest):
        said.append(f"{_ends(then.lowest, then.highest)} of {then.of}")
    said += [part for before, part in zip(_parts(now), _parts(then), strict=True) if before != part]
    if stops := then.blockers - now.blockers:
        said.append(f"{stops:+} launch stopper{'s' if abs(stops) != 1 else ''}")
    if now.verdict != then.verdict:
        said.append(WORDS[then.verdict].lower())
    return ", ".join(said) or "verdict unchanged"


def _parts(verdict: Verdict) -> tuple[str, ...]:
    """What a model counts besides its items, each in a few words."""
    match verdict.model:
        case "six-gates":
            return (f"gates {_ends(verdict.gates_passed, verdict.highest_gates)} of 6",)
        case "seven-steps":
            return (f"steps {_ends(verdict.steps_done, verdict.highest_steps)} of 7",)
        case "ten-gates":
            return tuple(f"the bullets speak for {name} {one.level}" for name, one in verdict.suggestions.items())
        case "prototype-gap":
            return (f"{verdict.gaps_closed} of 5 gaps closed", f"{verdict.architecture_done} of 6 architecture steps")
        case _:
            return ()


def _ends(low: int, high: int) -> str:
    return f"{low}" if low == high else f"{low} to {high}"


def explained(verdict: Verdict) -> tuple[str, ...]:
    """How the verdict came about: its formula, what it can still end as, what decides it, what a better one takes."""
    said = [f"How it is computed: {verdict.formula}."]
    if verdict.verdict == "incomplete":
        said.append(f"It can still end as: {' / '.join(WORDS[one].lower() for one in verdict.can_end)}.")
    elif verdict.decided_by:
        said.append(f"Decided by {_some(verdict.decided_by)}.")
    if way := verdict.next_better:
        parts = [f"all of {_some(way.all_of)}"] if way.all_of else []
        parts += [f"any {way.some} of {_some(way.some_of)}"] if way.some else []
        said.append(f"For {WORDS[way.to].lower()}: {'; and '.join(parts)}.")
    return (*said, *(f"Note: {note}." for note in verdict.notes))


def _some(items: Sequence[str]) -> str:
    """The first few ids of a list, and how many more there are."""
    rest = len(items) - SHOWN
    return f"{', '.join(items[:SHOWN])} and {rest} more" if rest > 1 else listed(items)


def _open(verdict: Verdict) -> str:
    if verdict.model == "ten-gates":
        return f"{verdict.unanswered} domain{'s' if verdict.unanswered > 1 else ''} without a level"
    if verdict.model == "seven-steps":
        left = f"{_items(verdict.unanswered)} unanswered, " if verdict.unanswered else ""
        return left + RUNS[verdict.accept]
    return f"{_items(verdict.unanswered)} unanswered"


def _items(count: int) -> str:
    return f"{count} item{'' if count == 1 else 's'}"


def _range(verdict: Verdict) -> str:
    span = f"between {verdict.lowest} and {verdict.highest} of {verdict.of}"
    match verdict.model:
        case "six-gates":
            return f"The boxes end {span}, the gates between {verdict.gates_passed} and {verdict.highest_gates} of 6"
        case "seven-steps":
            return f"The items end {span}, the steps between {verdict.steps_done} and {verdict.highest_steps} of 7"
        case "ten-gates":
            return f"The total ends {span}"
        case "prototype-gap" | "every-item":
            return f"The items end {span}"
        case "fifty-point":
            return f"The score ends {span}"


def _reached(verdict: Verdict) -> str:
    match verdict.model:
        case "fifty-point":
            return f"{verdict.score} of {verdict.of}"
        case "every-item":
            return f"{verdict.items_met} of {verdict.of} items"
        case "six-gates":
            coming = f", gate {verdict.current_gate} is next" if verdict.current_gate else ""
            return f"{verdict.boxes} of {verdict.of} boxes, {verdict.gates_passed} of 6 gates{coming}"
        case "seven-steps":
            coming = f", step {verdict.next_step} is next" if verdict.next_step else ""
            items = f"{verdict.items_met} of {verdict.of} items ({verdict.percent} %)"
            return f"{verdict.steps_done} of 7 steps, {items}, {RUNS[verdict.accept]}{coming}"
        case "ten-gates":
            below = f"below the minimum: {listed(verdict.below)}" if verdict.below else "no domain below its minimum"
            return f"{verdict.total} of {verdict.of}, {below}"
        case "prototype-gap":
            coming = f", step {verdict.current_step} is next" if verdict.current_step else ""
            done = f"{verdict.architecture_done} of 6 architecture steps, {verdict.steps_done} of 7 process steps"
            return f"{verdict.entry} of 3 entry signs, {verdict.gaps_closed} of 5 gaps closed, {done}{coming}"


def _absent(verdict: Verdict) -> str:
    absent = verdict.not_applicable
    return f" ({absent} {'does' if absent == 1 else 'do'} not apply)" if absent else ""


def _certain(said: Sequence[str]) -> str:
    return f" Already certain: {'; '.join(said)}." if said else ""
