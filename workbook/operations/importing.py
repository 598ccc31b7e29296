"""Importing reports of other tools: what they would record, and the changes that record it. Never an answer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from checks.reports.record import Figure, Imported, counted, serious
from workbook import acceptance
from workbook.acceptance import Baseline, Ruling
from workbook.answers import Evidence, Measurement
from workbook.errors import Refused
from workbook.ledger.desk import Change
from workbook.metrics import metrics
from workbook.operations import answering
from workbook.operations.given import Given
from workbook.operations.measuring import measured
from workbook.store import MISSING
from workbook.thresholds import comparisons
from workbook.uses import uses

FAILED, UNGRADED = "failed", "unknown"
"""Counts of a report that speak against a control besides the high and critical ones: who can say how bad they are?"""


@dataclass(frozen=True, slots=True)
class Received:
    """A report that was read, the name of its file (below the repository its path), and the digest of its bytes."""

    name: str
    sha256: str
    report: Imported


@dataclass(frozen=True, slots=True)
class Number:
    """A measurement to be stored. `kept` says why it is not: a newer number is there."""

    metric: str
    value: float
    unit: str
    source: str
    at: date
    commit: str
    kept: str = ""


@dataclass(frozen=True, slots=True)
class Import:
    """What an import would record: evidence by control, numbers, and how a load run is judged."""

    evidence: Mapping[str, tuple[Evidence, ...]]
    numbers: tuple[Number, ...]
    ruling: Ruling | None = None


def intended(
    given: Given, received: Sequence[Received], wanted: Sequence[str] = (), base: Baseline | None = None
) -> Import:
    """What importing these reports would record.

    Args:
        given: the ground.
        received: the reports.
        wanted: the controls they are evidence for; those of templates/reports.toml when none is named.
        base: the traffic of today, to hold a load run against.

    Raises:
        Refused: there is no such control, a baseline without a load run, or several runs at once with one.
    """
    for control in wanted:
        given.control(control)
    loads = [one.report.load for one in received if one.report.load is not None]
    load = acceptance.joined(loads)
    if base is not None and load is None:
        raise Refused("a baseline needs one load run", "import the reports of one run, each run by itself")
    relative = acceptance.against(load, base) if base is not None and load is not None else ()
    numbers = tuple(_numbers(given, received, relative))
    found: dict[str, list[Evidence]] = {}
    for one in received:
        for control in wanted or uses().serves(one.report).controls:
            found.setdefault(control, []).append(_piece(given, one, control, numbers))
    ruling = None
    if load is not None:
        figures = {figure.name: figure for one in received if one.report.load for figure in one.report.figures}
        figures |= {figure.name: figure for figure in relative}
        ruling = acceptance.judge(load, tuple(figures.values()), given.state, given.catalogue, given.today)
    return Import({control: tuple(pieces) for control, pieces in found.items()}, numbers, ruling)


def imported(given: Given, plan: Import) -> tuple[Change, ...]:
    """The changes that record it. What a tool said of a file before makes room for what it says now."""
    return (
        *(_attached(given, control, pieces) for control, pieces in plan.evidence.items()),
        *(_measured(given, one) for one in plan.numbers if not one.kept),
    )


def made(given: Given, report: Imported) -> date:
    """The day a report counts from: its own, or today where it names none or one to come."""
    return min(report.at or given.today, given.today)


def _attached(given: Given, control: str, pieces: Sequence[Evidence]) -> Change:
    known = {(one.values["tool"], one.values["file"]) for one in pieces}
    before = given.answer(control).evidence
    others = [
        one for one in before if one.kind != "report" or (one.values["tool"], one.values.get("file")) not in known
    ]
    return answering.change(given, control, {"evidence": [one.table() for one in (*others, *pieces)]})


def _measured(given: Given, number: Number) -> Change:
    change = measured(given, number.metric, number.value, number.unit, number.source)
    return Change(change.table, {**change.fields, "at": number.at, "commit": number.commit or MISSING})


def _piece(given: Given, one: Received, control: str, numbers: Sequence[Number]) -> Evidence:
    report = one.report
    values: dict[str, Any] = {
        "tool": report.tool,
        "version": report.version,
        "format": report.format,
        "file": one.name,
        "sha256": one.sha256,
        "at": made(given, report),
        "commit": _commit(given, report),
        "saw": report.summary,
        "against": _against(given, report, control, numbers),
    }
    return Evidence("report", {key: value for key, value in values.items() if value})


def _commit(given: Given, report: Imported) -> str:
    """The commit a report names; for one of today that names none, the one that is checked out."""
    if report.commit:
        return report.commit[:12]
    return given.place.commit[:12] if made(given, report) == given.today else ""


def _against(given: Given, report: Imported, control: str, numbers: Sequence[Number]) -> str:
    """Why the report speaks against a yes to the control; "" where it does not. It then never helps `--accept`."""
    if serious(report.counts) or report.counts.get(UNGRADED):
        return f"it found {counted(report.counts)}"
    if report.counts.get(FAILED):
        return f"{report.counts[FAILED]} tests failed"
    told = {one.metric: Measurement(one.value, one.unit, one.source) for one in numbers}
    asking = (item for item in given.catalogue.items.values() if control in item.controls)
    return next((one.said for item in asking for one in comparisons(item, told) if not one.holds), "")


def _numbers(given: Given, received: Sequence[Received], relative: Sequence[Figure]) -> Iterator[Number]:
    told: dict[str, list[tuple[Received, Figure]]] = {}
    replaced = {one.name for one in relative}
    for one in received:
        for figure in one.report.figures:
            if figure.name not in replaced:
                told.setdefault(figure.name, []).append((one, figure))
        if one.report.load is not None:
            for figure in relative:
                told.setdefault(figure.name, []).append((one, figure))
    for name, several in told.items():
        stored = uses().figures[name]
        last = max((one for one, _ in several), key=lambda one: made(given, one.report))
        value = several[0][1].value if name in replaced else stored.of([figure.value for _, figure in several])
        yield _number(given, stored.metric, value, several[0][1].unit, last)


def _number(given: Given, metric: str, value: float, unit: str, one: Received) -> Number:
    at = made(given, one.report)
    # Under the name the team uses already: two numbers of one thing would contradict each other.
    names = (metric, *metrics()[metric].also)
    name = next((known for known in names if known in given.state.measurements), metric)
    before = given.state.measurements.get(name)
    newer = before is not None and before.at is not None and before.at > at
    kept = f"the number of {before.at} is newer" if before is not None and newer else ""
    return Number(name, value, unit, f"{one.report.tool}: {one.name}", at, _commit(given, one.report), kept)
