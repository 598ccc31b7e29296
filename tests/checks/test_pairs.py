"""Planted pairs: for every signal at least three small repositories with the gap and three without, and the traps.

The cases are data, one file a signal in `pairs/`, written before the probe that they judge; `benchmarks.pairs` reads
and judges them, so that the figures it prints are of what is tested here. It also says what a case looks like.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.pairs import CLEAN, GAP, Case, judge, read_cases

FOLDER = Path(__file__).parent / "pairs"
SIDES = {"gap", "clean", "trap"}
LEAST = 3
"""Of each signal, cases with the gap and cases without."""

CASES = list(read_cases(FOLDER))


@pytest.mark.parametrize("case", CASES, ids=[f"{case.signal}: {case.name}" for case in CASES])
def test_a_planted_repository_is_told_for_what_it_is(case: Case) -> None:
    judged = judge(case)
    assert judged.right, f"{judged.seen}: {judged.summary}"


@pytest.mark.parametrize("signal", sorted({case.signal for case in CASES}))
def test_a_signal_has_enough_cases_of_both_sides(signal: str) -> None:
    mine = [case for case in CASES if case.signal == signal]
    assert {case.side for case in mine} <= SIDES
    assert len({case.name for case in mine}) == len(mine)
    for side in ("gap", "clean"):
        assert sum(case.side == side for case in mine) >= LEAST, side


def test_cases_say_the_side_they_are_on() -> None:
    wrong = [case.name for case in CASES if case.side == "gap" and case.expect & CLEAN]
    wrong += [case.name for case in CASES if case.side == "clean" and not case.expect & CLEAN]
    assert wrong == []
    # What the figures count as a gap and as clean leaves no outcome but unknown out.
    assert not GAP & CLEAN
