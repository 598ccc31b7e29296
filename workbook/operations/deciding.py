"""Deciding on a launch: go, no-go, or go under conditions."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from checks.git import Git, GitProblem
from workbook.answers import STATE_FILE, WAIVER_FILE, State, read_state
from workbook.decisions import Condition, Decider, Outcome
from workbook.errors import Refused
from workbook.ledger.desk import Change
from workbook.merge.standoffs import REMEDY
from workbook.operations.given import Given
from workbook.people import person


def decided(
    given: Given,
    outcome: Outcome,
    *,
    verdict: str,
    by: Sequence[Decider],
    conditions: Sequence[Condition] = (),
) -> Change:
    """A decision of today, on the current commit and the verdict that was shown.

    Raises:
        Refused: nobody decides, somebody without a role, two branches still disagree about what a go would rest on, or
            conditions are missing, incomplete, over, or given without being conditional.
    """
    if outcome is not Outcome.NO_GO and given.state.standoffs:
        places = ", ".join(one.place for one in given.state.standoffs)
        raise Refused(f"no {outcome} while two branches disagree about {places}", REMEDY, code=1)
    if not by:
        raise Refused(
            "a decision needs who took it", 'name them with their role, as in "Ana <ana@example.com>: engineering"'
        )
    for one in by:
        if not one.role.strip():
            raise Refused(f"{one.name!r} names no role", 'write it as "Ana Example <ana@example.com>: engineering"')
    if (outcome is Outcome.CONDITIONAL) != bool(conditions):
        raise Refused("conditions belong to a conditional decision, and it to them", "name both, or neither")
    for condition in conditions:
        _check(given, condition)
    day = given.today.isoformat()
    taken = [name for name in given.state.decisions if name.startswith(day)]
    fields: dict[str, Any] = {
        "outcome": str(outcome),
        "commit": given.place.commit[:12],
        "verdict": verdict,
        "by": [{"name": person(one.name), "role": one.role} for one in by],
    }
    if given.place.commit and not _committed(given):
        fields["uncommitted"] = True
    if conditions:
        fields["conditions"] = [_entry(one) for one in conditions]
    return Change(("decisions", f"{day}-{len(taken) + 1}" if taken else day), fields)


def _committed(given: Given) -> bool:
    """Whether what counts now is what the commit says; earlier decisions aside. Unsaved edits count as now."""
    read = []
    try:
        with Git.open(given.place.root) as git:
            for name in (STATE_FILE, WAIVER_FILE):
                raw = git.show(given.place.commit, name) or b""
                read.append(tomllib.loads(raw.decode("utf-8-sig")))
    except (GitProblem, ValueError, RecursionError):
        return False
    state, waivers = read
    then = read_state(state | {"waivers": waivers.get("waivers", {})}, given.catalogue, given.today)
    return _answers(then) == _answers(given.state)


def _answers(state: State) -> State:
    return replace(state, decisions={}, problems=())


def met(given: Given, decision: str, number: int) -> Change:
    """The driver says that a condition of a decision is met. Conditions count from 1.

    Raises:
        Refused: there is no such decision or condition, or its control tells by itself.
    """
    found = given.state.decisions.get(decision)
    if found is None:
        listed = ", ".join(given.state.decisions) or "none so far"
        raise Refused(f"there is no decision {decision!r}", f"decisions: {listed}")
    if not 1 <= number <= len(found.conditions):
        raise Refused(f"{decision} has no condition {number}", f"it has {len(found.conditions)}")
    if control := found.conditions[number - 1].control:
        raise Refused(f"this condition is met by {control}, not by word", f"readiness answer {control} ready")
    conditions = [
        replace(one, met_by=given.people.names[0], met_at=given.today) if place == number else one
        for place, one in enumerate(found.conditions, start=1)
    ]
    return Change(("decisions", decision), {"conditions": [_entry(one) for one in conditions]})


def _check(given: Given, condition: Condition) -> None:
    if not condition.text.strip():
        raise Refused("a condition needs its words", "say what must become true")
    if condition.control:
        given.control(condition.control)
    if condition.due is None or condition.due < given.today:
        raise Refused(f"the condition {condition.text!r} needs a day from today on")
    person(condition.owner)


def _entry(condition: Condition) -> dict[str, Any]:
    entry = {
        "text": condition.text,
        "owner": condition.owner,
        "due": condition.due,
        "control": condition.control,
        "met_by": condition.met_by,
        "met_at": condition.met_at,
    }
    return {key: value for key, value in entry.items() if value}
