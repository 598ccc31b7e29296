"""Numbers, levels and facts that a decision model needs besides the answers."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from difflib import get_close_matches

from workbook.answers import HIGHEST_LEVEL, SCORECARD
from workbook.errors import Refused
from workbook.ledger.desk import Change
from workbook.metrics import ALERT, metrics, misfit
from workbook.operations.given import Given
from workbook.reading import nearest
from workbook.store import MISSING

MOST_ALIKE = 8
"""Names offered in place of one that nobody knows."""

ATTESTABLE: Mapping[str, str] = {
    "core-logic-sound": "Is the core logic sound, so that risky layers can be replaced around it?",
    "foundations-incompatible": "Can architecture, security or compliance foundations not meet production needs?",
    "acceptance-on-staging": "Was the measured acceptance run made on staging?",
}
"""The yes-or-no facts that decision models ask a person for."""


def measured(given: Given, name: str, value: float, unit: str, source: str = "") -> Change:
    """A number, stored once; every item compares it with its own threshold.

    Raises:
        Refused: no checklist compares a number of this name, or the unit or the value cannot be right.
    """
    known = (*metrics(), *given.catalogue.compared)
    if name.removeprefix(ALERT) not in known:
        raise Refused(f"no checklist compares {name!r}{nearest(name, known)}", _alike(name, known, given.state.decides))
    if trouble := misfit(name, value, unit):
        raise Refused(f"{name}: {trouble}")
    fields = {
        "value": value,
        "unit": unit,
        "source": source or MISSING,
        "commit": given.place.commit[:12] or MISSING,
        "at": given.today,
    }
    return Change(("measurements", name), fields)


def _alike(name: str, known: Collection[str], decides: str) -> str:
    """Where to find the right name: some that resemble it, and the command that lists those of a checklist."""
    alike = get_close_matches(name.removeprefix(ALERT), sorted(set(known)), n=MOST_ALIKE, cutoff=0.5)
    listed = f"the numbers a checklist compares: readiness explain {decides}"
    return f"alike: {', '.join(alike)}; {listed}" if alike else listed


def scored(given: Given, domain: str, level: int) -> Change:
    """The level, 0 to 5, that the driver gives one domain of a scorecard.

    Raises:
        Refused: there is no such domain, or no such level.
    """
    domains = {
        item.number: checklist.slug
        for checklist in given.catalogue.checklists.values()
        for item in checklist.items
        if item.layer == SCORECARD
    }
    if domain not in domains:
        raise Refused(f"there is no domain {domain!r}{nearest(domain, domains)}", f"one of {', '.join(domains)}")
    if not 0 <= level <= HIGHEST_LEVEL:
        raise Refused(f"{level} is no level", f"levels are whole numbers from 0 to {HIGHEST_LEVEL}")
    entry = {"level": level, "by": given.people.names[0], "at": given.today}
    return Change(("scores", domains[domain]), {domain: entry})


def attested(given: Given, name: str, *, holds: bool, note: str = "") -> Change:
    """A yes-or-no fact, stated by the driver.

    Raises:
        Refused: no decision model asks for it.
    """
    if name not in ATTESTABLE:
        raise Refused(f"no decision model asks for {name!r}{nearest(name, ATTESTABLE)}", ", ".join(ATTESTABLE))
    entry = {"holds": holds, "by": given.people.names[0], "at": given.today} | ({"note": note} if note else {})
    return Change(("attested",), {name: entry})
