"""A format: how it is recognized by its content, and how it is read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from checks.reports.document import Document
from checks.reports.record import Imported


@dataclass(frozen=True, slots=True)
class Format:
    """One kind of report.

    `recognizes` looks at a few marks only and never raises; `read` checks every field it uses and raises `NotUsable`.
    `empty` says that a report without findings bears no mark, so that a person must name the format.
    """

    id: str
    title: str
    recognizes: Callable[[Document], bool]
    read: Callable[[Document], Imported]
    empty: bool = False
