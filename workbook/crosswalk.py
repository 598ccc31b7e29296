"""Where checklists disagree about the same thing, and why: a limit, a part of a control, or one person's decision."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal

from checks.frozen import Frozen
from workbook.answers import SCORECARD, State, Status
from workbook.assess import PLAIN, SATISFIED, Assessment, ItemState, standing_override
from workbook.catalogue import Catalogue, Item
from workbook.metrics import ALERT
from workbook.thresholds import comparisons

MET = (Status.READY, Status.NOT_APPLICABLE)
Kind = Literal["measurement", "control"]


class Side(Frozen):
    """One item of a disagreement: what its checklist makes of the same thing, and why."""

    checklist: str
    item: str
    status: Status
    why: str


class Disagreement(Frozen):
    """One thing that satisfies one checklist and not another. The deciding checklist's items come first."""

    kind: Kind
    about: str
    """The name of the stored number, or the id of the control."""
    what: str
    """How it stands, in plain words."""
    sides: tuple[Side, ...]


def disagreements(
    catalogue: Catalogue, state: State, assessment: Assessment, slugs: Sequence[str] = ()
) -> tuple[Disagreement, ...]:
    """Where two or more checklists disagree about one stored number or one control, over their deciding items.

    Args:
        catalogue: the checklists and controls.
        state: the measurements, facets and item decisions.
        assessment: what counts now.
        slugs: which checklists to compare; those of the workbook when left out.
    """
    chosen = tuple(slugs) or state.checklists
    return (
        *_about_measurements(catalogue, state, assessment, chosen),
        *_about_controls(catalogue, state, assessment, chosen),
    )


def _about_measurements(
    catalogue: Catalogue, state: State, assessment: Assessment, chosen: Sequence[str]
) -> Iterator[Disagreement]:
    """One stored number, held against the limits of several checklists, whatever else keeps their items open."""
    held: dict[str, list[Side]] = {name: [] for name in state.measurements}
    for slug, item in _deciding(catalogue, chosen):
        for one in comparisons(item, state.measurements):
            status = Status.READY if one.holds else Status.NEEDS_REVIEW
            why = f"{one.clause.text} {'holds' if one.holds else 'fails'}{_beside(assessment.items[item.id], status)}"
            held[one.stored.name].append(Side(slug, item.id, status, why))
    for name, sides in held.items():
        if _at_odds(sides):
            number = state.measurements[name]
            kind = "the alert fires at" if name.startswith(ALERT) else "measured"
            yield Disagreement("measurement", name, f"{kind} {number.value:g} {number.unit}", tuple(sides))


def _beside(state: ItemState, status: Status) -> str:
    """What else keeps the item from being what its number alone would make it."""
    as_measured = state.status in MET if status is Status.READY else state.status is status
    return "" if as_measured else f"; the item is {state.status}: {state.why}"


def _about_controls(
    catalogue: Catalogue, state: State, assessment: Assessment, chosen: Sequence[str]
) -> Iterator[Disagreement]:
    """One control that satisfies some items and keeps others open: by a facet, or because a person decided an item."""
    asked: dict[str, list[Side]] = {}
    for slug, item in _deciding(catalogue, chosen):
        for control in item.controls:
            if side := _side(slug, item, control, state, assessment):
                asked.setdefault(control, []).append(side)
    for control, sides in asked.items():
        if _at_odds(sides):
            judged = assessment.standings[control]
            yield Disagreement("control", control, f"{PLAIN[judged.standing]}: {judged.why}", tuple(sides))


def _side(slug: str, item: Item, control: str, state: State, assessment: Assessment) -> Side | None:
    """What an item makes of a control; None where something else decides it."""
    now, standing = assessment.items[item.id], assessment.standings[control].standing
    decided = standing_override(item, state) is not None
    if not decided and now.status in MET and standing not in SATISFIED:
        return Side(slug, item.id, now.status, f"the part it asks for is there: {item.facet}")
    if not decided and (now.status in MET) is not (standing in SATISFIED):
        return None
    return Side(slug, item.id, now.status, now.why)


def _at_odds(sides: Sequence[Side]) -> bool:
    """Whether one checklist is satisfied where another is not."""
    met = {side.checklist for side in sides if side.status in MET}
    return any(side.status not in MET and met - {side.checklist} for side in sides)


def _deciding(catalogue: Catalogue, chosen: Sequence[str]) -> Iterator[tuple[str, Item]]:
    """The items that decide, but for those whose level a person gives."""
    return ((slug, item) for slug in chosen for item in catalogue.checklists[slug].scored if item.layer != SCORECARD)
