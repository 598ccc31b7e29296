"""A gate's ruling as versioned JSON (docs/schemas/gate-1.json)."""

from __future__ import annotations

from typing import Any, Final

from workbook.gate.ruling import Reason, Ruling

VERSION: Final = 1
_RESULTS: Final = {0: "pass", 1: "fail", 3: "unknown"}


def to_json(ruling: Ruling) -> dict[str, Any]:
    """The ruling as plain data. Texts are as stored, so encode them before they reach a screen."""
    return {
        "version": VERSION,
        "result": _RESULTS[ruling.code],
        "occasion": str(ruling.occasion),
        "mode": ruling.mode,
        "base": ruling.base or None,
        "reasons": [_reason(one) for one in ruling.reasons],
        "notes": list(ruling.notes),
    }


def _reason(one: Reason) -> dict[str, Any]:
    place = {"path": one.place.path, "line": one.place.line} if one.place else None
    return {
        "level": str(one.level),
        "kind": one.kind,
        "about": one.about,
        "severity": one.severity or None,
        "before": one.before or None,
        "what": one.what,
        "mend": one.mend,
        "place": place,
    }
