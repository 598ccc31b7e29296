"""A probe report as JSON, in the published shape of version 1."""

from __future__ import annotations

from typing import Any

from checks.frozen import asdict
from checks.hotspots import HotFile, Hotspot, Hotspots
from checks.observation import Finding, Location, Observation, ProbeReport, Unread
from checks.plugins.used import PluginUsed

VERSION = 1


def to_json(report: ProbeReport) -> dict[str, Any]:
    """The report as plain data: every text is valid Unicode, every list in a fixed order."""
    return {
        "version": VERSION,
        "commit": report.commit,
        "signals": [_signal(one) for one in report.observations.values()],
        "findings": [_finding(one) for one in report.findings],
        "files": {
            "examined": report.files.examined,
            "partial": [_unread(one) for one in report.files.partial],
            "skipped": [_unread(one) for one in report.files.skipped],
        },
        "plugins": [_plugin(one) for one in report.plugins],
    }


def hotspots_to_json(commit: str | None, table: Hotspots) -> dict[str, Any]:
    """The hotspot table as plain data, a document of its own: functions and files, highest score first."""
    return {
        "version": VERSION,
        "commit": commit,
        "functions": [_hot(one) for one in table.functions],
        "files": [_hot(one) for one in table.files],
        "note": _text(table.note),
    }


def _hot(one: Hotspot | HotFile) -> dict[str, Any]:
    rounded = {name: round(value, 2) if isinstance(value, float) else value for name, value in asdict(one).items()}
    return {name: _text(value) if isinstance(value, str) else value for name, value in rounded.items()}


def _signal(one: Observation) -> dict[str, Any]:
    return {
        "signal": one.signal,
        "outcome": one.outcome.value,
        "summary": _text(one.summary),
        "searched": [_text(place) for place in one.searched],
        "locations": [_location(place) for place in one.locations],
        "confidence": one.confidence.value,
        "tool": _text(one.tool),
        "fix": _text(one.fix),
    }


def _finding(one: Finding) -> dict[str, Any]:
    return {
        "rule": one.rule,
        "signal": one.signal,
        **_location(one.location),
        "severity": one.severity.value,
        "message": _text(one.message),
        "snippet": _text(one.snippet),
    }


def _location(one: Location) -> dict[str, Any]:
    return {"path": _text(one.path), "line": one.line, "end_line": one.end_line}


def _plugin(one: PluginUsed) -> dict[str, Any]:
    return {
        "name": _text(one.name),
        "version": _text(one.version),
        "digest": one.digest,
        "trouble": [_text(reason) for reason in one.trouble],
    }


def _unread(one: Unread) -> dict[str, str]:
    return {"path": _text(one.path), "reason": _text(one.reason)}


def _text(text: str) -> str:
    """The text without halves of characters, as the undecodable bytes of a file name are: JSON must not hold them."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")
