"""The one object every face drives: it holds the state, takes operations, and says what follows from them.

Faces never write files and never compute standings. They call an operation, then render what the session returns.
Operations change memory and a draft at once; `save` writes the state file.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from checks.observation import ProbeReport
from workbook import agenda, guide, outlook
from workbook.answers import STATE_FILE, Answer, Evidence, Gap, Rung, State, Status, read_state
from workbook.assess import Assessment, assess, contrary, saw
from workbook.catalogue import Catalogue, Checklist, load_catalogue
from workbook.desk import Change
from workbook.errors import Refused
from workbook.evidence import completed
from workbook.half_typed import HalfTyped
from workbook.ledger import Ledger, Stamp
from workbook.people import People
from workbook.places import Place
from workbook.reading import Problem, nearest
from workbook.skeleton import skeleton, table_order
from workbook.store import MISSING, Clash, Clashed, Document, Edit, Saved
from workbook.verdicts import fifty_point


class Session:
    """A workbook opened on one folder. Not thread-safe but for `probe`, which a worker may run."""

    def __init__(self, root: Path, people: People | None = None, today: Callable[[], date] | None = None) -> None:
        self.root = root.resolve()
        self.catalogue: Catalogue = load_catalogue()
        self.place = Place.of(self.root)
        self.people = people or People(self.place.identity)
        self.today = today or (lambda: datetime.now(UTC).date())
        self.report: ProbeReport | None = None
        """What the last probe run saw; None before the first."""
        self.ledger = Ledger(self.root, self.place.private, table_order(self.catalogue))
        self.typed = HalfTyped(self.place.private)
        """What stands in the fields of this face and is not given yet; `typed.recover` brings back that of the dead."""
        self.ledger.sweep()
        self._cache: dict[str, Any] = {}

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
    def has_state(self) -> bool:
        """Whether there is a workbook, on disk or about to be saved."""
        return self.ledger.has_state

    @property
    def read_only(self) -> str:
        """Why nothing can be saved, with the line and the way out; "" when saving is possible."""
        return self.ledger.read_only

    @property
    def stamp(self) -> Stamp:
        """Changes whenever one of the state files is replaced; cheap enough to ask every second."""
        return self.ledger.stamp

    @property
    def state(self) -> State:
        """Disk and unsaved edits together, read."""
        # A probe's worker may clear the cache at any time, so what is returned is never read from it again.
        state: State | None = self._cache.get("state")
        if state is None:
            state = read_state(self.ledger.tables, self.catalogue, self.today())
            if trouble := self.ledger.waivers_read_only:
                unread = Problem("", "", "", f"{trouble}; until then no accepted risk counts")
                state = replace(state, problems=(*state.problems, unread))
            self._cache["state"] = state
        return state

    @property
    def checklist(self) -> Checklist:
        """The checklist that decides."""
        return self.catalogue.checklists[self.state.decides]

    @property
    def assessment(self) -> Assessment:
        """Standings and item states now."""
        assessment: Assessment | None = self._cache.get("assessment")
        if assessment is None:
            report = self.report
            assessment = self.assess(self.state, report)
            self._cache["assessment"] = assessment
            if report is not self.report:
                self._cache.pop("assessment", None)
        return assessment

    def assess(self, state: State, report: ProbeReport | None = None) -> Assessment:
        """Standings of any state against the tree as it is now, and against what the probes saw, where they looked."""
        seen, facts = (report.observations, report.proposals) if report else ({}, ())
        judged = assess(
            self.catalogue,
            state,
            self.today(),
            seen,
            self.place.pins(state),
            release=self.place.release(state.policy),
            contrary=contrary(state.scope, facts),
        )
        return self.place.told(judged, state)

    @property
    def dates(self) -> tuple[agenda.Entry, ...]:
        """Everything with a date, soonest first."""
        return agenda.entries(self.catalogue, self.state, self.assessment)

    @property
    def verdict(self) -> fifty_point.Verdict | None:
        """The deciding checklist's fifty-point verdict; None where another model decides."""
        if self.checklist.model != "fifty-point":
            return None
        return outlook.fifty(self.checklist, self.state, self.assessment)

    @property
    def headline(self) -> str:
        """Where the team stands, in one line."""
        verdict = outlook.decide(self.checklist, self.state, self.assessment)
        if verdict is None:
            return f"No verdict for {self.checklist.name} in this version; its answers are kept and shown."
        return outlook.sentence(verdict)

    def questions(self, pillar: str | None = None) -> tuple[guide.Question, ...]:
        """The guide's questions, what matters most first."""
        return guide.questions(self.catalogue, self.checklist, self.state, self.assessment, self.report, pillar)

    def question(self, control: str) -> guide.Question:
        """One control's question.

        Raises:
            Refused: there is no such control; the nearest id is named.
        """
        self._known(control)
        asking = tuple(item for item in self.checklist.scored if control in item.controls)
        return guide.question(self.catalogue, control, asking, self.state, self.assessment, self.report)

    def would_be(self, control: str, status: Status) -> fifty_point.Verdict | None:
        """The verdict if this control were answered so, with nothing changed."""
        if self.checklist.model != "fifty-point":
            return None
        answer = replace(
            self.state.answer(control), status=status, rung=Rung.ATTESTED, by=("you",), reason="…", pins="", text=""
        )
        imagined = replace(self.state, answers={**self.state.answers, control: answer})
        # With what the probes saw: a yes against an objection is disputed, and the preview must say so.
        seen = self.report.observations if self.report else None
        judged = assess(self.catalogue, imagined, self.today(), seen, None)
        return outlook.fifty(self.checklist, imagined, judged)

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
            Refused: there is one already, a checklist is unknown, or facts are confirmed by nobody.
        """
        if self.document.digest:
            raise Refused(f"{STATE_FILE} exists already", "change it with the other commands, or edit it by hand")
        for slug in checklists:
            if slug not in self.catalogue.checklists:
                hint = nearest(slug, self.catalogue.checklists)
                known = ", ".join(self.catalogue.checklists)
                raise Refused(f"there is no checklist {slug!r}{hint}", f"choose from {known}")
        self._known_facts(facts or {})
        by = self.people.names[0] if facts else ""
        self.ledger.start(
            skeleton(
                self.catalogue, checklists or ("fifty-point",), profiles=profiles, facts=facts, by=by, at=self.today()
            )
        )
        self._cache.clear()

    def confirm_scope(self, facts: Mapping[str, bool]) -> None:
        """Record the facts about the product under the driver's name."""
        self._writable()
        self._known_facts(facts)
        seen = {one.fact for one in (self.report.proposals if self.report else ()) if one.holds}
        denied = {name for name, holds in facts.items() if not holds}
        despite = sorted((set(self.state.scope.despite) - set(facts)) | (denied & seen))
        fields = {"by": self.people.names[0], "at": self.today(), "despite": despite or MISSING, **facts}
        self._put(("scope",), fields)

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
        self._writable()
        self._known(control)
        before = self.state.answer(control)
        if proposed_by and before.status is not Status.UNANSWERED and before.rung is not Rung.PROPOSED:
            raise Refused(f"{control} has an answer already", "a proposal never replaces what a person or a probe said")
        if status is Status.NOT_APPLICABLE and not (reason or before.reason):
            raise Refused('"doesn\'t apply" needs a reason', "say why, in a few words")
        pieces = before.evidence if evidence is None else tuple(completed(one, self.root) for one in evidence)
        watched = tuple(watch) if watch is not None else before.watch or self._watched(pieces)
        self._put_answer(
            control,
            replace(
                Answer(),
                status=status,
                rung=Rung.PROPOSED if proposed_by else Rung.ATTESTED,
                by=() if proposed_by else self.people.names,
                proposed_by=proposed_by or before.proposed_by,
                gap=(gap or Gap.UNKNOWN) if status is Status.NEEDS_REVIEW else None,
                note=before.note if note is None else note,
                reason=(before.reason if reason is None else reason) if status is Status.NOT_APPLICABLE else "",
                evidence=pieces,
                watch=watched,
                facets=before.facets if facets is None else tuple(facets),
                owner=before.owner,
                due=before.due,
            ),
        )

    def attach(self, control: str, evidence: Evidence) -> None:
        """Add a piece of evidence to an answer.

        Raises:
            Refused: the evidence cannot be used, or the control is unknown.
        """
        self._writable()
        self._known(control)
        pieces = (*self.state.answer(control).evidence, completed(evidence, self.root))
        watch = self.state.answer(control).watch or self._watched(pieces)
        fields: dict[str, Any] = {"evidence": [piece.table() for piece in pieces]}
        if watch:
            fields.update(watch=list(watch), pins=self.place.digest(watch))
        self._put(("controls", control), fields, self.catalogue.controls[control].title)

    def note(self, control: str, text: str) -> None:
        """Set an answer's note without answering."""
        self._writable()
        self._known(control)
        self._put(("controls", control), {"note": text or MISSING}, self.catalogue.controls[control].title)

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

    def settle(self, clash: Clash, *, keep_mine: bool) -> None:
        """Decide a clash; the next `save` carries the decision."""
        self._cache.clear()
        self.ledger.settle(clash, keep_mine=keep_mine)

    def refresh(self) -> bool:
        """Whether somebody else saved since we looked; their edits are then part of the state."""
        changed = self.ledger.refresh()
        if changed:
            self._cache.clear()
        return changed

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
        from checks.run import look_over

        wanted = None if signals is None else set(signals)
        report = look_over(self.root, signals=wanted, on_progress=on_progress, on_partial=on_partial, cancel=cancel)
        self.accept(report)
        return report

    def accept(self, report: ProbeReport) -> None:
        """Take a probe run's report as what the repository shows now."""
        self.report = report
        self._cache.pop("assessment", None)

    # Inside

    def _writable(self) -> None:
        if self.read_only:
            raise Refused(self.read_only)
        if not self.has_state:
            raise Refused("there is no workbook here yet", "start one with: readiness init")

    def _known(self, control: str) -> None:
        if control in self.catalogue.items:
            names = ", ".join(self.catalogue.items[control].controls)
            raise Refused(f"{control} is an item; answers are given to its controls", f"answer: {names}")
        if control not in self.catalogue.controls:
            raise Refused(
                f"there is no control {control!r}{nearest(control, self.catalogue.controls)}",
                "readiness status lists those of the chosen checklists",
            )

    def _known_facts(self, facts: Mapping[str, bool]) -> None:
        for name in facts:
            if name not in self.catalogue.scope:
                raise Refused(f"there is no scope fact {name!r}{nearest(name, self.catalogue.scope)}")

    def _watched(self, pieces: Iterable[Evidence]) -> tuple[str, ...]:
        return tuple(dict.fromkeys(str(one.values["path"]) for one in pieces if one.kind == "file"))

    def _put_answer(self, control: str, answer: Answer) -> None:
        seen = self.report.observations if self.report else {}
        fields: dict[str, Any] = {
            "status": str(answer.status),
            "rung": str(answer.rung),
            "by": list(answer.by) or MISSING,
            "at": self.today(),
            "commit": self.place.commit[:12] or MISSING,
            "text": self.catalogue.controls[control].fingerprint,
            "watch": list(answer.watch) or MISSING,
            "pins": self.place.digest(answer.watch) if answer.watch else MISSING,
            "saw": saw(self.catalogue, control, seen) or MISSING,
            "gap": str(answer.gap) if answer.gap else MISSING,
            "note": answer.note or MISSING,
            "reason": answer.reason or MISSING,
            "facets": list(answer.facets) or MISSING,
            "evidence": [piece.table() for piece in answer.evidence] or MISSING,
            "proposed_by": answer.proposed_by or MISSING,
            "verified_by": MISSING,
            "verified_at": MISSING,
            "dispute_note": MISSING,
        }
        if answer.status is Status.UNANSWERED:
            fields = dict.fromkeys(fields, MISSING) | {"status": "unanswered"}
        self._put(("controls", control), fields, self.catalogue.controls[control].title)

    def _put(self, table: tuple[str, ...], fields: Mapping[str, Any], title: str = "") -> None:
        self._cache.clear()
        self.ledger.put(Change(table, fields, title))
