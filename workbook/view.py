"""A workbook as it can be read without changing it: the state, the standings, the verdict, the dates.

What status needs and no more, so that it starts quickly; `workbook.session` is the same with operations and saving.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from checks.frozen import replace
from checks.observation import ProbeReport
from workbook import agenda, outlook
from workbook.answers import State, read_state
from workbook.assess import Assessment, assess, contrary
from workbook.catalogue import Checklist
from workbook.catalogue.own import catalogue_of
from workbook.on_disk import OnDisk
from workbook.places import Place
from workbook.reading import Problem

if TYPE_CHECKING:
    from checks.git import Git
    from workbook.ground import Ground
    from workbook.sentences import Verdict


class Tables(Protocol):
    """Where the tables of the state files come from: the files themselves, or the ledger with its unsaved edits."""

    @property
    def has_state(self) -> bool:
        """Whether there is a workbook."""

    @property
    def read_only(self) -> str:
        """Why nothing can be saved; "" when saving is possible."""

    @property
    def waivers_read_only(self) -> str:
        """Why accepted risk cannot be read; "" when it can."""

    @property
    def tables(self) -> Mapping[str, Any]:
        """Both files together."""


class View:
    """A workbook read from one folder."""

    def __init__(
        self,
        root: Path,
        today: Callable[[], date] | None = None,
        git: Git | None = None,
        ground: Ground | None = None,
    ) -> None:
        self.root = root.resolve()
        self.catalogue, self._left_out = catalogue_of(self.root)
        self.place = Place.of(self.root, git) if ground is None else Place.as_before(self.root, ground)
        self.today = today or (lambda: datetime.now(UTC).date())
        self.report: ProbeReport | None = None
        """What the last probe run saw; None before the first."""
        self._cache: dict[str, Any] = {}
        self._tables = self._open()

    def _open(self) -> Tables:
        return OnDisk(self.root)

    @property
    def has_state(self) -> bool:
        """Whether there is a workbook, on disk or about to be saved."""
        return self._tables.has_state

    @property
    def read_only(self) -> str:
        """Why nothing can be saved, with the line and the way out; "" when saving is possible."""
        return self._tables.read_only

    @property
    def state(self) -> State:
        """Disk and unsaved edits together, read."""
        # A probe's worker may clear the cache at any time, so what is returned is never read from it again.
        state: State | None = self._cache.get("state")
        if state is None:
            state = read_state(self._tables.tables, self.catalogue, self.today())
            told = list(self._left_out)
            if trouble := self._tables.waivers_read_only:
                told.append(f"{trouble}; until then no accepted risk counts")
            state = replace(state, problems=(*state.problems, *(Problem("", "", "", text) for text in told)))
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
        pins, release = self.place.ground(state)
        met = contrary(state.scope, facts)
        judged = assess(self.catalogue, state, self.today(), seen, pins, release=release, contrary=met)
        return self.place.told(judged, state)

    @property
    def dates(self) -> tuple[agenda.Entry, ...]:
        """Everything with a date, soonest first."""
        return agenda.entries(self.catalogue, self.state, self.assessment)

    @property
    def verdict(self) -> Verdict | None:
        """What the deciding checklist's model says; None where this version does not have that model."""
        return outlook.decide(self.checklist, self.state, self.assessment)

    @property
    def headline(self) -> str:
        """Where the team stands, in one line."""
        verdict = self.verdict
        if verdict is None:
            return f"No verdict for {self.checklist.name} in this version; its answers are kept and shown."
        return f"{outlook.sentence(verdict)}{f' {self.proposed_stops}' if self.proposed_stops else ''}"

    @property
    def proposed_stops(self) -> str:
        """That some of what stops the launch is only a tool's proposal, in a sentence; "" where none is."""
        count = outlook.only_proposed(self.checklist, self.state, self.assessment)
        verb = "is" if count == 1 else "are"
        return f"Of what stops launch, {count} {verb} only proposed by a tool." if count else ""
