"""What rests on the code rules is never met where the rules did not read the files."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from checks.look import PYTHON, WEB, Look
from checks.observation import Observation, Outcome, Unread
from checks.probe import Probe, Stage, probes
from checks.semgrep import CodeFindings
from checks.tree import Tree

PAIRS = Path(__file__).parents[1] / "pairs"
RESTING = {signal: one for one in probes() if one.stage is Stage.CODE for signal in one.signals}


def clean_cases() -> list[tuple[str, str, dict[str, str]]]:
    return [
        (signal, case["name"], case["files"])
        for signal in sorted(RESTING)
        for case in tomllib.loads((PAIRS / f"{signal}.toml").read_text(encoding="utf-8"))["case"]
        if case["expect"] == "met" and any(path.endswith((*PYTHON, *WEB)) for path in case["files"])
    ]


def answered(one: Probe, signal: str, tree: Tree, code: CodeFindings) -> Observation:
    seen = one.look(Look(tree, code=code))
    every = [seen] if isinstance(seen, Observation) else list(seen)
    return next(item for item in every if item.signal == signal)


def test_every_signal_that_rests_on_the_rules_has_clean_cases():
    assert {signal for signal, _, _ in clean_cases()} == set(RESTING)


@pytest.mark.parametrize(
    ("signal", "name", "files"), clean_cases(), ids=[f"{signal}: {name}" for signal, name, _ in clean_cases()]
)
def test_a_clean_repository_is_unknown_while_the_rules_skipped_its_code(tmp_path, signal, name, files):
    for path, text in files.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text.replace("⁞", ""), encoding="utf-8")
    (tmp_path / "sign_in.py").write_text("def same(password, stored):\n    return password == stored\n")
    tree = Tree.read(tmp_path, None)
    code = frozenset(Look(tree).source_paths())
    assert answered(RESTING[signal], signal, tree, CodeFindings(examined=code)).outcome is Outcome.MET
    skipped = CodeFindings(unread=tuple(Unread(path, "skipped by the rules") for path in sorted(code)))
    seen = answered(RESTING[signal], signal, tree, skipped)
    assert seen.outcome is Outcome.UNKNOWN, f"{name}: {seen.summary}"
    assert any(path in seen.summary for path in code)


@pytest.mark.parametrize("signal", sorted(RESTING))
def test_a_run_of_the_rules_that_went_wrong_says_so(tmp_path, signal):
    (tmp_path / "app.py").write_text("import openai\nopenai.OpenAI().responses.create(model='gpt-4o', input='x')\n")
    (tmp_path / "db.py").write_text("import sqlite3\nsqlite3.connect('a').execute('select 1')\n")
    trouble = CodeFindings(trouble="semgrep is not installed")
    seen = answered(RESTING[signal], signal, Tree.read(tmp_path, None), trouble)
    assert seen.outcome is Outcome.UNKNOWN
    assert "semgrep" in seen.summary


def test_a_skipped_file_that_cannot_hide_a_login_hides_none(tmp_path):
    (tmp_path / "add.py").write_text("def add(a, b):\n    return a + b\n")
    code = CodeFindings(unread=(Unread("add.py", "skipped by the rules"),))
    signal = "secrets.none-in-code"
    assert answered(RESTING[signal], signal, Tree.read(tmp_path, None), code).outcome is Outcome.MET
