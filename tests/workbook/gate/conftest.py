"""A workbook on a main branch, and a branch off it; what the probes see is laid down by the test."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

import workbook.change.base
from checks.observation import Examined, Location, Observation, Outcome, ProbeReport
from workbook.cli.main import main
from workbook.commit import commit
from workbook.session import Session

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(autouse=True)
def outside_of_ci(monkeypatch):
    """Our own CI must not tell the gate under test what it is for."""
    import os

    for name in list(os.environ):
        if name.startswith(("GITHUB_", "CI_", "GITLAB_")):
            monkeypatch.delenv(name)


class Sight:
    """What the probes see of the work tree (`now`) and of the merge base (`then`): signal → outcome."""

    def __init__(self):
        self.now, self.then, self.complete, self.looked_back = {}, {}, True, []

    def report(self, seen):
        observations = {
            name: Observation(name, Outcome(outcome), f"saw {outcome}", (), (Location("api/main.py", 1, 1),))
            for name, outcome in seen.items()
        }
        return ProbeReport("", observations, (), Examined(1), complete=self.complete)


@pytest.fixture
def sight(monkeypatch):
    seen = Sight()

    def probe(self, **_):
        self.accept(seen.report(seen.now))
        return self.report

    def look(session, base, signals=None):
        seen.looked_back.append(signals)
        return session.report if base.only_ours else seen.report(seen.then)

    monkeypatch.setattr(Session, "probe", probe)
    monkeypatch.setattr(workbook.change.base, "look", look)
    return seen


class Team:
    """Works in a repository and calls its gate."""

    def __init__(self, root, git, capsys):
        self.root, self.git, self.capsys = root, git, capsys

    def session(self, **options):
        return Session(self.root, **options)

    def commit(self, work, message=None):
        """Do something in a session, and commit our files."""
        session = self.session()
        work(session)
        session.save()
        commit(session, message=message)

    def policy(self, text):
        """Replace what `[gate]` says, and commit it."""
        path = self.root / "readiness.toml"
        path.write_text(re.sub(r"(?s)\[gate\]\n.*?\n\n", f"[gate]\n{text}\n\n", path.read_text(), count=1))
        self.git(self.root, "add", "readiness.toml")
        self.git(self.root, "commit", "-qm", "Policy")

    def branch(self, name="topic"):
        self.git(self.root, "switch", "-qc", name)

    def gate(self, *arguments):
        code = main(["-C", str(self.root), "gate", *arguments])
        told = self.capsys.readouterr()
        self.err = told.err
        return code, told.out

    def ruling(self, *arguments):
        code, out = self.gate("--format", "json", *arguments)
        data = json.loads(out)
        assert {"pass": 0, "fail": 1, "unknown": 3}[data["result"]] == code
        return code, data

    def reasons(self, *arguments, level="failure"):
        code, data = self.ruling(*arguments)
        return code, [(one["kind"], one["about"]) for one in data["reasons"] if one["level"] == level]


@pytest.fixture
def team(repository, git, capsys, sight):
    assert sight.complete
    made = Team(repository, git, capsys)
    session = Session(repository)
    session.start(["fifty-point"])
    session.save()
    commit(session)
    return made


@pytest.fixture
def schema():
    """Checks data against a published schema."""
    import jsonschema

    def check(data, name):
        jsonschema.Draft202012Validator(json.loads((ROOT / "docs" / "schemas" / name).read_text())).validate(data)

    return check
