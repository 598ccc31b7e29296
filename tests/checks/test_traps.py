"""Each trap that naive probes fall into is held by at least two planted repositories."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

HERE = Path(__file__).parent
TRAPS = tomllib.loads((HERE / "traps.toml").read_text(encoding="utf-8"))["trap"]
PLANTED = {
    f"{path.stem}: {case['name']}"
    for path in (HERE / "pairs").glob("*.toml")
    for case in tomllib.loads(path.read_text(encoding="utf-8"))["case"]
}


@pytest.mark.parametrize("trap", TRAPS, ids=[trap["said"] for trap in TRAPS])
def test_a_trap_is_held_by_two_repositories(trap: dict[str, list[str]]) -> None:
    cases = trap["cases"]
    assert [case for case in cases if case not in PLANTED] == []
    assert len(set(cases)) == len(cases)
    assert len(cases) > 1


@pytest.mark.parametrize(
    "word",
    ["hono", "streamlit", "gradio", "supabase/functions", "next", "express", "fastapi", "flask", "django"],
)
def test_a_framework_is_among_the_planted_repositories_of_many_signals(word: str) -> None:
    signals = [path.stem for path in (HERE / "pairs").glob("*.toml") if word in path.read_text(encoding="utf-8")]
    assert len(signals) >= 10
