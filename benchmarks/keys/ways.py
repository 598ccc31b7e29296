"""Every way to answer with evidence, key by key, in a real terminal."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

from benchmarks.keys.terminal import Terminal
from workbook.session import Session

ENTER = "\r"

LONG = 0.3
"""Seconds without a byte after which an answer is taken to be painted: it is worked out before it is."""


@dataclass(frozen=True, slots=True)
class Way:
    """What a person wants to say, on which question, and what they press and type for it.

    A step of one sign is a key; a longer one is typed or pasted. `paste` says which of both.
    """

    what: str
    control: str
    steps: tuple[str, ...]
    paste: bool = False

    @property
    def keys(self) -> int:
        """Keys pressed; what is pasted counts as one."""
        return sum(1 if self.paste else len(step) for step in self.steps)


WAYS = (
    Way("yes, with the files the probes saw", "containerised-services", ("y", ENTER)),
    Way("yes, on one's word", "postmortem-process", ("y", ENTER)),
    Way("yes, with a pasted link", "runbooks", ("y", "https://wiki.example.com/runbooks", ENTER), paste=True),
    Way("yes, with a typed path", "runbooks", ("y", "README.md", ENTER)),
    Way("yes, with where it lives", "runbooks", ("y", "team wiki, Bo shows it", ENTER)),
    Way("yes, with a measured number", "unit-tests-core", ("y", "83 %", ENTER)),
    Way("partly", "runbooks", ("p",)),
    Way("no, an open gap", "runbooks", ("n",)),
    Way("no, it stops the launch", "injection-safe-queries", ("n", "b")),
    Way("don't know", "runbooks", ("d",)),
    Way("doesn't apply, with the reason", "runbooks", ("x", "a library", ENTER)),
    Way("yes, and a note of three words", "postmortem-process", ("y", ENTER, "t", "after each outage", ENTER)),
)


@dataclass(frozen=True, slots=True)
class Taken:
    """A way, and the seconds the program made a person wait for it."""

    way: Way
    seconds: float


def taken(root: Path) -> list[Taken]:
    """Every way on a fresh start, so that none profits from another."""
    known = set(Session(root).catalogue.controls)
    found = []
    for way in WAYS:
        _forget(root)
        if way.control not in known:
            raise LookupError(f"{way.control} is no control")
        with Terminal([sys.executable, "-P", "-m", "tui", str(root)]) as terminal:
            terminal.settle(b"No decision yet")
            for sign in ("/", *way.control, ENTER):
                terminal.press(sign.encode(), LONG)
            found.append(Taken(way, sum(_typed(terminal, step, paste=way.paste) for step in way.steps)))
    return found


def _typed(terminal: Terminal, step: str, *, paste: bool) -> float:
    if paste and len(step) > 1:
        return terminal.press(b"\x1b[200~" + step.encode() + b"\x1b[201~", LONG)
    return sum(terminal.press(sign.encode(), LONG) for sign in step)


def _forget(root: Path) -> None:
    """Throw away what the terminal before, which was killed, left as a draft."""
    session = Session(root)
    session.recover()
    session.typed.recover()
    session.typed.forget()
    session.discard()
