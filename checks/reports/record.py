"""What an importer makes of another tool's report: few facts, and none of the report's own prose."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

from checks.secrets.shapes import redact

NAME_LENGTH = 80
"""Characters that are kept of a tool's name or version."""

LOOKED_AT = 500
"""Characters of such a name that are looked at for a secret before it is cut."""

ERROR_DOMINATED = 0.5
"""From this share of failed requests on, response times are those of errors and say nothing about the product."""

SEVERITIES = ("critical", "high", "medium", "low", "info", "unknown")
"""Every tool's severities in one scale, worst first."""

OTHER_WORDS: Mapping[str, str] = {
    "moderate": "medium",
    "error": "high",
    "warning": "medium",
    "note": "low",
    "none": "info",
    "informational": "info",
    "negligible": "info",
}


class NotUsable(Exception):  # noqa: N818  it reads as what happened: the report is not usable
    """A report that is not taken: which format it seemed to be, where it is wrong, and what to do."""

    def __init__(self, title: str, where: str, remedy: str) -> None:
        super().__init__(f"{title}: {where}; {remedy}")
        self.title, self.where, self.remedy = title, where, remedy


@dataclass(frozen=True, slots=True)
class Figure:
    """One number of a report, under the name that templates/reports.toml maps to a metric."""

    name: str
    value: float
    unit: str


@dataclass(frozen=True, slots=True)
class Place:
    """Where a scanner found something: its rule and where, never what. Untrusted text."""

    rule: str
    path: str
    line: int | None = None


@dataclass(frozen=True, slots=True)
class Load:
    """A load run as far as the report tells it; None where it does not.

    Times are in seconds, `rate` in requests a second over the whole run. `rates` and `users` are what was offered over
    time, as pairs of seconds since the start and the value from then on.
    """

    requests: int | None = None
    failures: int | None = None
    duration_s: float | None = None
    rate: float | None = None
    p95_s: float | None = None
    users: float | None = None
    rates: tuple[tuple[float, float], ...] = ()
    user_steps: tuple[tuple[float, float], ...] = ()

    @property
    def error_rate(self) -> float | None:
        """Failed requests as a share of all; None where either is not told or nothing was asked."""
        if not self.requests or self.failures is None:
            return None
        return self.failures / self.requests


@dataclass(frozen=True, slots=True)
class Imported:
    """What was read of one report.

    `about` says what it is about (`dependencies`, `secrets`, `load` …); templates/reports.toml says which controls that
    serves. `at` and `commit` are what the report says of itself, None and "" where it does not.
    """

    format: str
    title: str
    tool: str
    about: tuple[str, ...]
    summary: str
    version: str = ""
    at: date | None = None
    commit: str = ""
    figures: tuple[Figure, ...] = ()
    counts: Mapping[str, int] = field(default_factory=dict)
    places: tuple[Place, ...] = ()
    notes: tuple[str, ...] = ()
    load: Load | None = None


def severity(word: str) -> str:
    """A tool's word for a severity in the one scale; "unknown" for a word nobody knows."""
    lower = word.strip().lower()
    known = OTHER_WORDS.get(lower, lower)
    return known if known in SEVERITIES else "unknown"


def counted(severities: Mapping[str, int]) -> str:
    """The counts in one phrase, worst first: "1 critical, 3 high"; "none" when there is nothing."""
    return ", ".join(f"{severities[one]} {one}" for one in SEVERITIES if severities.get(one)) or "none"


def serious(severities: Mapping[str, int]) -> int:
    """How many are high or critical."""
    return severities.get("high", 0) + severities.get("critical", 0)


def short(text: str) -> str:
    """A name of a tool, a version or a rule: its first line, at most `NAME_LENGTH` characters, no secret in it."""
    first = text[:LOOKED_AT].strip().splitlines()[:1]
    return redact(first[0])[:NAME_LENGTH] if first else ""


def commit(text: str) -> str:
    """The id of a commit; "" for any other text, which may hold anything."""
    return text if re.fullmatch(r"[0-9a-f]{7,64}", text) else ""


def day(text: str) -> date | None:
    """The UTC day of an ISO 8601 time; None where it is none. A time without a zone is taken as UTC."""
    try:
        # Tools write nanoseconds, which only newer Pythons read.
        moment = datetime.fromisoformat(_to_micros(text.strip()))
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC).date()
    except (ValueError, OverflowError):
        return None


def day_of(seconds: float) -> date | None:
    """The UTC day of seconds since 1970; None where no calendar has it."""
    try:
        return datetime.fromtimestamp(seconds, UTC).date()
    except (ValueError, OverflowError, OSError):
        return None


def _to_micros(text: str) -> str:
    head, dot, tail = text.partition(".")
    digits = len(tail) - len(tail.lstrip("0123456789"))
    return f"{head}{dot}{tail[: min(digits, 6)].ljust(6, '0')}{tail[digits:]}" if dot else head
