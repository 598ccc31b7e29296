"""The other parts of a plan: gaps, weeks, forecast, signs, advice, tools."""

import json
import math
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from checks.observation import Examined, Finding, Location, Observation, Outcome, ProbeReport, Severity
from workbook.plan import Shows, forecast, to_data
from workbook.plan.signs import signs
from workbook.plan.weeks import four_weeks


def report(*seen, findings=()):
    return ProbeReport(None, {one.signal: one for one in seen}, tuple(findings), Examined(1))


def unmet(signal, path="api/main.py", fix="", outcome=Outcome.UNMET):
    return Observation(signal, outcome, f"{signal} is missing", locations=(Location(path, 3),) if path else (), fix=fix)


def gap_of(book, name):
    return next(gap for gap in book.gaps if gap.control.id == name)


# Gaps


def test_a_gap_says_who_and_by_when_and_that_it_is_late(kit):
    tables = kit.tables({"runbooks": "absent", "slo-defined": "absent"}, default="ready")
    tables["controls"]["runbooks"] |= {"owner": kit.bo, "due": kit.today - timedelta(days=1)}
    tables["controls"]["slo-defined"] |= {"due": kit.today}
    book = kit.read(tables)
    late, timely = gap_of(book, "runbooks"), gap_of(book, "slo-defined")
    assert (late.owner, late.due, late.overdue) == (kit.bo, kit.today - timedelta(days=1), True)
    assert (timely.owner, timely.overdue) == ("", False)


def test_the_next_action_is_what_a_probe_found_where_it_found_it(kit):
    found = Finding(
        "secrets.key", "secrets.none-in-code", Location("api/llm.py", 12), Severity.BLOCKER, "revoke the key"
    )
    seen = report(unmet("secrets.none-in-code"), unmet("db.pooling", fix="set a pool size"), findings=[found])
    book = kit.read(kit.tables({}, default="absent"), seen)
    secrets, pooling = gap_of(book, "no-hardcoded-secrets"), gap_of(book, "connection-pooling")
    assert (secrets.action.what, secrets.action.place) == ("revoke the key", Location("api/llm.py", 12))
    assert (pooling.action.what, pooling.action.place) == ("set a pool size", Location("api/main.py", 3))
    assert pooling.action.command == "readiness answer connection-pooling ready --evidence WHAT"
    plain = gap_of(kit.read(kit.tables({}, default="absent")), "connection-pooling")
    assert plain.action.what == kit.catalogue.controls["connection-pooling"].ready_when
    assert plain.action.place is None


def test_one_sign_says_nothing_of_what_is_wholly_a_persons_matter(kit):
    book = kit.read(kit.tables({}, default="absent"), report(unmet("gov.codeowners", fix="add CODEOWNERS")))
    assert gap_of(book, "ai-governance-owner").action.place is None
    assert "CODEOWNERS" not in gap_of(book, "ai-governance-owner").action.what


@pytest.mark.parametrize(
    ("kind", "half_days", "said"),
    [("lapsed", 1, "look again"), ("absent", 2, "public endpoints"), ("waived", 2, "accepted the risk until")],
)
def test_a_lapsed_answer_takes_a_look_and_accepted_risk_keeps_its_size(kit, kind, half_days, said):
    book = kit.read(kit.tables({"rate-limiting": kind}, "ready", workbook={"decides": "six-gates"}))
    gap = gap_of(book, "rate-limiting")
    assert gap.half_days == half_days
    assert said in gap.action.what


def test_an_answer_that_waits_for_a_second_person_is_a_small_step(kit):
    policy = {"decides": "six-gates", "four_eyes": ["blocker", "high", "medium", "low"]}
    gap = gap_of(kit.read(kit.tables({"rate-limiting": "ready"}, "absent", workbook=policy)), "rate-limiting")
    assert (gap.waits, gap.half_days) == (True, 1)
    assert gap.action.command == "readiness verify rate-limiting, by somebody who did not answer"
    other = gap_of(kit.read(kit.tables({}, "absent", workbook=policy)), "rate-limiting")
    assert (other.waits, other.half_days) == (False, 2)


def test_what_the_scope_denies_is_to_be_settled_not_built(kit):
    scope = {"by": kit.ana, "database": False}
    book = kit.read(kit.tables({"connection-pooling": "absent"}, "unanswered", scope=scope))
    gap = gap_of(book, "connection-pooling")
    assert gap.settle
    assert "settle which" in gap.action.what
    assert "not-applicable" in gap.action.command
    assert "query-performance" not in {one.control.id for one in book.gaps}


# Weeks


@settings(max_examples=12, deadline=None)
@given(data=st.data())
def test_every_open_control_has_one_week_and_none_before_what_comes_first(kit, any_book, data):
    book = kit.read(data.draw(any_book()))
    filled = four_weeks(kit.catalogue, kit.plans.blocks["four-weeks"], book.gaps)
    week_of = {}
    for week in filled.weeks:
        for name in {*week.also, *(name for task in week.tasks for name in task.controls)}:
            assert name not in week_of
            week_of[name] = week.number
    week_of |= dict.fromkeys(filled.afterwards, 5)
    assert set(week_of) == {gap.control.id for gap in book.gaps}
    for gap in book.gaps:
        assert all(week_of[before] <= week_of[gap.control.id] for before in gap.after)
    assert sum(week.half_days for week in filled.weeks) == sum(
        gap.half_days for gap in book.gaps if gap.control.id not in filled.afterwards
    )


