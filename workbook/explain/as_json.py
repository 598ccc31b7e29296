"""Explanations as JSON, schema docs/schemas/explain-1.json."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from workbook.explain.record import Explanation

VERSION = 1


def explain_json(found: Iterable[Explanation]) -> dict[str, Any]:
    """Plain data: every field of the record, and empty where the kind has none."""
    return {"version": VERSION, "explained": [_plain(one) for one in found]}


def _plain(one: Explanation) -> dict[str, Any]:
    data = asdict(one)
    data["outcomes"] = [{"heading": heading, "text": text} for heading, text in one.outcomes if text]
    return data
