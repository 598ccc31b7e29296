"""The launch memo: one page for the people who decide, as HTML that prints on one sheet of A4 or Letter."""

from __future__ import annotations

from typing import Final

from workbook.pictures import score_split
from workbook.report import Report, gather
from workbook.report.filling import page
from workbook.report.record import ToDo
from workbook.report.words import NO_ATTESTATION, ground, onward, parts, span, tone
from workbook.session import Session

BLOCKERS: Final = 5
RISKS: Final = 3
SIGNED: Final = 4
CERTAIN: Final = 3
PATH: Final = 3
"""How many of each the sheet has room for; how many more there are is said."""

BLANKS: Final = 4
"""Empty lines to sign on where nobody has."""


def to_memo(session: Session, ref: str = "") -> str:
    """The memo of an open workbook, or of a tag or commit.

    Raises:
        Refused: `ref` leads nowhere in this history.
    """
    return memo_of(gather(session, ref))


def memo_of(report: Report) -> str:
    """The same of a report that is gathered already."""
    decision = report.decision
    conditions = decision.conditions if decision else ()
    signed = decision.by if decision else ()
    # What no longer counts comes first: it is what somebody may still rely on.
    risks = sorted(report.risks, key=lambda one: (one.counts, str(one.expires)))
    # What is overdue or open matters more than what is met.
    kept = sorted(conditions, key=lambda one: ("overdue", "open", "met").index(one.state))
    return page(
        "memo.html.jinja",
        report=report,
        ground=ground(report),
        tone=tone(report),
        span=span(report.decides),
        split=score_split(parts(report.split)),
        certain=_certain(report)[:CERTAIN],
        path=_path(report)[:PATH],
        blockers=[(one, _why(one)) for one in report.blockers[:BLOCKERS]],
        more_blockers=max(len(report.blockers) - BLOCKERS, 0),
        risks=risks[:RISKS],
        more_risks=max(len(risks) - RISKS, 0),
        conditions=kept[:RISKS],
        conditions_of=len(kept),
        more_conditions=max(len(kept) - RISKS, 0),
        signed=signed[:SIGNED],
        more_signed=max(len(signed) - SIGNED, 0),
        blanks=BLANKS,
        no_attestation=NO_ATTESTATION,
    )


def _why(one: ToDo) -> str:
    """Why it stops the launch; that somebody answered so stands in the heading."""
    return one.why.removeprefix("answered as stopping the launch").removeprefix("; note: ") or "no note was left"


def _certain(report: Report) -> list[str]:
    said = report.decides
    found = [*said.certain]
    if said.can_end:
        found.append(f"It can still end between {said.lowest} and {said.highest} of {said.of}")
    elif said.verdict:
        found.append("Every item it needs is answered, so the verdict moves only with answers, code or age")
    return found or ["Nothing yet"]


def _path(report: Report) -> list[str]:
    said = report.decides
    named = [f"The model's path: {said.path}."] if said.path else []
    return [*named, *onward(report)]
