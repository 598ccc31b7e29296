import json
from collections import Counter
from pathlib import Path

TESTED = {
    "six_gates": 4,
    "alert_ok": 4,
    "seven_order": 4,
    "acceptance": 6,
    "seven_steps": 3,
    "fifty": 16,
    "ten_gates": 7,
    "suggest": 5,
    "slo": 1,
    "prototype_gap": 6,
    "latency_feel": 4,
}
"""How many worked cases the tests beside this one, and test_thresholds, run for each function."""


def test_no_worked_case_is_left_out():
    cases = json.loads((Path(__file__).parents[2] / "data" / "scoring_cases.json").read_text())
    assert Counter(case["function"] for case in cases) == TESTED
    assert len({case["id"] for case in cases}) == len(cases) == 60
