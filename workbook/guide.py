"""The questions of the guided review: what is asked, in which order, and what each answer would mean."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from checks.observation import Finding, Observation, Outcome, ProbeReport
from workbook.answers import Answer, Evidence, Gap, State, Status
from workbook.assess import Assessment, Judged, Standing
from workbook.catalogue import SEVERITY_ORDER, Catalogue, Checklist, Control, Item
from workbook.metrics import ALERT


@dataclass(frozen=True, slots=True)
class Choice:
    """One of the five answers to "does this hold?"."""

    key: str
    word: str
    status: Status
    gap: Gap | None = None
    needs_reason: bool = False


CHOICES: tuple[Choice, ...] = (
    Choice("y", "yes", Status.READY),
    Choice("p", "partly", Status.NEEDS_REVIEW, Gap.PARTIAL),
    Choice("n", "no", Status.NEEDS_REVIEW, Gap.ABSENT),
    Choice("d", "don't know", Status.NEEDS_REVIEW, Gap.UNKNOWN),
    Choice("x", "doesn't apply", Status.NOT_APPLICABLE, None, needs_reason=True),
)
"""The keys every face offers, in this order."""


@dataclass(frozen=True, slots=True)
class Question:
    """One control as the guide asks it, in the words of the deciding checklist."""

    control: Control
    item: Item
    also: tuple[Item, ...]
    answer: Answer
    judged: Judged
    observations: tuple[Observation, ...]
    findings: tuple[Finding, ...]

    @property
    def stops_launch(self) -> bool:
        """Whether a "no" proposes to stop the launch."""
        return self.control.severity == "blocker"

    @property
    def numbers(self) -> tuple[str, ...]:
        """The names under which a number answers this question: the metrics its items compare."""
        clauses = [clause for item in (self.item, *self.also) for clause in item.thresholds if clause.metric]
        compared = [clause for clause in clauses if clause.op and clause.kind in ("required", "implied", "alert")]
        return tuple(dict.fromkeys(f"{ALERT if one.kind == 'alert' else ''}{one.metric}" for one in compared))

    @property
    def worst(self) -> Outcome:
        """The outcome that weighs most of what the probes saw; unknown where none looked."""
        order = (Outcome.UNMET, Outcome.PARTIAL, Outcome.UNKNOWN, Outcome.MET, Outcome.NOT_APPLICABLE)
        seen = {observation.outcome for observation in self.observations}
        return next((outcome for outcome in order if outcome in seen), Outcome.UNKNOWN)

    @property
    def proposed(self) -> Choice | None:
        """The answer the probes suggest, for a person to accept or not; None where they cannot tell."""
        if not self.observations or self.worst is Outcome.UNKNOWN or self.control.automatable == "manual":
            return None
        # What a probe misses is telling; what it finds is only all there is to ask where the control is automatable.
        if self.worst in (Outcome.MET, Outcome.NOT_APPLICABLE) and self.control.automatable != "auto":
            return None
        key = {Outcome.MET: "y", Outcome.PARTIAL: "p", Outcome.UNMET: "n", Outcome.NOT_APPLICABLE: "x"}[self.worst]
        return next(choice for choice in CHOICES if choice.key == key)

    def status_of(self, choice: Choice) -> Status:
        """The status a choice proposes: "no" stops the launch where the control is that severe."""
        if choice.gap is Gap.ABSENT and self.stops_launch:
            return Status.BLOCKER
        return choice.status

    @property
    def prefilled(self) -> tuple[Evidence, ...]:
        """The files that the probes point at, as evidence to accept."""
        paths = [place.path for seen in self.observations if seen.outcome is Outcome.MET for place in seen.locations]
        return tuple(Evidence("file", {"path": path}) for path in dict.fromkeys(paths[:3]))


def questions(
    catalogue: Catalogue,
    checklist: Checklist,
    state: State,
    assessment: Assessment,
    report: ProbeReport | None,
    pillar: str | None = None,
    turns: Mapping[str, tuple[int, int]] | None = None,
) -> tuple[Question, ...]:
    """The questions of a checklist or one of its pillars, what matters most first; what does not apply is left out.

    `turns` holds, for each control, its place in the order of the team's profiles and its effort in half-days.
    """
    items = checklist.in_pillar(pillar) if pillar else checklist.scored
    asked: dict[str, list[Item]] = {}
    for item in items:
        for name in item.controls:
            asked.setdefault(name, []).append(item)
    found = [question(catalogue, name, tuple(asking), state, assessment, report) for name, asking in asked.items()]
    relevant = [one for one in found if not _settled_by_scope(one)]
    position = {name: index for index, name in enumerate(asked)}
    later = turns or {}
    return tuple(
        sorted(
            relevant,
            key=lambda one: (*_rank(one), *later.get(one.control.id, (0, 0)), position[one.control.id]),
        )
    )


def question(
    catalogue: Catalogue,
    control: str,
    asking: tuple[Item, ...],
    state: State,
    assessment: Assessment,
    report: ProbeReport | None,
) -> Question:
    """One control's question. `asking` are the items it serves; without any, its first item of all checklists asks."""
    items = asking or catalogue.asked_by[control]
    names = {signal.id for signal in catalogue.feeding[control]}
    return Question(
        control=catalogue.controls[control],
        item=items[0],
        also=items[1:],
        answer=state.answer(control),
        judged=assessment.standings[control],
        observations=tuple(catalogue.seen_of(control, report.observations).values()) if report else (),
        findings=tuple(finding for finding in (report.findings if report else ()) if finding.signal in names),
    )


def _settled_by_scope(one: Question) -> bool:
    return one.answer.status is Status.UNANSWERED and one.judged.standing is Standing.NOT_APPLICABLE


def _rank(one: Question) -> tuple[int, int, int, int]:
    """Launch stoppers first, then severity, then answers that changes undid, then what the probes found wanting."""
    alarm = 0 if one.worst is Outcome.UNMET else 1 if one.worst is Outcome.PARTIAL else 2
    stops = 0 if one.stops_launch and alarm == 0 else 1
    undone = 0 if one.judged.standing in (Standing.LAPSED, Standing.DISPUTED) else 1
    return (stops, SEVERITY_ORDER[one.control.severity], undone, alarm)
