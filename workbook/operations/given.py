"""What every operation is given: the state it acts on, who acts, the day, and what the probes showed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from checks.observation import Observation
from workbook.answers import Answer, State
from workbook.assess import Assessment
from workbook.catalogue import Catalogue, Control
from workbook.errors import Refused
from workbook.people import People
from workbook.places import Place
from workbook.reading import nearest


@dataclass(frozen=True, slots=True)
class Given:
    """The ground an operation stands on. `seen` is empty where no probe ran in this session."""

    catalogue: Catalogue
    state: State
    people: People
    place: Place
    today: date
    seen: Mapping[str, Observation]
    assess: Callable[[], Assessment]
    """Standings now; asked for only by the operations that need them."""

    def control(self, name: str) -> Control:
        """A control by its id.

        Raises:
            Refused: there is none; the nearest is named, and for an item the controls behind it.
        """
        return known(self.catalogue, name)

    def answer(self, control: str) -> Answer:
        """What was said of a control.

        Raises:
            Refused: there is no such control.
        """
        return self.state.answer(self.control(control).id)


def known(catalogue: Catalogue, name: str) -> Control:
    """A control by its id.

    Raises:
        Refused: there is none; the nearest is named, and for an item the controls behind it.
    """
    if name in catalogue.controls:
        return catalogue.controls[name]
    if name in catalogue.items:
        names = ", ".join(catalogue.items[name].controls)
        raise Refused(f"{name} is an item; answers are given to its controls", f"answer: {names}")
    raise Refused(
        f"there is no control {name!r}{nearest(name, catalogue.controls)}",
        "readiness status lists those of the chosen checklists",
    )
