"""Planted pairs: for every signal at least three small repositories with the gap and three without, and the traps.

The cases are data, one file a signal in `pairs/`, written before the probe that they judge:

    [[case]]
    name = "express: the limiter is imported and never used"
    side = "gap"              # gap, clean or trap
    expect = "unmet"          # the outcome a person would give; a list where two are defensible
    files = { "package.json" = "…", "src/app.ts" = "…" }

`⁞` in a text is taken out before it is written, so that no secret-shaped string stands in this repository.
A trap only claims what it lacks, or hides what it has: it must be told apart or be unknown, and never a wrong met.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from checks.observation import Outcome
from checks.run import look_over

FOLDER = Path(__file__).parent / "pairs"
SIDES = ("gap", "clean", "trap")
LEAST = 3
"""Of each signal, cases with the gap and cases without."""


@dataclass(frozen=True)
class Case:
    """One small repository and what a person would say of it."""

    signal: str
    name: str
    side: str
    expect: tuple[Outcome, ...]
    files: dict[str, str]

    def write(self, root: Path) -> None:
        for name, text in self.files.items():
            path = root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text.replace("⁞", ""), encoding="utf-8")


def cases() -> list[Case]:
    found = []
    for path in sorted(FOLDER.glob("*.toml")):
        for table in tomllib.loads(path.read_text(encoding="utf-8"))["case"]:
            expect = table["expect"] if isinstance(table["expect"], list) else [table["expect"]]
            outcomes = tuple(Outcome(word) for word in expect)
            found.append(Case(path.stem, table["name"], table["side"], outcomes, table["files"]))
    return found


CASES = cases()


@pytest.mark.parametrize("case", CASES, ids=[f"{case.signal}: {case.name}" for case in CASES])
def test_a_planted_repository_is_told_for_what_it_is(case: Case, tmp_path: Path) -> None:
    case.write(tmp_path)
    seen = look_over(tmp_path, signals={case.signal}).observations[case.signal]
    allowed = (*case.expect, Outcome.UNKNOWN) if case.side == "trap" else case.expect
    assert seen.outcome in allowed, f"{seen.outcome}: {seen.summary} {seen.locations}"


@pytest.mark.parametrize("signal", sorted({case.signal for case in CASES}))
def test_a_signal_has_enough_cases_of_both_sides(signal: str) -> None:
    mine = [case for case in CASES if case.signal == signal]
    assert {case.side for case in mine} <= set(SIDES)
    assert len({case.name for case in mine}) == len(mine)
    for side in ("gap", "clean"):
        assert sum(case.side == side for case in mine) >= LEAST, side


def test_cases_say_the_side_they_are_on() -> None:
    sides: dict[str, Callable[[Case], bool]] = {
        "gap": lambda case: not {Outcome.MET, Outcome.NOT_APPLICABLE}.intersection(case.expect),
        "clean": lambda case: bool({Outcome.MET, Outcome.NOT_APPLICABLE}.intersection(case.expect)),
        "trap": lambda _: True,
    }
    assert [case.name for case in CASES if not sides[case.side](case)] == []
