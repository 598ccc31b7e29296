"""A saved workbook on a small repository, and people to act on it."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

import pytest

from checks.observation import Examined, Location, Observation, Outcome, ProbeReport, Proposal
from workbook.people import People
from workbook.session import Session

ANA, BO = "Ana Example <ana@example.com>", "Bo Sample <bo@example.com>"
TODAY = date(2026, 11, 20)
ENVIRONMENT = {
    "PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": "/nonexistent", "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_AUTHOR_NAME": "Bo Sample", "GIT_AUTHOR_EMAIL": "bo@example.com",
    "GIT_COMMITTER_NAME": "Bo Sample", "GIT_COMMITTER_EMAIL": "bo@example.com",
}  # fmt: skip


@dataclass
class Bench:
    """One repository that people open on some day."""

    ANA, BO, CY = ANA, BO, "Cy Person <cy@example.com>"

    root: Path
    day: date = TODAY
    seen: dict[str, Observation] = field(default_factory=dict)
    facts: tuple[Proposal, ...] = ()

    def open(self, *who: str, days: int = 0) -> Session:
        """Open it as these people, so many days later; probes showed what `sees` said."""
        day = self.day + timedelta(days=days)
        session = Session(self.root, People(*((who or (ANA,))[:1]), (who or (ANA,))[1:]), today=lambda: day)
        if self.seen or self.facts:
            session.accept(ProbeReport(None, dict(self.seen), (), Examined(), self.facts))
        return session

    def sees(self, signal: str, outcome: Outcome, path: str = "", line: int = 0) -> None:
        places = (Location(path, line),) if path else ()
        self.seen[signal] = Observation(signal, outcome, f"{signal} is {outcome}", locations=places)

    def git(self, *arguments: str, at: date | None = None) -> str:
        when = f"{at or self.day}T12:00:00Z"
        dates = {"GIT_AUTHOR_DATE": when, "GIT_COMMITTER_DATE": when}
        done = subprocess.run(
            ["git", *arguments], cwd=self.root, env=ENVIRONMENT | dates, check=True, capture_output=True, text=True
        )
        return done.stdout.strip()

    def commit(self, path: str, text: str, at: date | None = None) -> str:
        (self.root / path).parent.mkdir(parents=True, exist_ok=True)
        (self.root / path).write_text(text)
        self.git("add", "-A")
        self.git("commit", "-qm", f"Change {path}", at=at)
        return self.git("rev-parse", "HEAD")


@pytest.fixture
def bench(tmp_path: Path) -> Callable[..., Bench]:
    """Builds a repository with a workbook for some checklists and state-file lines of one's own."""

    def build(*checklists: str, extra: str = "") -> Bench:
        made = Bench(tmp_path / "acme")
        made.root.mkdir()
        made.git("init", "-q", "-b", "main")
        (made.root / "infra.tf").write_text("# gateway\n")
        (made.root / "api").mkdir()
        (made.root / "api" / "main.py").write_text("print('hello')\n")
        session = made.open()
        session.start(checklists or ("fifty-point", "six-gates"))
        session.save()
        if extra:
            text = session.state_path.read_text()
            session.state_path.write_text(text.replace("[workbook]\n", f"[workbook]\n{extra}\n", 1))
        made.git("add", "-A")
        made.git("commit", "-qm", "Start", at=TODAY - timedelta(days=30))
        return made

    return build
