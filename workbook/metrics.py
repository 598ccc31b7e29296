"""Numbers and their units: what may be stored under which name, and how one stored number serves every checklist."""

from __future__ import annotations

import math
import tomllib
from collections.abc import Mapping
from functools import cache

from checks.frozen import Frozen
from workbook.data import templates

ALERT = "alert."
"""Before a metric's name: the limit at which a configured alert fires, not the metric itself."""

UNITS: Mapping[str, Mapping[str, float]] = {
    "time": {"s": 1, "ms": 0.001, "min": 60, "h": 3600},
    "share": {"share": 1, "%": 0.01, "percent": 0.01, "fraction": 1, "ratio": 1, "1": 1},
    "rate": {"1/min": 1, "per minute": 1, "1/s": 60, "per second": 60},
}
"""Each dimension's units, as multiples of its first. Any other unit counts things: "count", "users", "records"."""

COUNT = "count"


class Metric(Frozen):
    """One number by name: the unit it is compared in, and the names whose number stands in for it."""

    name: str
    unit: str
    also: tuple[str, ...] = ()

    @property
    def dimension(self) -> str:
        """Time, share, rate or count."""
        return dimension(self.unit)


@cache
def metrics() -> Mapping[str, Metric]:
    """The numbers the checklists and decision models know, by name (templates/metrics.toml)."""
    tables = tomllib.loads((templates() / "metrics.toml").read_text(encoding="utf-8"))
    return {name: Metric(name, table["unit"], tuple(table.get("also", ()))) for name, table in tables.items()}


def dimension(unit: str) -> str:
    """What a unit measures."""
    return next((name for name, units in UNITS.items() if unit in units), COUNT)


def in_unit(value: float, unit: str, wanted: str) -> float:
    """A number in another unit of the same dimension, to ten digits: 3 % is 0.03, not a hair more.

    A number in a unit of another dimension is not a number of this one: nan, which no threshold accepts.
    """
    if unit == wanted or dimension(wanted) == dimension(unit) == COUNT:
        return value
    units = UNITS.get(dimension(wanted), {"1": 1})
    if unit not in units:
        return math.nan
    return float(f"{value * units[unit] / units.get(wanted, 1):.10g}")


def misfit(name: str, value: float, unit: str) -> str:
    """Why a number cannot be stored under this name, with the way out; "" when it can. Unknown names take any unit."""
    metric = metrics().get(name.removeprefix(ALERT))
    if not math.isfinite(value):
        return "the value must be a finite number"
    if metric is None:
        return ""
    asked = metric.dimension
    if asked != COUNT and unit not in UNITS[asked]:
        return f"{unit!r} is not a unit of {asked}; write one of {', '.join(UNITS[asked])}"
    if asked == COUNT and unit != "1" and dimension(unit) != COUNT:
        return f"{unit!r} is a unit of {dimension(unit)}, and this counts things; write unit = {COUNT!r}"
    if asked == "share" and not 0 <= in_unit(value, unit, "share") <= 1:
        if in_unit(1, unit, "share") != 1:
            return f"a share lies between 0 and 100 %, and {value:g} % does not"
        hint = ' in this unit; if it is a percentage, write unit = "%"' if 1 < value <= 100 else ""  # noqa: PLR2004  percent
        return f"a share lies between 0 and 1, and {value:g} does not{hint}"
    return ""
