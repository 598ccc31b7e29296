"""What every coverage report comes to."""

from __future__ import annotations

from datetime import date

from checks.reports.fields import REMEDY
from checks.reports.record import Figure, Imported, NotUsable


def covered(
    name: str, title: str, tool: str, hit: int, valid: int, *, version: str = "", at: date | None = None
) -> Imported:
    """The share of covered lines.

    Raises:
        NotUsable: nothing was measured, or more was covered than there is.
    """
    if not valid:
        raise NotUsable(title, "it measures no line at all", "see which files the tool was told to measure")
    if hit > valid:
        raise NotUsable(title, f"{hit} of {valid} lines are covered", REMEDY)
    percent = 100 * hit / valid
    return Imported(
        name,
        title,
        tool,
        ("coverage",),
        f"{percent:.1f} % of lines covered: {hit} of {valid}",
        version=version,
        at=at,
        figures=(Figure("coverage_pct", round(percent, 4), "%"),),
    )
