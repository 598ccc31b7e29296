"""Asking a plug-in's probes, in a process of their own that is forked from the look when our own probes are done.

The fork finds everything that was read and parsed already, and nothing it does reaches us but what it says: it may
raise, hang, leave, crash, print, or change every object it is given. What it would have answered is unknown then, and
the reason names the plug-in.
"""

from __future__ import annotations

import json
import os
import select
import signal
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Set
from contextlib import suppress
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NoReturn

from checks.cache.facts import FileFacts
from checks.children import allowance
from checks.observation import Observation, Outcome
from checks.plugins.answers import RubbishError, checked, observations
from checks.plugins.guest import Guest
from checks.plugins.where import where
from checks.report_wire import pack_observation, unpack_observation

if TYPE_CHECKING:
    from checks.look import Look

PATIENCE: Final = 3
"""How many times the processor time of a step a probe may take by the clock: one that sleeps uses none."""

GIVEN_UP: Final = "so many others of this plug-in ended their process that it was not asked"

_MOST_ATTEMPTS: Final = 4
_MOST_BYTES: Final = 16 * 1024 * 1024
_POLL_S: Final = 0.05
_CHUNK: Final = 65_536


def ask(guest: Guest, look: Look, wanted: Set[str], seconds: float, cancel: threading.Event) -> dict[str, Observation]:
    """One observation for each wanted signal of a plug-in, whatever happens inside it.

    Args:
        guest: whom to ask.
        look: as it is when our own probes are done.
        wanted: those of its signals to answer.
        seconds: processor time of one step, as ours has it.
        cancel: set from another thread to stop.
    """
    answers: dict[str, Observation] = {}
    reasons: dict[str, str] = {}
    for _ in range(_MOST_ATTEMPTS):
        if cancel.is_set():
            break
        heard = _Attempt(guest, look, wanted, frozenset(answers | reasons), seconds, cancel)
        heard.hold()
        answers |= heard.answers
        reasons |= heard.reasons
        if not heard.trouble:
            break
        for name in heard.asking or wanted:
            reasons.setdefault(name, heard.trouble)
        # Where it ended with none of its probes at work, it would do so again.
        if not heard.asking:
            break
    else:
        reasons |= dict.fromkeys(wanted - answers.keys() - reasons.keys(), f"its probe failed: {GIVEN_UP}")
    missing = "it was stopped before it looked" if cancel.is_set() else "none of its probes answers this"
    return {
        name: answers.get(name)
        or Observation(name, Outcome.UNKNOWN, f"plug-in {guest.title}: {reasons.get(name, missing)}", tool=guest.title)
        for name in wanted
    }


@dataclass
class _Attempt:
    """One fork: what it said, and what it was at when it ended."""

    guest: Guest
    look: Look
    wanted: Set[str]
    left: frozenset[str]
    seconds: float
    cancel: threading.Event
    answers: dict[str, Observation] = field(default_factory=dict)
    reasons: dict[str, str] = field(default_factory=dict)
    asking: tuple[str, ...] = ()
    trouble: str = "its probe failed: it ended its own process"
    paths: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        self.paths = frozenset(self.look.tree.paths)

    def hold(self) -> None:
        """Fork, hear it out, and leave nothing of it behind."""
        reading, writing = os.pipe()
        with tempfile.TemporaryDirectory() as folder:
            child = os.fork()
            if child == 0:
                os.close(reading)
                _Inside(self, writing, Path(folder) / "note").run()
            os.close(writing)
            try:
                self._hear(reading)
            finally:
                os.close(reading)
                with suppress(ProcessLookupError):
                    os.kill(child, signal.SIGKILL)
                _, status = os.waitpid(child, 0)
        if self.trouble and os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGPROF:
            self.trouble = f"its probe failed: more than {self.seconds:g} seconds of work without an answer"

    def _hear(self, pipe: int) -> None:
        rest, came = b"", 0
        deadline = time.monotonic() + PATIENCE * self.seconds
        while not self.cancel.is_set():
            if time.monotonic() > deadline:
                self.trouble = f"its probe failed: no answer in {PATIENCE * self.seconds:g} seconds"
                return
            if not select.select([pipe], [], [], _POLL_S)[0]:
                continue
            chunk = os.read(pipe, _CHUNK)
            came += len(chunk)
            if not chunk or came > _MOST_BYTES:
                return
            *lines, rest = (rest + chunk).split(b"\n")
            for line in lines:
                deadline = time.monotonic() + PATIENCE * self.seconds
                try:
                    self._take(json.loads(line))
                except (ValueError, TypeError, KeyError, AttributeError):
                    self.trouble = "its probe failed: what it said cannot be read"
                    return

    def _take(self, said: Mapping[str, Any]) -> None:
        match said:
            case {"asking": names}:
                self.asking = tuple(names)
            case {"answer": one}:
                seen = checked(unpack_observation(one), self.wanted, self.paths, self.guest.title)
                self.answers[seen.signal] = seen
            case {"failed": reason, "signals": names}:
                self.reasons |= dict.fromkeys(names, str(reason))
            case {"done": True}:
                self.trouble = ""


