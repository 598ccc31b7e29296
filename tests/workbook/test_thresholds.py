import json
from dataclasses import replace
from pathlib import Path

import pytest

from workbook.answers import Measurement
from workbook.catalogue import Threshold, load_catalogue
from workbook.thresholds import alert_ok, comparisons, contradicts, rests_on, stored

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
    assert alert_ok("<", 0.99, 0.99)
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


def number(value, unit, name):
    return {name: Measurement(value, unit, "k6")}


@pytest.mark.parametrize(
    ("item", "name", "value", "unit", "holds"),
    [
        # The same run, measured once: seconds or milliseconds, a share or a percentage.
        ("seven-steps.accept.p95", "p95_s", 1.99, "s", True),
        ("seven-steps.accept.p95", "p95_s", 2000, "ms", False),
        ("seven-steps.accept.p95", "p95_ms", 1999, "ms", True),
        ("seven-steps.accept.p95", "p95_ms", 2, "s", False),
        ("six-gates.g4.signal-latency", "alert.p95_s", 0.5, "s", True),
        ("six-gates.g4.signal-latency", "alert.p95_s", 0.501, "s", False),
        ("seven-steps.accept.errors", "error_rate_5xx", 0.99, "%", True),
        ("seven-steps.accept.errors", "error_rate_5xx", 1, "%", False),
        ("six-gates.pr.testing.unit-coverage", "coverage.percent", 80, "%", False),
        ("six-gates.pr.testing.unit-coverage", "coverage", 0.801, "share", True),
        ("seven-steps.s5.rollback", "rollback_min", 1, "min", False),
        # All resources stand for the connections of the database, never the other way round.
        ("seven-steps.s6.alert-db", "alert.utilization", 85, "%", False),
        ("six-gates.g4.signal-saturation", "alert.db_connection_utilization", 85, "%", True),
        # What follows from the wording is compared, examples and background are not.
        ("seven-steps.s5.no-secrets", "secrets_found", 1, "count", False),
        ("seven-steps.s1.concurrent-writes", "concurrent_users", 1, "users", True),
        # A limit that a number is not measured against: an alert is not the metric, and the metric is not the alert.
        ("seven-steps.accept.p95", "alert.p95_s", 9, "s", True),
        ("six-gates.g4.signal-latency", "p95_s", 9, "s", True),
    ],
)
def test_one_stored_number_serves_every_list_in_its_own_unit(item, name, value, unit, holds):
    assert (contradicts(CATALOGUE.items[item], number(value, unit, name)) == "") is holds


def test_the_number_under_its_own_name_comes_before_one_that_stands_in():
    both = number(3, "%", "error_rate_5xx") | number(0.5, "%", "error_rate")
    assert contradicts(CATALOGUE.items["seven-steps.accept.errors"], both) == ""
    assert stored("error_rate_5xx", both).value == 0.03
    assert stored("p95_s", both) is None


def test_what_stands_in_is_named():
    said = contradicts(CATALOGUE.items["seven-steps.accept.p95"], number(2500, "ms", "p95_ms"))
    assert said == "measured p95_ms 2500 ms; this item asks for p95_s < 2"


def test_a_teams_own_metric_is_compared_in_the_unit_of_its_clause():
    clause = Threshold("required", "cold_start <= 2", "cold_start", "<=", 2, "s")
    item = replace(CATALOGUE.items["seven-steps.accept.p95"], thresholds=(clause,))
    assert contradicts(item, number(2000, "ms", "cold_start")) == ""
    assert contradicts(item, number(2001, "ms", "cold_start")) != ""
    assert contradicts(item, number(1, "%", "cold_start")) != "", "a share is no time"


def test_a_clause_without_a_number_compares_nothing():
    for clause in (Threshold("required", "p95_s < ?", "p95_s", "<"), Threshold("required", "p95_s", "p95_s", None, 2)):
        item = replace(CATALOGUE.items["seven-steps.accept.p95"], thresholds=(clause,))
        assert list(comparisons(item, number(9, "s", "p95_s"))) == []


@pytest.mark.parametrize(
    ("op", "value", "holds"),
    [("=", 4, True), ("=", 5, False), ("<=", 4, True), (">=", 4, True), ("<", 4, False), (">", 4, False)],
)
def test_every_comparison_knows_its_limit(op, value, holds):
    clause = Threshold("required", f"people {op} {value}", "people", op, value)
    item = replace(CATALOGUE.items["seven-steps.accept.p95"], thresholds=(clause,))
    assert (contradicts(item, number(4, "count", "people")) == "") is holds


@pytest.mark.parametrize(
    ("item", "name", "rests"),
    [
        ("seven-steps.accept.p95", "p95_s", True),
        ("seven-steps.accept.p95", "p95_ms", True),  # the same number in another unit
        ("seven-steps.accept.p95", "alert.p95_s", True),
        ("seven-steps.accept.p95", "error_rate", False),
        ("six-gates.g3.api-limit", "api_rate", True),  # a number that only one checklist knows
        ("six-gates.g3.api-limit", "login_rate", False),
        ("seven-steps.accept.integrity", "corrupted_records", True),
    ],
)
def test_an_item_rests_on_the_numbers_its_thresholds_name(item, name, rests):
    assert rests_on(CATALOGUE.items[item], name) is rests


def test_an_item_without_a_threshold_rests_on_no_number():
    item = next(one for one in CATALOGUE.items.values() if not one.thresholds)
    assert not rests_on(item, "p95_s")
