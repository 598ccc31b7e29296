"""A command: shown, agreed to, watched, stopped. What it leaves behind is told by whoever asked for it."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.content import Content
from textual.message import Message
from textual.widgets import Log, Static

from tui.actions import bindings
from tui.screens.form import Further
from tui.wording import said
from workbook.errors import Refused
from workbook.running import Recorded, Watch
from workbook.text import shell_display, terminal

LINES = 2000
"""The newest lines of output that are shown; the end is what tells."""

PAUSE = 0.1
"""Seconds between looks at what the command said."""

Job = Callable[[threading.Event, Watch], Recorded]
"""Runs it in a thread, stops when the event is set, and hands lines to the watcher."""


class Running(Further):
    """One command. Nothing runs before Enter; Esc stops it and leaves no process."""

    BINDINGS: ClassVar[list[BindingType]] = bindings("running")

    @dataclass
    class Ended(Message):
        """It ended, or could not be run."""

        done: Recorded | None
        trouble: str = ""

    def __init__(self, argv: Sequence[str], heading: Content, job: Job, keep: Callable[[Recorded], str]) -> None:
        """A command to agree to.

        Args:
            argv: what will run.
            heading: what for.
            job: runs it.
            keep: gives the result to the session; what to tell about it.
        """
        super().__init__()
        self._argv, self._heading, self._job, self._keep = argv, heading, job, keep
        self._seen: Mapping[str, Any] = {}
        self._cancel: threading.Event | None = None
        self._heard: deque[str] = deque(maxlen=LINES)
        self._over = ""

    def content(self) -> ComposeResult:
        """What runs, what it says, how it goes."""
        self._seen = self.session.on_disk
        yield Static(self._heading, markup=False, classes="heading")
        yield Static(self._what(), id="running-what", markup=False)
        yield Log(max_lines=LINES, id="running-log")
        yield Static(id="running-state", markup=False)

    def paint(self) -> None:
        """Say how it goes and what the keys do."""
        self.query_one("#running-state", Static).update(self._state())

    def action_go(self) -> None:
        """Run it; once it has ended, back."""
        if self._over:
            self.dismiss()
        elif self._cancel is None:
            self._cancel = threading.Event()
            self._timer = self.set_interval(PAUSE, self._show_heard)
            self._run(self._cancel)
            self.query_one(Log).focus()
            self.repaint()

    def action_stop(self) -> None:
        """Stop it; where nothing runs, back."""
        if self._cancel is None or self._over:
            self.dismiss()
        else:
            self._cancel.set()
            self.repaint()

    def on_unmount(self) -> None:
        """Leave no process behind."""
        if self._cancel is not None:
            self._cancel.set()

    @work(thread=True, exit_on_error=False, group="command")
    def _run(self, cancel: threading.Event) -> None:
        """In a thread, and with no hand on the session: everything comes back as one message."""
        try:
            done = self._job(cancel, self._heard.extend)
        except Refused as refused:
            self.post_message(self.Ended(None, str(refused)))
        else:
            self.post_message(self.Ended(done))

    def on_running_ended(self, event: Ended) -> None:
        """Keep what it left behind."""
        event.stop()
        self._timer.stop()
        self._show_heard()
        self._over = event.trouble
        if event.done is not None:
            # The last line may have had no end, and then nobody has heard it.
            log = self.query_one(Log)
            log.clear().write_lines([terminal(line) for line in event.done.output.splitlines()[-LINES:]])
            try:
                with self.session.as_seen(self._seen):
                    self._over = self._keep(event.done)
                self.kept = True
            except Refused as refused:
                self._over = str(refused)
        self.workbook_app.changed()

    def _show_heard(self) -> None:
        lines = [self._heard.popleft() for _ in range(len(self._heard))]
        if lines:
            self.query_one(Log).write_lines([terminal(line) for line in lines])

    def _what(self) -> Content:
        where = said(f"Runs in {self.session.root}, with your rights:")
        return Content.assemble(where, "\n  ", said(shell_display(self._argv), "bold"))

    def _state(self) -> Content:
        if self._over:
            return Content.assemble(said(self._over, "bold"), "   Enter goes back")
        if self._cancel is None:
            return Content("Nothing has run yet. Enter runs it, Esc goes back.")
        if self._cancel.is_set():
            return Content("Stopping …")
        return Content("Running …  Esc stops it; then nothing is recorded.")
