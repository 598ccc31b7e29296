"""What is open: every control of the chosen checklists that does not hold, with what to do next and where."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from checks.observation import Location, Outcome, ProbeReport
from workbook.answers import Answer, Rung, State, Status
from workbook.assess import SATISFIED, Assessment, Judged, Standing
from workbook.catalogue import Catalogue, Control
from workbook.catalogue.plans import Plans
from workbook.guide import Question, question
from workbook.scaffold import for_control

A_LOOK = 1
"""Half-days to look again, confirm or settle, where nothing is known to be missing."""


def in_days(half_days: int) -> str:
    """Half-days of one person as people say them: "half a day", "1 day", "2.5 days"."""
    if half_days == 1:
        return "half a day"
    return f"{half_days / 2:g} day{'s' if half_days > 2 else ''}"  # noqa: PLR2004  two halves make one day


@dataclass(frozen=True, slots=True)
class Action:
    """The next thing to do. `what` may hold untrusted text; `place` is where a probe saw something."""

    what: str
    command: str
    place: Location | None = None


@dataclass(frozen=True, slots=True)
class Gap:
    """One open control. `why`, `owner` and the action's text are untrusted; `after` are the open ones before it."""

    control: Control
    standing: Standing
    why: str
    half_days: int
    effort_reason: str
    after: tuple[str, ...]
    action: Action
    owner: str
    due: date | None
    overdue: bool
    facets: tuple[str, ...]
    """The parts of it a person ticked as ready."""
    settle: bool
    """The confirmed scope says it does not apply, the answer says it is open: to be settled, not to be built."""
    waits: bool
    """A person said it is ready; what is missing is only the second pair of eyes that the policy asks for."""
    form: str
    """The command that writes a document or configuration to begin with; "" where none does, or a look is enough."""

    @property
    def stops_launch(self) -> bool:
        """Whether a person answered that it stops the launch."""
        return self.standing is Standing.BLOCKER

    @property
    def severity(self) -> str:
        """What it weighs: the control's severity, or the gravest where a person says that it stops the launch."""
        return "blocker" if self.stops_launch else self.control.severity

    @property
    def waived(self) -> bool:
        """Whether its risk is accepted for now."""
        return self.standing is Standing.WAIVED


def open_gaps(
    catalogue: Catalogue, plans: Plans, state: State, assessment: Assessment, report: ProbeReport | None, today: date
) -> tuple[Gap, ...]:
    """The open controls of the chosen checklists, in catalogue order. What does not apply is never among them."""
    names = [
        name for name in catalogue.controls_of(state.checklists) if assessment.standings[name].standing not in SATISFIED
    ]
    settled = {name for name in names if catalogue.controls[name].applies(state.scope.confirmed) is False}
    needed = set(names) - settled
    asking = [item for slug in state.checklists for item in catalogue.checklists[slug].scored]
    return tuple(
        _gap(
            question(
                catalogue,
                name,
                tuple(item for item in asking if name in item.controls),
                state,
                assessment,
                report,
            ),
            plans,
            tuple(before for before in plans.after(name) if before in needed and name not in settled),
            today,
            settle=name in settled,
            waits=name not in settled and waits_for_somebody(state, assessment, name),
        )
        for name in names
    )


def waits_for_somebody(state: State, assessment: Assessment, control: str) -> bool:
    """Whether an answer says that the control is ready and only waits for somebody else to verify it."""
    answer, judged = state.answer(control), assessment.standings[control]
    waits = judged.standing is Standing.NEEDS_REVIEW and answer.status is Status.READY
    return waits and answer.rung is not Rung.PROPOSED and not state.undecided("controls", control)


