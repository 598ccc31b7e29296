"""A look in a process of its own, so that no file can hang, crash or fill the program that a person works in.

Parsers and patterns meet whatever a repository holds. Where a file makes one of them overrun its allowance, crash, or
ask for too much memory, the process ends, that file is left out with the reason, and the look starts again. What
depends on the file is unknown then, as with every other file that was not read.
"""

from __future__ import annotations

import json
import os
import signal
import threading
from collections.abc import Callable, Collection
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from checks.cache.reports import Known, Reports
from checks.children import allowance, process
from checks.children.lines import Lines
from checks.frozen import replace
from checks.isolated_start import Started
from checks.observation import Examined, Observation, Outcome, ProbeReport, Unread
from checks.plugins.guest import guests, with_guests
from checks.progress import STOPPED, Progress
from checks.report_wire import unpack, unpack_observation

if TYPE_CHECKING:
    from checks.git.listing import Told

CACHE: Final = "cache"
"""The stage under which progress says what became of the cache."""

_LOOK_S: Final = 3600.0
_MOST_ATTEMPTS: Final = 12
_DEATHS_OF_A_PROBE: Final = 3
"""After so many, the file that was asked for last is hardly the cause."""
_OUTPUT_BYTES: Final = 512 * process.MIB


def look_over(
    root: Path,
    *,
    signals: Collection[str] | None = None,
    on_progress: Callable[[Progress], None] | None = None,
    cancel: threading.Event | None = None,
    on_partial: Callable[[ProbeReport], None] | None = None,
    on_lasting: Callable[[bool], None] | None = None,
    known: Known | None = None,
    before: Known | None = None,
    on_after: Callable[[str], None] | None = None,
    on_report: Callable[[ProbeReport], None] | None = None,
    started: Started | None = None,
) -> ProbeReport:
    """Run the probes as `checks.run.look_over` does, in a process of its own. May be called from any thread.

    `known` says what a folder holds that git does not know, so that its report can be kept. `before` is the state of a
    folder that git knows, where it was told a moment ago. `on_after` is told the state when the look had ended, where
    the report was kept. `on_report` is given the report as soon as it comes, while the look is still writing down what
    it learned. `started` is a process for the look, where one was started ahead; who started it closes it.

    Raises:
        NotADirectoryError: `root` is no folder; the message says so in one line.
    """
    if not root.is_dir():
        raise NotADirectoryError(f"{root} is not a folder: name the folder to look at with -C DIR")
    tell = on_progress or _ignore
    with closing(Reports(root.resolve(), signals, known, before)) as reports:
        if reports.note:
            tell(Progress(CACHE, 0, 1, reports.note))
        kept = reports.kept()
        if kept is not None:
            (on_lasting or _ignore)(True)
            return kept
        partly = on_partial or _ignore
        look = _Look(root.resolve(), signals, tell, partly, on_report or _ignore, cancel, reports, started)
        report = look.finished()
        (on_lasting or _ignore)(look.lasting)
        if look.lasting:
            reports.keep(report)
            (on_after or _ignore)(reports.after)
        return report


