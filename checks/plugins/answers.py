"""What comes back from a plug-in, held to the shapes it must have before anything of it is believed."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from itertools import islice
from math import isfinite
from typing import Any, Final

from checks.observation import Confidence, Location, Observation, Outcome
from checks.reports.record import LOOKED_AT, SEVERITIES, Figure, Imported, Place, short
from checks.secrets.shapes import redact

MOST_PLACES: Final = 200
LONGEST: Final = 300
"""Characters of a summary or another sentence that are kept."""

LARGEST: Final = 10**15

ABOUT: Final = frozenset(
    {"accessibility", "code", "container", "coverage", "dast", "dependencies", "load", "page", "secrets", "tests"}
)
"""What a report may be about; templates/reports.toml says which controls each serves."""

FIGURES: Final[Mapping[str, str]] = {
    "coverage_pct": "%",
    "secrets_found": "count",
    "open_high_or_critical": "count",
}
"""The figures of a report that are stored, each in its unit. Those of load runs are our own importers'."""

_COUNTS: Final = frozenset({*SEVERITIES, "failed"})


class RubbishError(ValueError):
    """What a plug-in gave back is not what it must be; the text says what is."""


def observations(given: object) -> list[object]:
    """What a probe returned, as a list, however much it is."""
    if isinstance(given, Observation):
        return [given]
    if isinstance(given, str | bytes | Mapping):
        raise RubbishError(f"it returned {_kind(given)} where an Observation belongs")
    try:
        found = list(islice(iter(given), MOST_PLACES + 1))  # type: ignore[call-overload]  # whatever it is, not being one is answered below
    except TypeError:
        raise RubbishError(f"it returned {_kind(given)} where an Observation belongs") from None
    if len(found) > MOST_PLACES:
        raise RubbishError(f"it returned more than {MOST_PLACES} observations")
    return found


def checked(given: object, signals: Collection[str], paths: Collection[str], tool: str) -> Observation:
    """One observation of a plug-in, with `tool` for what it says of its tool.

    Args:
        given: what the probe returned.
        signals: those it may answer.
        paths: the files of the tree.
        tool: the plug-in and its version.

    Raises:
        RubbishError: a part of it is not what it must be.
    """
    if type(given) is not Observation:
        raise RubbishError(f"it returned {_kind(given)} where an Observation belongs")
    if not isinstance(given.signal, str) or given.signal not in signals:
        raise RubbishError(f"it answered {str(given.signal)[:40]!r}, which is not its own to answer")
    if not isinstance(given.outcome, Outcome) or not isinstance(given.confidence, Confidence):
        raise RubbishError("outcome must be an Outcome, confidence a Confidence")
    if not isinstance(given.searched, tuple) or len(given.searched) > MOST_PLACES:
        raise RubbishError(f"searched must be a tuple of at most {MOST_PLACES} texts")
    if not isinstance(given.locations, tuple) or len(given.locations) > MOST_PLACES:
        raise RubbishError(f"locations must be a tuple of at most {MOST_PLACES} Locations")
    summary = _text(given.summary, "summary")
    if not summary:
        raise RubbishError("summary is empty: say what was seen, or why nothing could be")
    return Observation(
        given.signal,
        given.outcome,
        summary,
        tuple(_text(one, "searched") for one in given.searched),
        tuple(_location(one, paths) for one in given.locations),
        given.confidence,
        tool,
        _text(given.fix, "fix"),
    )


def _location(given: object, paths: Collection[str]) -> Location:
    if type(given) is not Location or not isinstance(given.path, str) or given.path not in paths:
        raise RubbishError("a location must be a Location of a file of the tree")
    for line in (given.line, given.end_line):
        if type(line) is not int or not 0 <= line <= LARGEST:
            raise RubbishError("the lines of a location must be whole numbers of 0 or more")
    return given


