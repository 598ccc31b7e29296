"""The numbers that checklists ask for, to be written into a document with the name of who asks."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from workbook.catalogue import Catalogue, Item, Threshold
from workbook.metrics import in_unit, metrics
from workbook.scaffold.marks import Ours

_PLAIN: Final = re.compile(r"[^A-Za-z0-9 .-]")
_BINDING: Final = ("alert", "required", "implied", "example")
"""What kind of clause is taken first."""


@dataclass(frozen=True, slots=True)
class Limit:
    """One number in the unit that was asked for. `checklist` and `source`, its item, may be a team's own: untrusted."""

    value: float
    checklist: str
    source: str

    @property
    def shown(self) -> Ours:
        """The number without needless digits."""
        return Ours(f"{self.value:g}")

    @property
    def percent(self) -> Ours:
        """A share as a percentage."""
        return Ours(f"{self.value * 100:g}")


class Limits:
    """What the chosen checklists ask for, the deciding one first; where they give no number there is none."""

    def __init__(self, catalogue: Catalogue, chosen: tuple[str, ...]) -> None:
        self._catalogue = catalogue
        self._chosen = tuple(slug for slug in chosen if slug in catalogue.checklists)

    def of(self, metric: str, *controls: str) -> Limit | None:
        """The number that the chosen checklists compare `metric` with, in the metric's unit; None without one.

        Args:
            metric: a name of templates/metrics.toml; numbers stored under its other names count as well.
            controls: only items of these controls, where some are named.
        """
        return next((one for slug in self._chosen for one in self._asked(slug, metric, controls)), None)

    def elsewhere(self, metric: str, unit: str, *controls: str) -> str:
        """What other checklists ask for, as a hint for who has to choose: "; Seven steps says 2 s". "" without one.

        A share is given as a percentage where the unit is "%".
        """
        others = [slug for slug in self._catalogue.checklists if slug not in self._chosen]
        found = [next(self._asked(slug, metric, controls), None) for slug in others]
        shown = [(one.checklist, one.percent if unit == "%" else one.shown) for one in found if one]
        # The words go into a blank, past every encoder, and a checklist may be a team's own.
        said = [f"{_PLAIN.sub(' ', name)} says {number} {unit}".rstrip() for name, number in shown]
        return f"; {', '.join(said)}" if said else ""

    def _asked(self, slug: str, metric: str, controls: tuple[str, ...]) -> Iterator[Limit]:
        checklist = self._catalogue.checklists[slug]
        for kind in _BINDING:
            for item in checklist.items:
                if not controls or set(controls) & set(item.controls):
                    for clause in item.thresholds:
                        if clause.kind == kind and (limit := _limit(checklist.name, item, clause, metric)):
                            yield limit


def _limit(checklist: str, item: Item, clause: Threshold, metric: str) -> Limit | None:
    wanted = metrics()[metric]
    if clause.metric not in (metric, *wanted.also) or clause.value is None:
        return None
    asked = metrics().get(clause.metric or "")
    unit = asked.unit if asked else wanted.unit
    return Limit(in_unit(float(clause.value), unit, wanted.unit), checklist, item.id)
