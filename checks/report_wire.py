"""A probe report as JSON from one process of ours to another: everything, exactly, names that are no UTF-8 included."""

from __future__ import annotations

from functools import cache
from typing import Any

from checks.frozen import Frozen
from checks.hotspots import HotFile, Hotspot, Hotspots
from checks.observation import (
    Confidence,
    Examined,
    Finding,
    Location,
    Observation,
    Outcome,
    ProbeReport,
    Proposal,
    Severity,
    Unread,
)
from checks.plugins.used import PluginUsed

Plain = dict[str, Any]


def pack(report: ProbeReport) -> Plain:
    """The report as plain data for `json.dumps`, which keeps undecodable bytes of names as escapes."""
    packed: Plain = _plain(report)
    return packed


def pack_observation(one: Observation) -> Plain:
    """One observation as plain data."""
    packed: Plain = _plain(one)
    return packed


def pack_hotspots(table: Hotspots) -> Plain:
    """The table as plain data."""
    packed: Plain = _plain(table)
    return packed


def _plain(value: Any) -> Any:
    """What `dataclasses.asdict` gives for frozen records, without a copy of each number."""
    kind: Any = type(value)
    if kind is str or kind is int or value is None:
        return value
    if kind is tuple:
        return value if value and type(value[0]) in {int, str} else tuple([_plain(one) for one in value])
    if names := _names(kind):
        return {name: _plain(getattr(value, name)) for name in names}
    return {name: _plain(one) for name, one in value.items()} if isinstance(value, dict) else value


@cache
def _names(kind: Any) -> tuple[str, ...]:
    return tuple(kind._hints) if issubclass(kind, Frozen) else ()


def unpack(data: Plain) -> ProbeReport:
    """The report that `pack` was given."""
    return ProbeReport(
        commit=data["commit"],
        observations={signal: unpack_observation(one) for signal, one in data["observations"].items()},
        findings=tuple(unpack_finding(one) for one in data["findings"]),
        files=_examined(data["files"]),
        proposals=tuple(unpack_proposal(one) for one in data["proposals"]),
        complete=data["complete"],
        hotspots=data["hotspots"] and unpack_hotspots(data["hotspots"]),
        plugins=tuple(PluginUsed(**one | {"trouble": tuple(one["trouble"])}) for one in data["plugins"]),
    )


def unpack_observation(data: Plain) -> Observation:
    """The observation that `pack_observation` was given."""
    exact = {
        "outcome": Outcome(data["outcome"]),
        "confidence": Confidence(data["confidence"]),
        "searched": tuple(data["searched"]),
        "kinds": tuple(data["kinds"]),
        "locations": _locations(data),
    }
    return Observation(**data | exact)


def unpack_finding(data: Plain) -> Finding:
    """The finding whose fields those are."""
    return Finding(**data | {"location": Location(**data["location"]), "severity": Severity(data["severity"])})


def _examined(data: Plain) -> Examined:
    partial, skipped = (tuple(Unread(**one) for one in data[kind]) for kind in ("partial", "skipped"))
    return Examined(data["examined"], partial, skipped)


def unpack_proposal(data: Plain) -> Proposal:
    """The proposal whose fields those are."""
    return Proposal(**data | {"locations": _locations(data)})


def unpack_hotspots(data: Plain) -> Hotspots:
    """The table whose fields those are."""
    functions = tuple(Hotspot(**one) for one in data["functions"])
    files = tuple(HotFile(**one) for one in data["files"])
    return Hotspots(functions, files, data["note"], tuple((complexity, count) for complexity, count in data["counts"]))


def _locations(data: Plain) -> tuple[Location, ...]:
    return tuple(Location(**one) for one in data["locations"])
