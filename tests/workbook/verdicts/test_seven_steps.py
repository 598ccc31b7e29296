from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbook.answers import PROFILES, Status
from workbook.catalogue import load_catalogue
from workbook.verdicts.lines import Line
from workbook.verdicts.record import Way
from workbook.verdicts.seven_steps import FIRST, LIKELY, SIZES, Run, acceptance, decide, failing, order

ANSWERED = [Status.READY, Status.NOT_APPLICABLE, Status.NEEDS_REVIEW, Status.BLOCKER]
WORTH = {Status.READY: 2, Status.NOT_APPLICABLE: 2, Status.NEEDS_REVIEW: 1, Status.BLOCKER: 0}
PLACES = [pillar for pillar, size in SIZES.items() for _ in range(size)]
RESULTS = ["invalid-run", "fail", "pass"]


def test_worked_case(seven_steps_case, shown):
    asked = seven_steps_case["input"]
    lines = []
    for name, size in SIZES.items():
        met = asked["satisfied"][name.removeprefix("s")]
        lines += [Line(name, Status.READY)] * met + [Line(name, Status.NEEDS_REVIEW)] * (size - met)
    assert shown(decide(lines, asked["accept"]), seven_steps_case["expected"]) == seven_steps_case["expected"]


def test_worked_order(seven_order_case):
    assert list(order(seven_order_case["input"]["profiles"])) == seven_order_case["expected"]


def test_worked_run(acceptance_case):
    assert acceptance(Run(**acceptance_case["input"]["run"])) == acceptance_case["expected"]


def test_the_profiles_are_those_a_workbook_may_name():
    assert tuple(FIRST) == PROFILES


def test_a_run_elsewhere_than_on_staging_does_not_count():
    assert acceptance(Run(False, 10, 30, 0.0, 0.1, 0)) == "invalid-run"


def test_the_sizes_are_those_of_the_catalogue():
    scored = load_catalogue().checklists["seven-steps"].scored
    assert Counter(item.pillar for item in scored if item.layer == "step") == SIZES
    assert {item.number for item in scored if item.layer == "acceptance"} == {"ten-x-run", *LIKELY}


@given(st.sets(st.sampled_from(["paying-users", "pre-launch", "fundraising", "other"])))
def test_every_order_holds_each_step_once(profiles):
    assert sorted(order(profiles)) == [1, 2, 3, 4, 5, 6, 7]
    assert order(sorted(profiles)) == order(sorted(profiles, reverse=True))


def states(of):
    common = st.sampled_from([*([Status.READY] * 40), *of]) | st.sampled_from(of)
    return st.lists(common, min_size=len(PLACES), max_size=len(PLACES))


def _lines(found):
    return [Line(pillar, status) for pillar, status in zip(PLACES, found, strict=True)]


@given(
    states(ANSWERED),
    st.integers(0, len(PLACES) - 1),
    st.sampled_from(ANSWERED),
    st.sampled_from(RESULTS),
    st.sampled_from(RESULTS),
)
def test_a_better_answer_or_run_never_worsens_the_verdict(found, index, better, run, later):
    if WORTH[better] < WORTH[found[index]] or RESULTS.index(later) < RESULTS.index(run):
        return
    before = decide(_lines(found), run)
    after = decide(_lines([*found[:index], better, *found[index + 1 :]]), later)
    assert after.ready >= before.ready
    assert after.steps_done >= before.steps_done
    assert after.items_met >= before.items_met


@given(states(list(Status)), st.sampled_from(["", *RESULTS]), st.data())
def test_the_range_holds_whatever_is_answered_next(found, accept, data):
    before = decide(_lines(found), accept)
    final = [data.draw(st.sampled_from(ANSWERED)) if state is Status.UNANSWERED else state for state in found]
    after = decide(_lines(final), accept or data.draw(st.sampled_from(RESULTS)))
    assert before.lowest <= after.items_met <= before.highest
    assert before.steps_done <= after.steps_done <= before.highest_steps
    assert after.hold or not before.hold
    assert after.verdict in ("ready", "not-ready")
    assert (after.verdict == "ready") is after.ready


def test_incomplete_still_reports_what_is_certain():
    verdict = decide([Line("s3", Status.BLOCKER)], "fail", failed=["p95", "errors"], profiles=["pre-launch"])
    assert verdict.verdict == "incomplete"
    assert verdict.hold
    assert verdict.certain == (
        "1 stops launch",
        "step 3 cannot be done until gaps close",
        "the acceptance run has to be made again",
    )
    assert verdict.likely_steps == (2, 1, 4)
    assert (verdict.next_step, verdict.lowest, verdict.highest) == (3, 0, 45)


def test_an_item_about_the_run_can_stop_the_launch_and_keep_the_verdict_open():
    steps = [Line(pillar, Status.READY) for pillar in PLACES]
    stopped = decide([*steps, Line("accept", Status.BLOCKER)], "invalid-run")
    assert (stopped.verdict, stopped.hold, stopped.items_met) == ("not-ready", True, 46)
    unsaid = decide([*steps, Line("accept", Status.UNANSWERED)], "fail")
    assert (unsaid.verdict, unsaid.unanswered, unsaid.highest) == ("incomplete", 1, 46)
    assert unsaid.certain == ("the acceptance run has to be made again",)


