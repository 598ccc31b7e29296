import json
from dataclasses import asdict
from datetime import date

import pytest

from workbook import outlook
from workbook.answers import Status, read_state
from workbook.assess import assess
from workbook.catalogue import load_catalogue
from workbook.exports.status_json import verdicts
from workbook.session import Session
from workbook.verdicts.ten_gates import DOMAINS

CATALOGUE = load_catalogue()
TODAY = date(2026, 11, 20)
ANA = "Ana Example <ana@example.com>"
SLUGS = ("fifty-point", "prototype-gap", "seven-steps", "six-gates", "ten-gates")
UNITS = {"duration_min": "min", "p95_s": "s", "response_s": "s"}
RUN = {"load_multiple": 10, "duration_min": 30, "error_rate": 0.009, "p95_s": 1.9, "corrupted_records": 0}


def everything(status="ready", **but):
    """Every control answered alike, but for the named ones."""
    stated = {"rung": "attested", "by": [ANA], "at": TODAY, "reason": "a reason"}
    return {name: {**stated, "status": but.get(name, status)} for name in CATALOGUE.controls}


def decide(slug, **tables):
    state = read_state(tables, CATALOGUE, TODAY)
    assert not state.problems
    return outlook.decide(CATALOGUE.checklists[slug], state, assess(CATALOGUE, state, TODAY))


def override(slug, **said):
    return {f"{slug}.{name}": {"status": status, "by": ANA, "reason": "…"} for name, status in said.items()}


def levels(**but):
    given = {name: domain.minimum for name, domain in DOMAINS.items()} | but
    return {"ten-gates": {name: {"level": level, "by": ANA, "at": TODAY} for name, level in given.items()}}


def measured(**numbers):
    return {name: {"value": value, "unit": UNITS.get(name, "1"), "source": "k6"} for name, value in numbers.items()}


def on_staging(holds=True):
    return {outlook.STAGING: {"holds": holds, "by": ANA}}


@pytest.mark.parametrize("slug", SLUGS)
def test_a_new_workbook_is_undecided_in_every_model(slug):
    verdict = decide(slug)
    assert verdict.verdict == "incomplete"
    assert verdict.formula
    assert verdict.lowest == 0
    assert verdict.highest == verdict.of
    said = outlook.sentence(verdict)
    assert said.startswith("No decision yet: ")
    assert f"between 0 and {verdict.of} of {verdict.of}" in said


@pytest.mark.parametrize(
    ("slug", "said"),
    [
        ("fifty-point", "Ship: 50 of 50, strong, path ship."),
        ("six-gates", "Six gates passed: 33 of 33 boxes, 6 of 6 gates."),
        ("seven-steps", "Ready, closer than most: 7 of 7 steps, 46 of 46 items (100.0 %), acceptance run passed."),
        ("ten-gates", "Proceed: 36 of 50, no domain below its minimum."),
        (
            "prototype-gap",
            (
                "Production-ready in our reading: 3 of 3 entry signs, 5 of 5 gaps closed, "
                "6 of 6 architecture steps, 7 of 7 process steps."
            ),
        ),
    ],
)
def test_a_finished_workbook_passes_every_model(slug, said):
    assert outlook.sentence(decide(slug, controls=everything(), scores=levels())) == said


@pytest.mark.parametrize("slug", SLUGS)
def test_a_blocker_everywhere_is_told_in_every_model(slug):
    verdict = decide(slug, controls=everything("blocker"))
    assert verdict.hold
    assert any("stop launch" in said for said in verdict.certain)


@pytest.mark.parametrize("slug", SLUGS)
def test_a_verdict_is_plain_data(slug):
    verdict = decide(slug, controls=everything("not-applicable"), scores=levels())
    assert json.loads(json.dumps(asdict(verdict)))["not_applicable"] == verdict.not_applicable > 0
    assert "do not apply" in outlook.sentence(verdict)


