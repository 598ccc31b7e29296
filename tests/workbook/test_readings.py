"""The readings a team may choose, and what each changes."""

from datetime import date

import pytest

from workbook import outlook
from workbook.answers import read_state
from workbook.assess import assess
from workbook.catalogue import load_catalogue
from workbook.readings import Readings
from workbook.verdicts.ten_gates import DOMAINS

CATALOGUE = load_catalogue()
TODAY = date(2026, 11, 20)
ANA = "Ana Example <ana@example.com>"


def decide(slug, open_items=(), **tables):
    decided = {item.id: {"status": "ready", "by": ANA, "reason": "…"} for item in CATALOGUE.checklists[slug].scored}
    for item, status in dict(open_items).items():
        decided[item]["status"] = status
    state = read_state({"items": decided, **tables}, CATALOGUE, TODAY)
    assert not state.problems
    return outlook.decide(CATALOGUE.checklists[slug], state, assess(CATALOGUE, state, TODAY))


def test_without_a_table_every_reading_is_ours():
    assert read_state({}, CATALOGUE, TODAY).readings == Readings()


@pytest.mark.parametrize("slug", list(CATALOGUE.checklists))
def test_ours_are_never_noted(slug):
    assert not any("reading" in note or "setting" in note for note in decide(slug).notes if "our reading" not in note)


def test_lenient_blockers_ship_with_a_warning():
    blocked = {"fifty-point.1.3": "blocker"}
    assert decide("fifty-point", blocked).verdict == "hold"
    lenient = decide("fifty-point", blocked, readings={"lenient_blockers": True})
    assert (lenient.verdict, lenient.hold) == ("ship", True)
    assert lenient.notes == (
        "lenient reading of blockers: only those of pillar 4 keep 40 points from shipping",
        "warning: it ships with blockers, let through by that reading: fifty-point.1.3",
    )
    security = decide("fifty-point", {"fifty-point.4.32": "blocker"}, readings={"lenient_blockers": True})
    assert security.verdict == "do-not-launch"
    assert len(security.notes) == 1


def test_the_narrow_reading_lets_only_critical_domains_pause():
    scores = {"ten-gates": {name: {"level": 5, "by": ANA} for name in DOMAINS}}
    scores["ten-gates"]["performance"]["level"] = 2
    assert decide("ten-gates", scores=scores).verdict == "pause"
    narrow = decide("ten-gates", scores=scores, readings={"critical_only": True})
    assert (narrow.verdict, narrow.mode, narrow.next_better) == ("proceed", "critical-only", None)


@pytest.mark.parametrize(
    ("frameworks", "readings", "critical"),
    [
        ([], {}, False),
        (["SOC 2"], {}, True),
        ([], {"regulated": True}, True),
        (["SOC 2"], {"regulated": False}, False),
    ],
)
def test_frameworks_make_a_product_regulated_unless_the_setting_says_otherwise(frameworks, readings, critical):
    verdict = decide(
        "fifty-point",
        {"fifty-point.4.33": "needs-review"},
        workbook={"frameworks": frameworks},
        readings=readings,
    )
    assert verdict.critical is critical
    assert any("by setting" in note for note in verdict.notes) is bool(readings)
    assert any("not regulated" in note for note in verdict.notes) is (readings.get("regulated") is False)


def test_weights_move_the_secondary_figure_alone():
    gaps = {f"fifty-point.1.{number}": "needs-review" for number in range(1, 6)}
    ours = decide("fifty-point", gaps)
    theirs = decide("fifty-point", gaps, readings={"weights": {"1": 6, "2": 0.5}})
    assert (ours.weighted_pct, theirs.weighted_pct) == (85.7, 71.4)
    assert (ours.score, ours.band, ours.verdict) == (theirs.score, theirs.band, theirs.verdict)
    assert theirs.notes[-1] == (
        "weights of the secondary figure are the team's: "
        "pillar 1 = 6, pillar 2 = 0.5, pillar 3 = 1, pillar 4 = 2 and pillar 5 = 1"
    )


@pytest.mark.parametrize("readings", [{"traffic_window_min": 10}, {"traffic_baseline": "previous-day"}])
def test_what_sudden_traffic_means_is_noted_when_it_is_not_ours(readings):
    minutes, against = readings.get("traffic_window_min", 5), readings.get("traffic_baseline", "weekday-hour")
    said = f"sudden traffic is read over {minutes} minutes against the {against.replace('-', ' ')}, by setting"
    assert decide("six-gates", readings=readings).notes == (said,)


@pytest.mark.parametrize(
    ("readings", "said"),
    [
        ({"lenient_blocker": True}, "there is no such reading, did you mean 'lenient_blockers'?"),
        ({"critical_only": "yes"}, "must be true or false"),
        ({"weights": {"6": 2}}, "weights belong to the pillars 1, 2, 3, 4, 5"),
        ({"weights": {"1": 0}}, "a weight is a number above 0"),
        ({"weights": {"1": float("inf")}}, "a weight is a number above 0"),
        ({"weights": {"1": "heavy"}}, "must be a number"),
        ({"weights": 2}, "must be a table"),
        ({"traffic_window_min": 0}, "must be a whole number of minutes above 0"),
        ({"traffic_window_min": 2.5}, "must be a whole number of minutes above 0"),
        ({"traffic_baseline": "weekday-hours"}, "did you mean 'weekday-hour'?"),
    ],
)
def test_a_bad_reading_is_told_and_ours_stays(readings, said):
    state = read_state({"readings": readings}, CATALOGUE, TODAY)
    assert state.readings == Readings()
    (problem,) = state.problems
    assert str(problem).startswith("readiness.toml: [readings")
    assert said in str(problem)


def test_one_minute_is_a_window():
    assert read_state({"readings": {"traffic_window_min": 1}}, CATALOGUE, TODAY).readings.traffic_window_min == 1
