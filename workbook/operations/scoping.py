"""Starting a workbook and confirming the facts about the product."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

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
    fields = {"by": given.people.names[0], "at": given.today, "despite": despite or MISSING, **facts}
    return Change(("scope",), fields)


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
