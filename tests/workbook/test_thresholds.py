import json
from pathlib import Path

import pytest

from workbook.answers import Measurement
from workbook.catalogue import load_catalogue
from workbook.thresholds import alert_ok, contradicts

CATALOGUE = load_catalogue()
CASES = [
    case
    for case in json.loads((Path(__file__).parents[1] / "data" / "scoring_cases.json").read_text())
    if case["function"] == "alert_ok"
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
def test_worked_case(case):
    assert alert_ok(**case["input"]) is case["expected"]


def test_an_alert_serves_below_limits_the_other_way_round():
    assert alert_ok("<", 0.99, 0.995)
    assert not alert_ok("<", 0.99, 0.98)


@pytest.mark.parametrize(
    ("item", "name", "configured", "holds"),
    [
        ("six-gates.g4.signal-errors", "alert.error_rate_5xx", 0.03, False),
        ("six-gates.g4.signal-errors", "alert.error_rate_5xx", 0.01, True),
        ("seven-steps.s6.alert-errors", "alert.error_rate", 0.03, True),
        ("seven-steps.s6.alert-errors", "error_rate", 0.2, True),
    ],
)
def test_each_item_compares_the_configured_alert_with_its_own_limit(item, name, configured, holds):
    measured = {name: Measurement(configured, "share", "alerts.yml")}
    said = contradicts(CATALOGUE.items[item], measured)
    assert (said == "") is holds
    assert holds or said == "the alert fires at error_rate_5xx 0.03 share; this item asks for error_rate_5xx > 0.01"
