"""The seven-steps model: 46 items in seven steps, then one acceptance run at ten times the traffic.

Items, limits of the run and the risk that sets the order are the article's; docs/verdicts.md names our reading.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import ClassVar, Literal

from checks.frozen import Frozen
from workbook.answers import Status
from workbook.verdicts.lines import OPEN, Line, Tally, fit, ids, listed, stops, tally, total
from workbook.verdicts.record import Record, Way

SIZES: Mapping[str, int] = {"s1": 8, "s2": 6, "s3": 8, "s4": 4, "s5": 8, "s6": 8, "s7": 4}
"""The steps and how many items decide each."""

ITEMS = sum(SIZES.values())
ACCEPT = "accept"
"""The pillar of the items about the run: they count for what is open and what stops, not for the 46."""

VALIDITY = "ten-x-run"
"""The item that asks for a run that counts; the others of its pillar are named as in `LIKELY`."""

FIRST: Mapping[str, tuple[int, ...]] = {"paying-users": (2, 4), "pre-launch": (3, 1), "fundraising": (6, 5)}
"""The steps each profile takes first, in the order of the article's sentence; the profiles in our order."""

MULTIPLE, MINUTES = 10, 30
ERROR_RATE, P95_S = 0.01, 2.0
LIKELY: Mapping[str, tuple[int, ...]] = {"errors": (2, 1), "p95": (4, 1), "integrity": (2, 4)}
"""Which steps a failed check of the run points to, likeliest first: our reading, the article names none."""

PASS, FAIL, INVALID = "pass", "fail", "invalid-run"

FORMULA = (
    "ready = all seven steps done (46 items ready or do not apply) and a valid run passed: staging, at least 10 times "
    "the traffic for 30 minutes, errors below 1 %, p95 below 2 s, nothing corrupted"
)


class Run(Frozen):
    """The acceptance run as measured. `error_rate` is a share, `p95_s` is in seconds."""

    staging: bool
    multiple: float
    minutes: float
    error_rate: float
    p95_s: float
    corrupted: float


class Verdict(Record, kw_only=True):
    """What the model says. `accept` is "" without a run; `lowest` and `highest` bound the items met."""

    model: ClassVar[Literal["seven-steps"]] = "seven-steps"
    steps_done: int
    highest_steps: int
    items_met: int
    percent: float
    ready: bool
    accept: str
    likely_steps: tuple[int, ...]
    order: tuple[int, ...]
    next_step: int | None
    steps: Mapping[str, tuple[int, int]]
    formula: str = FORMULA


def decide(
    lines: Iterable[Line], accept: str = "", failed: Collection[str] = (), profiles: Collection[str] = ()
) -> Verdict:
    """The verdict over the items of the steps and the run's result; the order of the items never matters.

    Args:
        lines: the items of the seven steps, and those about the run where they are known.
        accept: "pass", "fail" or "invalid-run"; "" while nobody has said.
        failed: the checks of the run that failed, as `LIKELY` names them.
        profiles: what the team is about, for the order of work.
    """
    given = tuple(lines)
    counts = tally(given, SIZES)
    steps = total(counts.values())
    about_run = tally(given, {ACCEPT: sum(line.pillar == ACCEPT for line in given)})
    everything = total([*counts.values(), *about_run.values()])
    done = [number for number, one in enumerate(counts.values(), start=1) if one.full]
    in_order = order(profiles)
    ready = len(done) == len(SIZES) and accept == PASS
    likely = tuple(dict.fromkeys(step for check in LIKELY if check in failed for step in LIKELY[check]))
    incomplete = everything.unanswered > 0 or not accept
    can_end = _can_end(given, counts, accept)
    early = "pre-launch" in profiles
    in_the_way = _in_the_way(given, accept, failed)
    return Verdict(
        steps_done=len(done),
        highest_steps=sum(one.reachable for one in counts.values()),
        items_met=steps.met,
        of=ITEMS,
        percent=round(100 * steps.met / ITEMS, 1),
        verdict="incomplete" if incomplete else "ready" if ready else "not-ready",
        ready=ready,
        accept=accept,
        likely_steps=likely,
        order=in_order,
        next_step=next((step for step in in_order if step not in done), None),
        steps={name: (one.met, one.of) for name, one in counts.items()},
        hold=everything.blockers > 0,
        not_applicable=everything.not_applicable,
        needs_review=everything.needs_review,
        blockers=everything.blockers,
        unanswered=everything.unanswered,
        lowest=steps.met,
        highest=steps.met + steps.unanswered,
        can_end=can_end,
        decided_by=ids(given, (Status.UNANSWERED,), (*SIZES, ACCEPT)) if incomplete else () if ready else in_the_way,
        next_better=None if "ready" in can_end else Way("ready", in_the_way),
        certain=_certain(counts, everything, accept) if incomplete else stops(everything.blockers),
        notes=(
            *_notes(everything, accept, likely, all_done=len(done) == len(SIZES)),
            *(("before launch there is no traffic: the run is ten times the expected peak",) if early else ()),
        ),
    )