@pytest.mark.parametrize(
    ("numbers", "holds", "result", "steps"),
    [
        ({}, True, "pass", ()),
        ({"p95_s": 2.0}, True, "fail", (4, 1)),
        ({"error_rate": 0.01, "corrupted_records": 2}, True, "fail", (2, 1, 4)),
        ({"duration_min": 29}, True, "invalid-run", ()),
        ({}, False, "invalid-run", ()),
    ],
)
def test_measurements_take_a_claimed_run_away(numbers, holds, result, steps):
    verdict = decide(
        "seven-steps", controls=everything(), measurements=measured(**RUN | numbers), attested=on_staging(holds)
    )
    assert verdict.accept == result
    assert verdict.likely_steps == steps
    assert verdict.ready is (result == "pass")


def test_measurements_alone_never_make_a_run_pass():
    controls = everything()
    del controls["ten-x-acceptance"]
    verdict = decide("seven-steps", controls=controls, measurements=measured(**RUN), attested=on_staging())
    assert (verdict.accept, verdict.verdict) == ("", "incomplete")
    assert "no acceptance run yet" in outlook.sentence(verdict)


def test_without_the_staging_fact_each_item_still_compares_its_number():
    verdict = decide("seven-steps", controls=everything(), measurements=measured(p95_s=2.0))
    assert (verdict.accept, verdict.likely_steps) == ("fail", (4, 1))


def test_the_answers_alone_tell_a_failed_run_from_one_that_does_not_count():
    failed = override("seven-steps", **{"accept.integrity": "needs-review"})
    assert decide("seven-steps", controls=everything(), items=failed).accept == "fail"
    invalid = override("seven-steps", **{"accept.ten-x-run": "needs-review"})
    assert decide("seven-steps", controls=everything(), items=invalid).accept == "invalid-run"


def test_the_profile_orders_the_steps():
    verdict = decide("seven-steps", workbook={"profiles": ["pre-launch"]})
    assert verdict.order == (3, 1, 2, 4, 5, 6, 7)


def test_levels_decide_the_ten_gates_and_the_bullets_only_suggest():
    verdict = decide("ten-gates", controls=everything("needs-review"), scores=levels())
    assert verdict.verdict == "proceed"
    assert verdict.suggestions["security"].level == 0
    paused = decide("ten-gates", controls=everything(), scores=levels(security=3, performance=2))
    assert paused.verdict == "pause"
    assert paused.critical_below == ("security",)
    said = outlook.sentence(paused)
    assert said.startswith("Pause the launch: 34 of 50, below the minimum: security and performance.")


@pytest.mark.parametrize(
    "wrong", [{"level": 6, "by": ANA}, {"level": 4.5, "by": ANA}, {"level": True, "by": ANA}, {"level": 4}, {}]
)
def test_a_level_that_says_too_little_does_not_count(wrong):
    state = read_state({"scores": {"ten-gates": {"security": wrong}}}, CATALOGUE, TODAY)
    assert state.scores["ten-gates"] == {}
    assert any("[scores.ten-gates.security]" in str(problem) for problem in state.problems)


def test_a_level_of_an_unknown_domain_or_checklist_is_named():
    scores = {"ten-gates": {"secrity": {"level": 4, "by": ANA}}, "ten-gate": {}}
    told = " ".join(map(str, read_state({"scores": scores}, CATALOGUE, TODAY).problems))
    assert "did you mean 'security'?" in told
    assert "did you mean 'ten-gates'?" in told


def test_signals_and_sourcing_are_answered_on_the_item_never_by_a_control():
    assert decide("prototype-gap", controls=everything()).consider_custom_development is False
    assert decide("prototype-gap", controls=everything("needs-review")).skill_gaps == ()
    said = {"signal.high-scale": "ready", "signal.complex-logic": "needs-review", "source.timeline": "blocker"}
    verdict = decide("prototype-gap", items=override("prototype-gap", **said))
    assert verdict.signals == ("high-scale",)
    assert verdict.skill_gaps == ("timeline",)
    assert verdict.consider_partner


def test_the_share_of_the_small_model_and_the_response_are_read_from_the_measurements():
    notes = decide("prototype-gap", measurements=measured(tier1_share=0.4, response_s=3.5)).notes
    assert "a response of 3.5 s feels slow" in notes
    assert any("40%" in note for note in notes)


