"""Every answer says what was looked at, what was seen, how sure that is, and how to mend it: for all 79 signals."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from checks.look import PYTHON, WEB, Look
from checks.observation import Confidence, Observation, Outcome
from checks.probe import probes
from checks.semgrep import CodeFindings
from checks.tree import Tree

PAIRS = Path(__file__).parents[1] / "pairs"
SIGNALS = 79
OF_ABSENCE = {
    "app.debug-off", "calls.timeouts", "ci.deploy-gated", "code.maintainability", "code.no-complex-hotspots",
    "db.n-plus-one", "db.no-string-sql", "errors.not-swallowed", "llm.no-unsafe-output", "scale.no-blocking-async",
    "secrets.no-env-file", "secrets.none-in-code", "tests.assertion-quality",
}  # fmt: skip
"""Met by finding nothing: there is no place to show."""
BY_SIGNAL = {signal: one for one in probes() for signal in one.signals}


def cases() -> list[tuple[str, str, dict[str, str]]]:
    """The first case of each side of every signal, and a bare folder for each."""
    found = []
    for signal in sorted(BY_SIGNAL):
        tables = tomllib.loads((PAIRS / f"{signal}.toml").read_text(encoding="utf-8"))["case"]
        firsts = {table["side"]: table for table in reversed(tables)}
        found += [(signal, side, firsts[side]["files"]) for side in sorted(firsts)]
        found.append((signal, "bare", {"README.md": "# Nothing\n"}))
    return found


def test_all_signals_have_a_probe() -> None:
    assert len(BY_SIGNAL) == SIGNALS


CASES = cases()


@pytest.mark.parametrize(
    ("signal", "files"), [(one[0], one[2]) for one in CASES], ids=[f"{one[0]}-{one[1]}" for one in CASES]
)
def test_an_answer_lacks_nothing(tmp_path: Path, signal: str, files: dict[str, str]) -> None:
    for path, text in files.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text.replace("⁞", ""), encoding="utf-8")
    tree = Tree.read(tmp_path, None)
    read = frozenset(path for path in tree.paths if path.endswith(PYTHON + WEB))
    answered = BY_SIGNAL[signal].look(Look(tree, code=CodeFindings(examined=read)))
    every = [answered] if isinstance(answered, Observation) else list(answered)
    (seen,) = [one for one in every if one.signal == signal]
    assert seen.summary.strip(), "what it saw"
    assert not seen.summary.endswith(".")
    assert seen.searched, "what it looked at"
    assert all(place.strip() for place in seen.searched)
    assert isinstance(seen.confidence, Confidence)
    if seen.outcome in {Outcome.UNMET, Outcome.PARTIAL}:
        assert seen.fix.strip(), "how to fix"
    if seen.outcome in {Outcome.MET, Outcome.PARTIAL} and signal not in OF_ABSENCE:
        assert seen.locations, "where"
    assert all(tree.exists(place.path) for place in seen.locations)