class _Inside:
    """What happens in the fork. It never returns to the code that forked it."""

    def __init__(self, attempt: _Attempt, pipe: int, note: Path) -> None:
        self._of, self._pipe, self._note = attempt, pipe, note

    def run(self) -> NoReturn:
        """Load the plug-in, ask its probes, leave."""
        try:
            # Whatever it prints goes nowhere, through Python or past it.
            null = os.open(os.devnull, os.O_RDWR)
            for number in (0, 1, 2):
                os.dup2(null, number)
            sys.stdin = sys.stdout = sys.stderr = open(os.devnull, "r+", encoding="utf-8")  # noqa: SIM115, PTH123  # until the process ends
            allowance.begin(self._note, self._of.seconds)
            # SQLite must not be used on both sides of a fork.
            self._of.look.facts = FileFacts(self._of.look.tree, None)
            for names, function in self._load():
                self._ask(names, function)
            self._say(done=True)
        finally:
            os._exit(0)

    def _load(self) -> Iterator[tuple[tuple[str, ...], Callable[[Any], object]]]:
        from checks.plugins import api

        guest = self._of.guest
        sys.path[:0] = [] if guest.site in sys.path else [guest.site]
        try:
            module = import_module(guest.module)
            place = Path(module.__file__ or "").resolve()
            if not place.is_relative_to(Path(guest.site).resolve()):
                raise ImportError(f"{guest.module} is not the one of the plug-in")
        except BaseException as error:  # noqa: BLE001  # whatever importing it does, sys.exit included
            self._say(failed=f"its probe failed: it cannot be loaded ({where(error)})", signals=list(self._of.wanted))
            return
        for names, function in api.registered():
            if not self._of.left.intersection(names) and not set(names).isdisjoint(self._of.wanted):
                yield names, function

    def _ask(self, names: tuple[str, ...], function: Callable[[Any], object]) -> None:
        from checks.plugins.api import Context

        of = self._of
        self._say(asking=list(names))
        allowance.probing(names[0])
        try:
            given = observations(function(Context(look=of.look)))
            seen = [checked(one, set(names) & set(of.guest.signals), of.paths, of.guest.title) for one in given]
        except RubbishError as error:
            self._say(failed=str(error), signals=list(names))
        except BaseException as error:  # noqa: BLE001  # whatever a probe does, the next one is asked
            self._say(failed=f"its probe failed ({where(error)})", signals=list(names))
        else:
            for one in seen:
                if one.signal in of.wanted:
                    self._say(answer=pack_observation(one))
            silent = sorted(set(names) - {one.signal for one in seen})
            self._say(failed="its probe gave no answer", signals=silent)

    def _say(self, **what: object) -> None:
        left = memoryview(json.dumps(what).encode() + b"\n")
        while left:
            left = left[os.write(self._pipe, left) :]
