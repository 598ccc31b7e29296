from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbook.answers import Status
from workbook.catalogue import load_catalogue
from workbook.verdicts.lines import Line
from workbook.verdicts.prototype_gap import (
    ARCHITECTURE,
    ENTRY,
    GAPS,
    OURS,
    SECURITY,
    SIGNALS,
    SIZES,
    SOURCING,
    STEPS,
    decide,
    latency_feel,
)

ANSWERED = [Status.READY, Status.NOT_APPLICABLE, Status.NEEDS_REVIEW, Status.BLOCKER]
WORTH = {Status.READY: 2, Status.NOT_APPLICABLE: 2, Status.NEEDS_REVIEW: 1, Status.BLOCKER: 0}
RANK = ["not-ready-to-plan", "in-transition", "production-ready"]
PLACES = [pillar for pillar, size in SIZES.items() for _ in range(size)]
NO_SIGNALS = dict.fromkeys(SIGNALS, False)
ALL_SKILLS = dict.fromkeys(SOURCING, True)


def test_worked_case(prototype_gap_case, shown):
    asked, expected = prototype_gap_case["input"], prototype_gap_case["expected"]
    lines = [Line(ENTRY, Status.READY)] * asked["entry"] + [Line(ENTRY, Status.NEEDS_REVIEW)] * (3 - asked["entry"])
    closed = dict(zip(GAPS, [number < asked["gaps"] for number in range(len(GAPS))], strict=True))
    closed |= dict(zip(ARCHITECTURE, asked["arch"], strict=True)) | dict(zip(STEPS, asked["steps"], strict=True))
    for name, holds in {**closed, SECURITY: asked["security_ok"]}.items():
        # An open group is open by its last item alone.
        lines += [Line(name, Status.READY)] * (SIZES[name] - 1)
        lines.append(Line(name, Status.READY if holds else Status.NEEDS_REVIEW))
    signals = {name: number < asked.get("signals", 0) for number, name in enumerate(SIGNALS)}
    sourcing = {name: name not in asked.get("sourcing_no", []) for name in SOURCING}
    assert shown(decide(lines, signals, sourcing), expected) == expected


def test_worked_feel(latency_feel_case):
    assert latency_feel(**latency_feel_case["input"]) == latency_feel_case["expected"]


@pytest.mark.parametrize(
    ("seconds", "feel"), [(1, "acceptable"), (2, "acceptable"), (2.01, "borderline"), (3, "borderline"), (3.01, "slow")]
)
def test_the_edges_of_the_feel(seconds, feel):
    assert latency_feel(seconds) == feel


def test_groups_signals_and_questions_are_those_of_the_catalogue():
    checklist = load_catalogue().checklists["prototype-gap"]
    assert Counter(item.pillar for item in checklist.scored) == SIZES
    assert tuple(item.number for item in checklist.items if item.layer == "signal") == SIGNALS
    asked = tuple(item.number for item in checklist.items if item.layer == "sourcing")
    assert asked == (*SOURCING, "roles")


def states(of):
    common = st.sampled_from([*([Status.READY] * 40), *of]) | st.sampled_from(of)
    return st.lists(common, min_size=len(PLACES), max_size=len(PLACES))


def _lines(found):
    return [Line(pillar, status) for pillar, status in zip(PLACES, found, strict=True)]


@given(states(ANSWERED), st.integers(0, len(PLACES) - 1), st.sampled_from(ANSWERED))
def test_a_better_answer_never_worsens_the_verdict(found, index, better):
    if WORTH[better] <= WORTH[found[index]]:
        return
    before, after = decide(_lines(found)), decide(_lines([*found[:index], better, *found[index + 1 :]]))
    assert RANK.index(after.verdict) >= RANK.index(before.verdict)
    assert after.items_met >= before.items_met
    assert (after.current_step or 8) >= (before.current_step or 8)
    assert (after.current_architecture_step or 7) >= (before.current_architecture_step or 7)


@given(states(list(Status)), st.data())
def test_the_range_and_what_is_certain_hold_whatever_is_answered_next(found, data):
    before = decide(_lines(found))
    final = [data.draw(st.sampled_from(ANSWERED)) if state is Status.UNANSWERED else state for state in found]
    after = decide(_lines(final))
    assert before.lowest <= after.items_met <= before.highest
    assert after.hold or not before.hold
    assert after.verdict in RANK
    if "not ready to plan while an entry sign is missing" in before.certain:
        assert after.verdict == "not-ready-to-plan"
    if "production-ready is out of reach until gaps close" in before.certain:
        assert after.verdict != "production-ready"


def test_incomplete_still_reports_what_is_certain():
    verdict = decide([Line(ENTRY, Status.NEEDS_REVIEW), Line("sec", Status.BLOCKER)])
    assert verdict.verdict == "incomplete"
    assert verdict.hold
    assert verdict.certain == ("1 stops launch", "not ready to plan while an entry sign is missing")
    assert (verdict.lowest, verdict.highest) == (0, len(PLACES) - 2)


def test_the_verdict_says_that_it_is_ours():
    ready = decide(_lines([Status.READY] * len(PLACES)), NO_SIGNALS, ALL_SKILLS)
    assert ready.verdict == "production-ready"
    assert ready.notes == (OURS,)


def test_advice_says_what_it_does_not_know_yet():
    notes = decide([], {"high-scale": True}, {"ai-expertise": False, "devops": False}).notes
    assert notes[1:] == (
        "consider custom development: high-scale",
        "consider a partner: no to ai-expertise",
        "skills missing in the team: ai-expertise and devops",
        "the advice rests on what is answered: 3 of 4 signals and 3 of 5 sourcing questions are open",
    )


@pytest.mark.parametrize(("share", "noted"), [(0.69, True), (0.70, False), (0.80, False), (0.81, True)])
def test_the_share_of_the_small_model_is_a_note(share, noted):
    assert any("small model" in note for note in decide([], tier1_share=share).notes) is noted


def test_a_measured_response_is_told_as_it_feels():
    assert "a response of 2.5 s feels borderline" in decide([], response_s=2.5).notes