def _gap(asked: Question, plans: Plans, after: tuple[str, ...], today: date, *, settle: bool, waits: bool) -> Gap:
    size = plans.effort(asked.control.id)
    look = _only_a_look(asked, settle=settle, waits=waits)
    return Gap(
        control=asked.control,
        standing=asked.judged.standing,
        why=asked.judged.why,
        half_days=min(A_LOOK, size.half_days) if look else size.half_days,
        effort_reason=look or size.reason,
        after=after,
        action=_to_verify(asked) if waits else _action(asked, asked.judged, asked.answer, settle=settle),
        owner=asked.answer.owner,
        due=asked.answer.due,
        overdue=asked.answer.due is not None and asked.answer.due < today,
        facets=() if asked.answer.rung is Rung.PROPOSED else asked.answer.facets,
        settle=settle,
        waits=waits,
        form="" if look else next((one.command for one in for_control(asked.control.id)), ""),
    )


def _only_a_look(asked: Question, *, settle: bool, waits: bool) -> str:
    """Why it takes no more than a look, as far as anybody knows; "" where work is to be done."""
    if settle:
        return "scope and answer only have to agree"
    if waits:
        return "it is answered; a second person only has to verify it"
    if asked.judged.standing is Standing.LAPSED:
        return "a fresh look, as long as that finds nothing new"
    if asked.judged.standing is Standing.UNANSWERED and asked.proposed and asked.worst is Outcome.MET:
        return "the probes saw it; a person has to confirm"
    return ""


def _action(asked: Question, judged: Judged, answer: Answer, *, settle: bool) -> Action:
    name, place = asked.control.id, _place(asked)
    ready = f"readiness answer {name} ready --evidence WHAT"
    if settle:
        said = "the confirmed scope says it does not apply, the answer says it is open: settle which"
        return Action(said, f"readiness answer {name} not-applicable --reason WHY", place)
    seen = _seen(asked)
    if judged.standing is Standing.UNANSWERED:
        return _to_answer(asked, seen, place)
    if judged.standing is Standing.WAIVED:
        return Action(f"{judged.why}. To close it: {seen or asked.control.ready_when}", ready, place)
    if judged.standing is Standing.LAPSED:
        return Action(f"look again: {judged.why}", ready, place)
    if judged.standing is Standing.DISPUTED:
        return Action(f"the probe disagrees ({judged.why}): fix it, or write why it is wrong", ready, place)
    if answer.rung is Rung.PROPOSED:
        return Action(f"{judged.why}: {asked.control.ready_when}", f"readiness answer {name} STATUS", place)
    return Action(seen or asked.control.ready_when, ready, place)


def _to_verify(asked: Question) -> Action:
    """What only waits for the second pair of eyes: the answer is there, whoever gave it cannot do more."""
    command = f"readiness verify {asked.control.id}, by somebody who did not answer"
    return Action(f"{asked.judged.why}: {asked.control.ready_when}", command)


def _to_answer(asked: Question, seen: str, place: Location | None) -> Action:
    """An unanswered question: what a probe found wanting comes before the answer, what it found there with it."""
    command = f"readiness answer {asked.control.id} STATUS"
    if seen:
        return Action(
            f"the probe found a gap: {seen}. Close it, or say how it stands: {asked.item.asks}", command, place
        )
    if asked.proposed and asked.worst is Outcome.MET:
        there = next(one for one in asked.observations if one.outcome is Outcome.MET)
        place = there.locations[0] if there.locations else None
        return Action(f"confirm what the probe saw ({there.summary}): {asked.item.asks}", command, place)
    return Action(f"answer: {asked.item.asks}", command, place)


def _seen(asked: Question) -> str:
    """What to do about the first thing a probe found wanting: its remedy, else what was found.

    One sign says nothing of a control that is wholly a person's matter, as a named owner is.
    """
    if asked.control.automatable == "manual":
        return ""
    if asked.findings:
        return asked.findings[0].message
    for outcome in (Outcome.UNMET, Outcome.PARTIAL):
        for one in asked.observations:
            if one.outcome is outcome:
                return one.fix or one.summary
    return ""


def _place(asked: Question) -> Location | None:
    """Where to begin: the first finding, else where the probe that found something wanting looked last."""
    if asked.control.automatable == "manual":
        return None
    if asked.findings:
        return asked.findings[0].location
    wanting = [one for one in asked.observations if one.outcome in (Outcome.UNMET, Outcome.PARTIAL)]
    return next((one.locations[0] for one in wanting if one.locations), None)
