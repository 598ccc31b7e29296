"""The command that mends each thing a gate may complain of."""

from __future__ import annotations

from workbook.assess import Standing
from workbook.catalogue import Item

DECIDE = "readiness merge"
LOOK_AGAIN = "readiness probe"
NEXT = "readiness plan"


def of_control(name: str, standing: Standing) -> str:
    """What to do about a control's standing."""
    match standing:
        case Standing.LAPSED:
            return f"readiness answer --reaffirm {name} --note WHAT-YOU-LOOKED-AT"
        case Standing.DISPUTED:
            return f"mend the place, or: readiness answer {name} --dispute WHY-IT-HOLDS"
        case Standing.UNANSWERED:
            return f"readiness answer {name} STATUS"
        case Standing.BLOCKER | Standing.NEEDS_REVIEW | Standing.WAIVED:
            return f"close it, then: readiness answer {name} ready --evidence WHAT"
        case Standing.PROVEN | Standing.CLAIMED | Standing.NOT_APPLICABLE:
            return f"readiness explain {name}"


def of_item(item: Item) -> str:
    """What to do about an item that no control of it explains: a number, or a person's word for it alone."""
    measured = next((clause.metric for clause in item.thresholds if clause.metric), "")
    return (
        f"readiness measure {measured} VALUE" if measured else f"readiness answer {item.id} ready --item --reason WHY"
    )


def of_signals(names: tuple[str, ...]) -> str:
    """How to see why probes cannot tell."""
    return f"{LOOK_AGAIN} {' '.join(names)}"