def test_without_a_run_nothing_is_decided():
    lines = [Line(pillar, Status.READY) for pillar in PLACES]
    verdict = decide(lines)
    assert (verdict.verdict, verdict.ready, verdict.next_step) == ("incomplete", False, None)
    assert "a passed run is missing" in verdict.notes[0]


@pytest.mark.parametrize(
    ("run", "failed"),
    [
        (Run(True, 10, 30, 0.01, 2.0, 1), ("errors", "p95", "integrity")),
        (Run(True, 10, 30, 0.0, 2.5, 0), ("p95",)),
        (Run(True, 10, 30, 0.0099, 1.99, 0), ()),
    ],
)
def test_a_run_names_the_checks_that_failed(run, failed):
    assert failing(run) == failed


def _run_lines(**but):
    """All steps done; the items of the run ready but for the named ones."""
    about = dict.fromkeys(("ten-x-run", *LIKELY), Status.READY) | {k.replace("_", "-"): v for k, v in but.items()}
    steps = [Line(pillar, Status.READY, f"seven-steps.{pillar}.{at}") for at, pillar in enumerate(PLACES)]
    return steps + [Line("accept", status, f"seven-steps.accept.{name}") for name, status in about.items()]


@pytest.mark.parametrize(
    ("accept", "failed", "but", "verdict", "ends", "names"),
    [
        ("pass", (), {}, "ready", ("ready",), ()),
        ("invalid-run", (), {}, "not-ready", ("not-ready",), ("ten-x-run",)),
        ("fail", ("p95", "errors"), {}, "not-ready", ("not-ready",), ("errors", "p95")),
        ("fail", ("p95",), {"p95": Status.NEEDS_REVIEW}, "not-ready", ("not-ready",), ("p95",)),
        ("", (), {"p95": Status.UNANSWERED}, "incomplete", ("not-ready", "ready"), ("p95",)),
        ("fail", ("errors",), {"p95": Status.UNANSWERED}, "incomplete", ("not-ready",), ("p95",)),
    ],
)
def test_the_items_of_the_run_decide_like_any_other(accept, failed, but, verdict, ends, names):
    decided = decide(_run_lines(**but), accept, failed)
    assert (decided.verdict, decided.can_end) == (verdict, ends)
    assert {item.rsplit(".", 1)[1] for item in decided.decided_by} == set(names)
    assert len(decided.decided_by) == len(names)


def test_a_run_is_lost_with_the_first_of_its_items_though_another_is_unanswered():
    lines = _run_lines(p95=Status.UNANSWERED, errors=Status.NEEDS_REVIEW)
    verdict = decide(lines, "")
    assert (verdict.verdict, verdict.can_end) == ("incomplete", ("not-ready",))
    assert verdict.next_better == Way("ready", ("seven-steps.accept.errors",))


def test_a_passed_run_leaves_only_steps_in_the_way():
    lines = [Line("s1", Status.NEEDS_REVIEW, "seven-steps.s1.0"), *_run_lines(p95=Status.NEEDS_REVIEW)[1:]]
    verdict = decide(lines, "pass")
    assert verdict.next_better == Way("ready", ("seven-steps.s1.0",))
    assert verdict.decided_by == ("seven-steps.s1.0",)


@pytest.mark.parametrize(("profiles", "noted"), [(["pre-launch"], True), (["paying-users"], False)])
def test_before_launch_the_expected_peak_stands_for_the_traffic(profiles, noted):
    verdict = decide(_run_lines(), "pass", profiles=profiles)
    assert verdict.notes[0] == "a passed run is closer than most get, not the end of the work"
    assert ("before launch there is no traffic: the run is ten times the expected peak" in verdict.notes) is noted


@pytest.mark.parametrize(
    ("first", "accept", "notes"),
    [
        (Status.READY, "fail", ("all steps are done; a passed run is missing",)),
        (Status.NEEDS_REVIEW, "fail", ()),
        (
            Status.READY,
            "invalid-run",
            (
                "the run does not count: it takes staging, ten times the traffic and thirty minutes",
                "all steps are done; a passed run is missing",
            ),
        ),
        (
            Status.NEEDS_REVIEW,
            "pass",
            (
                "a passed run is closer than most get, not the end of the work",
                "the run passed although steps are open: that is progress, not readiness",
            ),
        ),
        (Status.UNANSWERED, "pass", ("a passed run is closer than most get, not the end of the work",)),
    ],
)
def test_what_the_run_means_is_noted(first, accept, notes):
    lines = _run_lines()
    lines[0] = Line("s1", first, lines[0].item)
    assert decide(lines, accept).notes == notes


def test_nothing_but_blockers_is_certain_once_all_is_answered():
    open_ones = [Line(pillar, Status.NEEDS_REVIEW) for pillar in PLACES]
    assert decide(open_ones, "fail").certain == ()
    assert decide(open_ones[1:], "pass").certain == ("steps 1, 2, 3, 4, 5, 6 and 7 cannot be done until gaps close",)
    assert decide([*open_ones[1:], Line("s1", Status.BLOCKER)], "pass").certain == ("1 stops launch",)
