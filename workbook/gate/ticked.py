"""What a description claims by its boxes and the workbook does not say. It is told, and changes nothing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from workbook.ci import Description
from workbook.pull_request.agreement import Kind, read
from workbook.session import Session

TOLD: Final = 7
"""Claims that are named; `readiness pr read` lists all."""

_CLAIMS: Final = {
    Kind.TICKED: "is ticked",
    Kind.ABSENT: "is said not to apply",
    Kind.NO_REASON: "is said not to apply without a reason",
    Kind.UNCLEAR: "is neither ticked nor open",
}
"""What a person wrote. A box that the branch itself has not moved yet is none of it."""


def ticked(session: Session, description: Description) -> Iterator[str]:
    """The claims as sentences. Untrusted text."""
    reading = read(session, description)
    if reading.truncated:
        yield "The description is cut, so what is ticked in it cannot be told."
        return
    claims = [one for one in reading.disagreements if one.kind in _CLAIMS]
    for one in claims[:TOLD]:
        yield f"{one.about} {_CLAIMS[one.kind]} in the description, and here it is: {one.says}. A tick is no answer."
    if len(claims) > TOLD:
        yield f"{len(claims) - TOLD} more boxes of the description disagree: readiness pr read lists them."
