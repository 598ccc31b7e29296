"""One answer, one number, one decision: what each checklist makes of it, and where they disagree."""

import json
from dataclasses import asdict
from datetime import date

from workbook.answers import Status, read_state
from workbook.assess import assess
from workbook.catalogue import load_catalogue
from workbook.cli.main import main
from workbook.crosswalk import disagreements
from workbook.exports.status_json import to_json
from workbook.session import Session

CATALOGUE = load_catalogue()
TODAY = date(2026, 11, 20)
ANA = "Ana Example <ana@example.com>"
BOTH = {"decides": "seven-steps", "also": ["six-gates"]}
ALERT = {"alert.error_rate": {"value": 3, "unit": "%", "source": "alerts.yml"}}


def everything(**but):
    stated = {"status": "ready", "rung": "attested", "by": [ANA], "at": TODAY}
    return {name: {**stated, **but.get(name, {})} for name in CATALOGUE.controls}


def found(**tables):
    state = read_state({"controls": everything(), "workbook": BOTH, **tables}, CATALOGUE, TODAY)
    assert not state.problems
    return disagreements(CATALOGUE, state, assess(CATALOGUE, state, TODAY))


def test_checklists_that_agree_have_no_table():
    assert found() == ()
    assert found(controls=everything() | {"rate-limiting": {"status": "unanswered"}}) == ()
    assert found(controls={}) == ()


def test_one_alert_passes_one_list_and_fails_the_other():
    (one,) = found(measurements=ALERT)
    assert (one.kind, one.about, one.what) == ("measurement", "alert.error_rate", "the alert fires at 3 %")
    assert [(side.checklist, side.item, side.status, side.why) for side in one.sides] == [
        ("seven-steps", "seven-steps.s6.alert-errors", Status.READY, "error_rate > 0.05 holds"),
        ("six-gates", "six-gates.g4.signal-errors", Status.NEEDS_REVIEW, "error_rate_5xx > 0.01 fails"),
    ]


def test_the_deciding_checklist_stands_first():
    turned = found(measurements=ALERT, workbook={"decides": "six-gates", "also": ["seven-steps"]})
    assert [side.checklist for side in turned[0].sides] == ["six-gates", "seven-steps"]


def test_a_number_that_serves_or_fails_both_is_no_disagreement():
    for percent in (1, 6):
        assert found(measurements={"alert.error_rate": {"value": percent, "unit": "%"}}) == ()


def test_one_checklist_alone_cannot_disagree():
    assert found(measurements=ALERT, workbook={"decides": "six-gates"}) == ()
    within = found(measurements={"coverage_pct": {"value": 80, "unit": "%"}}, workbook={"decides": "six-gates"})
    assert within == ()


def test_a_limit_that_holds_is_told_beside_what_else_keeps_the_item_open():
    broken = everything(**{"alert-thresholds": {"status": "needs-review", "note": "no pager"}})
    one = next(one for one in found(measurements=ALERT, controls=broken) if one.kind == "measurement")
    seven = next(side for side in one.sides if side.checklist == "seven-steps")
    assert seven.status is Status.READY
    told = "error_rate > 0.05 holds; the item is needs-review: "
    assert seven.why == f"{told}alert-thresholds: open gap: nobody knows yet; note: no pager"


def test_a_persons_decision_for_one_item_is_told_with_the_controls_beside_it():
    decided = {"status": "ready", "by": ANA, "reason": "the vault is in place"}
    gap = everything(**{"no-hardcoded-secrets": {"status": "needs-review"}})
    told = found(controls=gap, items={"six-gates.pr.security.secrets": decided})
    one = next(one for one in told if one.about == "no-hardcoded-secrets")
    assert one.what == "open gap: nobody knows yet"
    six = next(side for side in one.sides if side.item == "six-gates.pr.security.secrets")
    assert six.status is Status.READY
    assert six.why == f"{ANA} decided for this item: the vault is in place (its controls alone: needs-review)"
    assert all(side.status is Status.NEEDS_REVIEW for side in one.sides if side.checklist == "seven-steps")


def test_a_ticked_facet_serves_the_list_that_asks_for_that_part_alone():
    item = next(
        item
        for item in CATALOGUE.checklists["six-gates"].scored
        if item.facet
        and len(item.controls) == 1
        and any(
            other.id.startswith("seven-steps") and other.facet != item.facet and other.scored
            for other in CATALOGUE.asked_by[item.controls[0]]
        )
    )
    (control,) = item.controls
    half = everything(**{control: {"status": "needs-review", "facets": [item.facet]}})
    one = next(one for one in found(controls=half) if one.about == control)
    mine = next(side for side in one.sides if side.item == item.id)
    assert (mine.status, mine.why) == (Status.READY, f"the part it asks for is there: {item.facet}")


def test_levels_are_no_side_of_a_disagreement():
    gap = everything(**{"no-hardcoded-secrets": {"status": "needs-review"}})
    decided = {"six-gates.pr.security.secrets": {"status": "ready", "by": ANA, "reason": "…"}}
    told = found(controls=gap, items=decided, workbook={"decides": "six-gates", "also": ["ten-gates"]})
    assert told
    assert not any(side.item.startswith("ten-gates.score") for one in told for side in one.sides)


def test_the_table_is_plain_data_in_the_status(repository):
    session = Session(repository, today=lambda: TODAY)
    session.start(["seven-steps", "six-gates"])
    session.save()
    path = repository / "readiness.toml"
    path.write_text(path.read_text() + '\n[measurements."alert.error_rate"]\nvalue = 3\nunit = "%"\n')
    session.refresh()
    shown = json.loads(json.dumps(to_json(session)))
    assert shown["decides"] == "seven-steps"
    (one,) = shown["disagreements"]
    assert one == json.loads(json.dumps(asdict(disagreements(CATALOGUE, session.state, session.assessment)[0])))
    assert [side["status"] for side in one["sides"]] == ["ready", "needs-review"]


def test_the_status_prints_the_table_and_what_advisory_checklists_say(repository, capsys):
    session = Session(repository, today=lambda: TODAY)
    session.start(["seven-steps", "six-gates"])
    session.save()
    path = repository / "readiness.toml"
    path.write_text(path.read_text() + '\n[measurements."alert.error_rate"]\nvalue = 3\nunit = "%"\nsource = "a"\n')
    assert main(["-C", str(repository), "status"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert any(line.startswith("  How it is computed: ready = all seven steps done") for line in lines)
    assert any(line.startswith("Advisory, Six gates: No decision yet: ") for line in lines)
    table = lines[lines.index("Where the checklists disagree (Seven steps decides):") :]
    assert table[1] == "  alert.error_rate: the alert fires at 3 %"
    assert table[2].startswith("    Seven steps: ready: error_rate > 0.05 holds")
    assert table[3].startswith("    Six gates: open gap: error_rate_5xx > 0.01 fails")


def test_the_status_prints_no_table_where_nobody_disagrees(repository, capsys):
    session = Session(repository, today=lambda: TODAY)
    session.start(["fifty-point"])
    session.save()
    assert main(["-C", str(repository), "status"]) == 0
    said = capsys.readouterr().out
    assert "disagree" not in said
    assert "Advisory" not in said