def packed(given: object) -> dict[str, Any]:
    """What an importer returned, as plain data.

    Raises:
        RubbishError: it is no `Imported`, or holds what no JSON can.
    """
    if type(given) is not Imported:
        raise RubbishError(f"it returned {_kind(given)} where an Imported belongs")
    try:
        return {
            "tool": given.tool,
            "version": given.version,
            "about": list(given.about),
            "summary": given.summary,
            "at": given.at.isoformat() if given.at else "",
            "commit": given.commit,
            "figures": [[one.name, one.value, one.unit] for one in given.figures],
            "counts": dict(given.counts),
            "places": [[one.rule, one.path, one.line] for one in islice(given.places, MOST_PLACES)],
            "notes": list(given.notes),
            "load": given.load is not None,
        }
    except (AttributeError, TypeError, ValueError) as error:
        raise RubbishError(f"a part of what it returned is not what it must be ({type(error).__name__})") from None


def imported(data: Mapping[str, Any], name: str, title: str) -> Imported:
    """The record of a report that a plug-in read.

    Args:
        data: what `packed` made of it.
        name: the format.
        title: how the format is called.

    Raises:
        RubbishError: a part of it is not what it must be.
    """
    about = _listed(data, "about", str)
    if unknown := [one for one in about if one not in ABOUT]:
        raise RubbishError(f"about: {unknown[0][:40]!r} is none of {', '.join(sorted(ABOUT))}")
    if data.get("load"):
        raise RubbishError("load: a load run is read by our own importers only")
    return Imported(
        name,
        title,
        short(_text(data.get("tool"), "tool")) or name,
        tuple(about),
        _text(data.get("summary"), "summary"),
        short(_text(data.get("version"), "version")),
        _day(_text(data.get("at"), "at")),
        short(_text(data.get("commit"), "commit")),
        tuple(_figure(one) for one in _listed(data, "figures", list)),
        _counts(data.get("counts")),
        tuple(_place(one) for one in _listed(data, "places", list)),
        tuple(_text(one, "notes") for one in _listed(data, "notes", str)),
    )


def _figure(one: list[Any]) -> Figure:
    name, value, unit = one if len(one) == len(("name", "value", "unit")) else ("", None, "")
    if not isinstance(name, str) or name not in FIGURES:
        raise RubbishError(f"figures: {str(name)[:40]!r} is none of {', '.join(FIGURES)}")
    if unit != FIGURES[name]:
        raise RubbishError(f"figures: {name} is stored in {FIGURES[name]!r}")
    if isinstance(value, bool) or not isinstance(value, int | float) or not isfinite(value):
        raise RubbishError(f"figures: {name} must be a number")
    if not 0 <= value <= LARGEST:
        raise RubbishError(f"figures: {name} must be 0 or more")
    return Figure(name, value, unit)


def _counts(given: object) -> dict[str, int]:
    if not isinstance(given, dict) or not given.keys() <= _COUNTS:
        raise RubbishError(f"counts: the keys are {', '.join(sorted(_COUNTS))}")
    if any(type(count) is not int or count < 0 for count in given.values()):
        raise RubbishError("counts: must be whole numbers of 0 or more")
    return given


def _place(one: list[Any]) -> Place:
    rule, path, line = one if len(one) == len(("rule", "path", "line")) else (None, None, None)
    if not isinstance(rule, str) or not isinstance(path, str) or not (line is None or type(line) is int):
        raise RubbishError("places: each has a rule, a path, and a line or None")
    return Place(short(rule), path[:LOOKED_AT], line)


def _listed(data: Mapping[str, Any], key: str, kind: type) -> list[Any]:
    found = data.get(key)
    if not isinstance(found, list) or not all(isinstance(one, kind) for one in found) or len(found) > MOST_PLACES:
        raise RubbishError(f"{key}: must be a tuple of at most {MOST_PLACES}")
    return found


def _text(given: object, what: str) -> str:
    if not isinstance(given, str):
        raise RubbishError(f"{what} must be a text, not {_kind(given)}")
    return redact(" ".join(given[: 10 * LONGEST].split()))[:LONGEST]


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise RubbishError("at: must be a date") from None


def _kind(given: object) -> str:
    return "nothing" if given is None else f"a {type(given).__name__[:40]}"
