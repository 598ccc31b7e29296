"""Findings and hotspots: everything the probes found wanting, and where complex code often changes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import ClassVar

from textual.binding import BindingType
from textual.content import Content

from checks.observation import Finding, Location
from tui.actions import bindings
from tui.screens.code_view import CodeView
from tui.screens.explanation import Explained
from tui.screens.page import Page, Row
from tui.wording import place, said, severity
from workbook.catalogue import SEVERITY_ORDER
from workbook.explain import explain
from workbook.explain.found import explained_finding
from workbook.first_look import Line, worst_first

MOST = 400
"""More findings than this are counted, not listed."""

SPOTS = 15
"""Hotspots that are listed of each kind."""


class Findings(Page, inherit_bindings=False):
    """Worst first; Enter and o show the code."""

    BINDINGS: ClassVar[list[BindingType]] = bindings("findings", "page", "everywhere")

    def __init__(self) -> None:
        super().__init__()
        self._found: tuple[Finding, ...] = ()
        self._lacking: tuple[Line, ...] = ()
        self._spots: list[Location] = []

    def page(self) -> tuple[Content, Content, Sequence[Row]]:
        """Hotspots below the findings: what is wrong comes before what is hard to change."""
        report = self.session.report
        if report is None:
            told = self.workbook_app.look_progress.plain or "Nothing was looked at. l on the board looks."
            return Content("Findings"), Content(told), ()
        self._found = found = tuple(sorted(report.findings, key=_order))
        at = {one.signal for one in found}
        self._lacking = tuple(one for one in worst_first(self.session.catalogue, report) if one.signal not in at)
        self._spots = []
        files = report.files
        unread = len(files.partial) + len(files.skipped)
        partly = f", {unread} not or only partly: what depends on them is unknown" if unread else ""
        early = "" if report.complete else "  The look is not complete."
        about = Content(f"{files.examined} files read in full{partly}.{early}")
        rows = [*self._listed(), *self._missing(), *self._hot(), *self._unread()]
        lacking = f", {len(self._lacking)} more missing or partly there" if self._lacking else ""
        return Content(f"{len(found)} finding{'s' if len(found) != 1 else ''}{lacking}"), about, rows

    def _listed(self) -> Iterator[Row]:
        """The findings by severity, those that say the same of the same kind one after the other."""
        last = None
        count = Counter(one.severity for one in self._found)
        for at, one in enumerate(self._found[:MOST]):
            if one.severity != last:
                last = one.severity
                yield "", Content.assemble(severity(last), f"  {count[last]}")
            yield f"finding:{at}", Content.assemble(said(one.message), "  ", place(one.location))
        if len(self._found) > MOST:
            yield "info:more", Content(f"and {len(self._found) - MOST} more; readiness probe lists them all")

    def _missing(self) -> Iterator[Row]:
        """What is not there, or only in part, so that no line can be pointed at as wrong."""
        if self._lacking:
            yield "", Content("Missing, or only partly there")
        for at, one in enumerate(self._lacking):
            where = place(one.place) if one.place else said(one.looked, "$foreground 60%")
            yield f"lack:{at}", Content.assemble(severity(one.level), "  ", said(one.what), "  ", where)

    def _hot(self) -> Iterator[Row]:
        table = self.session.report.hotspots if self.session.report else None
        if table is None:
            return
        yield "", Content("Hotspots: complexity times the commits of the last year")
        if table.note:
            yield "info:note", said(table.note)
        for one in table.functions[:SPOTS]:
            self._spots.append(Location(one.path, one.line, one.line))
            often = "" if one.commits is None else f", {one.commits} commits by {one.authors}"
            yield (
                f"spot:{len(self._spots) - 1}",
                Content.assemble(
                    (f"{one.score:>5}  ", "bold"), said(one.function), f"  complexity {one.complexity}{often}  ",
                    place(self._spots[-1]),
                ),
            )  # fmt: skip
        if table.files:
            yield "", Content("Files, by the same measure")
        for file in table.files[:SPOTS]:
            self._spots.append(Location(file.path))
            often = "" if file.commits is None else f", {file.commits} commits by {file.authors}"
            about = f"  {file.functions} functions, complexity {file.complexity}, {file.sloc} lines{often}"
            yield (
                f"spot:{len(self._spots) - 1}",
                Content.assemble((f"{file.score:>5}  ", "bold"), place(self._spots[-1]), about),
            )

    def _unread(self) -> Iterator[Row]:
        report = self.session.report
        unread = (*report.files.partial, *report.files.skipped) if report else ()
        if unread:
            yield "", Content("Not or only partly examined")
        for at, one in enumerate(unread):
            yield f"info:unread{at}", Content.assemble(place(Location(one.path)), "  ", said(one.reason))

    def open_row(self, name: str) -> None:
        """The code at the place of the row."""
        kind, _, number = name.partition(":")
        if kind == "finding":
            one = self._found[int(number)]
            self.app.push_screen(CodeView([one.location], said(one.message)))
        elif kind == "lack" and (where := self._lacking[int(number)].place):
            self.app.push_screen(CodeView([where], said(self._lacking[int(number)].what)))
        elif kind == "spot":
            spot = self._spots[int(number)]
            self.app.push_screen(CodeView([spot], place(spot)))

    def action_open(self) -> None:
        """As Enter does."""
        self.action_select()

    def action_explain(self) -> None:
        """What the highlighted finding, or what is missing, means."""
        kind, _, number = self.chosen.partition(":")
        session = self.session
        if kind == "finding":
            one = self._found[int(number)]
            self.app.push_screen(Explained(lambda stack: [explained_finding(one, stack)]))
        elif kind == "lack":
            signal = self._lacking[int(number)].signal
            self.app.push_screen(Explained(lambda stack: explain(session.catalogue, signal, stack, session.report)))
        else:
            self.app.notify("Only findings and what is missing are explained.", markup=False)

    def copied(self) -> str:
        """A place as path:line."""
        kind, _, number = self.chosen.partition(":")
        if kind == "finding":
            where = self._found[int(number)].location
        elif kind == "lack" and (lacking := self._lacking[int(number)].place):
            where = lacking
        elif kind == "spot":
            where = self._spots[int(number)]
        else:
            return super().copied()
        return f"{where.path}:{where.line}" if where.line else where.path


def _order(one: Finding) -> tuple[int, str, str, Location]:
    """Worst first; what says the same stands together."""
    return (SEVERITY_ORDER[one.severity], one.signal, one.message, one.location)
