"""Places of which only a few are shown: the lines of the others are not asked for, so that they may move."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from checks.observation import Location
from checks.readers.python_facts import Call
from checks.readers.web_facts import WebCall

if TYPE_CHECKING:
    from checks.readers.python_facts import Class, Function, Route, Text
    from checks.readers.web_facts import Attribute, WebRoute, WebText


@dataclass(frozen=True, slots=True)
class Spot:
    """A file, and what stands in it, or where."""

    path: str
    at: Location | Call | WebCall | Text | WebText | Function | Class | Attribute

    @property
    def place(self) -> Location:
        """Where it is. Only of calls the last line is told."""
        if isinstance(self.at, Location):
            return self.at
        return Location(self.path, self.at.line, self.at.end_line if isinstance(self.at, Call | WebCall) else 0)


Spots = tuple[Spot, ...]


def spots_of(places: Iterable[Location]) -> Spots:
    """Places that are known already."""
    return tuple(Spot(place.path, place) for place in places)


def spot_of_route(route: Route | WebRoute) -> Spot:
    """Where a route is declared."""
    return Spot(route.module, Location(route.module, route.line))


def first_places(spots: Spots, most: int) -> tuple[Location, ...]:
    """The first places, each once."""
    found: dict[Location, None] = {}
    for spot in spots:
        if len(found) == most:
            break
        found[spot.place] = None
    return tuple(found)
