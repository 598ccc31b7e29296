"""One stored number serves every checklist, in whatever unit it was measured."""

import math
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbook.answers import read_state
from workbook.catalogue import load_catalogue
from workbook.metrics import UNITS, dimension, in_unit, metrics, misfit

CATALOGUE = load_catalogue()
TODAY = date(2026, 11, 20)


def problems(**tables):
    return [str(one) for one in read_state({"measurements": tables}, CATALOGUE, TODAY).problems]


def test_every_number_that_an_item_compares_has_a_unit():
    assert CATALOGUE.compared <= metrics().keys()


def test_what_stands_in_for_a_number_measures_in_the_same_dimension():
    known = metrics()
    for metric in known.values():
        assert metric.name not in metric.also
        assert {known[name].dimension for name in metric.also} <= {metric.dimension}


@pytest.mark.parametrize(
    ("value", "unit", "wanted", "converted"),
    [
        (1500, "ms", "s", 1.5),
        (1.5, "s", "ms", 1500),
        (2, "min", "s", 120),
        (1, "h", "min", 60),
        (3, "%", "share", 0.03),
        (0.834, "fraction", "%", 83.4),
        (5, "percent", "ratio", 0.05),
        (2, "1/s", "1/min", 120),
        (3, "users", "count", 3),
        (3, "1", "count", 3),
        (7, "furlong", "furlong", 7),
    ],
)
def test_units_of_one_dimension_convert(value, unit, wanted, converted):
    assert in_unit(value, unit, wanted) == converted


@pytest.mark.parametrize(("unit", "wanted"), [("ms", "share"), ("%", "s"), ("ms", "count"), ("users", "s")])
def test_a_unit_of_another_dimension_is_no_number_of_this_one(unit, wanted):
    assert math.isnan(in_unit(1, unit, wanted))


@given(st.sampled_from(sorted(UNITS)), st.data(), st.floats(0, 1e6))
def test_there_and_back_is_the_same_number(kind, data, value):
    one, other = (data.draw(st.sampled_from(sorted(UNITS[kind]))) for _ in range(2))
    assert dimension(one) == kind
    assert in_unit(in_unit(value, one, other), other, one) == pytest.approx(value, rel=1e-8)


@pytest.mark.parametrize(
    ("name", "table", "said"),
    [
        ("p95_s", {"value": 2}, "a measurement needs a value and a unit, as in"),
        ("p95_s", {"unit": "s"}, "a measurement needs a value and a unit"),
        ("p95_s", {"value": 2, "unit": "kg"}, "'kg' is not a unit of time; write one of s, ms, min, h"),
        ("alert.p95_ms", {"value": 2, "unit": "%"}, "'%' is not a unit of time"),
        ("error_rate", {"value": 3, "unit": "share"}, 'if it is a percentage, write unit = "%"'),
        ("error_rate", {"value": -1, "unit": "%"}, "a share lies between 0 and 100 %, and -1 % does not"),
        ("coverage_pct", {"value": 130, "unit": "%"}, "a share lies between 0 and 100 %, and 130 % does not"),
        ("instances", {"value": 2, "unit": "ms"}, "'ms' is a unit of time, and this counts things"),
        ("instances", {"value": float("nan"), "unit": "count"}, "must be a finite number"),
        ("p95", {"value": 2, "unit": "s"}, "no checklist compares a number of this name, did you mean 'p95_s'?"),
    ],
)
def test_a_number_that_cannot_be_compared_is_told_with_its_place(name, table, said):
    told = problems(**{name: table})
    assert len(told) == 1
    assert told[0].startswith("readiness.toml: [measurements")
    assert name in told[0]
    assert said in told[0]


@pytest.mark.parametrize(
    ("name", "value", "unit"),
    [("error_rate", 0, "%"), ("error_rate", 1, "share"), ("instances", 2, "servers"), ("instances", 2, "1")],
)
def test_the_edges_of_what_fits(name, value, unit):
    assert misfit(name, value, unit) == ""
    assert problems(**{name: {"value": value, "unit": unit}}) == []


@pytest.mark.parametrize(("value", "hint"), [(100, True), (100.5, False), (-0.1, False)])
def test_only_what_may_be_a_percentage_is_taken_for_one(value, hint):
    assert ("percentage" in misfit("error_rate", value, "share")) is hint


def test_a_number_that_nobody_compares_is_kept_and_told():
    state = read_state({"measurements": {"our.own": {"value": 1, "unit": "x"}}}, CATALOGUE, TODAY)
    assert state.measurements["our.own"].value == 1
    assert len(state.problems) == 1
