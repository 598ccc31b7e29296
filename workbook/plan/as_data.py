"""A plan as versioned plain data, for JSON."""

from __future__ import annotations

from typing import Any, Final

from checks.observation import Location
from workbook.plan.advice import Aid
from workbook.plan.forecast import Forecast
from workbook.plan.gaps import Gap
from workbook.plan.signs import Sign
from workbook.plan.steps import Next
from workbook.plan.way import Way
from workbook.plan.weeks import Weeks
from workbook.plan.whole import FORECAST, PATTERNS, WEEKS, Plan

VERSION: Final = 1


def to_data(plan: Plan) -> dict[str, Any]:
    """The plan as plain data, every list in a fixed order. Texts are as stored: encode them before they are shown."""
    made: dict[str, Any] = _clean(
        {
            "version": VERSION,
            "checklist": plan.checklist.slug,
            "verdict": plan.sentence,
            "met": plan.met.met,
            "of": plan.met.of,
            "nearly_all_open": plan.met.nearly_all_open,
            "probed": plan.probed,
            "next": _next(plan.next),
            "way": _way(plan.way) if plan.way else None,
            "gaps": [_gap(gap) for gap in plan.gaps],
            "weeks": _weeks(plan.weeks),
            "forecast": _forecast(plan.forecast) if plan.forecast else None,
            "signs": {"block": PATTERNS, "patterns": [_sign(sign) for sign in plan.signs]},
            "aids": [_aid(aid) for aid in plan.aids],
            "stacks": [{"ecosystem": one.ecosystem.id, "path": one.path} for one in plan.stacks],
            "tools": [
                {"control": one.control, "tools": list(one.tools), "named_by": list(one.named_by)}
                for one in plan.suggestions
            ],
        }
    )
    return made


def _next(found: Next) -> dict[str, Any]:
    return {
        "steps": [
            {
                "control": step.gap.control.id,
                "risk": step.risk,
                "half_days": step.gap.half_days,
                "settles": list(step.settles),
                "nears": list(step.nears),
                "verdict": step.verdict,
            }
            for step in found.steps
        ],
        "together": found.together,
    }


def _way(way: Way) -> dict[str, Any]:
    return {
        "now": way.now,
        "from": way.start,
        "to": way.goal,
        "sentence": way.goal_sentence,
        "controls": list(way.controls),
        "half_days": way.half_days,
        "to_answer": way.to_answer,
        "levels": dict(way.levels),
        "exact": way.exact,
        "at_the_top": way.at_the_top,
        "obstacles": list(way.obstacles),
    }


def _gap(gap: Gap) -> dict[str, Any]:
    return {
        "control": gap.control.id,
        "title": gap.control.title,
        "severity": gap.control.severity,
        "standing": str(gap.standing),
        "why": gap.why,
        "half_days": gap.half_days,
        "effort": gap.effort_reason,
        "after": list(gap.after),
        "form": gap.form or None,
        "action": {"what": gap.action.what, "command": gap.action.command, "place": _place(gap.action.place)},
        "owner": gap.owner,
        "due": gap.due.isoformat() if gap.due else None,
        "overdue": gap.overdue,
        "settle": gap.settle,
    }


def _weeks(found: Weeks) -> dict[str, Any]:
    return {
        "block": WEEKS,
        "weeks": [
            {
                "number": week.number,
                "theme": week.theme,
                "tasks": [{"item": task.item, "controls": list(task.controls)} for task in week.tasks],
                "also": list(week.also),
                "half_days": week.half_days,
            }
            for week in found.weeks
        ],
        "afterwards": list(found.afterwards),
    }


def _forecast(made: Forecast) -> dict[str, Any]:
    return {
        "block": FORECAST,
        "forecast": True,
        "prototype_days": made.prototype_days,
        "remaining_days": made.remaining_days,
        "phases": [{"name": one.name, "days": one.days, "percent": one.percent, "ai": one.ai} for one in made.shares],
    }


def _sign(sign: Sign) -> dict[str, Any]:
    return {
        "item": sign.pattern.item,
        "name": sign.pattern.name,
        "shows": str(sign.shows),
        "why": sign.why,
        "place": _place(sign.place),
    }


def _aid(aid: Aid) -> dict[str, Any]:
    return {
        "block": aid.block.id,
        "facts": [{"text": one.fact.text, "articles": list(one.fact.articles), "why": one.why} for one in aid.advice],
    }


def _place(place: Location | None) -> dict[str, Any] | None:
    return {"path": place.path, "line": place.line} if place else None


def _clean(value: Any) -> Any:
    """The value without halves of characters, as the undecodable bytes of a file name are: JSON must not hold them."""
    if isinstance(value, dict):
        return {_clean(key): _clean(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_clean(one) for one in value]
    return value.encode("utf-8", "backslashreplace").decode() if isinstance(value, str) else value
