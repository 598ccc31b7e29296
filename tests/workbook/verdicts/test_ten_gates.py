from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbook.answers import Status
from workbook.catalogue import load_catalogue
from workbook.verdicts.lines import Line
from workbook.verdicts.record import Way
from workbook.verdicts.ten_gates import DOMAINS, SIZES, decide, slo, suggest

PLACES = [gate for gate, size in SIZES.items() for _ in range(size)]
RANK = ["pause", "proceed"]
MINIMUMS = {name: domain.minimum for name, domain in DOMAINS.items()}
MODES = st.sampled_from(["every-domain", "critical-only"])
LEVELS = st.integers(0, 5) | st.integers(3, 5)
CARDS = st.fixed_dictionaries(dict.fromkeys(DOMAINS, LEVELS))
STATES = st.lists(st.sampled_from(list(Status)), min_size=len(PLACES), max_size=len(PLACES))


def test_worked_case(ten_gates_case, shown):
    asked, expected = ten_gates_case["input"], ten_gates_case["expected"]
    if "error" in expected:
        with pytest.raises(ValueError, match=f"^{expected['error']}$"):
            decide(**asked)
    else:
        assert shown(decide(**asked), expected) == expected


def test_worked_suggestion(suggest_case):
    assert suggest(**suggest_case["input"]) == suggest_case["expected"]


def test_worked_limits(slo_case):
    assert slo(slo_case["input"]["m"]) == slo_case["expected"]


def test_domains_and_bullets_are_those_of_the_catalogue():
    checklist = load_catalogue().checklists["ten-gates"]
    assert Counter(item.pillar for item in checklist.scored if item.layer == "gate") == SIZES
    minimums = {item.number: item.thresholds[0].value for item in checklist.scored if item.layer == "scorecard"}
    assert minimums == MINIMUMS
    assert sum(minimums.values()) == 36


@pytest.mark.parametrize("level", [-1, 6, 4.0, True, "4"])
def test_only_whole_levels_from_0_to_5_are_taken(level):
    with pytest.raises(ValueError, match="bad score security"):
        decide({"security": level})


def test_a_domain_that_does_not_exist_is_refused():
    with pytest.raises(ValueError, match="bad score secrity"):
        decide({"secrity": 4})


def _lines(found):
    return [Line(gate, status) for gate, status in zip(PLACES, found, strict=True)]


@given(CARDS, st.sampled_from(list(DOMAINS)), st.integers(0, 5), MODES)
def test_a_higher_level_never_worsens_the_verdict(card, domain, level, mode):
    if level < card[domain]:
        return
    before, after = decide(card, mode=mode), decide({**card, domain: level}, mode=mode)
    assert RANK.index(after.verdict) >= RANK.index(before.verdict)
    assert set(after.below) <= set(before.below)
    assert after.total >= before.total


@given(CARDS, st.sets(st.sampled_from(list(DOMAINS))), MODES)
def test_the_range_holds_whatever_is_scored_next(card, missing, mode):
    before = decide({name: level for name, level in card.items() if name not in missing}, mode=mode)
    after = decide(card, mode=mode)
    assert (before.verdict == "incomplete") is bool(missing)
    assert before.lowest <= after.total <= before.highest
    assert after.hold or not before.hold
    assert after.critical or not before.critical
    assert set(before.below) <= set(after.below)


@given(st.sampled_from(list(DOMAINS)), st.data())
def test_a_better_bullet_never_lowers_the_suggestion(domain, data):
    bullets = DOMAINS[domain].bullets
    absent = data.draw(st.integers(0, bullets))
    ready = data.draw(st.integers(0, bullets - absent))
    level = suggest(domain, ready, absent)
    assert 0 <= level <= 5
    assert suggest(domain, ready, absent, blocked=True) <= min(level, DOMAINS[domain].minimum - 1)
    if ready + absent < bullets:
        assert suggest(domain, ready + 1, absent) >= level


def test_incomplete_still_reports_what_is_certain():
    verdict = decide({"security": 3, "testing": 2}, [Line("1", Status.BLOCKER)])
    assert verdict.verdict == "incomplete"
    assert verdict.critical
    assert verdict.hold
    assert verdict.certain == ("security and testing are below the minimum", "1 stops launch by the answers")
    assert (verdict.lowest, verdict.highest, verdict.unanswered) == (5, 45, 8)


def test_the_suggestion_stands_beside_the_level_with_its_reason():
    bullets = [Line("2", Status.READY)] * 2 + [Line("2", Status.NOT_APPLICABLE), Line("2", Status.BLOCKER)]
    verdict = decide(MINIMUMS, bullets)
    assert verdict.verdict == "proceed"
    assert verdict.suggestions["auth-access"].level == 3
    assert (
        verdict.suggestions["auth-access"].why
        == "2 of 4 bullets ready, 1 do not apply, a blocker keeps it below the minimum 4"
    )
    assert "auth-access: level 4 was given, the bullets speak for 3" in verdict.notes


def test_without_any_answered_bullet_no_level_is_doubted():
    assert not decide(MINIMUMS).notes


def test_example_limits_are_noted_and_never_decide():
    verdict = decide(MINIMUMS, measured={"p95_s": 2.5, "error_rate": 0.001})
    assert verdict.verdict == "proceed"
    assert verdict.slo == {"p95_s": False, "error_rate": True}
    assert verdict.notes == ("not below the article's example limit: p95_s",)


def test_the_narrow_reading_says_what_it_lets_through():
    verdict = decide({**MINIMUMS, "cost-control": 1}, mode="critical-only")
    assert verdict.verdict == "proceed"
    assert verdict.notes == (
        "below the minimum and let through by the critical-only reading: cost-control",
        "narrow reading: only the domains of critical risk pause the launch",
    )


def test_what_decides_and_what_a_better_verdict_takes():
    paused = decide({**MINIMUMS, "cost-control": 3, "security": 3})
    below = ("ten-gates.score.security", "ten-gates.score.cost-control")
    assert paused.decided_by == below
    assert paused.next_better == Way("proceed", below)
    narrow = decide({**MINIMUMS, "cost-control": 3, "security": 3}, mode="critical-only")
    assert narrow.next_better == Way("proceed", below[:1])
    assert narrow.decided_by == below[:1]
    assert (decide(MINIMUMS).decided_by, decide(MINIMUMS).next_better) == ((), None)


def test_a_domain_without_a_level_decides_until_it_has_one():
    known = {name: level for name, level in MINIMUMS.items() if name != "testing"}
    verdict = decide(known)
    assert verdict.decided_by == ("ten-gates.score.testing",)
    assert verdict.next_better is None
    assert verdict.can_end == ("pause", "proceed")
    assert decide(known, mode="critical-only").can_end == ("proceed",)
    assert decide({**known, "security": 1}).can_end == ("pause",)
    assert decide({**known, "security": 1}).next_better == Way("proceed", ("ten-gates.score.security",))
    assert decide(MINIMUMS).can_end == ("proceed",)


def test_the_items_of_the_scorecard_are_those_of_the_catalogue():
    items = load_catalogue().items
    assert set(decide({}).decided_by) == {item.id for item in items.values() if item.layer == "scorecard"}
