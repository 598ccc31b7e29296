from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbook.answers import Status
from workbook.catalogue import load_catalogue
from workbook.verdicts.lines import Line
from workbook.verdicts.six_gates import DETAILS, SECTIONS, SIZES, decide

ANSWERED = [Status.READY, Status.NOT_APPLICABLE, Status.NEEDS_REVIEW, Status.BLOCKER]
WORTH = {Status.READY: 2, Status.NOT_APPLICABLE: 2, Status.NEEDS_REVIEW: 1, Status.BLOCKER: 0}
RANK = ["not-passed", "list-only", "repeat", "passed"]
PLACES = [pillar for pillar, size in SIZES.items() for _ in range(size)]
FILLED = [Line(pillar, Status.READY) for pillar in PLACES]


def test_worked_case(six_gates_case, shown):
    asked = six_gates_case["input"]
    lines = [Line("process", Status.READY)]
    for name, size in SECTIONS.items():
        met = asked["sections"][name.removeprefix("pr.")]
        lines += [Line(name, Status.READY)] * met + [Line(name, Status.NEEDS_REVIEW)] * (size - met)
    for name, size in DETAILS.items():
        is_open = not asked.get("details_ok", {}).get(name.removeprefix("g"), True)
        lines += [Line(name, Status.READY)] * (size - is_open) + [Line(name, Status.NEEDS_REVIEW)] * is_open
    assert shown(decide(lines), six_gates_case["expected"]) == six_gates_case["expected"]


def test_the_sizes_are_those_of_the_catalogue():
    assert Counter(item.pillar for item in load_catalogue().checklists["six-gates"].scored) == SIZES


def states(of, biased=False):
    """Lists of states; biased ones are nearly all ready, so that the passing verdicts are met too."""
    common = st.sampled_from([*([Status.READY] * 40), *of]) if biased else st.sampled_from(of)
    return st.lists(common, min_size=len(PLACES), max_size=len(PLACES))


def _lines(found):
    return [Line(pillar, status) for pillar, status in zip(PLACES, found, strict=True)]


@given(states(ANSWERED) | states(ANSWERED, biased=True), st.integers(0, len(PLACES) - 1), st.sampled_from(ANSWERED))
def test_a_better_answer_never_worsens_the_verdict(found, index, better):
    if WORTH[better] <= WORTH[found[index]]:
        return
    before, after = decide(_lines(found)), decide(_lines([*found[:index], better, *found[index + 1 :]]))
    assert RANK.index(after.verdict) >= RANK.index(before.verdict)
    assert after.boxes >= before.boxes
    assert after.gates_passed >= before.gates_passed
    assert (after.current_gate or 7) >= (before.current_gate or 7)


@given(states(list(Status)) | states(list(Status), biased=True), st.data())
def test_the_range_holds_whatever_is_answered_next(found, data):
    before = decide(_lines(found))
    final = [data.draw(st.sampled_from(ANSWERED)) if state is Status.UNANSWERED else state for state in found]
    after = decide(_lines(final))
    assert before.lowest <= after.boxes <= before.highest
    assert before.gates_passed <= after.gates_passed <= before.highest_gates
    assert after.hold or not before.hold
    assert after.verdict != "incomplete"


def test_incomplete_still_reports_what_is_certain():
    verdict = decide([Line("g2", Status.BLOCKER), Line("pr.testing", Status.NEEDS_REVIEW)])
    assert verdict.verdict == "incomplete"
    assert verdict.hold
    assert verdict.certain == (
        "1 stops launch",
        "gates 1 and 2 cannot be passed until gaps close",
        "the printed list cannot be full until gaps close",
    )
    assert (verdict.lowest, verdict.highest, verdict.highest_gates) == (0, 32, 4)


@pytest.mark.parametrize(
    ("opened", "verdict"), [("process", "repeat"), ("g4", "list-only"), ("pr.security", "not-passed"), ("", "passed")]
)
def test_only_open_details_or_a_later_feature_are_told_apart(opened, verdict):
    lines = FILLED.copy()
    if opened:
        lines[PLACES.index(opened)] = Line(opened, Status.NEEDS_REVIEW)
    assert decide(lines).verdict == verdict
    assert bool(decide(lines).notes) == bool(opened)


def test_what_does_not_apply_counts_and_is_shown():
    lines = [Line(pillar, Status.NOT_APPLICABLE) for pillar in PLACES]
    verdict = decide(lines)
    assert (verdict.boxes, verdict.gate_pass, verdict.not_applicable) == (33, True, 96)
    assert "may not fit" in verdict.notes[0]
    assert not decide([*lines[:10], *FILLED[10:]]).notes


def test_nothing_is_only_certain_once_all_is_answered():
    lines = [Line(pillar, Status.NEEDS_REVIEW) for pillar in PLACES]
    assert decide(lines).certain == ()
    assert decide(lines[1:]).certain == (
        "gates 1, 2, 3, 4, 5 and 6 cannot be passed until gaps close",
        "the printed list cannot be full until gaps close",
    )
