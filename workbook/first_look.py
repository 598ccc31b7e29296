"""The first look: the worst of what the probes saw, in the order it matters, before anybody answered anything."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from checks.observation import Examined, Finding, Location, Observation, Outcome, ProbeReport, Severity
from workbook.catalogue import SEVERITY_ORDER, Catalogue

if TYPE_CHECKING:
    from workbook.session import Session

LEVEL_WORDS: Final[Mapping[Severity, str]] = {
    Severity.BLOCKER: "STOPS LAUNCH",
    Severity.HIGH: "HIGH",
    Severity.MEDIUM: "MEDIUM",
    Severity.LOW: "LOW",
}
"""The words people read. They are proposals: a person decides what stops a launch."""

SHOWN: Final = 8
"""Lines on the first page."""

SEARCHED: Final = 4
"""Places that are named of those where something was searched for."""


@dataclass(frozen=True, slots=True)
class Line:
    """One thing found wanting. `what` is untrusted text; `times` counts the places, `place` is the first of them.

    Where there is no place to point at, `searched` says where was looked.
    """

    level: Severity
    what: str
    place: Location | None
    signal: str
    times: int = 1
    searched: tuple[str, ...] = ()

    @property
    def looked(self) -> str:
        """Where was looked for what has no place, in a few words; "" for what has one. Untrusted text."""
        return searched_in(self.searched) if self.place is None else ""


def searched_in(places: Sequence[str]) -> str:
    """Where was looked, the first few places of it: "searched README*, docs/**"; "" for nothing. Untrusted text."""
    more = f" and {len(places) - SEARCHED} more" if len(places) > SEARCHED else ""
    return f"searched {', '.join(places[:SEARCHED])}{more}" if places else ""


@dataclass(frozen=True, slots=True)
class FirstLook:
    """What a team sees first. `title` and the lines are untrusted text."""

    title: str
    lines: tuple[Line, ...]
    more: int
    """How many further lines there are."""
    look_right: int
    """How many signals are met."""
    cannot_answer: int
    """How many questions of the deciding checklist are left without a proposal by the probes."""
    unread: int
    """How many files were skipped or only partly read; what depends on them is unknown."""
    complete: bool
    """False while probes still run, or when they were stopped."""


def first_look(session: Session, shown: int = SHOWN) -> FirstLook:
    """What the session's last probe run says, the worst `shown` lines of it; empty before the first run."""
    report = session.report or ProbeReport(None, {}, (), Examined(), complete=False)
    lines = worst_first(session.catalogue, report)
    commit = f" @{session.place.commit[:7]}" if session.place.commit else ""
    return FirstLook(
        title=f"{session.root.name}{commit}",
        lines=lines[:shown],
        more=max(0, len(lines) - shown),
        look_right=sum(seen.outcome is Outcome.MET for seen in report.observations.values()),
        cannot_answer=sum(question.proposed is None for question in session.questions()),
        unread=len(report.files.partial) + len(report.files.skipped),
        complete=report.complete,
    )


def worst_first(catalogue: Catalogue, report: ProbeReport) -> tuple[Line, ...]:
    """One line a signal: the worst of its findings, or what was seen where there is no finding to point at."""
    groups: dict[str, list[Finding]] = {}
    for finding in report.findings:
        groups.setdefault(finding.signal, []).append(finding)
    lines = [_of_findings(group, _weight(catalogue, report, signal)) for signal, group in groups.items()]
    lines += [
        _of_observation(catalogue, seen)
        for seen in report.observations.values()
        if seen.outcome in (Outcome.UNMET, Outcome.PARTIAL) and seen.signal not in groups
    ]
    order = list(catalogue.signals)
    return tuple(
        sorted(lines, key=lambda line: (SEVERITY_ORDER[line.level], line.place is None, _position(order, line.signal)))
    )


def _weight(catalogue: Catalogue, report: ProbeReport, signal: str) -> Severity:
    """What the signal itself weighs; the lowest where its probe is content, so that its findings weigh alone."""
    seen = report.observations.get(signal)
    wanting = seen is not None and seen.outcome in (Outcome.UNMET, Outcome.PARTIAL)
    return _of_observation(catalogue, seen).level if seen is not None and wanting else Severity.LOW


def _of_findings(group: Iterable[Finding], weight: Severity) -> Line:
    """The worst of a signal's findings, which weighs at least what the signal weighs."""
    found = sorted(group, key=lambda finding: (SEVERITY_ORDER[finding.severity], finding.location))
    places = {(finding.location.path, finding.location.line) for finding in found}
    level = min(found[0].severity, weight, key=SEVERITY_ORDER.__getitem__)
    return Line(level, found[0].message, found[0].location, found[0].signal, len(places))


def _of_observation(catalogue: Catalogue, seen: Observation) -> Line:
    """An unmet signal weighs what its gravest control weighs; what is partly there, or only absent, stops no launch."""
    signal = catalogue.signals.get(seen.signal)
    controls = [catalogue.controls[name] for name in signal.feeds] if signal else []
    # A control that is wholly a person's matter, as a security review, lends no weight to one sign of it.
    fed = [control.severity for control in controls if control.automatable != "manual"]
    level = Severity(min(fed, key=SEVERITY_ORDER.__getitem__, default="low"))
    if seen.outcome is Outcome.PARTIAL and level in (Severity.BLOCKER, Severity.HIGH):
        level = Severity.MEDIUM
    if not seen.locations and level is Severity.BLOCKER:
        level = Severity.HIGH
    place = seen.locations[0] if seen.locations else None
    return Line(level, seen.summary, place, seen.signal, searched=tuple(seen.searched))


def _position(order: list[str], signal: str) -> int:
    return order.index(signal) if signal in order else len(order)
