"""Whether what cells recorded still comes out the same when they run again."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from checks.files.temporary import PrivateFolder
from workbook.answers import State
from workbook.metrics import in_unit
from workbook.notebook.attaching import EVIDENCE
from workbook.notebook.headless import Run, run
from workbook.notebook.recorded import Attached, Measured, Record, told
from workbook.session import Session


@dataclass(frozen=True, slots=True)
class Check:
    """One recorded value: what it is, whether it came out the same, and what is to be said of it."""

    what: str
    holds: bool
    said: str


def verify(root: Path, name: str | None = None) -> tuple[list[Run], list[Check]]:
    """Run the notebooks and compare what their cells attach and measure with what is recorded.

    Everything recorded from a cell is answered when all notebooks run; with `name`, only what that one tells.

    Raises:
        Refused: there is no such notebook, or a stored one is damaged.
    """
    with PrivateFolder("notebook") as folder:
        records = folder.path / "records"
        records.touch()
        runs = run(root, name, records)
        found = list(told(records))
    return runs, compared(Session(root).state, found, everything=name is None)


def compared(state: State, found: Iterable[Record], *, everything: bool) -> list[Check]:
    """Each recorded value against the last that a cell told of it; with `everything`, also those no cell told of."""
    latest: dict[tuple[str, str], Record] = {}
    for one in found:
        key = (one.control, one.path) if isinstance(one, Attached) else ("", one.name)
        latest[key] = one
    checks = [_attached(state, one) if isinstance(one, Attached) else _measured(state, one) for one in latest.values()]
    if everything:
        kept = [
            (control, str(piece.values["path"]))
            for control, answer in state.answers.items()
            for piece in answer.evidence
            if piece.kind == "file" and str(piece.values["path"]).startswith(f"{EVIDENCE}/")
        ]
        checks += [
            Check(f"{control}: {path}", False, "no notebook makes it")
            for control, path in kept
            if (control, path) not in latest
        ]
    return checks


def _attached(state: State, one: Attached) -> Check:
    what = f"{one.control}: {one.path}"
    pieces = [piece for piece in state.answer(one.control).evidence if piece.values.get("path") == one.path]
    if not pieces:
        return Check(what, True, "not recorded yet")
    same = any(piece.values.get("sha256") == one.sha256 for piece in pieces)
    return Check(what, same, "the same as recorded" if same else "it comes out differently now")


def _measured(state: State, one: Measured) -> Check:
    stored = state.measurements.get(one.name)
    if stored is None:
        return Check(one.name, True, "not recorded yet")
    now = in_unit(one.value, one.unit, stored.unit)
    near = abs(now - stored.value) <= one.within * abs(stored.value)
    said = f"{now:g} {stored.unit} now, {stored.value:g} recorded"
    return Check(one.name, near, said)
