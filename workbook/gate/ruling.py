"""What a gate says: its reasons, each with the command that mends it, and the exit code that follows."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from checks.observation import Location
from workbook.catalogue import SEVERITY_ORDER
from workbook.ci import Occasion

FAILED: Final = 1
UNKNOWN: Final = 3


class Level(StrEnum):
    """What a reason does to the gate, worst first."""

    FAILURE = "failure"
    UNKNOWN = "unknown"
    """It cannot be told; what stands in the way of a pass where nothing fails."""
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Reason:
    """One thing the gate has to say. Texts are untrusted."""

    level: Level
    kind: str
    """blocker, disputed, lapsed, needs-review, unanswered, waived, item, verdict, minimum, undecided or look."""
    about: str
    """A control, an item, a checklist or a table of the state file."""
    what: str
    mend: str
    """The command that mends it."""
    severity: str = ""
    before: str = ""
    """The standing at the merge base; "" where there is none."""
    place: Location | None = None
    """Where in the tree it shows."""

    @property
    def weight(self) -> tuple[int, int, str]:
        """Sorts the worst first."""
        return list(Level).index(self.level), SEVERITY_ORDER.get(self.severity, 0), self.about


@dataclass(frozen=True, slots=True)
class Ruling:
    """Everything a gate says of one run, worst first; `notes` change nothing."""

    occasion: Occasion
    mode: str
    base: str
    """The merge base; "" where nothing is compared."""
    reasons: tuple[Reason, ...]
    notes: tuple[str, ...]

    def at(self, level: Level) -> tuple[Reason, ...]:
        """The reasons of one level."""
        return tuple(one for one in self.reasons if one.level is level)

    @property
    def code(self) -> int:
        """0 fine, 1 something fails, 3 only unknowns stand in the way."""
        return FAILED if self.at(Level.FAILURE) else UNKNOWN if self.at(Level.UNKNOWN) else 0
