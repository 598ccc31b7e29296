"""Accepting a risk for a while, and taking that back."""

from __future__ import annotations

from datetime import date

from workbook.answers import Status
from workbook.assess import saw
from workbook.errors import Refused
from workbook.ledger.desk import Change
from workbook.operations.given import Given
from workbook.people import person
from workbook.store import MISSING

FIELDS = ("reason", "owner", "approved_by", "at", "expires", "saw")


def waived(given: Given, control: str, *, reason: str, owner: str, approved_by: str, expires: date) -> Change:
    """Accepted risk of an open gap, until its last day or until a probe sees more than was accepted.

    Raises:
        Refused: there is no gap to accept, a part is missing, the day is over, or owner and approver are one person.
    """
    answer = given.answer(control)
    if answer.status not in (Status.NEEDS_REVIEW, Status.BLOCKER):
        raise Refused(
            f"{control} has no open gap", f"say first what is missing: readiness answer {control} needs-review"
        )
    if not reason.strip():
        raise Refused("accepted risk needs a reason", "say why it is acceptable until then")
    if person(owner) == person(approved_by):
        raise Refused("who approves a risk cannot be who owns it", "have somebody else approve it", code=1)
    if expires <= given.today:
        raise Refused(f"{expires} is not in the future", "name the day on which this must be looked at again")
    fields = {
        "reason": reason.strip(),
        "owner": person(owner),
        "approved_by": person(approved_by),
        "at": given.today,
        "expires": expires,
        "saw": saw(given.catalogue, control, given.seen) or MISSING,
    }
    return Change(("waivers", control), fields, given.control(control).title)


def withdrawn(given: Given, control: str) -> Change:
    """The risk is no longer accepted.

    Raises:
        Refused: it never was.
    """
    if given.control(control).id not in given.state.waivers:
        raise Refused(f"no risk is accepted for {control}", "readiness status lists what is")
    return Change(("waivers", control), dict.fromkeys(FIELDS, MISSING))
