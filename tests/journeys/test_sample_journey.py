"""The main job on the embedded sample, with real probes, git and notebooks: look, answer, save, commit, show."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from textual.widgets import Input

from tui.app import ReadinessApp
from tui.screens.first_look import FirstLook
from tui.screens.guide import Guide
from tui.screens.need import Need
from workbook.answers import Status
from workbook.notebook.documents import sync
from workbook.notebook.headless import run as run_notebooks
from workbook.sample import materialize
from workbook.session import Session

ANSWERS = {
    # Two pillars: what is said, the key, and what is pasted as evidence.
    "no-hardcoded-secrets": ("n", ""),
    "dependency-scanning": ("d", ""),
    "regulatory-compliance": ("p", ""),
    "runbooks": ("y", "https://example.com/runbooks/acme-chat"),
    "on-call-routing": ("y", "README.md"),
}
DISPUTES = {"runbooks": "they live in the wiki, which no probe reads"}
"""What is said where a probe disagrees with a yes."""


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return materialize(tmp_path_factory.mktemp("journey") / "acme-chat")


def readiness(root: Path, *arguments: str, status: int = 0) -> str:
    done = subprocess.run(
        [sys.executable, "-P", "-m", "workbook", "-C", str(root), *arguments],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=300,
        env={**os.environ, "NO_COLOR": "1"},
        check=False,
    )
    assert done.returncode == status, done.stderr
    assert "Traceback" not in done.stderr
    return done.stdout


def git(root: Path, *arguments: str) -> str:
    return subprocess.run(["git", *arguments], cwd=root, check=True, capture_output=True, text=True).stdout


async def settled(pilot) -> None:
    await pilot.app.workers.wait_for_complete()
    await pilot.pause()


async def answered(pilot, control: str, key: str, evidence: str) -> None:
    pilot.app.open_guide(control)
    await pilot.pause()
    assert isinstance(pilot.app.screen, Guide)
    await pilot.press(key)
    await pilot.pause()
    if key == "y":
        pilot.app.screen.query_one(Input).value = evidence
    if not isinstance(pilot.app.screen, Guide):
        await pilot.press("enter")
        await pilot.pause()
    if control in DISPUTES:
        await pilot.pause()
        pilot.app.screen.query_one(Input).value = DISPUTES[control]
        await pilot.press("enter")
        await pilot.pause()


async def a_pair_answers_in_the_terminal(sample: Path) -> Session:
    session = Session(sample)
    app = ReadinessApp(session)
    async with app.run_test(size=(100, 30), notifications=True, tooltips=True) as pilot:
        await settled(pilot)
        assert isinstance(app.screen, FirstLook)
        await pilot.press("enter")
        await pilot.pause()
        assert isinstance(app.screen, Need)
        await pilot.press("enter")
        await settled(pilot)
        assert not session.state_path.exists()
        for control, (key, evidence) in ANSWERS.items():
            await answered(pilot, control, key, evidence)
        await pilot.press("s")
        await settled(pilot)
    return session


async def test_a_pair_takes_the_sample_from_first_look_to_commit(sample):
    first = readiness(sample)
    for place in ("api/llm.py:12", "api/users.py:88", ".github/workflows/ci.yml:9"):
        assert place in first
    assert git(sample, "status", "--porcelain") == ""

    session = await a_pair_answers_in_the_terminal(sample)
    tables = tomllib.loads(session.state_path.read_text())["controls"]
    assert tables["no-hardcoded-secrets"]["status"] == "blocker"
    assert tables["no-hardcoded-secrets"]["saw"].startswith("secrets.none-in-code unmet api/llm.py:12")
    assert tables["dependency-scanning"]["gap"] == "unknown"
    assert tables["runbooks"]["evidence"][0]["url"] == ANSWERS["runbooks"][1]
    assert tables["runbooks"]["dispute_note"] == DISPUTES["runbooks"]
    assert tables["on-call-routing"]["evidence"][0]["path"] == "README.md"
    assert tables["on-call-routing"]["watch"] == ["README.md"]

    readiness(sample, "pr", "write")
    readiness(sample, "commit", "--yes", "--with", "Bo Sample <bo@example.com>")
    message = git(sample, "log", "-1", "--format=%B")
    assert "Co-authored-by: Bo Sample <bo@example.com>" in message
    changed = git(sample, "show", "--name-only", "--format=", "HEAD").split()
    assert sorted(changed) == [".github/pull_request_template.md", "readiness.toml"]
    assert git(sample, "status", "--porcelain") == ""

    state = json.loads(readiness(sample, "status", "--format", "json"))
    verdict = state["verdicts"]["fifty-point"]
    assert verdict["verdict"] == "incomplete"
    assert verdict["hold"]
    assert verdict["critical"]
    template = (sample / ".github" / "pull_request_template.md").read_text()
    ticked = template.count("- [x]")
    # The template follows from answers alone, so that it says the same on every machine.
    saved = Session(sample)
    satisfied = [item for item in saved.assessment.of(saved.checklist) if item.status is Status.READY]
    assert ticked == len(satisfied) == 2
    assert template.count("readiness:item") == 50
    readiness(sample, "pr", "check")

    # The answer stops counting by itself when the file under it changes.
    (sample / "README.md").write_text((sample / "README.md").read_text() + "\nNew on-call rota.\n")
    lapsed = json.loads(readiness(sample, "status", "--format", "json"))["standings"]["on-call-routing"]
    assert lapsed["standing"] == "lapsed"
    assert "README.md" in lapsed["why"]
    git(sample, "checkout", "-q", "--", "README.md")

    # The notebooks run headless on the same state, and leave git alone.
    sync(session)
    git(sample, "add", ".readiness")
    before = git(sample, "diff", "--cached", "--stat")
    runs = run_notebooks(sample)
    assert runs
    assert [(one.path.name, one.error) for one in runs if not one.ok] == []
    assert git(sample, "diff", "--cached", "--stat") == before
    assert git(sample, "diff", "--name-only") == ""
