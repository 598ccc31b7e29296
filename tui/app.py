"""The Textual face: it sends operations to the session and paints what the session says."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import partial
from typing import ClassVar

from textual.app import SystemCommand
from textual.filter import LineFilter
from textual.screen import Screen

from tui.actions import ACTIONS
from tui.comfort import Comfort
from tui.entering import Entering
from tui.leaving import Leaving
from tui.looking import Looking
from tui.only_text import OnlyText
from tui.screens.base import WorkbookScreen
from tui.screens.board import Board
from tui.screens.clash import ClashView
from tui.screens.commit import CO_AUTHORS, MESSAGE, CommitView
from tui.screens.detail import Detail
from tui.screens.first_look import FirstLook
from tui.screens.guide import Guide
from tui.screens.help import Help
from tui.screens.need import Need
from tui.screens.search import FIELD as SEARCHED
from tui.screens.search import Search
from tui.settings import Settings
from tui.wording import said
from workbook.errors import Refused
from workbook.history import Point, Reason, moves, point_now
from workbook.ledger.half_typed import Field
from workbook.session import Session
from workbook.store import Clash, Clashed

POLL = 1.0
"""Seconds between looks at whether somebody else saved."""


class ReadinessApp(Looking, Leaving, Comfort, Entering):
    """The workbook in a terminal."""

    NOTIFICATION_TIMEOUT = 3

    TITLE = "Readiness workbook"
    CSS_PATH = "app.tcss"
    BINDINGS: ClassVar = []
    ONLY_TEXT: ClassVar = OnlyText()

    def __init__(self, session: Session, settings: Settings | None = None) -> None:
        super().__init__(session, settings)
        self.HORIZONTAL_BREAKPOINTS = [(0, "-tiny"), (40, "-narrow"), (80, "-normal"), (140, "-wide")]
        self.VERTICAL_BREAKPOINTS = [(0, "-low"), (16, "-high")]
        self._disk = session.stamp
        self.began: Point | None = point_now(session) if session.has_state else None
        """The workbook as this sitting found it, to say what moved since."""
        self._unseen = session.report is None

    # Coming

    def on_mount(self) -> None:
        """Show the first look or the board, then start looking; paint before work."""
        back = self.session.recover()
        half = self.session.typed.recover()
        self.push_screen(Board() if self.session.has_state else FirstLook())
        self.set_interval(POLL, self._poll)
        self.listen()
        self.settle_in()
        if back:
            self.notify("Unsaved edits of last time are back. s saves them; leaving can throw them away.")
        if half:
            self.offer(half)
        if self.session.report is None:
            self.call_after_refresh(self.look)

    def on_unmount(self) -> None:
        """Stop what still runs."""
        self.stop_looking()
        self.listen_no_more()

    def reopen(self, field: Field) -> None:
        """Open the field again; what stands in it comes from the session."""
        if self.reopened(field):
            return
        if field.about in self.session.catalogue.controls:
            screen = Detail(field.about)
            self.push_screen(screen)
            self.call_after_refresh(screen.reopen, field)
        elif field in (MESSAGE, CO_AUTHORS):
            self.action_commit()
        elif field == SEARCHED:
            self.action_search()
        else:
            self.notify("It stands in its field again when you open it.")

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002  Textual's signature
        """What needs a workbook is not offered before there is one."""
        return self.session.has_state or action not in ("save", "commit", "undo", "redo", "enter", "more")

    def get_line_filters(self) -> Sequence[LineFilter]:
        """Textual's own, and the guard against what a terminal would obey."""
        return [*super().get_line_filters(), self.ONLY_TEXT]

    # Moving

    def go_on(self) -> None:
        """From the first look: back to the board, or on to need and scope."""
        if self.session.has_state:
            self.pop_screen()
        elif self.may_edit():
            self.push_screen(Need())

    @property
    def moved(self) -> frozenset[str]:
        """The controls that stand otherwise than when this sitting began, whoever did it."""
        if self.began is None or not self.session.has_state:
            return frozenset()
        return frozenset(one.about for one in moves(self.began, point_now(self.session)))

    def looked(self, *, done: bool) -> None:
        """What the first look of a sitting shows was so before: nothing of it moved since the workbook was opened."""
        if self._unseen and self.began and self.session.has_state:
            now = point_now(self.session)
            if all(one.reason is Reason.TOOL for one in moves(self.began, now)):
                self.began = now
        self._unseen = self._unseen and not done

    def begin(self) -> None:
        """A workbook was started: the board below, the guide on top."""
        self.began = point_now(self.session)
        self.pop_screen()
        self.switch_screen(Board())
        self.push_screen(Guide())
        self.changed()

    def open_guide(self, control: str = "") -> None:
        """The guide over the current screen; a control that it does not ask about stands by itself."""
        asked = {question.control.id for question in self.session.questions()}
        self.push_screen(Guide(control) if not control or control in asked else Detail(control))

    def action_help(self) -> None:
        """Keys and words."""
        if not isinstance(self.screen, Help):
            held = (active.binding.id or "" for active in self.screen.active_bindings.values())
            self.push_screen(Help({name.partition(".")[0] for name in held}))

    def action_search(self) -> None:
        """Find a control."""

        def go(control: str | None) -> None:
            if control:
                self.push_screen(Detail(control))

        if isinstance(self.screen, WorkbookScreen):
            self.push_screen(Search(self.session), go)

    def action_commit(self) -> None:
        """Save and commit."""
        if not self.session.has_state:
            self.complain("There is nothing to commit yet: Enter on the first look starts a workbook.")
        elif self.may_edit() and not isinstance(self.screen, CommitView):
            self.push_screen(CommitView())

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """The palette: our actions where their screen is on top, and Textual's themes."""
        bound = {binding.id for _, binding, *_ in screen.active_bindings.values()}
        for action in ACTIONS:
            if action.id in bound and action.palette and action.method != "app.command_palette":
                yield SystemCommand(
                    action.label.capitalize(), action.about, partial(self.run_action, action.method, screen)
                )
        for command in super().get_system_commands(screen):
            if command.title == "Theme":
                yield command

    # Operations

    def action_undo(self) -> None:
        """Take back the last operation."""
        step = self.session.undo()
        self.notify(f"Taken back: {_what(self.session, step)}" if step else "Nothing to take back.", markup=False)
        self.changed()

    def action_redo(self) -> None:
        """Do it again."""
        step = self.session.redo()
        self.notify(f"Done again: {_what(self.session, step)}" if step else "Nothing to do again.", markup=False)
        self.changed()

    def action_save(self) -> None:
        """Write the unsaved edits."""
        if not self.session.has_state:
            self.complain("There is nothing to save yet: Enter on the first look starts a workbook.")
        elif not self.session.unsaved:
            self.notify("Everything is saved.")
        else:
            self.save()

    def save(self) -> bool:
        """Save; whether everything is on disk now. A clash opens its screen, a refusal is shown."""
        if not self.session.unsaved:
            return True
        tables = len({edit.table for edit in self.session.pending})
        try:
            result = self.session.save()
        except Refused as refused:
            self.complain(str(refused))
            return False
        if isinstance(result, Clashed):
            self._show_clashes(result.clashes)
            return False
        merged = " Somebody else's edits were merged." if result.rebased else ""
        self.notify(f"Saved readiness.toml, {tables} changed.{merged}", markup=False)
        self.changed()
        return True

    def _show_clashes(self, clashes: tuple[Clash, ...]) -> None:
        if isinstance(self.screen, ClashView):
            self.screen.show(clashes)
        else:
            self.push_screen(ClashView(clashes))

    def _poll(self) -> None:
        self.leave_a_closed_terminal()
        stamp = self.session.stamp
        if stamp == self._disk:
            return
        self._disk = stamp
        if self.session.refresh():
            self.notify("readiness.toml changed on disk; shown as it is now.")
            self.changed()


def _what(session: Session, step: tuple[object, ...]) -> str:
    table = step[0].table  # type: ignore[attr-defined]  # steps hold edits
    known = session.catalogue.controls
    return said(known[table[-1]].title if table[-1] in known else ".".join(table)).plain
