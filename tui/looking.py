"""Looking: the probes run in a worker that stops when asked, and everything comes back as messages."""

from __future__ import annotations

import threading
from dataclasses import dataclass

from textual import work
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from checks.observation import ProbeReport
from tui.session_app import SessionApp
from tui.settings import Settings
from tui.wording import said
from workbook.session import Session


class Looking(SessionApp):
    """Runs the probes and takes what they saw."""

    @dataclass
    class Progressed(Message, namespace="looking"):
        """The probes got further."""

        text: str

    @dataclass
    class Saw(Message, namespace="looking"):
        """The probes saw something; `done` says that they have ended."""

        report: ProbeReport | None
        done: bool
        trouble: str = ""

    def __init__(self, session: Session, settings: Settings | None = None) -> None:
        super().__init__(session, settings)
        self.look_progress = Content("")
        """How far the probes are, for whoever shows it."""
        self._cancel: threading.Event | None = None

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

    def on_looking_progressed(self, event: Progressed) -> None:
        """Show how far the probes are."""
        if self._cancel is not None:
            stopping = "   stopping …" if self._cancel.is_set() else "   Esc stops"
            self.look_progress = Content.assemble(said(event.text, "$text-accent"), (stopping, "$foreground 60%"))
            self._show_progress()

    def on_looking_saw(self, event: Saw) -> None:
        """Take a report and paint it."""
        if event.report is not None:
            self.session.accept(event.report)
        if event.done:
            self._cancel = None
            self.look_progress = said(f"The probes failed: {event.trouble}") if event.trouble else _ended(event.report)
        self.looked(done=event.done)
        self.changed()

    def looked(self, *, done: bool) -> None:
        """Told whenever the session has taken what the probes saw; `done` says that they have ended."""

    def _show_progress(self) -> None:
        for screen in self.screen_stack:
            for widget in screen.query(".look-progress").results(Static):
                widget.update(self.look_progress)


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
