"""A small repository, a hand-made probe report, and the app on both."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from checks.observation import (
    Examined,
    Finding,
    Location,
    Observation,
    Outcome,
    ProbeReport,
    Proposal,
    Severity,
    Unread,
)
from tui.app import ReadinessApp
from workbook.session import Session

ENVIRONMENT = {"PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": "/nonexistent", "GIT_CONFIG_NOSYSTEM": "1"}

USERS = """import sqlite3


def one(name):
    query = f"SELECT * FROM users WHERE name = '{name}'"
    return sqlite3.connect("app.db").execute(query)
"""


@pytest.fixture
def git() -> Callable[..., str]:
    def run(folder: Path, *arguments: str) -> str:
        done = subprocess.run(
            ["git", *arguments], cwd=folder, env=ENVIRONMENT, check=True, capture_output=True, text=True
        )
        return done.stdout.strip()

    return run


@pytest.fixture
def repository(tmp_path: Path, git: Callable[..., str]) -> Path:
    root = tmp_path / "acme"
    (root / "api").mkdir(parents=True)
    (root / "api" / "users.py").write_text(USERS)
    (root / "Dockerfile").write_text("FROM python:3.12-slim\n")
    git(root, "init", "-q", "-b", "main")
    git(root, "config", "user.name", "Ana Example")
    git(root, "config", "user.email", "ana@example.com")
    git(root, "add", "-A")
    git(root, "commit", "-qm", "Start")
    return root


def report_of(commit: str = "", *, summary: str = "built from input", path: str = "api/users.py") -> ProbeReport:
    where = Location(path, 5, 5)
    return ProbeReport(
        commit=commit,
        observations={
            "db.no-string-sql": Observation("db.no-string-sql", Outcome.UNMET, summary, (path,), (where,)),
            "run.container": Observation(
                "run.container", Outcome.MET, "one image", ("Dockerfile",), (Location("Dockerfile", 1),)
            ),
            "ci.tests": Observation("ci.tests", Outcome.UNKNOWN, "no CI file could be read", (".github/workflows",)),
        },
        findings=(Finding("sql-string", "db.no-string-sql", where, Severity.BLOCKER, summary, "query = …"),),
        files=Examined(2, (), (Unread("big.bin", "larger than 1 MiB"),)),
        proposals=(
            Proposal("server", True, "a Dockerfile", (Location("Dockerfile", 1),)),
            Proposal("uploads", False, "no upload handling found"),
        ),
    )


@pytest.fixture
def session(repository: Path) -> Session:
    """Looked at, no workbook yet."""
    opened = Session(repository)
    opened.accept(report_of(opened.place.commit))
    return opened


@pytest.fixture
def started(session: Session) -> Session:
    """A saved workbook."""
    session.start(["fifty-point"], profiles=["pre-launch"], facts={"server": True, "uploads": False})
    session.save()
    return session


@pytest.fixture
def app(started: Session) -> ReadinessApp:
    return ReadinessApp(started)


@pytest.fixture
def screen_text() -> Callable[[ReadinessApp], str]:
    """What the top screen shows, as plain lines."""

    def text(app: ReadinessApp) -> str:
        strips = app.screen._compositor.render_strips()
        return "\n".join("".join(segment.text for segment in strip) for strip in strips)

    return text


@pytest.fixture
def make_report() -> Callable[..., ProbeReport]:
    return report_of
