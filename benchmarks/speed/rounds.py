"""Runs commands in turn, round by round, and keeps what each cost: so all of them share the machine's moods."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Literal

PATIENCE = 1800.0
"""Seconds for one command; a bed of fifty thousand files takes its time."""

Measure = Literal["wall", "cpu", "memory"]


@dataclass(frozen=True, slots=True)
class Command:
    """A program to measure, and what to do before each run of it. `prints`: it measures itself and prints seconds."""

    name: str
    argv: Sequence[str]
    cwd: Path
    env: Mapping[str, str] = field(default_factory=dict)
    before: Callable[[int], None] | None = None
    prints: bool = False
    fine: tuple[int, ...] = (0,)
    """Exit codes of a run that did its work."""
    most: int | None = None
    """Run only in so many rounds, the first ones that count; in all, and to warm up, where None."""


@dataclass(frozen=True, slots=True)
class Cost:
    """Of one run, its children counted in: seconds on the clock, seconds of processors, MiB of the largest process."""

    wall: float
    cpu: float
    memory: float


Costs = Mapping[str, Sequence[Cost]]


class FailedError(Exception):
    """A command did not do its work, so there is nothing to compare."""


def run_rounds(commands: Sequence[Command], rounds: int, deadline: float) -> dict[str, list[Cost]]:
    """Every command once a round, first one round that is not counted. Ends early, with whole rounds, at `deadline`."""
    costs: dict[str, list[Cost]] = {one.name: [] for one in commands}
    for number in range(rounds + 1):
        if number > 1 and time.monotonic() > deadline:
            sys.stderr.write(f"time is up after {number - 1} of {rounds} rounds\n")
            break
        for one in commands:
            if one.most is not None and not 0 < number <= one.most:
                continue
            cost = run_once(one, number)
            if number:
                costs[one.name].append(cost)
        sys.stderr.write(f"round {number} of {rounds}\n" if number else "warmed up\n")
    return costs


def run_once(command: Command, number: int = 0) -> Cost:
    """Run a command in a group of its own, which is ended with us.

    Raises:
        FailedError: it failed, or took too long.
    """
    if command.before:
        command.before(number)
    with tempfile.TemporaryFile() as said, tempfile.TemporaryFile() as told:
        start = time.perf_counter()
        child = subprocess.Popen(
            list(command.argv), cwd=command.cwd, env=dict(command.env),
            stdin=subprocess.DEVNULL, stdout=said, stderr=told, start_new_session=True,
        )  # fmt: skip
        try:
            status, usage = _wait(child.pid, start + PATIENCE)
        finally:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(child.pid, signal.SIGKILL)
        wall = time.perf_counter() - start
        child.returncode = os.waitstatus_to_exitcode(status)
        said.seek(0)
        told.seek(0)
        if child.returncode not in command.fine:
            why = told.read()[-400:].decode("utf-8", "replace")
            raise FailedError(f"{command.name} ended with {child.returncode}: {why}")
        if command.prints:
            wall = float(said.read())
    return Cost(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / (1024 if sys.platform == "linux" else 1024**2))


def _wait(pid: int, until: float) -> tuple[int, resource.struct_rusage]:
    """The status and the use of resources of a child, its own children counted in."""
    pause = 0.0005
    while True:
        done, status, usage = os.wait4(pid, os.WNOHANG)
        if done:
            return status, usage
        if time.perf_counter() > until:
            os.killpg(pid, signal.SIGKILL)
            os.wait4(pid, 0)
            raise FailedError(f"a command took longer than {PATIENCE:g} s")
        time.sleep(pause)
        pause = min(pause * 1.1, 0.01)


def ratio(costs: Costs, ours: Sequence[str], theirs: Sequence[str], measure: Measure) -> float:
    """The median over the rounds of ours to theirs, each side the sum of its commands; the largest for memory."""
    # Where one side ran in fewer rounds, those were the first.
    pairs = zip(_sides(costs, ours, measure), _sides(costs, theirs, measure), strict=False)
    return median(mine / other for mine, other in pairs if other)


def middle(costs: Costs, names: Sequence[str], measure: Measure) -> float:
    """The median over the rounds of the sum of some commands; of the largest for memory."""
    return median(_sides(costs, names, measure))


def _sides(costs: Costs, names: Sequence[str], measure: Measure) -> list[float]:
    """What some commands cost together, round by round."""
    join: Callable[[Iterable[float]], float] = max if measure == "memory" else sum
    each = ([float(getattr(cost, measure)) for cost in costs[name]] for name in names)
    return [join(values) for values in zip(*each, strict=True)]
