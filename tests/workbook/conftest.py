"""Small repositories for the tests of the workbook."""

from __future__ import annotations

import json
import os
import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

import workbook.change.base
import workbook.exports.pr_body
from checks.observation import Examined, Location, Observation, Outcome, ProbeReport
from workbook.cli.main import main
from workbook.commit import commit
from workbook.session import Session

ROOT = Path(__file__).resolve().parents[2]
ANA = "Ana Example <ana@example.com>"
ENVIRONMENT = {
    "PATH": "/usr/local/bin:/usr/bin:/bin",
    "HOME": "/nonexistent",
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_AUTHOR_DATE": "2026-11-01T00:00:00Z",
    "GIT_COMMITTER_DATE": "2026-11-01T00:00:00Z",
}


@pytest.fixture
def git() -> Callable[..., str]:
    """Runs git in a folder, away from the user's own configuration."""

    def run(folder: Path, *arguments: str) -> str:
        done = subprocess.run(
            ["git", *arguments], cwd=folder, env=ENVIRONMENT, check=True, capture_output=True, text=True
        )
        return done.stdout.strip()

    return run


@pytest.fixture
def repository(tmp_path: Path, git: Callable[..., str]) -> Path:
    """A repository with two files and one commit by Ana."""
    root = tmp_path / "acme"
    (root / "api").mkdir(parents=True)
    (root / "api" / "main.py").write_text("print('hello')\n")
    (root / "infra.tf").write_text("# gateway\n")
    git(root, "init", "-q", "-b", "main")
    git(root, "config", "user.name", "Ana Example")
    git(root, "config", "user.email", "ana@example.com")
    git(root, "add", "-A")
    git(root, "commit", "-qm", "Start")
    return root


# A team with a branch, for what compares one with where it goes


@pytest.fixture(autouse=True)
def outside_of_ci(monkeypatch):
    """Our own CI must not tell the gate under test what it is for."""
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
    monkeypatch.setattr(workbook.exports.pr_body, "look", look)
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