@pytest.mark.parametrize("slug", SLUGS)
def test_the_headline_is_that_of_the_deciding_checklist(repository, slug):
    session = Session(repository, today=lambda: TODAY)
    session.start([slug, "fifty-point"])
    assert session.headline.startswith("No decision yet: ")
    assert session.verdict is not None
    assert session.headline.startswith(outlook.head(session.verdict))
    shown = verdicts(session)
    assert list(shown) == list(dict.fromkeys([slug, "fifty-point"]))
    assert all(verdict["verdict"] == "incomplete" for verdict in shown.values())


@pytest.mark.parametrize("slug", SLUGS)
def test_every_model_says_how_an_answer_would_move_it(repository, slug):
    """Some yes helps and every stop shows in each model; asking changes nothing."""
    session = Session(repository, today=lambda: TODAY)
    session.start([slug])
    before = session.state

    def told(control, status):
        return outlook.movement(session.verdict, session.would_be(control, status))

    asked = [question.control.id for question in session.questions()]
    assert all(told(one, Status.UNANSWERED) == "verdict unchanged" for one in asked)
    assert any(told(one, Status.READY) != "verdict unchanged" for one in asked)
    assert any("launch stopper" in told(one, Status.BLOCKER) for one in asked)
    assert session.state is before


@pytest.mark.parametrize("slug", SLUGS)
def test_every_face_is_told_the_same_next_three(repository, slug):
    session = Session(repository, today=lambda: TODAY)
    session.start([slug], profiles=["pre-launch"])
    for question in session.questions()[:9:2]:
        session.answer(question.control.id, Status.NEEDS_REVIEW)
    assert [gap.control.id for gap in session.next_three] == [one.gap.control.id for one in session.plan().next.steps]
    assert len(session.next_three) == 3


def test_an_open_verdict_says_what_it_can_still_end_as():
    lines = outlook.explained(decide("fifty-point"))
    assert lines[0].startswith("How it is computed: score = ready + does-not-apply")
    assert lines[1] == (
        "It can still end as: do not launch / hold: a blocker stands in the way / harden before a date is set / ship."
    )
    assert len(lines) == 2


def test_a_verdict_says_what_decides_it_and_what_a_better_one_takes():
    gaps = {item.id: "needs-review" for item in CATALOGUE.checklists["fifty-point"].scored[:12]}
    said = {name.removeprefix("fifty-point."): status for name, status in gaps.items()}
    lines = outlook.explained(decide("fifty-point", controls=everything(), items=override("fifty-point", **said)))
    shown = ", ".join(f"fifty-point.1.{number}" for number in range(1, 7))
    assert lines[1:] == (f"Decided by {shown} and 6 more.", f"For ship: any 2 of {shown} and 6 more.")


def test_items_that_all_have_to_change_are_named():
    said = {"1.2": "blocker", "4.31": "blocker"}
    lines = outlook.explained(decide("fifty-point", controls=everything(), items=override("fifty-point", **said)))
    assert lines[1:] == (
        "Decided by fifty-point.4.31.",
        "For ship: all of fifty-point.1.2 and fifty-point.4.31.",
    )


def test_a_way_may_take_all_of_some_and_some_of_others():
    scored = CATALOGUE.checklists["fifty-point"].scored
    said = {item.id.removeprefix("fifty-point."): "needs-review" for item in scored[:40]} | {"1.1": "blocker"}
    lines = outlook.explained(decide("fifty-point", controls=everything(), items=override("fifty-point", **said)))
    assert lines[2].startswith(
        "For harden before a date is set: all of fifty-point.1.1; and any 14 of fifty-point.1.2, "
    )
    assert lines[3] == "Note: clearing the blockers is not enough: the score stays below 25."


def test_notes_are_part_of_the_explanation():
    lines = outlook.explained(decide("prototype-gap", controls=everything()))
    assert lines[1] == "Note: the article prints no pass rule: this verdict is our reading of it."


def test_seven_are_named_and_not_counted_as_six_and_one_more():
    said = {f"1.{number}": "blocker" for number in range(1, 8)}
    lines = outlook.explained(decide("fifty-point", controls=everything(), items=override("fifty-point", **said)))
    assert lines[1].endswith("fifty-point.1.6 and fifty-point.1.7.")
