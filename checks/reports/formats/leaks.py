"""What every report of a secret scanner comes to: how many, by which rule, where; never what."""

from __future__ import annotations

from collections.abc import Sequence

from checks.reports.record import Figure, Imported, Place


def leaked(tool: str, title: str, places: Sequence[Place], verified: int = 0) -> Imported:
    """The record of the secrets at these places; `verified` of them the tool found to be in use."""
    number = len(places)
    still = f", {verified} of them in use" if verified else ""
    return Imported(
        tool,
        title,
        tool,
        ("secrets",),
        f"{number} secret{'s' if number != 1 else ''} found{still}" if number else "no secret found",
        figures=(Figure("secrets_found", number, "count"),),
        counts={"critical": verified, "high": number - verified} if number else {},
        places=tuple(places),
    )
