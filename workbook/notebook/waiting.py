"""A probe run that a cell waits for: progress is shown, and interrupting the kernel stops it."""

from __future__ import annotations

import threading

from IPython.display import display  # type: ignore[attr-defined,unused-ignore]  # not listed by the library

from checks.observation import ProbeReport
from checks.run import Progress
from workbook.notebook.guard import Guard
from workbook.session import Session

TICK_SECONDS = 0.1
"""How soon an interruption is noticed."""


def look(session: Session) -> None:
    """Run all probes in a thread and wait; what an interrupted run saw is kept.

    Raises:
        Exception: what the run raised.
    """
    guard, cancel = Guard(), threading.Event()
    outcome: list[ProbeReport | BaseException] = []

    def advance(progress: Progress) -> None:
        guard.progress = progress.done / progress.total if progress.total else 0.0
        guard.say(
            f"{progress.stage} {progress.done} of {progress.total}{f': {progress.note}' if progress.note else ''}"
        )

    def run() -> None:
        try:
            outcome.append(session.probe(on_progress=advance, cancel=cancel))
        except BaseException as error:  # noqa: BLE001  it is raised again where somebody waits
            outcome.append(error)

    guard.say("The probes are looking; nothing is executed or sent. ■ stops them.")
    display(guard.form())  # type: ignore[no-untyped-call,unused-ignore]  # the library has no types
    thread = threading.Thread(target=run, name="readiness-probes", daemon=True)
    thread.start()
    while thread.is_alive():
        try:
            thread.join(TICK_SECONDS)
        except KeyboardInterrupt:
            cancel.set()
            guard.say("Stopping …")
    guard.progress = -1.0
    if outcome and isinstance(outcome[0], BaseException):
        guard.complain("the probes failed; what they did not see stays unknown")
        raise outcome[0]
    guard.say("Stopped before the end." if cancel.is_set() else "The probes have looked.")
