"""What two branches said differently counts on neither side, and every face says so, until a person decides."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from datetime import date

import pytest

from workbook.answers import Evidence, Status, read_state
from workbook.assess import Standing, assess
from workbook.catalogue import load_catalogue
from workbook.cli.main import main
from workbook.errors import Refused
from workbook.merge.merging import merge
from workbook.outlook import decide
from workbook.people import People
from workbook.session import Session
from workbook.skeleton import skeleton, table_order
from workbook.store import MISSING, Edit, apply

CATALOGUE = load_catalogue()
ORDER = table_order(CATALOGUE)
TODAY = date(2026, 11, 20)
ANA, BO = "Ana Example <ana@example.com>", "Bo Sample <bo@example.com>"
ITEM, CONTROL = next(
    (item.id, item.controls[0]) for item in CATALOGUE.checklists["fifty-point"].scored if len(item.controls) == 1
)
BASE = skeleton(CATALOGUE, ("fifty-point",))


def said(by, status="ready", **more):
    return {"status": status, "rung": "attested", "by": [by], "at": TODAY, **more}


def disputed(table, mine, yours, base=BASE):
    sides = [
        apply(base, [Edit(table, key, MISSING, new) for key, new in side.items()], ORDER) for side in (mine, yours)
    ]
    done = merge(base, *sides, ORDER)
    assert done.disagreements
    return done.raw


def state_of(raw):
    return read_state(tomllib.loads(raw.decode()), CATALOGUE, TODAY)


def judged(raw):
    return assess(CATALOGUE, state_of(raw), TODAY)


def test_an_answer_that_two_gave_differently_counts_on_neither_side():
    raw = disputed(("controls", CONTROL), said(ANA), said(BO, "needs-review", gap="absent"))
    one = judged(raw).standings[CONTROL]
    assert one.standing is Standing.NEEDS_REVIEW
    assert all(word in one.why for word in ("ready", "needs-review", ANA, BO, "readiness merge"))
    assert judged(raw).items[ITEM].status is Status.NEEDS_REVIEW
    (problem,) = state_of(raw).problems
    assert (problem.table, problem.key) == (f"controls.{CONTROL}", "clash")
    assert "readiness merge" in str(problem)


@pytest.mark.parametrize("sides", [("ready", "blocker"), ("blocker", "ready")])
def test_where_one_side_stops_the_launch_it_stays_stopped(sides):
    mine, yours = (said(by, status) for by, status in zip((ANA, BO), sides, strict=True))
    assert judged(disputed(("controls", CONTROL), mine, yours)).standings[CONTROL].standing is Standing.BLOCKER
    override = [{"status": status, "by": ANA, "reason": "r"} for status in sides]
    assert judged(disputed(("items", ITEM), *override)).items[ITEM].status is Status.BLOCKER


def test_a_facet_ticked_on_one_side_covers_nothing():
    item = next(item for item in CATALOGUE.checklists["fifty-point"].scored if item.facet and len(item.controls) == 1)
    control = item.controls[0]
    mine, yours = (said(by, "needs-review", gap="partial", facets=[item.facet]) for by in (ANA, BO))
    alone = apply(BASE, [Edit(("controls", control), key, MISSING, new) for key, new in mine.items()])
    assert judged(alone).items[item.id].status is Status.READY
    assert judged(disputed(("controls", control), mine, yours)).items[item.id].status is Status.NEEDS_REVIEW


def test_a_note_or_an_owner_that_differs_is_a_problem_and_takes_nothing_from_the_answer():
    base = apply(BASE, [Edit(("controls", CONTROL), key, MISSING, new) for key, new in said(ANA).items()])
    raw = disputed(("controls", CONTROL), {"note": "one"}, {"note": "two"}, base)
    assert judged(raw).standings[CONTROL].standing is Standing.CLAIMED
    assert len(state_of(raw).problems) == 1


def test_facts_waivers_levels_and_attested_facts_count_only_undisputed():
    scope = disputed(("scope",), {"by": ANA, "websockets": False}, {"by": BO, "websockets": True})
    assert state_of(scope).scope.confirmed == {}
    waiver = {"reason": "r", "owner": ANA, "approved_by": BO, "expires": date(2026, 12, 1)}
    raw = disputed(("waivers", CONTROL), waiver, waiver | {"expires": date(2027, 12, 1)})
    assert state_of(raw).waivers == {}
    assert [problem.file for problem in state_of(raw).problems] == ["readiness-waivers.toml"]
    raw = disputed(("attested",), {"x": {"holds": True, "by": ANA}}, {"x": {"holds": False, "by": BO}})
    assert state_of(raw).attested == {}
    raw = disputed(("scores", "ten-gates"), {"security": {"level": 4, "by": ANA}}, {"security": {"level": 1, "by": BO}})
    assert state_of(raw).scores.get("ten-gates", {}) == {}


def test_a_number_that_two_stored_differently_proves_no_item():
    item = next(
        item
        for item in CATALOGUE.checklists["fifty-point"].scored
        if item.controls and any(clause.metric and clause.kind == "required" for clause in item.thresholds)
    )
    name = next(clause.metric for clause in item.thresholds if clause.metric)
    unit = next(clause.unit for clause in item.thresholds if clause.metric)
    answers = [
        Edit(("controls", control), key, MISSING, new) for control in item.controls for key, new in said(ANA).items()
    ]
    base = apply(BASE, answers, ORDER)
    assert judged(base).items[item.id].status is Status.READY
    raw = disputed(("measurements", name), {"value": 1, "unit": unit}, {"value": 10**6, "unit": unit}, base)
    assert judged(raw).items[item.id].status is Status.NEEDS_REVIEW


@pytest.mark.parametrize("entry", ["'text'", "['text']", "[{ unit = 3 }]", "{ a = 1 }", "[]", "[{ unit = 'answer' }]"])
def test_whatever_stands_under_clash_is_read_and_shown(entry):
    raw = apply(BASE, [Edit(("controls", CONTROL), key, MISSING, new) for key, new in said(ANA).items()])
    raw = raw.replace(f"[controls.{CONTROL}]\n".encode(), f"[controls.{CONTROL}]\nclash = {entry}\n".encode())
    expected = Standing.CLAIMED if entry == "[]" else Standing.NEEDS_REVIEW
    assert judged(raw).standings[CONTROL].standing is expected
    assert len(state_of(raw).problems) == (entry != "[]")


def test_the_command_line_shows_it_and_answering_anew_decides(repository, capsys):
    raw = disputed(("controls", CONTROL), said(ANA, note="seen"), said(BO, "needs-review", gap="absent"))
    path = repository / "readiness.toml"
    path.write_bytes(raw)
    assert main(["-C", str(repository), "status"]) == 0
    shown = capsys.readouterr()
    assert f"{CONTROL}" in shown.out
    assert "two branches disagree" in shown.out
    assert "readiness merge" in shown.err
    session = Session(repository, People(ANA), lambda: TODAY)
    session.attach(CONTROL, Evidence("link", {"url": "https://example.com/1"}))
    session.note(CONTROL, "still looking")
    session.save()
    assert session.state.undecided("controls", CONTROL)
    session.answer(CONTROL, Status.READY)
    session.save()
    assert not session.state.problems
    assert session.assessment.standings[CONTROL].standing is Standing.CLAIMED
    assert b"clash" not in path.read_bytes()
    session.undo()
    assert session.state.undecided("controls", CONTROL)


def test_a_proposal_decides_nothing(repository):
    path = repository / "readiness.toml"
    tool = {"status": "needs-review", "rung": "proposed", "proposed_by": "agent", "gap": "absent"}
    path.write_bytes(disputed(("controls", CONTROL), tool, said(BO, "blocker")))
    session = Session(repository, People(ANA), lambda: TODAY)
    session.answer(CONTROL, Status.READY, proposed_by="agent")
    session.save()
    assert session.state.undecided("controls", CONTROL)
    assert session.assessment.standings[CONTROL].standing is Standing.BLOCKER


def test_what_is_undecided_cannot_be_verified(repository):
    (repository / "readiness.toml").write_bytes(disputed(("controls", CONTROL), said(ANA), said(ANA, "needs-review")))
    session = Session(repository, People(BO), lambda: TODAY)
    with pytest.raises(Refused, match="two branches disagree"):
        session.verify(CONTROL)


@pytest.mark.parametrize(
    ("fields", "key"),
    [
        (said(ANA) | {"gap": "absent"}, "gap"),
        (said(ANA) | {"verified_by": BO, "verified_at": TODAY}, "verified_by"),
    ],
)
def test_fields_of_two_answers_in_one_are_a_problem_and_no_answer(fields, key):
    raw = apply(BASE, [Edit(("controls", CONTROL), name, MISSING, new) for name, new in fields.items()])
    assert [problem.key for problem in state_of(raw).problems] == [key]
    assert judged(raw).standings[CONTROL].standing is Standing.UNANSWERED


def test_a_proposal_does_not_replace_the_side_that_stands(repository):
    (repository / "readiness.toml").write_bytes(disputed(("controls", CONTROL), said(ANA), said(BO, "blocker")))
    session = Session(repository, People(ANA), lambda: TODAY)
    with pytest.raises(Refused, match="has an answer already"):
        session.answer(CONTROL, Status.READY, proposed_by="agent")


def test_a_number_that_two_measured_differently_leaves_the_items_alone_that_do_not_rest_on_it():
    sides = [{"value": value, "unit": "s", "at": TODAY} for value in (1.0, 3.0)]
    base = skeleton(CATALOGUE, ("seven-steps",))
    raw = disputed(("measurements", "p95_s"), *sides, base=base)
    rests, other = "seven-steps.accept.p95", "seven-steps.accept.integrity"
    state = state_of(raw)
    ready = {name: read_state({"controls": {name: said(ANA)}}, CATALOGUE, TODAY).answers[name]
             for item in (rests, other) for name in CATALOGUE.items[item].controls}  # fmt: skip
    items = assess(CATALOGUE, replace(state, answers=ready), TODAY).items
    assert items[rests].status is Status.NEEDS_REVIEW
    assert items[other].status is Status.READY


def test_a_sign_that_two_told_differently_gives_no_advice():
    sign = next(item.id for item in CATALOGUE.checklists["prototype-gap"].items if item.layer == "signal")
    base = skeleton(CATALOGUE, ("prototype-gap",))
    sides = [
        {"status": status, "by": ANA, "at": TODAY, "reason": why} for status, why in (("ready", "a"), ("ready", "b"))
    ]
    checklist = CATALOGUE.checklists["prototype-gap"]

    def advised(raw):
        state = state_of(raw)
        return decide(checklist, state, assess(CATALOGUE, state, TODAY)).consider_custom_development

    sure = apply(base, [Edit(("items", sign), key, MISSING, value) for key, value in sides[0].items()], ORDER)
    assert advised(sure)
    assert not advised(disputed(("items", sign), *sides, base=base))
