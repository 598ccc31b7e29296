"""A program that saves in forked children, so that a test can kill a child or fail its system calls.

A job comes as one JSON line on standard input: `root`, and `tokens`, the notes to save one after the other; with
`create` the workbook is made first. Each job runs in a fork of a process that has loaded everything, so that the system
calls of the child, once it goes, are those of answering and saving. It tells on standard output what it did:

    waiting PID     the session is open; the child goes on SIGUSR1
    kept TOKEN      the answer was taken, so its draft must outlive the child
    saved TOKEN     the save was acknowledged
    refused LINE    the save was refused, in these words
    ended STATUS    the child is gone
"""

from __future__ import annotations

import ctypes
import json
import os
import signal
import subprocess
import sys
import tempfile
from datetime import date
from pathlib import Path
from typing import Any

from workbook.answers import Status
from workbook.errors import Refused
from workbook.people import People
from workbook.session import Session
from workbook.store import Clashed

CONTROL = "rate-limiting"
ANA = People("Ana Example <ana@example.com>")
PR_SET_PTRACER, ANYBODY = 0x59616D61, -1


def tell(*words: object) -> None:
    """One line, written by one system call, so that lines of several processes never mix."""
    os.write(1, (" ".join(map(str, words)) + "\n").encode())


def opened(root: Path) -> Session:
    return Session(root, people=ANA, today=lambda: date(2026, 11, 20))


def work(job: dict[str, Any]) -> None:
    session = opened(Path(job["root"]))
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGUSR1})
    if sys.platform == "linux":  # where only parents may trace, the test's tracer is none
        ctypes.CDLL(None).prctl(PR_SET_PTRACER, ANYBODY, 0, 0, 0)
    tell("waiting", os.getpid())
    signal.sigwait({signal.SIGUSR1})
    if job.get("create"):
        step(session, "create")
    for token in job["tokens"]:
        step(session, token)


def step(session: Session, token: str) -> None:
    try:
        if token == "create":
            session.start(["fifty-point"])
        else:
            session.answer(CONTROL, Status.READY, note=token)
        tell("kept", token)
        result = session.save()
    except Refused as refused:
        tell("refused", refused)
        return
    if isinstance(result, Clashed):
        tell("clashed", token)
    else:
        tell("saved", token)


def load_everything() -> None:
    """Save once somewhere else: what is imported late is imported before the first child."""
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(["git", "init", "-q", folder], check=True)
        session = opened(Path(folder))
        session.start(["fifty-point"])
        session.save()
        session.answer(CONTROL, Status.READY, note="first")
        session.save()


def main() -> None:
    load_everything()
    tell("ready")
    for line in sys.stdin:
        if child := os.fork():
            tell("ended", os.waitpid(child, 0)[1])
            continue
        status = 1
        try:
            work(json.loads(line))
            status = 0
        except BaseException as error:  # noqa: BLE001  # the child must never return into the loop of its parent
            tell("crashed", repr(error)[:300])
        finally:
            os._exit(status)


if __name__ == "__main__":
    main()
