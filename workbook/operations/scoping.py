"""Starting a workbook and confirming the facts about the product."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from checks.observation import Proposal
from workbook.catalogue import Catalogue
from workbook.errors import Refused
from workbook.ledger.desk import Change
from workbook.operations.given import Given
from workbook.reading import nearest
from workbook.store import MISSING


def confirmed(given: Given, facts: Mapping[str, bool], proposals: Iterable[Proposal]) -> Change:
    """Facts about the product under the driver's name.

    Raises:
        Refused: there is no such fact.
    """
    known_facts(given.catalogue, facts)
    kept = set(given.state.scope.despite) - set(facts)
    despite = sorted(kept | set(denied_despite(facts, proposals)))
    left = {name: holds for name, holds in given.state.scope.proposed.items() if name not in facts}
    fields = {"by": given.people.names[0], "at": given.today, "despite": despite or MISSING, **facts}
    return Change(("scope",), {**fields, **_waiting(given, left)})


def proposed(given: Given, facts: Mapping[str, bool], by: str) -> Change:
    """Facts that a tool or coding agent proposes; they settle nothing until a person confirms them.

    Raises:
        Refused: there is no such fact, or a person has confirmed it.
    """
    known_facts(given.catalogue, facts)
    scope = given.state.scope
    if settled := [name for name in facts if name in scope.confirmed]:
        raise Refused(
            f"{settled[0]!r} was confirmed by {scope.by}", "a proposal takes no person's place: ask them to change it"
        )
    return Change(("scope",), {**_waiting(given, {**scope.proposed, **facts}), "proposed_by": by})


def _waiting(given: Given, facts: Mapping[str, bool]) -> dict[str, Any]:
    """The fields of what is proposed; those that are not needed go away."""
    sides = {
        key: [name for name in given.catalogue.scope if facts.get(name) is holds] or MISSING
        for key, holds in (("proposed_yes", True), ("proposed_no", False))
    }
    return {**sides, "proposed_by": given.state.scope.proposed_by if facts else MISSING}


def denied_despite(facts: Mapping[str, bool], proposals: Iterable[Proposal]) -> tuple[str, ...]:
    """The facts that are denied although a probe sees them now, so that this sight reopens nothing."""
    return tuple(one.fact for one in proposals if one.holds and facts.get(one.fact) is False)


def known_facts(catalogue: Catalogue, facts: Iterable[str]) -> None:
    """Check the names of facts.

    Raises:
        Refused: there is no such fact; the nearest is named.
    """
    for name in facts:
        if name not in catalogue.scope:
            raise Refused(f"there is no scope fact {name!r}{nearest(name, catalogue.scope)}")
