"""The Textual face: it sends operations to the session and paints what the session says."""

from __future__ import annotations

import asyncio
import signal
import sys
import threading
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import ClassVar

from rich.text import Text
from textual import work
from textual.app import App, SystemCommand
from textual.content import Content
from textual.filter import LineFilter
from textual.message import Message
from textual.screen import Screen

from checks.observation import ProbeReport
from tui.actions import ACTIONS
from tui.half_typed import Typing, label
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
from tui.screens.prompts import ChoicePrompt, TextPrompt
from tui.screens.search import FIELD as SEARCHED
from tui.screens.search import Search
from tui.wording import edits, said
from workbook.crash import recorded
from workbook.errors import Refused
from workbook.ledger.half_typed import Field
from workbook.session import Session
from workbook.store import Clash, Clashed
from workbook.text import terminal

ENDINGS = (signal.SIGHUP, signal.SIGTERM, signal.SIGINT)
"""Signals after which this process shall end: a closed terminal, a shutdown, an interrupt from outside."""

POLL = 1.0
"""Seconds between looks at whether somebody else saved."""


class ReadinessApp(App[int]):
    """The workbook in a terminal."""

    NOTIFICATION_TIMEOUT = 3

    TITLE = "Readiness workbook"
    CSS_PATH = "app.tcss"
    BINDINGS: ClassVar = []
    ONLY_TEXT: ClassVar = OnlyText()

    @dataclass
    class Progressed(Message):
        """The probes got further."""

        text: str

    @dataclass
    class Saw(Message):
        """The probes saw something; `done` says that they have ended."""

        report: ProbeReport | None
        done: bool
        trouble: str = ""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.session = session
        self.look_progress = Content("")
        """How far the probes are, for whoever shows it."""
        self.HORIZONTAL_BREAKPOINTS = [(0, "-tiny"), (40, "-narrow"), (80, "-normal"), (140, "-wide")]
        self._cancel: threading.Event | None = None
        self._disk = session.stamp
        self.typing = Typing(self, session.typed, self.complain)
        """Told of every key in a field, so that half-typed text is there again after a dead terminal."""

    # Coming and going

    def on_mount(self) -> None:
        """Show the first look or the board, then start looking; paint before work."""
        back = self.session.recover()
        half = self.session.typed.recover()
        self.push_screen(Board() if self.session.has_state else FirstLook())
        self.set_interval(POLL, self._poll)
        loop = asyncio.get_running_loop()
        for number in ENDINGS:
            with suppress(RuntimeError, ValueError):  # only the main thread may listen to signals
                loop.add_signal_handler(number, self._hung_up)
        if back:
            self.notify("Unsaved edits of last time are back. s saves them; leaving can throw them away.")
        if half:
            self._offer(half)
        if self.session.report is None:
            self.call_after_refresh(self.look)

    def on_unmount(self) -> None:
        """Stop what still runs."""
        self.stop_looking()
        loop = asyncio.get_running_loop()
        for number in ENDINGS:
            with suppress(RuntimeError, ValueError):
                loop.remove_signal_handler(number)

    def _hung_up(self) -> None:
        """The terminal goes away: what is unsaved or half typed stays as a draft."""
        if isinstance(self.screen, TextPrompt | Search | CommitView):
            self.screen.keep_typed()  # the last key may not have been told yet
        self.typing.flush()
        self.exit(0)

    def _fatal_error(self) -> None:
        """Instead of Textual's traceback, which shows the values of variables: a line, and a log without secrets."""
        self.typing.flush()
        error = self._exception or RuntimeError("unknown")
        told = terminal(recorded(error, self.session.root))
        self._exit_renderables.append(Text(f"readiness: {told} Unsaved edits are kept as a draft."))
        self._close_messages_no_wait()

    def _offer(self, half: Mapping[Field, str]) -> None:
        """Show what was half typed when a terminal died, and open the field that is chosen."""
        fields = dict(zip("123456789", half, strict=False))
        choices = [(key, label(self.session, field, half[field])) for key, field in fields.items()]
        about = Content("Enter opens the field with this text in it. Esc leaves it there until the field is opened.")

        def chosen(key: str | None) -> None:
            if key == "x":
                self.session.typed.forget()
            elif key in fields:
                self._reopen(fields[key])

        throw = ("x", Content("throw all of it away"))
        title = Content("This was half typed when the terminal died")
        self.push_screen(ChoicePrompt(title, [*choices, throw], about), chosen)

    def _reopen(self, field: Field) -> None:
        """Open the field again; what stands in it comes from the session."""
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

    def action_leave(self) -> None:
        """Leave; asks when something is unsaved."""
        if not self.session.unsaved or self.session.read_only:
            self.exit(0)
            return
        if isinstance(self.screen, ChoicePrompt):
            return
        choices = (
            ("s", "save and leave"),
            ("d", "leave, keep it as a draft for next time"),
            ("x", "leave and throw it away"),
            ("b", "back to the workbook"),
        )
        what = edits(self.session, self.session.pending)
        about = Content("\n").join([*what[:6], *([Content(f"and {len(what) - 6} more")] if len(what) > 6 else [])])  # noqa: PLR2004  six lines fit the smallest window
        if not self.session.document.digest:
            about = Content("\n").join([Content("readiness.toml has not been written yet."), about])
        self.push_screen(ChoicePrompt(Content("Something is unsaved"), choices, about), self._leave)

    def _leave(self, chosen: str | None) -> None:
        if chosen == "s" and not self.save():
            return
        if chosen == "x":
            self.session.discard()
        if chosen in ("s", "d", "x"):
            self.exit(0)

    async def action_quit(self) -> None:
        """Textual's own way out takes ours."""
        self.action_leave()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002  Textual's signature
        """What needs a workbook is not offered before there is one."""
        return self.session.has_state or action not in ("save", "commit", "undo", "redo")

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

    def begin(self) -> None:
        """A workbook was started: the board below, the guide on top."""
        self.pop_screen()
        self.switch_screen(Board())
        self.push_screen(Guide())
        self.changed()

    def open_guide(self, control: str = "") -> None:
        """The guide over the current screen."""
        self.push_screen(Guide(control))

    def action_help(self) -> None:
        """Keys and words."""
        if not isinstance(self.screen, Help):
            self.push_screen(Help())

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
        """The palette: our actions where their screen is on top, and Textual's themes and screenshot."""
        bound = {binding.action for _, binding, *_ in screen.active_bindings.values()}
        for action in ACTIONS:
            if action.method in bound and action.place != "list" and action.method != "app.command_palette":
                yield SystemCommand(
                    action.label.capitalize(), action.about, partial(self.run_action, action.method, screen)
                )
        for command in super().get_system_commands(screen):
            if command.title in ("Theme", "Screenshot"):
                yield command

    # Operations

    def may_edit(self) -> bool:
        """Whether edits are possible; says why not."""
        if self.session.read_only:
            self.complain(self.session.read_only)
        return not self.session.read_only

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

    def complain(self, text: str) -> None:
        """Say what is wrong and what to do, in one line."""
        self.notify(said(text).plain, severity="error", markup=False, timeout=10)

    def changed(self) -> None:
        """Paint again whatever shows the session."""
        for screen in self.screen_stack:
            if isinstance(screen, WorkbookScreen) and screen.is_attached:
                screen.repaint()

    def _poll(self) -> None:
        stamp = self.session.stamp
        if stamp == self._disk:
            return
        self._disk = stamp
        if self.session.refresh():
            self.notify("readiness.toml changed on disk; shown as it is now.")
            self.changed()

    # Looking

    @property
    def looking(self) -> bool:
        """Whether probes run."""
        return self._cancel is not None

    def look(self) -> None:
        """Start the probes, unless they run already."""
        if self._cancel is None:
            self._cancel = threading.Event()
            self.look_progress = Content("Looking …   Esc stops")
            self._probe(self._cancel)
            self.changed()

    def stop_looking(self) -> None:
        """Ask the probes to stop; what they saw stays."""
        if self._cancel is not None:
            self._cancel.set()

    @work(thread=True, exclusive=True, group="probe", exit_on_error=False)
    def _probe(self, cancel: threading.Event) -> None:
        """In a thread: everything comes back as messages. A probe that breaks must not take the app with it."""
        try:
            report = self.session.probe(on_progress=self._got_further, on_partial=self._saw_some, cancel=cancel)
        except Exception as error:  # noqa: BLE001  shown to the person in one line; the app goes on without probes
            self.post_message(self.Saw(None, done=True, trouble=str(error)))
        else:
            self.post_message(self.Saw(report, done=True))

    def _got_further(self, progress: object) -> None:
        self.post_message(self.Progressed(_progress(progress)))

    def _saw_some(self, report: ProbeReport) -> None:
        self.post_message(self.Saw(report, done=False))

    def on_readiness_app_progressed(self, event: Progressed) -> None:
        """Show how far the probes are."""
        if self._cancel is not None:
            stopping = "   stopping …" if self._cancel.is_set() else "   Esc stops"
            self.look_progress = Content.assemble(said(event.text, "$text-accent"), (stopping, "$foreground 60%"))
            self._show_progress()

    def on_readiness_app_saw(self, event: Saw) -> None:
        """Take a report and paint it."""
        if event.report is not None:
            self.session.accept(event.report)
        if event.done:
            self._cancel = None
            self.look_progress = said(f"The probes failed: {event.trouble}") if event.trouble else _ended(event.report)
        self.changed()

    def _show_progress(self) -> None:
        for name in ("#look-progress", "#board-progress"):
            for screen in self.screen_stack:
                for widget in screen.query(name):
                    widget.update(self.look_progress)  # type: ignore[attr-defined]  # both are Static


def _ended(report: ProbeReport | None) -> Content:
    if report is None or report.complete:
        return Content("")
    return Content("Stopped early: what was not looked at is unknown.")


def _progress(one: object) -> str:
    """A probe run's progress in words: "code rules 61 %"."""
    stage, done, total = getattr(one, "stage", ""), getattr(one, "done", 0), getattr(one, "total", 0)
    note = getattr(one, "note", "")
    share = f" {100 * done // total} %" if total else ""
    return f"{stage}{share}{f'  {note}' if note else ''}"


def _what(session: Session, step: tuple[object, ...]) -> str:
    table = step[0].table  # type: ignore[attr-defined]  # steps hold edits
    known = session.catalogue.controls
    return said(known[table[-1]].title if table[-1] in known else ".".join(table)).plain


def run(root: Path) -> int:
    """Open the workbook of a folder in this terminal; the exit code."""
    try:
        session = Session(root)
    except Refused as refused:
        sys.stderr.write(f"{terminal(str(refused))}\n")
        return refused.code
    return ReadinessApp(session).run() or 0
