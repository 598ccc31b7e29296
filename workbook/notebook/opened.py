"""A whole workbook in a notebook: its tables, its pictures, the probes, and what a cell attaches or measures."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING

from workbook import drawn
from workbook.answers import STATE_FILE
from workbook.errors import Refused
from workbook.notebook import attaching, tables
from workbook.notebook.headless_mode import headless
from workbook.notebook.recorded import Measured, tell
from workbook.notebook.roots import find_root, session_at
from workbook.notebook.views import Page
from workbook.store import Clashed

if TYPE_CHECKING:
    from workbook.answers import Evidence
    from workbook.notebook.book import PillarBook
    from workbook.notebook.explaining import Told
    from workbook.notebook.table import Table
    from workbook.pictures import Picture
    from workbook.session import Session


class Workbook:
    """An open workbook. Tables and pictures say how things stand at the moment they are asked for."""

    def __init__(self, session: Session) -> None:
        self.session = session

    @classmethod
    def open(cls, root: Path | str | None = None) -> Workbook:
        """Open the workbook of a folder; found from the current folder upwards when None.

        Raises:
            Refused: there is no repository, or the folder does not exist.
        """
        return cls(session_at(find_root() if root is None else find_root(Path(root))))

    # Tables

    @property
    def controls(self) -> Table:
        """Every control of the chosen checklists."""
        return tables.controls(self.session)

    @property
    def items(self) -> Table:
        """Every deciding item of the chosen checklists."""
        return tables.items(self.session)

    @property
    def answers(self) -> Table:
        """Every answer, by whom and on what evidence."""
        return tables.answers(self.session)

    @property
    def signals(self) -> Table:
        """What the probes answered."""
        return tables.signals(self.session)

    @property
    def findings(self) -> Table:
        """What the probes found, a location each."""
        return tables.findings(self.session)

    @property
    def hotspots(self) -> Table:
        """Complex code that is changed often."""
        return tables.hotspots(self.session)

    @property
    def history(self) -> Table:
        """What the deciding checklist said over time."""
        return tables.history(self.session)

    # Pictures

    def verdicts(self) -> Picture:
        """Where each checklist stands, and where it can still end."""
        return drawn.verdicts(self.session)

    def pillars(self) -> Picture:
        """How the items of each pillar stand."""
        return drawn.pillars(self.session)

    def complexity(self) -> Picture:
        """Functions by radon's rank."""
        return drawn.complexity(self.session)

    def churn(self) -> Picture:
        """Complexity against churn."""
        return drawn.churn(self.session)

    def trend(self) -> Picture:
        """How the deciding checklist moved over time."""
        return drawn.progress(self.session)

    def timeline(self) -> Picture:
        """The open controls by week of the plan."""
        return drawn.weeks(self.session)

    # Looking and recording

    def probe(self) -> Page:
        """Run all probes and wait for them; interrupting the kernel stops them and keeps what they saw."""
        if headless():
            self.session.probe()
        else:
            from workbook.notebook.waiting import look

            look(self.session)
        report, found = self.session.report, self.findings
        stopped = "" if report is None or report.complete else " Stopped before the end; the rest stays unknown."
        files = report.files.examined if report else 0
        return Page("The probes have looked", (f"{files} files read, {len(found)} findings.{stopped}",))

    def explain(self, name: str) -> Told:
        """What an id or a finding means, how it is looked at, and the fix with an example.

        Raises:
            Refused: nothing is called that.
        """
        from workbook.notebook.explaining import told

        return told(self.session, name)

    def pillar(self, name: str) -> PillarBook:
        """One pillar of the deciding checklist, with its form.

        Raises:
            Refused: there is no such pillar.
        """
        from workbook.notebook.book import PillarBook

        return PillarBook(self.session, name)

    def attach(self, control: str, thing: object, *, name: str = "", note: str = "") -> Evidence:
        """Attach a value, a figure or a file to a control; see `workbook.notebook.attaching.attach`."""
        return attaching.attach(self.session, control, thing, name=name, note=note)

    def measure(self, name: str, value: float, unit: str, source: str = "", *, within: float = 0.0) -> Page:
        """Record a number that checklists compare, such as "p95_ms"; saved with the workbook.

        Args:
            name: the metric's name.
            value: the number, in `unit`.
            unit: "ms", "%", "count" and the like.
            source: where it comes from.
            within: by which share a later run may differ and the number still holds, as 0.1 for a tenth.

        Raises:
            Refused: no checklist compares a number of this name, or unit or value cannot be right.
        """
        if not math.isfinite(within) or within < 0:
            raise Refused(f"within = {within} is no share", "give 0 or more, as 0.1 for a tenth")
        if headless():
            tell(Measured(name, float(value), unit, within))
            return Page(f"{name}: {value:g} {unit}", ("Nobody sits here: nothing is recorded.",))
        self.session.measure(name, float(value), unit, source)
        return Page(f"{name}: {value:g} {unit}", ("Not saved yet: book.save()",))

    def import_report(self, *files: str, control: str = "", baseline: str = "", format: str = "") -> Page:  # noqa: A002  the word people know
        """Record what reports of other tools say, as evidence and numbers; saved with the workbook.

        Args:
            files: paths, from the repository; all are read or none.
            control: what they are evidence for; what each is about where it is left out.
            baseline: the traffic of today for a load run, as "12/s" or "40users".
            format: the only format to take them for; recognized by the content where it is left out.

        Raises:
            Refused: a file is no report that can be used; nothing is recorded then.
        """
        from workbook.notebook import reporting
        from workbook.receiving import traffic

        received = reporting.read(self.session, files, format)
        controls = (control,) if control else ()
        plan = self.session.import_reports(received, controls, traffic(baseline), dry=headless())
        lines = tuple(reporting.lines(self.session, received, plan))
        after = "Nobody sits here: nothing is recorded." if headless() else "No control is answered. Save: book.save()"
        return Page(f"{len(received)} reports" if len(received) != 1 else "1 report", (*lines, after))

    def save(self) -> Page:
        """Write what was recorded to the state file.

        Raises:
            Refused: somebody else changed the same fields, or the file cannot be written.
        """
        if headless():
            return Page("Nothing saved", ("Nobody sits here: a run without a person writes nothing.",))
        if not self.session.unsaved:
            return Page("Everything is saved already")
        result = self.session.save()
        if isinstance(result, Clashed):
            names = ", ".join(dict.fromkeys(".".join(one.table) for one in result.clashes))
            raise Refused(f"somebody else changed {names} meanwhile", "decide in its form: book.pillar(…).form()")
        return Page(f"Saved to {STATE_FILE}", ("Commit it with: readiness commit",))

    def _cover(self) -> Page:
        offers = (
            "Tables: controls, items, answers, signals, findings, hotspots, history; all with where(…), to_pandas().",
            "Pictures: verdicts(), pillars(), complexity(), churn(), trend(), timeline().",
            "probe() looks; attach(…), measure(…) and import_report(…) record; save() writes.",
            "pillar(…) opens the questions of one.",
        )
        return Page(f"Workbook of {self.session.root.name}", (self.session.headline, *offers))

    def __repr__(self) -> str:
        return repr(self._cover())

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:  # noqa: ARG002  IPython passes both
        return self._cover()._repr_mimebundle_()
