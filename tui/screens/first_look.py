"""The first look: what the probes find, worst first, before anything is asked or written."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.content import Content
from textual.widgets import OptionList, Static

from tui.actions import bindings
from tui.first_look_text import as_text
from tui.screens.base import WorkbookScreen
from tui.screens.code_view import CodeView
from tui.screens.prompts import TextPrompt
from tui.widgets.rows import Rows
from tui.widgets.toggles import Toggles
from tui.wording import place, said, severity
from workbook.errors import Refused
from workbook.first_look import SHOWN, Line, first_look
from workbook.first_look import FirstLook as Found
from workbook.ledger.half_typed import Field

ALL = 10**6
"""More lines than any report has."""


class FirstLook(WorkbookScreen):
    """What the probes saw so far. Rows stream in while they run."""

    BINDINGS: ClassVar[list[BindingType]] = bindings("first-look", "everywhere")

    def __init__(self) -> None:
        super().__init__()
        self._found: tuple[Line, ...] = ()
        self._all = False

    def content(self) -> ComposeResult:
        """Heading, progress, findings, figures."""
        yield Static(id="look-title", markup=False)
        yield Static(id="look-progress", classes="look-progress", markup=False)
        yield Toggles(id="look-rows")
        yield Static(id="look-figures", markup=False)

    def paint(self) -> None:
        """Show the report as far as it goes."""
        app = self.workbook_app
        promise = "" if self.session.has_state else "   nothing written, sent or executed"
        found = first_look(self.session, ALL if self._all else SHOWN)
        title = Content.assemble("First look: ", said(found.title, "bold"), (promise, "$foreground 60%"))
        self.query_one("#look-title", Static).update(title)
        self.query_one("#look-progress", Static).update(app.look_progress)
        self._found = found.lines
        self.query_one(Rows).show([(str(index), _row(line)) for index, line in enumerate(found.lines)])
        self.query_one("#look-figures", Static).update(self._figures(found))

    def _figures(self, found: Found) -> Content:
        report = self.session.report
        if report is None:
            return Content("Nothing has been found yet." if self.workbook_app.looking else "Nothing was looked at.")
        more = f"+{found.more} more (m shows all) · " if found.more else ""
        figures = f"{more}{found.look_right} look right · {found.cannot_answer} questions code cannot answer"
        unread = f", {found.unread} not or only partly" if found.unread else ""
        none = "" if found.lines else "Nothing was found wanting so far.\n"
        return Content(f"{none}{figures}\n{report.files.examined} files read in full{unread}")

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """A click shows the code; Enter continues, as the footer says."""
        event.stop()
        self.action_open()

    def action_confirm(self) -> None:
        """To need and scope, or back to the board where a workbook exists."""
        self.workbook_app.go_on()

    def action_stop(self) -> None:
        """Stop the probes, or go back when none run."""
        if self.workbook_app.looking:
            self.workbook_app.stop_looking()
        elif self.session.has_state:
            self.workbook_app.go_on()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002  Textual's signature
        """Esc stops where something runs, and goes back where there is a board."""
        return action != "stop" or self.workbook_app.looking or self.session.has_state

    def action_more(self) -> None:
        """All findings, or only the worst."""
        self._all = not self._all
        self.repaint()

    def action_open(self) -> None:
        """The code of the highlighted finding."""
        chosen = self.query_one(Rows).chosen
        if not chosen:
            return
        line = self._found[int(chosen)]
        report = self.session.report
        findings = report.findings if report else ()
        places = [one.location for one in findings if (one.signal, one.message) == (line.signal, line.what)]
        if line.place and line.place not in places:
            places.insert(0, line.place)
        if places:
            self.app.push_screen(CodeView(places, said(line.what)))
        else:
            self.app.notify("This one has no place in the code to show.", markup=False)

    def action_export(self) -> None:
        """Ask where the text shall go."""
        title = Content("Write this first look as text to which file?")
        self.app.push_screen(
            TextPrompt(
                Field("file for the first look"),
                title,
                "Enter writes, Esc cancels. An existing file is never overwritten.",
                self._export,
                required=True,
            )
        )

    def _export(self, typed: str) -> None:
        path = Path(typed).expanduser()
        text = as_text(self.session)
        try:
            with path.open("x", encoding="utf-8", errors="backslashreplace") as file:
                file.write(text)
        except OSError as error:
            raise Refused(f"{typed} cannot be written: {error.strerror}", "name another file") from None
        self.app.notify(said(f"Written to {path}").plain, markup=False)


def _row(line: Line) -> Content:
    parts: list[Content | str] = [severity(line.level), "  ", said(line.what)]
    if line.place:
        parts += ["  ", place(line.place)]
    if line.times > 1:
        parts.append(f"  and {line.times - 1} more")
    return Content.assemble(*parts)
