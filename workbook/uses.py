"""What the reports of other tools serve: controls and metrics (templates/reports.toml)."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Literal

from checks.reports.record import Imported
from workbook.data import templates

Together = Literal["sum", "lowest", "highest"]


@dataclass(frozen=True, slots=True)
class Serves:
    """The controls that a kind of report is evidence for: of itself, and where a person says so."""

    controls: tuple[str, ...]
    also: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Stored:
    """The metric a figure is stored under, and what counts where two reports of one import tell it."""

    metric: str
    together: Together

    def of(self, values: list[float]) -> float:
        """The one number of several reports."""
        return sum(values) if self.together == "sum" else min(values) if self.together == "lowest" else max(values)


@dataclass(frozen=True, slots=True)
class Uses:
    """The whole of templates/reports.toml."""

    about: Mapping[str, Serves]
    scanners: Mapping[str, str]
    figures: Mapping[str, Stored]

    def serves(self, report: Imported) -> Serves:
        """What a report serves; nothing of itself where its tool is unknown."""
        subjects = report.about or tuple(filter(None, (self.scanners.get(report.tool.lower()),)))
        found = [self.about[one] for one in subjects]
        controls = tuple(dict.fromkeys(control for one in found for control in one.controls))
        also = tuple(dict.fromkeys(control for one in found for control in one.also if control not in controls))
        return Serves(controls, also)


@cache
def uses() -> Uses:
    """The packaged data."""
    tables = tomllib.loads((templates() / "reports.toml").read_text(encoding="utf-8"))
    return Uses(
        {name: Serves(tuple(one["controls"]), tuple(one["also"])) for name, one in tables["about"].items()},
        tables["scanners"],
        {name: Stored(one["metric"], one["together"]) for name, one in tables["figures"].items()},
    )
