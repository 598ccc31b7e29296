"""Records and the values of TOML as what JSON can hold."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date, datetime, time
from math import isfinite
from typing import Any

from checks.observation import ProbeReport
from checks.report_json import to_json


def plain(value: Any) -> Any:
    """Days as 2026-11-20, undecodable bytes as escapes, probe reports in their published shape."""
    match value:
        case ProbeReport():
            return to_json(value) | {"complete": value.complete}
        case float() if not isfinite(value):
            return str(value)
        case bool() | int() | float() | None:
            return value
        case str():
            return value.encode("utf-8", "backslashreplace").decode("utf-8")
        case datetime() | date() | time():
            return value.isoformat()
        case Mapping():
            return {plain(str(name)): plain(part) for name, part in value.items()}
        case list() | tuple():
            return [plain(part) for part in value]
    if is_dataclass(value):
        return {one.name: plain(getattr(value, one.name)) for one in fields(value)}
    raise TypeError(f"{type(value).__name__} has no place in a report")
