"""When an answer stops counting by itself: watched content, the question's text, its age (design section 2, rule 4)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

from workbook.answers import Answer
from workbook.catalogue import Control

Pins = Mapping[str, str]
"""For each answered control the digest of its watched content as it is now."""


def lapse_reason(control: Control, answer: Answer, today: date, pins: Pins | None) -> str:
    """Why the answer no longer counts, or "" while it does. Without `pins` the tree was not compared."""
    if answer.text and answer.text != control.fingerprint:
        return "the question changed since it was answered"
    if pins is not None and answer.pins and pins.get(control.id, answer.pins) != answer.pins:
        return f"{', '.join(answer.watch)} changed"
    if (due := lapses_on(control, answer)) and today > due:
        return f"the answer is older than {control.freshness.days} days"
    return ""


def lapses_on(control: Control, answer: Answer) -> date | None:
    """The last day the answer counts by age; None where no article states a period in days."""
    if control.freshness.basis != "source" or control.freshness.days is None or answer.at is None:
        return None
    return answer.at + timedelta(days=control.freshness.days)
