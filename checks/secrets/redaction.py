"""A probe report without secret values, wherever they stand: in a path, a summary, a message or a snippet."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from checks.hotspots import Hotspots
from checks.observation import Examined, Finding, Location, Observation, ProbeReport, Proposal, Unread
from checks.secrets.shapes import harmless, redact


def redacted(report: ProbeReport) -> ProbeReport:
    """The report as it may be shown and kept. A place whose path holds a secret can no longer be opened from it."""
    if harmless(_texts(report)):
        return report
    return replace(
        report,
        observations={name: _observation(one) for name, one in report.observations.items()},
        findings=tuple(_finding(one) for one in report.findings),
        files=Examined(report.files.examined, _unread(report.files.partial), _unread(report.files.skipped)),
        proposals=tuple(_proposal(one) for one in report.proposals),
        hotspots=report.hotspots and _hotspots(report.hotspots),
    )


def _texts(report: ProbeReport) -> Iterator[str]:
    """Every text that is replaced below."""
    for observation in report.observations.values():
        yield from (observation.summary, observation.fix, *observation.searched)
        yield from (place.path for place in observation.locations)
    for finding in report.findings:
        yield from (finding.location.path, finding.message, finding.snippet)
    for unread in (*report.files.partial, *report.files.skipped):
        yield from (unread.path, unread.reason)
    for proposal in report.proposals:
        yield proposal.reason
        yield from (place.path for place in proposal.locations)
    if report.hotspots:
        yield report.hotspots.note
        yield from (text for row in report.hotspots.functions for text in (row.path, row.function))
        yield from (row.path for row in report.hotspots.files)


def _observation(one: Observation) -> Observation:
    return replace(
        one,
        summary=redact(one.summary),
        searched=tuple(map(redact, one.searched)),
        locations=_places(one.locations),
        fix=redact(one.fix),
    )


def _finding(one: Finding) -> Finding:
    # The snippet was cut from the whole redacted file; alone it may hold a line of something longer.
    return replace(one, location=_place(one.location), message=redact(one.message), snippet=redact(one.snippet))


def _proposal(one: Proposal) -> Proposal:
    return replace(one, reason=redact(one.reason), locations=_places(one.locations))


def _hotspots(table: Hotspots) -> Hotspots:
    return replace(
        table,
        functions=tuple(replace(one, path=redact(one.path), function=redact(one.function)) for one in table.functions),
        files=tuple(replace(one, path=redact(one.path)) for one in table.files),
        note=redact(table.note),
    )


def _unread(files: tuple[Unread, ...]) -> tuple[Unread, ...]:
    return tuple(Unread(redact(one.path), redact(one.reason)) for one in files)


def _places(places: tuple[Location, ...]) -> tuple[Location, ...]:
    return tuple(_place(one) for one in places)


def _place(one: Location) -> Location:
    return replace(one, path=redact(one.path))
