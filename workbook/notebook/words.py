"""Questions, observations, findings and edits as rows of text. Nothing is encoded here; the views do that."""

from __future__ import annotations

from collections.abc import Iterable

from checks.observation import Location, Observation, ProbeReport
from workbook.assess import PLAIN
from workbook.catalogue import Catalogue
from workbook.guide import Question
from workbook.store import MISSING, Edit
from workbook.words import OUTCOME_WORDS

SHOWN_PLACES = 5
"""How many locations of one observation are listed before the rest is counted."""

BOOKKEEPING = frozenset({"rung", "by", "at", "commit", "text", "pins", "saw"})
"""What is written along with an answer and goes without saying."""


def place(location: Location) -> str:
    """A location as people point at it: "api/users.py:88"."""
    return f"{location.path}:{location.line}" if location.line else location.path


def places(locations: tuple[Location, ...]) -> str:
    """The first locations, and how many more there are."""
    more = len(locations) - SHOWN_PLACES
    said = ", ".join(place(one) for one in locations[:SHOWN_PLACES])
    return f"{said} and {more} more" if more > 0 else said


def observed(seen: Observation) -> str:
    """One observation in one line: "no: SQL is built from input (api/users.py:88)"."""
    where = places(seen.locations)
    return f"{OUTCOME_WORDS[seen.outcome]}: {seen.summary}" + (f" ({where})" if where else "")


def probed(question: Question, report: ProbeReport | None) -> tuple[str, ...]:
    """What the probes say about a question; why nothing is said where that is so."""
    if question.observations:
        return tuple(observed(seen) for seen in question.observations)
    if report is None:
        return ("The probes have not looked yet.",)
    if not report.complete:
        return ("The probes have not come to this yet.",)
    return ("No probe can answer this; it needs a person.",)


def standing(question: Question) -> str:
    """Where a question stands, in plain words."""
    return PLAIN[question.judged.standing]


def changed(catalogue: Catalogue, edits: Iterable[Edit]) -> tuple[str, ...]:
    """Edits as lines, one a table: "Rate limits: status = ready, evidence"."""
    tables: dict[tuple[str, ...], list[Edit]] = {}
    for edit in edits:
        tables.setdefault(edit.table, []).append(edit)
    return tuple(f"{_name(catalogue, table)}: {_fields(held)}" for table, held in tables.items())


def _name(catalogue: Catalogue, table: tuple[str, ...]) -> str:
    control = catalogue.controls.get(table[-1]) if table[:1] == ("controls",) else None
    return control.title if control else ".".join(table)


def _fields(edits: Iterable[Edit]) -> str:
    held = {edit.field: edit.new for edit in edits}
    told = [name for name in held if name not in BOOKKEEPING] or list(held)
    return ", ".join(name if name == "evidence" else f"{name} = {value(held[name])}" for name in told)


def value(held: object) -> str:
    """A stored value as people read it."""
    if held is MISSING:
        return "(nothing)"
    return ", ".join(map(value, held)) if isinstance(held, list) else str(held)
