"""The board: the verdict so far, the pillars, and what to do next."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.content import Content
from textual.widgets import OptionList, Static

from tui.actions import bindings
from tui.progress import PillarState, nearly_all_red, next_three, pillars
from tui.screens.base import WorkbookScreen
from tui.screens.detail import Detail
from tui.screens.first_look import FirstLook
from tui.screens.need import Need
from tui.screens.pillar import PillarView
from tui.widgets.rows import Rows
from tui.wording import asks, counted, said, standing, weight
from workbook.answers import Status

BAR = 10
"""Cells of a progress bar."""


class Board(WorkbookScreen):
    """Where the team stands."""

    BINDINGS: ClassVar[list[BindingType]] = bindings("board", "everywhere")

    def __init__(self) -> None:
        super().__init__()
        self._all = False

    def content(self) -> ComposeResult:
        """Headline, context, one list, probe progress."""
        yield Static(id="board-headline", markup=False)
        yield Static(id="board-context", markup=False)
        yield Rows(id="board-rows")
        yield Static(id="board-progress", markup=False)

    def paint(self) -> None:
        """Show the verdict, the pillars and the next three."""
        asked = self.session.questions()
        calm = nearly_all_red(asked) and not self._all
        self.query_one("#board-headline", Static).update(said(self.session.headline, "bold"))
        about = self.query_one("#board-context", Static)
        about.update(self._about(calm))
        about.display = bool(self._about(calm).plain)
        rows: list[tuple[str, Content]] = []
        if not calm:
            rows.append(("", said(f"{self.session.checklist.word.capitalize()}s of {self.session.checklist.name}")))
            rows += [(f"pillar:{one.pillar.id}", self._pillar(one)) for one in pillars(self.session)]
        rows.append(("", Content("Next three")))
        for one in next_three(asked):
            text = Content.assemble(weight(one.control.severity), "  ", asks(one), "  ", standing(one.judged.standing))
            rows.append((f"control:{one.control.id}", text))
        self.query_one(Rows).show(rows)
        self.query_one("#board-progress", Static).update(self.workbook_app.look_progress)

    def _about(self, calm: bool) -> Content:
        lines = []
        if calm:
            lines.append(
                "Nearly everything is open. That is where most begin: Seven steps counts about 15 % met at the start. "
                "Take the next three, then look again. (a shows all pillars)"
            )
        verdict = self.session.verdict
        lines += verdict.notes if verdict else ()
        problems = self.session.state.problems
        if problems:
            lines.append(f"{len(problems)} entries of the file cannot be used, the first: {problems[0]}")
        return said("  ".join(lines))

    def _pillar(self, one: PillarState) -> Content:
        filled = round(BAR * one.answered / one.total) if one.total else 0
        bar = "█" * filled + "░" * (BAR - filled)
        parts: list[Content | str | tuple[str, str]] = [
            said(self.session.checklist.heading(one.pillar), "bold"),
            "\n  ",
            (bar, "$text-accent"),
            f" {one.answered} of {one.total} answered",
        ]
        for status in (Status.BLOCKER, Status.NEEDS_REVIEW, Status.READY, Status.NOT_APPLICABLE):
            if count := one.counts[status]:
                parts += ["  ", counted(status, count)]
        return Content.assemble(*parts)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Open a pillar or a question."""
        event.stop()
        self._open(event.option_id or "")

    def action_select(self) -> None:
        """Enter where the list has no focus."""
        self._open(self.query_one(Rows).chosen)

    def _open(self, name: str) -> None:
        kind, _, rest = name.partition(":")
        if kind == "pillar":
            self.app.push_screen(PillarView(rest))
        elif kind == "control":
            self.app.push_screen(Detail(rest))

    def action_guide(self) -> None:
        """One question a screen."""
        self.workbook_app.open_guide()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002  Textual's signature
        """Esc stops only where something runs."""
        return action != "stop" or self.workbook_app.looking

    def action_probe(self) -> None:
        """Look again."""
        self.workbook_app.look()

    def action_stop(self) -> None:
        """Stop the probes."""
        self.workbook_app.stop_looking()

    def action_first_look(self) -> None:
        """What the probes found."""
        self.app.push_screen(FirstLook())

    def action_need(self) -> None:
        """The facts about the product."""
        if self.workbook_app.may_edit():
            self.app.push_screen(Need())

    def action_all(self) -> None:
        """All pillars even when nearly all is red."""
        self._all = not self._all
        self.repaint()
