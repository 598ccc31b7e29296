"""A challenge in a report: what is blind here has low confidence, and the whole as published data."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, replace
from typing import Any

from checks.challenge.record import Challenged, Plant, Verdict, figures
from checks.observation import Confidence, ProbeReport


def blind(results: Iterable[Challenged]) -> tuple[Challenged, ...]:
    """Those whose probe stayed green, in the order given."""
    return tuple(one for one in results if one.verdict is Verdict.BLIND)


def lowered(report: ProbeReport, results: Iterable[Challenged]) -> ProbeReport:
    """The report with low confidence in what is blind here."""
    names = {one.signal for one in blind(results)}
    seen = {
        name: replace(one, confidence=Confidence.LOW) if name in names else one
        for name, one in report.observations.items()
    }
    return replace(report, observations=seen)


def to_json(results: Sequence[Challenged], trouble: str = "") -> dict[str, Any]:
    """The results as plain data; `share` is turned by challenged, null where nothing could be challenged."""
    counted = figures(results)
    share = round(counted.turned / counted.challenged, 4) if counted.challenged else None
    return {
        "figures": {**asdict(counted), "share": share},
        "trouble": _text(trouble),
        "signals": [_signal(one) for one in results],
    }


def _signal(one: Challenged) -> dict[str, Any]:
    return {
        "signal": one.signal,
        "verdict": one.verdict.value,
        "was": one.was.value,
        "why": _text(one.why),
        "plants": [_plant(plant) for plant in one.plants],
    }


def _plant(one: Plant) -> dict[str, Any]:
    return {
        "means": one.means.value,
        "what": _text(one.what),
        "verdict": one.verdict.value,
        "outcome": one.outcome.value,
        "summary": _text(one.summary),
        "paths": [_text(path) for path in one.paths],
    }


def _text(text: str) -> str:
    """The text without halves of characters, as the undecodable bytes of a file name are: JSON must not hold them."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")
