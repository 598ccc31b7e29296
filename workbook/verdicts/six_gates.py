"""The six-gates model: the 33 printable boxes, the six gates with their details, and which gate comes next.

Boxes, gates and their order of work are the article's; where it is silent, docs/verdicts.md names our reading.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import ClassVar, Literal

from workbook.answers import Status
from workbook.readings import Readings
from workbook.verdicts.lines import OPEN, Line, Tally, fit, ids, listed, stops, tally, total
from workbook.verdicts.record import Record, Way

SECTIONS: Mapping[str, int] = {
    "pr.testing": 5,
    "pr.security": 7,
    "pr.scalability": 6,
    "pr.observability": 5,
    "pr.operations": 5,
    "pr.deployment": 5,
}
"""The printed sections and their boxes, in the order of the gates: the nth section belongs to gate n."""

DETAILS: Mapping[str, int] = {"g1": 7, "g2": 17, "g3": 9, "g4": 7, "g5": 6, "g6": 16}
"""The gates and how many details decide each."""

PROCESS = "process"
BOXES = sum(SECTIONS.values())
SIZES: Mapping[str, int] = {**SECTIONS, **DETAILS, PROCESS: 1}

FORMULA = (
    "a gate is passed when its printed boxes and its details are all ready or do not apply; "
    "six gates passed needs all six, and each later feature to pass them again"
)


class Verdict(Record, kw_only=True):
    """What the model says. `lowest` and `highest` bound the boxes, `highest_gates` the gates, until all is answered."""

    model: ClassVar[Literal["six-gates"]] = "six-gates"
    boxes: int
    printable_pass: bool
    gate_pass: bool
    gates_passed: int
    highest_gates: int
    current_gate: int | None
    out_of_order: tuple[int, ...]
    sections: Mapping[str, tuple[int, int]]
    details: Mapping[str, tuple[int, int]]
    formula: str = FORMULA


def decide(lines: Iterable[Line], readings: Readings | None = None) -> Verdict:
    """The verdict over boxes, gate details and the process rule; their order never matters."""
    given = tuple(lines)
    counts = tally(given, SIZES)
    everything = total(counts.values())
    printed = total(counts[name] for name in SECTIONS)
    gates = _gates(counts)
    passed = tuple(number for number, gate in gates.items() if gate.full)
    current = next((number for number in gates if number not in passed), None)
    ahead = tuple(number for number in passed if current and number > current)
    verdict, can_end = _verdict(counts), _can_end(counts)
    return Verdict(
        boxes=printed.met,
        of=BOXES,
        verdict=verdict,
        printable_pass=printed.full,
        gate_pass=current is None,
        gates_passed=len(passed),
        highest_gates=sum(gate.reachable for gate in gates.values()),
        current_gate=current,
        out_of_order=ahead,
        sections={name: (counts[name].met, size) for name, size in SECTIONS.items()},
        details={name: (counts[name].met, size) for name, size in DETAILS.items()},
        hold=everything.blockers > 0,
        not_applicable=everything.not_applicable,
        needs_review=everything.needs_review,
        blockers=everything.blockers,
        unanswered=everything.unanswered,
        lowest=printed.met,
        highest=printed.met + printed.unanswered,
        can_end=can_end,
        decided_by=ids(given, (Status.UNANSWERED,), SIZES) if verdict == "incomplete" else _short(given, verdict),
        next_better=_next_better(given, can_end[-1], counts),
        certain=_certain(everything, printed, gates),
        notes=(*_notes(counts, everything, printed, current, ahead), *_readings(readings or Readings())),
    )


def _gates(counts: Mapping[str, Tally]) -> dict[int, Tally]:
    """Each gate: its printed section and its details together."""
    pairs = zip(SECTIONS, DETAILS, strict=True)
    return {number: total(counts[name] for name in pair) for number, pair in enumerate(pairs, start=1)}


def _verdict(counts: Mapping[str, Tally]) -> str:
    if any(one.unanswered for one in counts.values()):
        return "incomplete"
    if not all(counts[name].full for name in SECTIONS):
        return "not-passed"
    if not all(counts[name].full for name in DETAILS):
        return "list-only"
    return "passed" if counts[PROCESS].full else "repeat"


def _can_end(counts: Mapping[str, Tally]) -> tuple[str, ...]:
    """The verdicts that the unanswered items leave open, worst first."""

    def fillable(names: Iterable[str]) -> bool:
        return all(counts[name].reachable for name in names)

    def full(names: Iterable[str]) -> bool:
        return all(counts[name].full for name in names)

    open_to = {
        "not-passed": not full(SECTIONS),
        "list-only": fillable(SECTIONS) and not full(DETAILS),
        "repeat": fillable(SECTIONS) and fillable(DETAILS) and not counts[PROCESS].full,
        "passed": fillable(SIZES),
    }
    return tuple(name for name, reachable in open_to.items() if reachable)


def _short(lines: Sequence[Line], verdict: str) -> tuple[str, ...]:
    """The open items that keep the list from being more than this verdict."""
    where: Mapping[str, Iterable[str]] = {"not-passed": SECTIONS, "list-only": DETAILS, "repeat": (PROCESS,)}
    return ids(lines, OPEN, tuple(where.get(verdict, ())))


def _next_better(lines: Sequence[Line], best: str, counts: Mapping[str, Tally]) -> Way | None:
    match best:
        case "passed":
            return None
        case "not-passed" if not all(counts[name].reachable for name in DETAILS):
            to = "list-only"
        case "repeat":
            to = "passed"
        case _:
            to = "passed" if counts[PROCESS].reachable else "repeat"
    return Way(to, _short(lines, best))


def _certain(everything: Tally, printed: Tally, gates: Mapping[int, Tally]) -> tuple[str, ...]:
    """What no further answer can change, as long as the given ones stand."""
    said = [*stops(everything.blockers)]
    if everything.unanswered and (shut := [number for number, gate in gates.items() if not gate.reachable]):
        said.append(f"gate{'s' if len(shut) > 1 else ''} {listed(shut)} cannot be passed until gaps close")
    if everything.unanswered and not printed.reachable:
        said.append("the printed list cannot be full until gaps close")
    return tuple(said)


def _notes(
    counts: Mapping[str, Tally], everything: Tally, printed: Tally, current: int | None, ahead: tuple[int, ...]
) -> tuple[str, ...]:
    said = [*fit(everything.not_applicable)]
    if ahead:
        said.append(f"passed out of order, before gate {current}: {listed(ahead)}")
    if printed.full and current:
        said.append("the printed list is full, but details of the gates are open; only the gates decide")
    if not counts[PROCESS].full and not counts[PROCESS].unanswered:
        said.append("the gates are not known to be passed again for each feature, so they speak of an older state")
    return tuple(said)


def _readings(read: Readings) -> tuple[str, ...]:
    if (read.traffic_window_min, read.traffic_baseline) == (Readings().traffic_window_min, Readings().traffic_baseline):
        return ()
    against = read.traffic_baseline.replace("-", " ")
    return (f"sudden traffic is read over {read.traffic_window_min} minutes against the {against}, by setting",)
