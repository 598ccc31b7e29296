"""The acceptance run judged from a load report: pass, fail, invalid, or open, by the thresholds of the catalogue.

Nothing here answers a control: the run is told to people, and its numbers are compared wherever a checklist asks.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date
from typing import Final

from checks.reports.record import ERROR_DOMINATED, Figure, Load
from workbook.answers import Measurement, State
from workbook.catalogue import Catalogue
from workbook.errors import Refused
from workbook.outlook import STAGING
from workbook.thresholds import comparisons
from workbook.verdicts.seven_steps import FAIL, INVALID, LIKELY, MULTIPLE, PASS, VALIDITY

CONTROL: Final = "ten-x-acceptance"
CHECKLIST: Final = "seven-steps"
OPEN: Final = "open"
UNITS: Final[Mapping[str, float]] = {"/s": 1, "1/s": 1, "rps": 1, "req/s": 1, "/min": 1 / 60, "1/min": 1 / 60}
USERS: Final = "users"


@dataclass(frozen=True, slots=True)
class Baseline:
    """The traffic of today that the run is held against: requests a second, or users at once."""

    value: float
    unit: str

    @property
    def of_users(self) -> bool:
        """Whether it counts users."""
        return self.unit == USERS


@dataclass(frozen=True, slots=True)
class Ruling:
    """What the run is: `pass`, `fail`, `invalid-run` or `open`; why, with the numbers; and the likely steps."""

    result: str
    why: tuple[str, ...]
    steps: tuple[str, ...] = ()


def baseline(value: float, unit: str) -> Baseline:
    """The traffic of today: 12 "/s", 300 "/min" or 40 "users".

    Raises:
        Refused: it is none of these, or not above 0.
    """
    if unit not in (*UNITS, USERS) or not 0 < value < float("inf"):
        raise Refused(f"{value:g}{unit} is no traffic", "write requests as in 12/s or 300/min, or users as in 40users")
    return Baseline(value * UNITS.get(unit, 1), USERS if unit == USERS else "/s")


def joined(loads: Sequence[Load]) -> Load | None:
    """One run of its parts, where no two tell a different 95th percentile; None where they are several runs."""
    if not loads or sum(one.p95_s is not None for one in loads) > 1 or sum(bool(one.rates) for one in loads) > 1:
        return loads[0] if len(loads) == 1 else None
    whole = loads[0]
    for part in loads[1:]:
        told = {one.name: getattr(part, one.name) for one in fields(Load) if getattr(whole, one.name) in (None, ())}
        whole = replace(whole, **told)
    return whole


def against(load: Load, base: Baseline) -> tuple[Figure, ...]:
    """How many times the traffic of today the run offered, and for how long it held that.

    Where the report tells the run over time, what counts is the span from the first to the last moment at the target;
    else the mean of the whole run, ramp included.

    Raises:
        Refused: the report does not tell what the baseline counts.
    """
    target = MULTIPLE * base.value
    course = load.user_steps if base.of_users else load.rates
    if course:
        reached = [number for number, (_, offered) in enumerate(course) if offered >= target]
        if not reached:
            multiple, seconds = max(offered for _, offered in course) / base.value, 0.0
        else:
            span = course[reached[0] : reached[-1] + 1]
            multiple = sum(offered for _, offered in span) / len(span) / base.value
            seconds = _end(course, reached[-1]) - span[0][0]
    elif load.rate is not None and load.duration_s is not None and not base.of_users:
        multiple, seconds = load.rate / base.value, load.duration_s
    else:
        what = "users over time" if base.of_users else "how many requests a second it made"
        raise Refused(f"the report does not tell {what}", "give the baseline in the other unit, as in 12/s or 40users")
    return (Figure("load_multiple", float(f"{multiple:.6g}"), "count"), Figure("duration_s", round(seconds, 1), "s"))


def judge(load: Load, figures: Sequence[Figure], state: State, catalogue: Catalogue, today: date) -> Ruling:
    """The run held against the thresholds of its items; the integrity of the data and the place come from the state."""
    told = {one.name: Measurement(one.value, one.unit, "the report", at=today) for one in figures}
    if "load_multiple" not in told and "load_multiple" in state.measurements:
        told["load_multiple"] = state.measurements["load_multiple"]
    if "corrupted_records" in state.measurements:
        told["corrupted_records"] = state.measurements["corrupted_records"]
    broken = dict(_broken(told, catalogue))
    invalid = tuple(_invalid(load, state, told))
    if VALIDITY in broken or invalid:
        return Ruling(INVALID, (*invalid, *broken.get(VALIDITY, ())))
    if broken:
        steps = tuple(dict.fromkeys(step for check in LIKELY if check in broken for step in LIKELY[check]))
        return Ruling(FAIL, tuple(said for lines in broken.values() for said in lines), _named(steps, catalogue))
    missing = tuple(_missing(told, state))
    return Ruling(OPEN, missing) if missing else Ruling(PASS, tuple(_held(told, catalogue)))


def _invalid(load: Load, state: State, told: Mapping[str, Measurement]) -> Iterator[str]:
    """Why the run proves nothing, whatever its numbers are."""
    share = load.error_rate
    if share is None:
        yield "the report does not tell how many requests failed"
    elif share >= ERROR_DOMINATED:
        yield f"{100 * share:.1f} % of the requests failed: the errors were measured, not the product"
    if load.p95_s is None:
        yield "the report tells no 95th percentile; let the tool write it, and run again"
    if "duration_s" not in told:
        yield "the report does not tell how long the run took"
    multiple = told.get("load_multiple")
    if multiple and multiple.value < MULTIPLE:
        yield f"there is no ramp to the target: {multiple.value:.3g} times the traffic of today was the most it held"
    if (staging := state.attested.get(STAGING)) and not staging.holds:
        yield "it was not made on staging, as attested"


def _missing(told: Mapping[str, Measurement], state: State) -> Iterator[str]:
    """What a pass still needs, and how to tell it."""
    if "load_multiple" not in told:
        yield "how many times the traffic of today it was: import it again with --baseline 12/s or --baseline 40users"
    if "corrupted_records" not in told:
        yield "whether all data stayed intact: readiness measure corrupted_records 0count"
    if STAGING not in state.attested:
        yield f"whether it was made on staging: readiness attest {STAGING} yes"


def _compared(told: Mapping[str, Measurement], catalogue: Catalogue) -> Iterator[tuple[str, bool, str]]:
    """For each clause of the run's items: the item's short name, whether it holds, and the numbers."""
    for item in catalogue.checklists[CHECKLIST].items:
        if CONTROL in item.controls:
            for one in comparisons(item, told):
                yield item.number, one.holds, one.said


def _broken(told: Mapping[str, Measurement], catalogue: Catalogue) -> Iterator[tuple[str, tuple[str, ...]]]:
    compared = tuple(_compared(told, catalogue))
    for name in dict.fromkeys(number for number, holds, _ in compared if not holds):
        yield name, tuple(said for number, holds, said in compared if number == name and not holds)


def _held(told: Mapping[str, Measurement], catalogue: Catalogue) -> Iterator[str]:
    return (said for _, _, said in _compared(told, catalogue))


def _named(steps: Sequence[int], catalogue: Catalogue) -> tuple[str, ...]:
    titles = {one.id: one.title for one in catalogue.checklists[CHECKLIST].pillars}
    return tuple(f"step {number}, {titles[f's{number}']}" for number in steps)


def _end(course: Sequence[tuple[float, float]], last: int) -> float:
    """When the last moment at the target ended: with the next entry, or one usual step later."""
    if last + 1 < len(course):
        return course[last + 1][0]
    return course[last][0] + (course[last][0] - course[last - 1][0] if last else 0)
