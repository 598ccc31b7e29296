"""A save that is killed at any system call leaves the old bytes or the new ones, and nothing lying about."""

from __future__ import annotations

import importlib.util
import json
import random
import stat
import subprocess
import sys
import time
from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from workbook.people import People
from workbook.session import Session


def _harness():
    spec = importlib.util.spec_from_file_location("saving_harness", Path(__file__).with_name("saving_harness.py"))
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


harness = _harness()
CHANGING = {"close", "fchmod", "flock", "fsync", "openat", "rename", "renameat", "renameat2", "unlink", "write"}
UNTOUCHED = {"getpid", "geteuid"}  # change nothing anywhere, and would take most of the kills


@pytest.fixture
def root(tmp_path):
    folder = tmp_path / "repository"
    folder.mkdir()
    subprocess.run(["git", "init", "-q", folder], check=True)
    return folder


def opened(root):
    return Session(root, people=People("Ana Example <ana@example.com>"), today=lambda: date(2026, 11, 20))


def killers(children, jobs, strace):
    """How to kill one child after the other: at a system call of a job, or at a random moment where none can be named.

    First at each call that changes a file in the first edit, so that even a few kills are at the right places; then
    at random calls.
    """
    moments = random.Random(20261120)  # noqa: S311  # only spreads the kills
    if strace:
        calls = {name: [one for one in children.calls(job) if one.name not in UNTOUCHED] for name, job in jobs.items()}
        told = next(number for number, call in enumerate(calls["edit"]) if '"saved' in call.line)
        places = [("edit", call) for call in calls["edit"][:told] if call.name in CHANGING]
        while True:
            name, call = places.pop() if places else (name := moments.choice(list(jobs)), moments.choice(calls[name]))
            yield name, (f"{call.name}:signal=SIGKILL:when={call.nth}",), None
    began = time.monotonic()
    for job in jobs.values():
        children.run(job)
    longest = (time.monotonic() - began) / len(jobs)
    while True:
        yield moments.choice(list(jobs)), (), moments.uniform(0, longest)


def private(root):
    return root / ".git" / "readiness"


def check(root, told, steps):
    """What stands after a kill: in the file, among the leftovers, and in the draft.

    `steps` are the notes the file holds one after the other, None while there is no file, from before the child to
    its end. Returns the temporary files the child left, those after the next start, and its drafts.
    """
    reached = steps.index(harness.note_on_disk(root))
    done = [steps.index("" if token == "create" else token) for token in told.saved]
    assert max(done, default=0) <= reached, told
    left = harness.leftovers(root)
    drafts = list(private(root).glob("*.json"))
    assert all(json.loads(draft.read_text())["version"] == 1 for draft in drafts)
    assert stat.S_IMODE(private(root).stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in private(root).iterdir()} <= {0o600}

    session = opened(root)
    after = harness.leftovers(root)
    session.recover()
    if told.kept:  # the last answer that was taken, or the workbook that was begun, is in the file or in the draft
        last = "" if told.kept[-1] == "create" else told.kept[-1]
        assert session.has_state
        note = session.state.answer(harness.CONTROL).note
        assert steps.index(note) >= steps.index(last), (told, note)
    session.discard()
    kept = list(private(root).iterdir())
    assert {path.suffix for path in kept} <= {".lock"}
    assert len(kept) <= 2
    assert {entry.name for entry in root.iterdir()} <= {".git", "readiness.toml"}
    return left, after, drafts


@pytest.mark.stress
def test_killed_saves_leave_old_or_new_bytes_and_no_leftovers(root, tmp_path, scale, figure):
    wanted, why = scale(24, 1_000), harness.why_no_strace()
    count, survived, waste, afterwards, recovered = Counter(), 0, 0, 0, 0
    with harness.Children(tmp_path) as children:
        jobs = {
            "create": {"root": str(root), "create": True, "tokens": ["first"]},
            "edit": {"root": str(root), "tokens": ["one", "two"]},
        }
        children.run(jobs["create"])
        recorded = {"create": {**jobs["create"], "root": str(fresh(tmp_path))}, "edit": jobs["edit"]}
        for name, inject, moment in killers(children, recorded, strace=not why):
            tokens = [f"{token}-{sum(count.values())}-{survived}" for token in jobs[name]["tokens"]]
            if name == "create":
                (root / "readiness.toml").unlink(missing_ok=True)
            elif not (root / "readiness.toml").exists():
                children.run(jobs["create"])
            steps = [None, "", *tokens] if name == "create" else [harness.note_on_disk(root), *tokens]
            told = children.run({**jobs[name], "tokens": tokens}, *inject, kill_after=moment)
            assert not told.crashed, told
            left, after, drafts = check(root, told, steps)
            if told.killed:
                count[name] += 1
                waste, afterwards, recovered = waste + bool(left), afterwards + len(after), recovered + len(drafts)
            else:
                survived += 1
            if count.total() == wanted:
                break
            assert survived < wanted, "the kills do not hit"
    by = f"random moments, because {why}" if why else "each call that changes a file, then at random ones, by strace"
    figure(
        "SIGKILLs during saves, 1,000",
        "0 corrupt, 0 acknowledged lost, 0 leftovers after the next start",
        f"{count.total()} kills at {by} ({count['create']} of a first save); 0 corrupt, 0 lost; {waste} left temporary "
        f"files, {afterwards} after the next start; {recovered} drafts recovered",
    )
    assert afterwards == 0


def fresh(tmp_path):
    folder = tmp_path / "fresh"
    folder.mkdir()
    subprocess.run(["git", "init", "-q", folder], check=True)
    return folder
