"""Ending what two branches said differently: one side stays, the other goes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from workbook.errors import Refused
from workbook.ledger.desk import Change
from workbook.merge.standoffs import Standoff, found_again, settle


def agreed(tables: Mapping[str, Any], shown: Standoff, *, take_other: bool) -> Change:
    """The fields of the side that was decided for; the other side is kept no longer.

    Raises:
        Refused: somebody changed it since it was shown.
    """
    one = found_again(tables, shown)
    if one is None:
        raise Refused(f"{shown.place} was changed meanwhile", "look again, then decide", code=1)
    return Change(one.table, {edit.field: edit.new for edit in settle(tables, one, take_other=take_other)})
