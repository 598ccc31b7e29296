"""What would follow: the same workbook with some controls ready, everything else standing as it stands now."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date

from workbook import outlook
from workbook.answers import Answer, Gap, Rung, Scope, Score, State, Status
from workbook.assess import Assessment, Standing, assess
from workbook.catalogue import Catalogue, Checklist
from workbook.outlook import Verdict

READY = Answer(Status.READY, Rung.VERIFIED, by=("the team",), verified_by="somebody else")
OPEN = Answer(Status.NEEDS_REVIEW, Rung.ATTESTED, by=("the team",), gap=Gap.UNKNOWN)


@dataclass(frozen=True)
class Imagined:
    """A workbook as it stands, to ask "what if" of. It needs neither the tree nor a probe."""

    catalogue: Catalogue
    state: State
    assessment: Assessment
    today: date

    def after(
        self,
        ready: Collection[str] = (),
        *,
        answered: bool = False,
        levels: Mapping[str, Mapping[str, int]] | None = None,
    ) -> tuple[State, Assessment]:
        """State and assessment with `ready` controls ready.

        Args:
            ready: controls that hold then.
            answered: whether every control nobody answered is then answered as an open gap.
            levels: by checklist, the levels a person would give some domains then.
        """
        answers: dict[str, Answer] = {}
        for name, judged in self.assessment.standings.items():
            if name in ready:
                answers[name] = replace(READY, at=self.today)
            elif judged.standing is not Standing.UNANSWERED:
                answers[name] = self._as_it_stands(name, judged.standing)
            elif answered:
                answers[name] = OPEN
        scores = {
            **self.state.scores,
            **{
                slug: {
                    **self.state.scores.get(slug, {}),
                    **{name: Score(level, "the team", self.today) for name, level in given.items()},
                }
                for slug, given in (levels or {}).items()
            },
        }
        # Standings are spelled out as answers, so nothing that made them so may judge a second time.
        state = replace(self.state, answers=answers, scores=scores, scope=Scope(), waivers={})
        return state, assess(self.catalogue, state, self.today)

    def verdict(
        self,
        checklist: Checklist,
        ready: Collection[str] = (),
        *,
        answered: bool = False,
        levels: Mapping[str, int] | None = None,
    ) -> Verdict | None:
        """The checklist's verdict then; None where this version does not have its model."""
        given = {checklist.slug: levels} if levels else None
        return outlook.decide(checklist, *self.after(ready, answered=answered, levels=given))

    def _as_it_stands(self, name: str, standing: Standing) -> Answer:
        """The answer that gives exactly this standing by itself."""
        said = self.state.answer(name)
        match standing:
            case Standing.PROVEN | Standing.CLAIMED:
                return replace(READY, at=self.today)
            case Standing.NOT_APPLICABLE:
                return Answer(Status.NOT_APPLICABLE, by=("the team",), at=self.today, reason="as it stands")
            case Standing.BLOCKER:
                return Answer(Status.BLOCKER, by=("the team",), at=self.today)
            case Standing.NEEDS_REVIEW if said.status is Status.NEEDS_REVIEW and said.rung is not Rung.PROPOSED:
                return replace(OPEN, at=self.today, facets=said.facets)
            case _:
                return replace(OPEN, at=self.today)