def test_the_weeks_hold_the_tasks_of_the_article(kit):
    book = kit.read(kit.tables({}, "absent", workbook={"decides": "ten-gates"}))
    weeks = four_weeks(kit.catalogue, kit.plans.blocks["four-weeks"], book.gaps).weeks
    assert [len(week.tasks) for week in weeks] == [4, 4, 4, 4]
    assert weeks[0].tasks[0].controls == ("no-hardcoded-secrets", "secrets-manager")
    assert {"alert-thresholds", "on-call-routing"} <= {name for task in weeks[2].tasks for name in task.controls}


# Forecast


def test_nine_days_follow_each_day_of_the_prototype(kit):
    made = forecast(kit.plans.blocks["work-split"], 4)
    assert made.remaining_days == 36
    assert [one.days for one in made.shares] == [10, 6, 4, 4, 4, 8]
    assert made.shares[2].ai == "20 to 30 %"


@given(st.floats(min_value=0.01, max_value=3650))
def test_the_phases_are_the_whole_of_what_remains(kit, days):
    made = forecast(kit.plans.blocks["work-split"], days)
    assert math.isclose(made.remaining_days, 9 * days, abs_tol=0.01)
    assert math.isclose(sum(one.days for one in made.shares), made.remaining_days, abs_tol=0.05)


@pytest.mark.parametrize("days", [0, -1, math.nan, math.inf, 4000])
def test_no_forecast_from_nonsense(kit, days):
    with pytest.raises(ValueError, match="above 0"):
        forecast(kit.plans.blocks["work-split"], days)


# Signs


def sign_of(kit, item, tables, seen=None):
    book = kit.read(tables, seen)
    found = signs(kit.plans.blocks["anti-patterns"].patterns, kit.catalogue, book.state, book.assessment, seen)
    return next(sign for sign in found if sign.pattern.item == item)


def test_what_nobody_looked_at_is_not_a_no(kit):
    for pattern in kit.plans.blocks["anti-patterns"].patterns:
        assert sign_of(kit, pattern.item, kit.tables({})).shows is Shows.UNKNOWN


def test_a_probe_shows_a_pattern_and_where(kit):
    sign = sign_of(kit, "ten-gates.anti.no-unit-economics", kit.tables({}), report(unmet("llm.cost-tracking")))
    assert (sign.shows, sign.place) == (Shows.YES, Location("api/main.py", 3))
    assert sign.why == "llm.cost-tracking is missing"


def test_a_pattern_takes_all_its_signals_to_be_absent_and_says_what_they_cannot_tell(kit):
    item = "ten-gates.anti.no-ai-rollback"
    pinned = unmet("llm.model-pinned", outcome=Outcome.MET)
    versioned = unmet("llm.prompts-versioned", outcome=Outcome.MET)
    assert sign_of(kit, item, kit.tables({}), report(pinned)).shows is Shows.UNKNOWN
    sign = sign_of(kit, item, kit.tables({}), report(pinned, versioned))
    assert sign.shows is Shows.NO
    assert "not looked at: whether going back was rehearsed" in sign.why
    part = unmet("llm.prompts-versioned", outcome=Outcome.PARTIAL)
    assert sign_of(kit, item, kit.tables({}), report(pinned, part)).shows is Shows.PARTLY
    unknown = unmet("llm.prompts-versioned", outcome=Outcome.UNKNOWN)
    assert sign_of(kit, item, kit.tables({}), report(pinned, unknown)).shows is Shows.UNKNOWN


def test_the_answers_tell_what_no_probe_can(kit):
    item = "six-gates.weak.accessibility"
    assert sign_of(kit, item, kit.tables({"accessibility-audit": "absent"})).shows is Shows.YES
    assert sign_of(kit, item, kit.tables({"accessibility-audit": "ready"})).shows is Shows.NO
    assert sign_of(kit, item, kit.tables({"accessibility-audit": "not-applicable"})).shows is Shows.ABSENT


FOUR_EYES = {"decides": "ten-gates", "four_eyes": ["blocker", "high", "medium", "low"]}


def test_an_answer_that_waits_for_a_second_person_is_no_sign(kit):
    item = "six-gates.weak.accessibility"
    waiting = sign_of(kit, item, kit.tables({"accessibility-audit": "ready"}, workbook=FOUR_EYES))
    assert waiting.shows is Shows.UNKNOWN
    assert "a second person has to verify it" in waiting.why
    assert sign_of(kit, item, kit.tables({"accessibility-audit": "verified"}, workbook=FOUR_EYES)).shows is Shows.NO
    assert sign_of(kit, item, kit.tables({"accessibility-audit": "absent"}, workbook=FOUR_EYES)).shows is Shows.YES
    assert sign_of(kit, item, kit.tables({"accessibility-audit": "proposed"})).shows is Shows.UNKNOWN


