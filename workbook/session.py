"""The one object every face drives: it holds the state, takes operations, and says what follows from them.

Faces never write files and never compute standings. They call an operation, then render what the session returns.
Operations change memory and a draft at once; `save` writes the state file.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from checks.observation import ProbeReport, Proposal
from workbook import guide, outlook
from workbook.answers import STATE_FILE, Evidence, Gap, Rung, State, Status
from workbook.assess import Assessment, assess
from workbook.catalogue import Catalogue
from workbook.catalogue.plans import Plans, load_plans
from workbook.decisions import Condition, Decider, Outcome
from workbook.errors import Refused
from workbook.ledger import Ledger, Stamp
from workbook.ledger.desk import Change
from workbook.ledger.half_typed import HalfTyped
from workbook.merge.standoffs import Standoff, in_order
from workbook.operations import agreeing, answering, choosing, confirming, deciding, measuring, scoping, waiving
from workbook.operations.given import Given, known
from workbook.people import People
from workbook.places import Place, is_ours
from workbook.plan import Gap as Open
from workbook.plan import Plan, make_plan, next_three
from workbook.plan.order import turns
from workbook.reading import nearest
from workbook.sentences import Verdict
from workbook.skeleton import skeleton, table_order
from workbook.store import Clash, Clashed, Document, Edit, Saved
from workbook.view import Tables, View

if TYPE_CHECKING:
    from checks.challenge.isolated import Run
    from workbook.acceptance import Baseline
    from workbook.operations import importing
    from workbook.scaffold.planning import Planned


class Session(View):
    """A workbook opened on one folder. Not thread-safe but for `probe`, which a worker may run."""

    def __init__(self, root: Path, people: People | None = None, today: Callable[[], date] | None = None) -> None:
        super().__init__(root, today)
        if people is not None:
            self.people = people
        self.typed = HalfTyped(self.place.private)
        """What stands in the fields of this face and is not given yet; `typed.recover` brings back that of the dead."""
        self.lasting = False
        """Whether the last look would see the same again in the same tree: no limit on time or memory had a part."""
        self.ledger.sweep()
        self.typed.sweep()

    def _open(self) -> Tables:
        self.ledger = Ledger(self.root, self.place.private, table_order(self.catalogue))
        return self.ledger

    @cached_property
    def people(self) -> People:
        """Who is at the keyboard; the user as git knows them where nobody said otherwise."""
        return People(self.place.identity)

    # What is there

    @property
    def state_path(self) -> Path:
        """Where the state file is, or will be."""
        return self.root / STATE_FILE

    @property
    def document(self) -> Document:
        """The state file as it was last read."""
        return self.ledger.document

    @property
    def stamp(self) -> Stamp:
        """Changes whenever one of the state files is replaced; cheap enough to ask every second."""
        return self.ledger.stamp

    def questions(self, pillar: str | None = None) -> tuple[guide.Question, ...]:
        """The guide's questions, what matters most first."""
        return guide.questions(
            self.catalogue, self.checklist, self.state, self.assessment, self.report, pillar, self._turns
        )

    def question(self, control: str) -> guide.Question:
        """One control's question.

        Raises:
            Refused: there is no such control; the nearest id is named.
        """
        known(self.catalogue, control)
        asking = tuple(item for item in self.checklist.scored if control in item.controls)
        return guide.question(self.catalogue, control, asking, self.state, self.assessment, self.report)

    def would_be(self, control: str, status: Status) -> Verdict | None:
        """The verdict if this control were answered so, with nothing changed."""
        answer = replace(
            self.state.answer(control), status=status, rung=Rung.ATTESTED, by=("you",), reason="…", pins="", text=""
        )
        imagined = replace(self.state, answers={**self.state.answers, control: answer})
        # With what the probes saw: a yes against an objection is disputed, and the preview must say so.
        seen = self.report.observations if self.report else None
        judged = assess(self.catalogue, imagined, self.today(), seen, None)
        return outlook.decide(self.checklist, imagined, judged)

    @property
    def next_three(self) -> tuple[Open, ...]:
        """What to take up next, by the ranking of the plan."""
        return next_three(*self._planned())

    def plan(self, prototype_days: float | None = None) -> Plan:
        """The whole plan; `prototype_days` adds a forecast of the work to come."""
        return make_plan(*self._planned(), prototype_days=prototype_days)

    # Operations

    def start(
        self,
        checklists: Sequence[str],
        *,
        profiles: Sequence[str] = (),
        facts: Mapping[str, bool] | None = None,
    ) -> None:
        """Lay out a new workbook; nothing is written before `save`.

        Raises:
            Refused: there is one already, a checklist or fact is unknown, or facts are confirmed by nobody.
        """
        if self.document.digest:
            raise Refused(f"{STATE_FILE} exists already", "change it with the other commands, or edit it by hand")
        for slug in checklists:
            if slug not in self.catalogue.checklists:
                hint = nearest(slug, self.catalogue.checklists)
                known = ", ".join(self.catalogue.checklists)
                raise Refused(f"there is no checklist {slug!r}{hint}", f"choose from {known}")
        scoping.known_facts(self.catalogue, facts or {})
        self.ledger.start(
            skeleton(
                self.catalogue,
                checklists or ("fifty-point",),
                profiles=profiles,
                facts=facts,
                despite=scoping.denied_despite(facts or {}, self._proposals),
                by=self.people.names[0] if facts else "",
                at=self.today(),
            )
        )
        self._cache.clear()

    def confirm_scope(self, facts: Mapping[str, bool]) -> None:
        """Record the facts about the product under the driver's name."""
        self._put(scoping.confirmed(self._given(), facts, self._proposals))

    def propose_scope(self, facts: Mapping[str, bool], by: str) -> None:
        """Record what a tool or coding agent takes for true of the product, for a person to confirm."""
        self._put(scoping.proposed(self._given(), facts, by))

    def choose(self, decides: str, also: Sequence[str]) -> None:
        """Let other checklists decide and advise; nothing that was answered goes away."""
        self._put(*choosing.chosen(self._given(), self.ledger.tables, decides, also))

    def upgrade(self) -> choosing.Upgrade:
        """What the catalogue has that the workbook has not: added, renamed, reworded."""
        return choosing.upgrade(self._given(), self.ledger.tables)

    def take_upgrade(self) -> None:
        """Bring the workbook up to the catalogue's version."""
        self._put(*choosing.upgraded(self._given(), self.ledger.tables))

    def answer(
        self,
        control: str,
        status: Status,
        *,
        gap: Gap | None = None,
        note: str | None = None,
        reason: str | None = None,
        evidence: Iterable[Evidence] | None = None,
        watch: Sequence[str] | None = None,
        facets: Sequence[str] | None = None,
        proposed_by: str = "",
    ) -> None:
        """Answer a control. Parts left None keep what was there; `proposed_by` makes it a proposal, never a pass.

        Raises:
            Refused: the control is unknown, the file is read-only, a reason or a name is missing, or a proposal would
                replace an answer.
        """
        self._put(
            answering.answered(
                self._given(),
                control,
                status,
                gap=gap,
                note=note,
                reason=reason,
                evidence=evidence,
                watch=watch,
                facets=facets,
                proposed_by=proposed_by,
            )
        )

    def attach(self, control: str, evidence: Evidence) -> None:
        """Add a piece of evidence to an answer; refused where it cannot be used."""
        self._put(answering.attached(self._given(), control, evidence))

    def import_reports(
        self,
        received: Sequence[importing.Received],
        controls: Sequence[str] = (),
        base: Baseline | None = None,
        *,
        dry: bool = False,
    ) -> importing.Import:
        """Record what other tools' reports say, as evidence and numbers; `dry` only says what would be recorded."""
        from workbook.operations import importing

        given = self._given()
        plan = importing.intended(given, received, controls, base)
        if not dry:
            self._put(*importing.imported(given, plan))
        return plan

    def scaffold(self, name: str, to: str = "", *, dry: bool = False) -> Planned:
        """Write a document or configuration that is missing, filled with what the tree reveals; `dry` only plans it.

        It needs no workbook. What is there already is never touched.

        Raises:
            Refused: there is no such scaffold, it is there already, or the path cannot be written.
        """
        from workbook.operations import scaffolding

        plan = scaffolding.intended(self, name, to)
        if not dry:
            scaffolding.written(self, plan)
        return plan

    def note(self, control: str, text: str) -> None:
        """Set an answer's note without answering."""
        self._put(answering.noted(self._given(), control, text))

    def assign(self, control: str, owner: str, due: date | None) -> None:
        """Say who closes a gap, and until when."""
        self._put(answering.assigned(self._given(), control, owner, due))

    def override(self, item: str, status: Status, reason: str) -> None:
        """Answer one item over what its controls say; `unanswered` takes that back."""
        self._put(answering.overridden(self._given(), item, status, reason))

    def accept_observed(self, controls: Iterable[str] | None = None) -> tuple[str, ...]:
        """Take the answers that fresh probes may give by themselves; the controls they are of."""
        changes = answering.observed(self._given(), controls)
        self._put(*changes)
        return tuple(change.table[-1] for change in changes)

    def reaffirm(self, controls: Iterable[str], note: str = "") -> None:
        """Stand by answers as of today, all of them or none; refused where nobody looked."""
        self._put(*confirming.reaffirmed(self._given(), controls, note))

    def dispute(self, control: str, note: str) -> None:
        """Hold an answer against a probe that disagrees, with the reason."""
        self._put(confirming.disputed(self._given(), control, note))

    def verify(self, control: str, how: str = "", by: str = "") -> None:
        """Confirm what somebody else said; `how` names the recorded command that was run again instead.

        `by` is who confirms it; the driver where it is left out.
        """
        self._put(confirming.verified(self._given(), control, how, by))

    def waive(self, control: str, *, reason: str, owner: str, approved_by: str, expires: date) -> None:
        """Accept the risk of an open gap for a while."""
        self._waivable()
        self._put(
            waiving.waived(self._given(), control, reason=reason, owner=owner, approved_by=approved_by, expires=expires)
        )

    def withdraw_waiver(self, control: str) -> None:
        """Accept the risk no longer."""
        self._waivable()
        self._put(waiving.withdrawn(self._given(), control))

    def measure(self, name: str, value: float, unit: str, source: str = "") -> None:
        """Store a number that items compare with their thresholds."""
        self._put(measuring.measured(self._given(), name, value, unit, source))

    def score(self, domain: str, level: int) -> None:
        """Give one domain of a scorecard its level, 0 to 5."""
        self._put(measuring.scored(self._given(), domain, level))

    def attest(self, name: str, *, holds: bool, note: str = "") -> None:
        """State a yes-or-no fact that a decision model asks for."""
        self._put(measuring.attested(self._given(), name, holds=holds, note=note))

    def decide(self, outcome: Outcome, by: Sequence[Decider], conditions: Sequence[Condition] = ()) -> None:
        """Record a launch decision on the current commit, with the verdict as it is shown now."""
        self._put(deciding.decided(self._given(), outcome, verdict=self.headline, by=by, conditions=conditions))

    def meet(self, decision: str, number: int) -> None:
        """Say that a condition of a decision is met; conditions count from 1."""
        self._put(deciding.met(self._given(), decision, number))

    @property
    def standoffs(self) -> tuple[Standoff, ...]:
        """What two branches said differently and nobody has decided yet, in the order to decide it."""
        return tuple(in_order(self.ledger.tables))

    def agree(self, standoff: Standoff, *, take_other: bool) -> None:
        """End a standoff: what stands in its fields stays, or what the other branch said takes its place."""
        self._writable()
        self._put(agreeing.agreed(self.ledger.tables, standoff, take_other=take_other))

    def undo(self) -> tuple[Edit, ...]:
        """Take back the last operation; what it changed, or nothing."""
        self._cache.clear()
        return self.ledger.undo()

    def redo(self) -> tuple[Edit, ...]:
        """Do the undone operation again."""
        self._cache.clear()
        return self.ledger.redo()

    # Saving

    @property
    def pending(self) -> tuple[Edit, ...]:
        """The unsaved edits."""
        return self.ledger.pending

    @property
    def unsaved(self) -> bool:
        """Whether something would be lost without a save."""
        return self.ledger.unsaved

    @property
    def done(self) -> tuple[Edit, ...]:
        """Everything this session changed and did not take back, saved or not, oldest first."""
        return self.ledger.done

    def save(self) -> Saved | Clashed:
        """Write the unsaved edits; a clash is returned with both sides, and its file is not written.

        Raises:
            Refused: the file cannot be written; nothing is lost, the draft stays.
        """
        self._writable()
        self._cache.clear()
        return self.ledger.save()

    def discard(self) -> None:
        """Throw the unsaved edits away; the files stay as they are."""
        self._cache.clear()
        self.ledger.discard()
        self.typed.forget()

    def recover(self) -> int:
        """Put the unsaved edits of sessions that died back on the desk; how many fields they touch.

        Only faces that show unsaved edits call this, so that a passing command never swallows a draft.
        """
        self._cache.clear()
        return self.ledger.recover()

    @property
    def on_disk(self) -> Mapping[str, Any]:
        """What this face shows as saved; keep it when somebody begins to type, for `as_seen`."""
        return self.ledger.disk

    def as_seen(self, seen: Mapping[str, Any]) -> AbstractContextManager[None]:
        """Operations inside count as made on an older `on_disk`, so that a later save of others shows as a clash."""
        return self.ledger.as_seen(seen)

    def settle(self, clash: Clash, *, keep_mine: bool) -> None:
        """Decide a clash; the next `save` carries the decision."""
        self._cache.clear()
        self.ledger.settle(clash, keep_mine=keep_mine)

    def refresh(self) -> bool:
        """Whether somebody else saved since we looked; their edits are then part of the state."""
        changed = self.ledger.refresh()
        if changed:
            self.relocate()
        return changed

    def relocate(self) -> None:
        """Look again on which commit the workbook stands: after a commit, or somebody else's save."""
        self.place = Place.of(self.root)
        self._cache.clear()

    # Looking

    def probe(
        self,
        *,
        on_progress: Callable[[Any], None] | None = None,
        on_partial: Callable[[ProbeReport], None] | None = None,
        cancel: threading.Event | None = None,
        signals: Iterable[str] | None = None,
    ) -> ProbeReport:
        """Run the probes and keep what they saw. Safe to call from a worker thread."""
        from checks.isolated import look_over

        wanted = None if signals is None else set(signals)
        report = look_over(
            self.root,
            signals=wanted,
            on_progress=on_progress,
            on_partial=on_partial,
            cancel=cancel,
            on_lasting=lambda lasting: setattr(self, "lasting", lasting),
        )
        self.accept(report)
        return report

    def challenge(
        self, *, on_progress: Callable[[Any], None] | None = None, cancel: threading.Event | None = None
    ) -> Run:
        """Plant known gaps into a scratch copy and see whether the probes of the last look tell them.

        What stays green has low confidence in `report` afterwards. Safe to call from a worker thread.
        """
        from checks.challenge import isolated
        from checks.challenge.told import lowered

        report = self.report or self.probe(cancel=cancel)
        run = isolated.challenge(self.root, report, ignoring=is_ours, on_progress=on_progress, cancel=cancel)
        self.accept(lowered(report, run.results))
        return run

    def accept(self, report: ProbeReport) -> None:
        """Take a probe run's report as what the repository shows now."""
        self.report = report
        self._cache.pop("assessment", None)

    # Inside

    def _planned(self) -> tuple[Catalogue, Plans, State, Assessment, ProbeReport | None, date]:
        return (self.catalogue, load_plans(), self.state, self.assessment, self.report, self.today())

    @property
    def _turns(self) -> Mapping[str, tuple[int, int]]:
        """For each control the place of its step in the profiles, and its effort; none before there is a team."""
        return turns(self.catalogue, load_plans(), self.state.profiles) if self.has_state else {}

    @property
    def _proposals(self) -> tuple[Proposal, ...]:
        return self.report.proposals if self.report else ()

    def _given(self) -> Given:
        """The ground of an operation.

        Raises:
            Refused: nothing can be changed here.
        """
        self._writable()
        seen = self.report.observations if self.report else {}
        return Given(self.catalogue, self.state, self.people, self.place, self.today(), seen, lambda: self.assessment)

    def _writable(self) -> None:
        if self.read_only:
            raise Refused(self.read_only)
        if not self.has_state:
            raise Refused("there is no workbook here yet", "start one with: readiness init")

    def _waivable(self) -> None:
        if self.ledger.waivers_read_only:
            raise Refused(self.ledger.waivers_read_only)

    def _put(self, *changes: Change) -> None:
        self._cache.clear()
        self.ledger.put(*changes)
