"""Launch decisions as they were taken: the verdict shown, who decided in which role, and under which conditions."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from enum import StrEnum

from checks.frozen import Frozen
from workbook.reading import Table


class Outcome(StrEnum):
    """What was decided."""

    GO = "go"
    NO_GO = "no-go"
    CONDITIONAL = "conditional"


class Decider(Frozen):
    """Who decided, as "Name <mail>", and in which role."""

    name: str
    role: str


class Condition(Frozen):
    """What must become true after a conditional go. `control` ties it to a control, so that it is told by itself.

    Without a control a person says that it is met: `met_by` and `met_at`.
    """

    text: str
    owner: str
    due: date | None
    control: str = ""
    met_by: str = ""
    met_at: date | None = None


class Decision(Frozen):
    """One decision. `id` is its day, with a number behind it where a day has several."""

    id: str
    outcome: Outcome
    commit: str
    verdict: str
    by: tuple[Decider, ...]
    conditions: tuple[Condition, ...] = ()
    uncommitted: bool = False
    """Answers behind the verdict were not committed then, so that it is not the verdict of `commit`."""

    @property
    def at(self) -> date:
        """The day it was taken."""
        return date.fromisoformat(self.id[:10])


_ID = r"\d{4}-\d{2}-\d{2}(?:-\d+)?"


def read_decisions(top: Table, today: date) -> dict[str, Decision]:
    """The decisions that say enough, oldest first; what is wrong with the others is reported."""
    found = {}
    for name in sorted(top.names):
        table = top.table(name)
        if not _day(name):
            table.report("", 'a decision is named by its day, as in [decisions."2026-12-01"]')
            continue
        if _day(name) > today.isoformat():
            table.report("", "this decision lies in the future; correct the date")
            continue
        decision = Decision(
            name,
            table.choice("outcome", Outcome) or Outcome.NO_GO,
            table.text("commit"),
            table.text("verdict"),
            tuple(Decider(one.text("name"), one.text("role")) for one in table.tables("by")),
            tuple(_condition(one, today) for one in table.tables("conditions")),
            table.flag("uncommitted") or False,
        )
        if "outcome" not in table or not decision.by or not all(one.name for one in decision.by):
            table.report("", "a decision needs outcome, and by = [{ name = …, role = … }]")
        elif decision.outcome is Outcome.CONDITIONAL and not decision.conditions:
            table.report("conditions", "a conditional decision needs its conditions")
        else:
            found[name] = decision
    return found


def _day(name: str) -> str:
    if not re.fullmatch(_ID, name):
        return ""
    try:
        return date.fromisoformat(name[:10]).isoformat()
    except ValueError:
        return ""


def _condition(table: Table, today: date) -> Condition:
    if not (table.text("text") and table.text("owner") and "due" in table):
        table.report("", "a condition needs text, owner and due")
    return Condition(
        table.text("text"),
        table.text("owner"),
        table.day("due"),
        table.text("control"),
        table.text("met_by"),
        table.day("met_at", today),
    )


def latest(decisions: Sequence[Decision]) -> Decision | None:
    """The decision that was taken last."""
    return max(decisions, key=lambda one: (one.at, _number(one)), default=None)


def _number(decision: Decision) -> int:
    _, _, number = decision.id[10:].partition("-")
    return int(number or 1)
