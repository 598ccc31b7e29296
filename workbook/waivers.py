"""Accepted risk, from its own file: who accepts what, who approved it, until when. It never makes a control ready."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from checks.frozen import Frozen
from workbook.catalogue import Control
from workbook.reading import Table, nearest


class Waiver(Frozen):
    """Accepted risk of one control. `saw` is what the probes showed when it was accepted."""

    reason: str
    owner: str
    approved_by: str
    at: date | None
    expires: date | None
    saw: str = ""

    def expired(self, today: date) -> bool:
        """Whether its last day is over."""
        return self.expires is None or self.expires < today


def read_waivers(top: Table, controls: Mapping[str, Control], today: date) -> dict[str, Waiver]:
    """The waivers that say enough to count; what is wrong with the others is reported."""
    found: dict[str, Waiver] = {}
    for name in top.names:
        if name not in controls:
            top.report(name, f"there is no control of this name{nearest(name, controls)}")
            continue
        table = top.table(name)
        waiver = Waiver(
            table.text("reason"),
            table.text("owner"),
            table.text("approved_by"),
            table.day("at", today),
            table.day("expires"),
            table.text("saw"),
        )
        if not (waiver.reason and waiver.owner and waiver.approved_by and waiver.expires):
            table.report("", "a waiver needs reason, owner, approved_by and expires")
        elif waiver.owner == waiver.approved_by:
            table.report("approved_by", "who approves a waiver cannot be who owns it")
        else:
            found[name] = waiver
            if waiver.expired(today):
                table.report("expires", f"this waiver ended on {waiver.expires}; renew it or close the gap")
    return found
