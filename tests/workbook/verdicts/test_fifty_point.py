import json
from dataclasses import asdict
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbook.answers import Status
from workbook.catalogue import load_catalogue
from workbook.verdicts.fifty_point import DIMENSIONS, Facts, decide
from workbook.verdicts.lines import Line

CASES = [
    case
    for case in json.loads((Path(__file__).parents[2] / "data" / "scoring_cases.json").read_text())
    if case["function"] == "fifty"
]
ANSWERED = [Status.READY, Status.NOT_APPLICABLE, Status.NEEDS_REVIEW, Status.BLOCKER]


def test_all_sixteen_worked_cases_are_here():
    assert [case["id"] for case in CASES] == [f"C{number}" for number in range(1, 17)]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
def test_worked_case(case):
    verdict = asdict(decide(_points(case["input"]), _facts(case["input"])))
    assert {key: verdict[key] for key in case["expected"]} == case["expected"]


def _points(given_input):
    points = []
    for pillar, tally in given_input["pillars"].items():
        states = [Status(name) for name, times in tally.items() for _ in range(times)]
        first = (int(pillar) - 1) * 10 + 1
        points += [Line(pillar, state, f"fifty-point.{pillar}.{first + index}") for index, state in enumerate(states)]
    if given_input.get("regulated_unencrypted"):
        # The case says that the open point of pillar 4 is number 33.
        open_one = next(point for point in points if point.pillar == "4" and point.status is Status.NEEDS_REVIEW)
        swap = {open_one.item: "fifty-point.4.33", "fifty-point.4.33": open_one.item}
        points = [Line(one.pillar, one.status, swap.get(one.item, one.item)) for one in points]
    return points


def _facts(given_input):
    return Facts(
        regulated=given_input.get("regulated_unencrypted", False),
        core_logic_sound=given_input.get("core_logic_sound", False),
        foundations_incompatible=given_input.get("foundations_incompatible", False),
    )


def _fifty(states):
    return [
        Line(str(index // 10 + 1), state, f"fifty-point.{index // 10 + 1}.{index + 1}")
        for index, state in enumerate(states)
    ]


@given(st.lists(st.sampled_from(list(Status)), min_size=50, max_size=50), st.data())
def test_the_range_holds_whatever_is_answered_next(states, data):
    before = decide(_fifty(states))
    final = [data.draw(st.sampled_from(ANSWERED)) if state is Status.UNANSWERED else state for state in states]
    after = decide(_fifty(final))
    assert before.lowest <= after.score <= before.highest
    assert after.hold or not before.hold
    assert after.critical or not before.critical


def test_incomplete_still_reports_what_is_certain():
    states = [Status.READY] * 30 + [Status.BLOCKER] + [Status.UNANSWERED] * 19
    verdict = decide(_fifty(states))
    assert verdict.verdict == "incomplete"
    assert verdict.critical
    assert "1 stops launch, 1 of pillar 4" in verdict.certain


def test_more_than_ten_absent_points_question_the_checklist():
    few = decide(_fifty([Status.NOT_APPLICABLE] * 10 + [Status.READY] * 40))
    many = decide(_fifty([Status.NOT_APPLICABLE] * 11 + [Status.READY] * 39))
    assert not any("may not fit" in note for note in few.notes)
    assert any("may not fit" in note for note in many.notes)


def test_each_point_has_exactly_one_dimension():
    numbers = sorted(number for group in DIMENSIONS.values() for number in group)
    assert numbers == list(range(1, 51))
    assert list(DIMENSIONS) == [
        "security",
        "compliance",
        "scalability",
        "reliability",
        "observability",
        "maintainability",
        "customer trust",
    ]
    assert [item.number for item in load_catalogue().checklists["fifty-point"].scored] == [str(n) for n in numbers]


def test_the_dimensions_count_what_is_met_in_each():
    open_ones = {4, 31, 32, 33}
    states = [Status.NEEDS_REVIEW if number in open_ones else Status.READY for number in range(1, 51)]
    dimensions = decide(_fifty(states)).dimensions
    assert dimensions["security"] == (2, 5)
    assert dimensions["scalability"] == (4, 5)
    assert dimensions["compliance"] == (4, 4)
    assert sum(met for met, _ in dimensions.values()) == 46


def test_the_worklist_takes_blockers_then_pillar_4_then_1_then_where_most_is_open():
    open_ones = dict.fromkeys((3, 11, 12, 21, 22, 23, 35, 41), Status.NEEDS_REVIEW) | {50: Status.BLOCKER}
    states = [open_ones.get(number, Status.READY) for number in range(1, 51)]
    numbers = [item.rsplit(".", 1)[1] for item in decide(_fifty(states)).worklist]
    assert numbers == ["50", "35", "3", "21", "22", "23", "11", "12", "41"]


@pytest.mark.parametrize(
    ("ready", "band", "missing"),
    [(0, "high", 25), (24, "high", 1), (25, "moderate", 15), (39, "moderate", 1), (40, "strong", 0)],
)
def test_the_next_band_is_so_many_points_away(ready, band, missing):
    verdict = decide(_fifty([Status.READY] * ready + [Status.NEEDS_REVIEW] * (50 - ready)))
    assert (verdict.band, verdict.to_next_band) == (band, missing)


def test_a_hold_that_no_cleared_blocker_ends_says_so():
    low = decide(_fifty([Status.BLOCKER] + [Status.READY] * 23 + [Status.NEEDS_REVIEW] * 26))
    edge = decide(_fifty([Status.BLOCKER] + [Status.READY] * 24 + [Status.NEEDS_REVIEW] * 25))
    assert low.verdict == edge.verdict == "hold"
    assert low.notes == ("clearing the blockers is not enough: the score stays below 25",)
    assert edge.notes == ()
