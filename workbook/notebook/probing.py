"""The probe run in a cell: progress, cancel, and what was found. The work is done in a thread; widgets stay alive."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import ipywidgets

from checks.observation import ProbeReport
from workbook.errors import Refused
from workbook.notebook.guard import Guard
from workbook.notebook.handling import button
from workbook.notebook.loops import hand_over, running_loop
from workbook.notebook.views import Page
from workbook.session import Session


class ProbePanel:
    """Runs the probes of one session, one run at a time."""

    def __init__(
        self, session: Session, signals: tuple[str, ...], page: Callable[[], Page], on_seen: Callable[[], None]
    ) -> None:
        self._session = session
        self._signals = signals
        self._page = page
        self._on_seen = on_seen
        self._loop = running_loop()
        self._cancel = threading.Event()
        self._thread: threading.Thread | None = None
        self.guard = Guard()
        self.again = button(self.guard, "Look again", self.start)
        self.stop = button(self.guard, "Stop", self.cancel)
        self._found = ipywidgets.HTML()
        self.widget = self.guard.form([ipywidgets.HBox([self.again, self.stop])], [self._found])

    @property
    def running(self) -> bool:
        """Whether a run is under way."""
        return self._thread is not None and self._thread.is_alive()

    def start(self) -> None:
        """Begin a run; nothing happens while one is under way."""
        if self.running:
            return
        self._cancel.clear()
        self.again.disabled, self.stop.disabled = True, False
        self.guard.progress = 0.0
        self.guard.say("The probes are looking; nothing is executed or sent.")
        # A daemon: a kernel that is shut down does not wait for it, and the runner ends its own processes.
        self._thread = threading.Thread(target=self._run, name="readiness-probes", daemon=True)
        self._thread.start()

    def cancel(self) -> None:
        """Ask the run to stop; what was not looked at stays unknown."""
        self._cancel.set()
        if self.running:
            self.guard.say("Stopping …")

    def wait(self, seconds: float | None = None) -> None:
        """Wait for the run under way, as scripts and tests do."""
        if self._thread:
            self._thread.join(seconds)

    def _run(self) -> None:
        try:
            report = self._session.probe(
                signals=self._signals, on_progress=self._advance, on_partial=self._partial, cancel=self._cancel
            )
            said = "The probes have looked." if report.complete else "Stopped before the end."
            # Again after every partial report that still waits in the kernel's queue.
            self._later(lambda: self._session.accept(report))
            self._later(lambda: self._finish(said, trouble=False))
        except Refused as refusal:
            trouble = str(refusal)
            self._later(lambda: self._finish(trouble, trouble=True))
        except Exception as error:  # noqa: BLE001  an error of a thread would vanish in the kernel's log
            trouble = f"the probes failed ({type(error).__name__}: {error}); what they did not see stays unknown"
            self._later(lambda: self._finish(trouble, trouble=True))

    def _advance(self, progress: Any) -> None:
        self.guard.progress = progress.done / progress.total if progress.total else 0.0
        note = f": {progress.note}" if progress.note else ""
        self.guard.say(f"{progress.stage} {progress.done} of {progress.total}{note}")

    def _partial(self, report: ProbeReport) -> None:
        def take() -> None:
            if self.running:
                self._session.accept(report)
                self._on_seen()

        self._later(take)

    def _finish(self, said: str, *, trouble: bool) -> None:
        self.guard.progress = -1.0
        self.again.disabled, self.stop.disabled = False, True
        (self.guard.complain if trouble else self.guard.say)(said)
        self._found.value = self._page()._repr_html_()
        self._on_seen()

    def _later(self, step: Callable[[], None]) -> None:
        hand_over(self._loop, step)

    def __repr__(self) -> str:
        return repr(self._page())

    def _repr_mimebundle_(self, **chosen: Any) -> Any:
        bundle = self.widget._repr_mimebundle_(**chosen)
        return bundle | {"text/plain": repr(self), "text/html": self._page()._repr_html_()}
