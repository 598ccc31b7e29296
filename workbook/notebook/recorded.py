"""What the cells of a run that nobody sits at would have recorded, told to the run that asked for it.

Such a run writes nothing into the repository. `readiness notebook run --verify` names a file of its own in the
environment; each attached value and each measurement becomes a line of it and is compared afterwards.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

RECORDS = "READINESS_RECORDS"
"""Names the file that the records of a run go to; without it they go nowhere."""


@dataclass(frozen=True, slots=True)
class Attached:
    """A value for a control: the evidence file it belongs to, and the digest of what it is now."""

    control: str
    path: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Measured:
    """A number as it is now. `within` is the share by which it may differ from the recorded one and still hold."""

    name: str
    value: float
    unit: str
    within: float


Record = Attached | Measured
_KINDS = {kind.__name__: kind for kind in (Attached, Measured)}


def tell(record: Record) -> None:
    """Hand a record to the run that asked for it, if one did."""
    if path := os.environ.get(RECORDS):
        with Path(path).open("a", encoding="utf-8") as file:
            file.write(json.dumps([type(record).__name__, asdict(record)]) + "\n")


def told(path: Path) -> Iterator[Record]:
    """The records of a run, in their order. Cells are strangers' code: a line that is no record is left out."""
    for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
        try:
            kind, fields = json.loads(line)
            yield _KINDS[kind](**fields)
        except (ValueError, TypeError, KeyError):
            continue