def order(profiles: Collection[str]) -> tuple[int, ...]:
    """The steps in the order of work for these profiles; the rest follows as printed."""
    first = [step for profile, steps in FIRST.items() if profile in profiles for step in steps]
    return tuple(dict.fromkeys([*first, *range(1, len(SIZES) + 1)]))


def acceptance(run: Run) -> str:
    """Whether the run passed; a run too short, too light or elsewhere than on staging proves nothing."""
    if not run.staging or run.multiple < MULTIPLE or run.minutes < MINUTES:
        return INVALID
    return FAIL if failing(run) else PASS


def failing(run: Run) -> tuple[str, ...]:
    """The checks of the run that failed. A limit itself is not below the limit."""
    held = {"errors": run.error_rate < ERROR_RATE, "p95": run.p95_s < P95_S, "integrity": run.corrupted == 0}
    return tuple(check for check, holds in held.items() if not holds)


def _can_end(lines: Sequence[Line], counts: Mapping[str, Tally], accept: str) -> tuple[str, ...]:
    """The verdicts that the unanswered items and a run to come leave open, worst first."""
    # A run nobody has judged as a whole is lost already when one of its items is.
    lost = accept in (FAIL, INVALID) or (
        not accept and any(one.pillar == ACCEPT and one.status in OPEN for one in lines)
    )
    attainable = not lost and all(one.reachable for one in counts.values())
    certain = accept == PASS and all(one.full for one in counts.values())
    return (*(() if certain else ("not-ready",)), *(("ready",) if attainable else ()))


def _in_the_way(lines: Sequence[Line], accept: str, failed: Collection[str]) -> tuple[str, ...]:
    """The open items, and those of the run that its measurements fail."""
    about = (VALIDITY,) if accept == INVALID else failed if accept == FAIL else ()
    # What the numbers take away may stand as answered with yes on the item.
    measured = (one.item for one in lines if one.pillar == ACCEPT and one.number in about)
    given = ids(lines, OPEN, (*SIZES, ACCEPT) if accept != PASS else SIZES)
    return tuple(dict.fromkeys((*given, *measured)))


def _certain(counts: Mapping[str, Tally], everything: Tally, accept: str) -> tuple[str, ...]:
    """What no further answer can change, as long as the given ones and the run stand."""
    said = [*stops(everything.blockers)]
    if shut := [number for number, one in enumerate(counts.values(), start=1) if not one.reachable]:
        said.append(f"step{'s' if len(shut) > 1 else ''} {listed(shut)} cannot be done until gaps close")
    if accept in (FAIL, INVALID):
        said.append("the acceptance run has to be made again")
    return tuple(said)


def _notes(everything: Tally, accept: str, likely: tuple[int, ...], *, all_done: bool) -> tuple[str, ...]:
    said = [*fit(everything.not_applicable)]
    if accept == INVALID:
        said.append("the run does not count: it takes staging, ten times the traffic and thirty minutes")
    if likely:
        said.append(f"what failed in the run points to step{'s' if len(likely) > 1 else ''} {listed(likely)}")
    if accept == PASS:
        said.append("a passed run is closer than most get, not the end of the work")
    if accept == PASS and not all_done and not everything.unanswered:
        said.append("the run passed although steps are open: that is progress, not readiness")
    if accept != PASS and all_done:
        said.append("all steps are done; a passed run is missing")
    return tuple(said)
