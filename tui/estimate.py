"""How many questions a choice of checklist and scope facts leaves, and about how long they take."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from workbook.catalogue import Catalogue

STOPPER_MINUTES, OTHER_MINUTES = 2.0, 1.0
"""Minutes a pair needs for a launch stopper and for any other question: our guess, shown as "about"."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """`controls` of the checklist, of which `absent` do not apply; `stoppers` of the rest can stop the launch."""

    controls: int
    absent: int
    stoppers: int

    @property
    def questions(self) -> int:
        """How many are left to answer."""
        return self.controls - self.absent

    @property
    def sentence(self) -> str:
        """The figures as one line."""
        first = round(self.stoppers * STOPPER_MINUTES)
        whole = round(first + (self.questions - self.stoppers) * OTHER_MINUTES)
        return (
            f"{self.controls} controls → {self.absent} don't apply → {self.questions} questions. "
            f"{self.stoppers} launch stoppers first: about {first} minutes; everything: about {whole}."
        )


def estimate(catalogue: Catalogue, slug: str, facts: Mapping[str, bool]) -> Estimate:
    """What the checklist asks once the facts are confirmed."""
    controls = [catalogue.controls[name] for name in catalogue.controls_of((slug,))]
    left = [control for control in controls if control.applies(facts) is not False]
    stoppers = sum(control.severity == "blocker" for control in left)
    return Estimate(len(controls), len(controls) - len(left), stoppers)
