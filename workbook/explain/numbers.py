"""What a number is for: its unit, what stands in for it, which items compare it, and the one that is stored."""

from __future__ import annotations

from collections.abc import Iterator

from workbook.answers import Measurement, State
from workbook.catalogue import Catalogue
from workbook.explain.record import Explanation, Part
from workbook.metrics import ALERT, COUNT, UNITS, dimension, metrics
from workbook.thresholds import rests_on


def explained_number(catalogue: Catalogue, state: State | None, name: str) -> Iterator[Explanation]:
    """A number by its name; one behind "alert." is the limit of an alert."""
    bare = name.removeprefix(ALERT)
    metric = metrics().get(bare)
    clauses = [
        (item, clause) for item in catalogue.items.values() if rests_on(item, bare) for clause in item.thresholds
        if clause.metric is not None and (clause.metric == bare or bare in also(clause.metric))
    ]  # fmt: skip
    if metric is None and not clauses:
        return
    unit = metric.unit if metric else clauses[0][1].unit
    units = UNITS.get(dimension(unit))
    others = also(bare)
    kinds = ("alert",) if name.startswith(ALERT) else ("required", "implied", "alert")
    used = [(item, clause) for item, clause in clauses if clause.kind in kinds and clause.value is not None]
    compared = tuple(
        f"{item.id}: {clause.text}" + (f", against {ALERT}{bare}" if clause.kind == "alert" else "")
        for item, clause in used
    )
    about = [
        Part("Units", (", ".join(units) if units else "any that counts things, as in " + COUNT,)),
        Part("Stands in where nothing is stored under this name", (", ".join(others),) if others else ()),
        Part("Compared by", compared or ("no item; where an article names it, as an example or for its decision",)),
    ]
    if state:
        about.append(Part("Stored", _stored(state, name, bare, others)))
    yield Explanation("number", name, f"a number, compared in {unit}", about=tuple(about))


def _stored(state: State, name: str, bare: str, others: tuple[str, ...]) -> tuple[str, ...]:
    names = dict.fromkeys((name, *(prefix + one for prefix in ("", ALERT) for one in (bare, *others))))
    found = tuple(f"{one} = {_number(state.measurements[one])}" for one in names if one in state.measurements)
    return found or (f"nothing; readiness measure {name} VALUE",)


def also(metric: str) -> tuple[str, ...]:
    """The names whose number stands in for a metric."""
    return metrics()[metric].also if metric in metrics() else ()


def _number(one: Measurement) -> str:
    told = f"{one.value:g} {one.unit}"
    source = f", from {one.source}" if one.source else ""
    when = f", on {one.at}" if one.at else ""
    return f"{told}{source}{when}{f', at {one.commit}' if one.commit else ''}"
