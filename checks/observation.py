"""The records every probe returns: observations, findings, and what was examined to get them."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from checks.frozen import Frozen

if TYPE_CHECKING:
    from checks.hotspots import Hotspots
    from checks.plugins.used import PluginUsed


class Outcome(StrEnum):
    """What a probe saw. `UNKNOWN` says it could not look, or not well enough; it is never a pass."""

    MET = "met"
    PARTIAL = "partial"
    UNMET = "unmet"
    NOT_APPLICABLE = "not-applicable"
    UNKNOWN = "unknown"


class Confidence(StrEnum):
    """How sure a probe is of its outcome."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


class Severity(StrEnum):
    """How much a finding matters, worst first."""

    BLOCKER = "blocker"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


class Location(Frozen):
    """A place in the tree. `path` is POSIX and relative to the root; lines count from 1, 0 means the whole file."""

    path: str
    line: int = 0
    end_line: int = 0

    def __lt__(self, other: Location) -> bool:
        return (self.path, self.line, self.end_line) < (other.path, other.line, other.end_line)


class Finding(Frozen):
    """One location a rule complains about. `snippet` never holds a secret value."""

    rule: str
    signal: str
    location: Location
    severity: Severity
    message: str
    snippet: str = ""


class Observation(Frozen):
    """A signal's outcome for one tree.

    `searched` names the places that were looked at, so that "not found" can be judged by a person;
    `locations` are the places that decided. `tool` is the tool and rule-set version, as in "semgrep 1.182.0, rules 1".
    """

    signal: str
    outcome: Outcome
    summary: str
    searched: tuple[str, ...] = ()
    locations: tuple[Location, ...] = ()
    confidence: Confidence = Confidence.HIGH
    tool: str = ""
    fix: str = ""
    kinds: tuple[str, ...] = ()
    """For a signal that asks for one of several things: which of them were found."""


class Unread(Frozen):
    """A file that was not, or only partly, examined, and why."""

    path: str
    reason: str


class Examined(Frozen):
    """How much of the tree was looked at. `examined` counts files read in full."""

    examined: int = 0
    partial: tuple[Unread, ...] = ()
    skipped: tuple[Unread, ...] = ()


class Proposal(Frozen):
    """A scope fact as the tree suggests it. `holds` is None where only a person can tell."""

    fact: str
    holds: bool | None
    reason: str
    locations: tuple[Location, ...] = ()


class ProbeReport(Frozen):
    """Everything one probe run saw. `commit` is None outside git or before the first commit."""

    commit: str | None
    observations: dict[str, Observation]
    findings: tuple[Finding, ...]
    files: Examined
    proposals: tuple[Proposal, ...] = ()
    complete: bool = True
    """False while probes are still running, or when the run was cancelled."""
    hotspots: Hotspots | None = None
    """None where complexity was not asked for, or not measured."""
    plugins: tuple[PluginUsed, ...] = ()
    """The plug-ins whose probes were asked, or could not be."""