@pytest.mark.parametrize("kind", ["ready", "absent"])
def test_what_the_scope_denies_shows_no_sign(kit, kind):
    scope = {"by": kit.ana, "model": False}
    tables = kit.tables({}, kind, workbook=FOUR_EYES, scope=scope)
    sign = sign_of(kit, "ten-gates.anti.manual-qa", tables)
    assert (sign.shows, sign.why) == (Shows.ABSENT, f"scope confirmed by {kit.ana}: no model")
    caching = sign_of(kit, "six-gates.weak.performance", tables)  # not about models alone
    assert caching.shows is (Shows.YES if kind == "absent" else Shows.UNKNOWN)


# Advice and tools


def aids_of(kit, **tables):
    plan = kit.read(kit.tables(tables.pop("kinds", {}), tables.pop("default", "ready"), **tables)).plan()
    return {aid.block.id: [one.fact.text for one in aid.advice] for aid in plan.aids}


def test_model_choice_is_spoken_of_only_where_a_model_is_called(kit):
    assert "model-choice" not in aids_of(kit)
    assert "model-choice" not in aids_of(kit, scope={"by": kit.ana, "model": False})
    assert "model-choice" in aids_of(kit, scope={"by": kit.ana, "model": True})


def test_frameworks_are_spoken_of_where_they_are_named_or_the_scope_calls_for_them(kit):
    def named(**tables):
        said = " ".join(aids_of(kit, **tables).get("compliance", []))
        return [name for name in ("HIPAA", "SOC 2", "PCI") if name in said]

    assert named() == []
    assert named(workbook={"frameworks": ["soc2"]}) == ["SOC 2"]
    assert named(workbook={"frameworks": ["PCI-DSS"]}) == ["PCI"]
    assert named(scope={"by": kit.ana, "personal-data": True}) == ["HIPAA"]
    assert named(scope={"by": kit.ana, "personal-data": False, "sensitive-data": True}) == ["HIPAA", "SOC 2", "PCI"]
    assert named(scope={"personal-data": True}) == []


def test_the_ladder_of_authority_is_shown_where_triage_is_open(kit):
    told = aids_of(kit, kinds={"ai-sre-triage": "absent"}, workbook={"decides": "six-gates"})
    assert any("ladder" in text for text in told["ai-operations"])
    assert "ai-operations" not in aids_of(kit, workbook={"decides": "six-gates"})


def test_profiles_and_dimensions_speak_to_those_they_concern(kit):
    assert len(aids_of(kit, workbook={"profiles": ["pre-launch"]})["order-of-work"]) == 3
    assert aids_of(kit, kinds={"secrets-manager": "absent"})["dimensions"] == [
        kit.plans.blocks["dimensions"].facts[0].text
    ]


def test_tools_fit_the_stack_that_was_seen(kit):
    def tools(*paths):
        signals = ("tests.exist", "tests.load")
        seen = report(*map(unmet, signals, paths)) if paths else None
        plan = kit.read(kit.tables({}, "absent", workbook={"decides": "six-gates"}), seen).plan()
        told = next(one for one in plan.suggestions if one.control == "dependency-scanning")
        return [stack.ecosystem.id for stack in plan.stacks], told.tools

    assert tools() == ([], ("Snyk", "GitHub Actions", "Semgrep", "snyk test"))
    kinds, python = tools("api/main.py")
    assert kinds == ["python"]
    assert "pip-audit" in python
    assert "npm audit" not in python
    kinds, both = tools("api/main.py", "web/package.json")
    assert kinds == ["python", "node"]
    assert {"pip-audit", "npm audit"} <= set(both)


# The whole


@settings(max_examples=12, deadline=None)
@given(data=st.data())
def test_any_workbook_has_a_plan_that_is_plain_data(kit, any_book, data):
    plan = kit.read(data.draw(any_book())).plan(prototype_days=2)
    told = to_data(plan)
    assert json.loads(json.dumps(told)) == told
    assert told["version"] == 1
    names = {gap["control"] for gap in told["gaps"]}
    assert {step["control"] for step in told["next"]["steps"]} <= names
    assert set(told["way"]["controls"]) <= names


def test_a_plan_is_the_same_twice_and_names_every_block_with_figures_of_its_own(kit):
    book = kit.read(kit.tables({}, "absent"))
    assert to_data(book.plan(prototype_days=2)) == to_data(book.plan(prototype_days=2))
    told = to_data(book.plan(prototype_days=2))
    assert [told[key]["block"] for key in ("forecast", "weeks", "signs")] == [
        "work-split",
        "four-weeks",
        "anti-patterns",
    ]
    assert told["forecast"]["forecast"] is True


def test_file_names_that_are_no_text_become_text(kit):
    book = kit.read(kit.tables({}, "absent"), report(unmet("db.pooling", "api/\udcff.py")))
    json.dumps(to_data(book.plan())).encode()
    place = next(gap for gap in to_data(book.plan())["gaps"] if gap["control"] == "connection-pooling")["action"][
        "place"
    ]
    assert place == {"path": "api/\\udcff.py", "line": 3}
