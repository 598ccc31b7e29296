"""Challenges in a process of their own: no planted file and no file of the repository can hang or fill this one."""

from __future__ import annotations

import json
import os
import sys
import tempfile
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from checks.cache.challenges import Challenges
from checks.challenge.record import Challenged, Verdict, unpack
from checks.children import allowance, guard, process
from checks.children.lines import Lines
from checks.isolated_start import MEMORY_BYTES
from checks.observation import Observation, ProbeReport
from checks.progress import Progress
from checks.report_wire import pack_observation

_RUN_S: Final = 3600.0
_MOST_ATTEMPTS: Final = 5
_OUTPUT_BYTES: Final = 64 * process.MIB
_START: Final = "import sys; sys.path.append(sys.argv[1]); from checks.challenge.child import main; main()"
STOPPED: Final = "stopped before it was challenged"


@dataclass(frozen=True, slots=True)
class Run:
    """The results of one run. `trouble` says why it did not come to its end; "" where it did."""

    results: tuple[Challenged, ...]
    trouble: str = ""


def challenge(
    root: Path,
    report: ProbeReport,
    *,
    ignoring: Callable[[str], bool] | None = None,
    on_progress: Callable[[Progress], None] | None = None,
    on_result: Callable[[Challenged], None] | None = None,
    cancel: threading.Event | None = None,
) -> Run:
    """Challenge the probes that answered in `report`, on a copy of `root` in a private folder that does not outlive us.

    May be called from any thread. Complete results are kept in the user's cache by the state of the tree.

    Args:
        root: The folder that was looked at. Nothing below it is changed or executed.
        report: What the probes saw there.
        ignoring: Tells paths whose change makes no kept result stale.
        on_progress: Told before each step.
        on_result: Given each result when it is there.
        cancel: Set it from another thread to stop; what is known by then is returned.
    """
    known = Challenges(root.resolve(), ignoring)
    with guard.folder() as room:
        run = _Run(root.resolve(), room, report, on_progress or _ignore, on_result or _ignore, cancel)
        trouble = run.finish()
    results = tuple(run.results[signal] for signal in report.observations if signal in run.results)
    if not trouble:
        known.keep(results)
    return Run(results, trouble)


@dataclass
class _Run:
    """The attempts at one run, and what was learned from those that failed."""

    root: Path
    room: Path
    report: ProbeReport
    tell: Callable[[Progress], None]
    tell_result: Callable[[Challenged], None]
    cancel: threading.Event | None
    results: dict[str, Challenged] = field(default_factory=dict)
    trouble: str = ""
    done: bool = False

    def finish(self) -> str:
        """Go on until every signal has its result; why not, where no further attempt makes sense."""
        for _ in range(_MOST_ATTEMPTS):
            if trouble := self._attempt():
                return trouble
            if self.done:
                return ""
        return "too many files made the look at the copy fail"

    def _attempt(self) -> str:
        pending = {name: one for name, one in self.report.observations.items() if name not in self.results}
        with tempfile.TemporaryDirectory(dir=self.room) as folder:
            note = Path(folder) / "note"
            lines = Lines(self._hear)
            try:
                finished = process.run(
                    [sys.executable, "-I", "-X", "utf8", "-c", _START, str(Path(__file__).parents[2])],
                    cwd=Path("/"),
                    env=process.minimal_environment() | {"TMPDIR": folder},
                    timeout_s=_RUN_S,
                    stdin=self._order(pending, Path(folder), note),
                    output_cap_bytes=_OUTPUT_BYTES,
                    on_output=lines.add,
                    cancel=self.cancel,
                    memory_bytes=MEMORY_BYTES,
                )
            except OSError as error:
                return f"the challenge cannot be started ({error.strerror}): run `readiness doctor`"
            if finished.cancelled:
                return STOPPED
            if finished.timed_out or finished.truncated:
                return "the challenge did not come to its end and was stopped: name single signals"
            if not self.done and not self.trouble:
                self._give_up(pending, *allowance.last(note))
        return self.trouble

    def _give_up(self, pending: Mapping[str, Observation], probe: str, path: str) -> None:
        """The attempt ended at a signal: leave that one out of the next."""
        at = next((name for name in pending if name not in self.results), "")
        if at:
            from checks.secrets.shapes import redact

            named = redact(path or probe)
            why = f"looking at the copy came to no end{f' at {named}' if named else ''}"
            self._take(Challenged(at, Verdict.NOT_PLANTED, pending[at].outcome, why))

    def _order(self, pending: Mapping[str, Observation], folder: Path, note: Path) -> bytes:
        order = {
            "root": os.fspath(self.root),
            "room": os.fspath(folder),
            "real": [pack_observation(one) for one in pending.values()],
            "note": os.fspath(note),
            "seconds": allowance.SECONDS,
            "given_up": {one.path: one.reason for one in self.report.files.skipped},
        }
        return json.dumps(order).encode()

    def _hear(self, said: dict[str, Any]) -> None:
        match said:
            case {"progress": step}:
                self.tell(Progress(*step))
            case {"result": one}:
                self._take(unpack(one))
            case {"trouble": text}:
                self.trouble = text
            case {"done": True}:
                self.done = True

    def _take(self, one: Challenged) -> None:
        self.results[one.signal] = one
        self.tell_result(one)


def _ignore(_: object) -> None:
    """For who does not want to be told."""