class _Look:
    """The attempts at one look, and what was learned from those that failed."""

    def __init__(
        self,
        root: Path,
        signals: Collection[str] | None,
        tell: Callable[[Progress], None],
        tell_partial: Callable[[ProbeReport], None],
        tell_report: Callable[[ProbeReport], None],
        cancel: threading.Event | None,
        reports: Reports,
        started: Started | None,
    ) -> None:
        self.root, self.signals = root, signals
        self.tell, self.tell_partial, self.tell_report, self.cancel = tell, tell_partial, tell_report, cancel
        self.reports, self.started = reports, started
        self.guests, self.used = guests(signals)
        self.given_up: dict[str, str] = {}
        self.too_slow: list[str] = []
        self.deaths: dict[str, int] = {}
        self.report: ProbeReport | None = None
        self.partial: ProbeReport | None = None
        self.asked: list[str] = []
        self.answers: dict[str, Observation] = {}
        self.lasting = False
        """Whether the report would be the same again: no limit on time or memory had a part in it."""

    def finished(self) -> ProbeReport:
        """Look, again where an attempt failed, until there is a report or no hope of one."""
        for _ in range(_MOST_ATTEMPTS):
            trouble = self.attempt()
            if self.report is not None:
                return self.report
            if trouble:
                return self.rest(trouble)
        return self.rest("too many files made the look fail: see the files that were skipped")

    def attempt(self) -> str:
        """Look once; the reason why no further attempt makes sense, "" where one does or the report is here."""
        lines = Lines(self._hear)
        # Who looks again, a while later, asks git again.
        told, self.reports.told = self.reports.told, None
        try:
            started, self.started = self.started or Started(), None
        except OSError as error:
            return f"the look cannot be started ({error.strerror}): run `readiness doctor`"
        with closing(started):
            finished = started.child.finish(
                timeout_s=_LOOK_S,
                stdin=self._order(started.note, told) + b"\n" + (told.output if told else b""),
                output_cap_bytes=_OUTPUT_BYTES,
                on_output=lines.add,
                cancel=self.cancel,
            )
            if self.report is not None:
                return ""
            if finished.cancelled:
                return STOPPED
            if finished.timed_out or finished.truncated:
                return "the look did not come to its end and was stopped: probe a smaller folder with -C DIR"
            return self._learn(*allowance.last(started.note), finished.returncode)

    def rest(self, trouble: str) -> ProbeReport:
        """What is known without a report: the answers so far, everything else unknown."""
        # An answer from the cache never comes here, and need not wait for the patterns.
        from checks.secrets.redaction import redacted

        missing = {name: Observation(name, Outcome.UNKNOWN, trouble) for name in self.asked or self.signals or ()}
        known = self.partial or ProbeReport(None, {}, (), Examined())
        skipped = {one.path: one for one in known.files.skipped}
        skipped |= {path: Unread(path, reason) for path, reason in self.given_up.items()}
        rest = replace(
            known,
            observations=dict(sorted((missing | self.answers).items())),
            files=replace(known.files, skipped=tuple(skipped[path] for path in sorted(skipped))),
            complete=False,
        )
        return with_guests(redacted(rest), self.used)

    def _order(self, note: Path, told: Told | None) -> bytes:
        order = {
            "root": os.fspath(self.root),
            "signals": None if self.signals is None else sorted(self.signals),
            "note": os.fspath(note),
            "seconds": allowance.SECONDS,
            "given_up": self.given_up,
            "too_slow": self.too_slow,
            "guests": self.guests,
            "told": None if told is None else (told.unlisted, told.asked_at),
            "cache": None if self.reports.place is None else os.fspath(self.reports.place),
        }
        return json.dumps(order).encode()

    def _hear(self, said: dict[str, Any]) -> None:
        match said:
            case {"progress": step}:
                self.tell(Progress(*step))
            case {"answer": one}:
                self.answers[one["signal"]] = unpack_observation(one)
            case {"signals": names}:
                self.asked = names
            case {"partial": report}:
                self.partial = unpack(report)
                self.tell_partial(self.partial)
            case {"report": report, "lasting": lasting}:
                self.report = with_guests(unpack(report), self.used)
                self.lasting = lasting and not self.given_up and not self.too_slow
                # The look is writing down what it learned: what is left to do is done beside it.
                if self.lasting:
                    self.reports.look_ended()
                self.tell_report(self.report)
                if self.lasting:
                    self.reports.keep(self.report)

    def _learn(self, probe: str, path: str, returncode: int) -> str:
        """Leave out what the attempt ended at; the reason to stop where that cannot be told."""
        if not probe and not path:
            return f"the look ended with code {returncode}: run `readiness doctor`"
        self.deaths[probe] = self.deaths.get(probe, 0) + 1
        # Answers of an attempt that failed may rest on a file that the next one leaves out.
        self.answers, self.partial = {}, None
        overran = returncode == -signal.SIGPROF
        what = f"took more than {allowance.SECONDS:g} seconds to read" if overran else "made a reader fail"
        if path and path not in self.given_up and self.deaths[probe] <= _DEATHS_OF_A_PROBE:
            self.given_up[path] = what
        elif probe and probe not in self.too_slow:
            self.too_slow.append(probe)
        else:
            return f"the look {what.replace(' to read', '')}: please report this"
        return ""


def _ignore(_: object) -> None:
    """For who does not want to be told."""
