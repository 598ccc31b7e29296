"""Who is here: one drives, the others navigate. Answers carry all of their names, the commit too."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar

from textual.content import Content

from tui.offers import people_known
from tui.screens.form import FormScreen
from tui.widgets.part import Kind, Part
from workbook.people import People, person


class WhoIsHere(FormScreen):
    """Driver and navigators. Nothing of it is written by itself."""

    KIND: ClassVar[str] = "people"

    def heading(self) -> Content:
        """What it is."""
        return Content("Who is here")

    def lead(self) -> Content:
        """What follows from it."""
        return Content(
            "What you answer together carries all names: it is stated, not verified. "
            "Whoever is not named here can verify it (V on a question)."
        )

    def parts(self) -> Sequence[Part]:
        """Driver and navigators."""
        people = self.session.people
        return (
            Part(
                "driver",
                "Drives",
                "Name <mail>; signs levels, facts and items",
                value=people.driver,
                offers=people_known(self.session),
                check=person,
            ),
            Part(
                "navigators",
                "Navigate",
                "a line each: Name <mail>",
                kind=Kind.LINES,
                value="\n".join(people.navigators),
                check=_several,
            ),
        )

    def take(self, values: Mapping[str, str]) -> str:
        """Take the names."""
        self.session.people = People(person(values["driver"]), _several(values["navigators"]))
        return ""


def _several(text: str) -> tuple[str, ...]:
    """A name a line, or several in one with ; between them.

    Raises:
        Refused: one of them is no person.
    """
    return tuple(person(one) for line in text.splitlines() for one in line.split(";") if one.strip())
