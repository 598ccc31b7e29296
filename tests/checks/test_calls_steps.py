"""A large tree does not lose its look to the limit on one step where the calls of all its files are gathered."""

from pathlib import Path

import pytest

from checks.application.calls_seen import Seen, calls_that
from checks.look import Look
from checks.tree import Tree


def _is_one(call: Seen, _: str) -> bool:
    return bool(call.name)


def test_the_calls_of_each_file_are_a_step_of_their_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("a.py", "b.py", "c.ts"):
        (tmp_path / name).write_text("print(1)\n")
    look = Look(Tree.read(tmp_path, None))
    # What it takes to know the modules was a step for each already.
    assert [look.python.module("a.py"), look.python.module("b.py"), look.web.module("c.ts"), look.reach]
    begun: list[str] = []
    monkeypatch.setattr("checks.children.allowance.reading", begun.append)
    assert {call.path for call in calls_that(look, _is_one)} == {"a.py", "b.py", "c.ts"}
    assert [path for path in begun if path] == ["a.py", "b.py", "c.ts"]
