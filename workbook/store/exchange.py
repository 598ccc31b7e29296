"""Edits and values as JSON and back, dates and all: for drafts."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any, Literal

from workbook.store.model import MISSING, Edit, Missing, Value


def edit_to_json(edit: Edit) -> dict[str, Any]:
    """Return an edit as plain JSON data."""
    return {
        "table": list(edit.table),
        "field": edit.field,
        "base": value_to_json(edit.base),
        "new": value_to_json(edit.new),
        "title": edit.title,
    }


def edit_from_json(data: object) -> Edit:
    """Return the edit that `edit_to_json` wrote.

    Raises:
        ValueError: when the data is not such an edit.
    """
    match data:
        case {"table": [*table], "field": str(field), "base": base, "new": new, "title": str(title)}:
            if all(isinstance(part, str) for part in table):
                return Edit(tuple(table), field, value_from_json(base), value_from_json(new), title)
    raise ValueError("not a saved edit")


def value_to_json(value: Value | Literal[Missing.MISSING]) -> object:
    """Return a value as plain JSON data; what JSON lacks becomes an object with one `$` key."""
    if value is MISSING:
        return {"$missing": True}
    if isinstance(value, dict):
        return {"$table": {key: value_to_json(element) for key, element in value.items()}}
    if isinstance(value, list):
        return [value_to_json(element) for element in value]
    if isinstance(value, float):  # JSON has neither nan nor inf, and may turn 1.0 into 1
        return {"$float": repr(value)}
    if isinstance(value, datetime):
        return {"$datetime": value.isoformat()}
    if isinstance(value, date):
        return {"$date": value.isoformat()}
    if isinstance(value, time):
        return {"$time": value.isoformat()}
    return value


def value_from_json(data: object) -> Value | Literal[Missing.MISSING]:
    """Return the value that `value_to_json` wrote.

    Raises:
        ValueError: when the data is not such a value.
    """
    match data:
        case {"$missing": True}:
            return MISSING
        case str() | bool() | int() as plain:
            return plain
        case [*elements]:
            return [_present(element) for element in elements]
        case {"$table": dict(pairs)}:
            return {str(key): _present(element) for key, element in pairs.items()}
        case {"$float": str(text)}:
            return float(text)
        case {"$datetime": str(text)}:
            return datetime.fromisoformat(text)
        case {"$date": str(text)}:
            return date.fromisoformat(text)
        case {"$time": str(text)}:
            return time.fromisoformat(text)
    raise ValueError("not a saved value")


def _present(data: object) -> Value:
    value = value_from_json(data)
    if value is MISSING:
        raise ValueError("a missing value inside a list or table")
    return value
