"""Numbers, levels, facts and launch decisions: who stated them, and what still holds later."""

from __future__ import annotations

from datetime import date

import pytest

from workbook.agenda import Kept, kept
from workbook.answers import Status
from workbook.decisions import Condition, Decider, Outcome, latest
from workbook.errors import Refused
from workbook.operations.measuring import ATTESTABLE

DUE = date(2026, 12, 10)


def test_a_number_is_stored_once_with_its_unit_and_source(bench):
    session = bench().open()
    session.measure("coverage.percent", 83.4, "%", "coverage.xml")
    session.save()
    stored = bench_again(session).state.measurements["coverage.percent"]
    assert (stored.value, stored.unit, stored.source) == (83.4, "%", "coverage.xml")


def bench_again(session):
    return type(session)(session.root, session.people, session.today)


def test_a_number_of_an_unknown_name_or_without_its_unit_is_refused(bench):
    session = bench().open()
    with pytest.raises(Refused, match="did you mean"):
        session.measure("coverage.percentt", 80, "%")
    with pytest.raises(Refused, match="unit"):
        session.measure("coverage.percent", 80, "apples")


def test_levels_of_a_scorecard_stand_side_by_side(bench):
    session = bench("ten-gates").open()
    session.score("security", 4)
    session.score("auth-access", 3)
    session.save()
    levels = bench_again(session).state.scores["ten-gates"]
    assert {name: score.level for name, score in levels.items()} == {"security": 4, "auth-access": 3}
    with pytest.raises(Refused, match="did you mean 'security'"):
        session.score("securty", 4)
    with pytest.raises(Refused, match="levels are whole numbers"):
        session.score("security", 6)


@pytest.mark.parametrize("name", ATTESTABLE)
def test_facts_that_a_model_asks_for_carry_a_name(bench, name):
    session = bench("seven-steps", "fifty-point").open()
    session.attest(name, holds=True, note="looked at it together")
    session.save()
    fact = bench_again(session).state.attested[name]
    assert (fact.holds, fact.by, fact.note) == (True, "Ana Example <ana@example.com>", "looked at it together")


def test_a_decision_holds_the_commit_the_verdict_and_the_deciders(bench):
    made = bench()
    session = made.open()
    session.decide(Outcome.NO_GO, [Decider(made.ANA, "engineering"), Decider(made.BO, "product")])
    session.save()
    (decision,) = made.open().state.decisions.values()
    assert decision.commit == made.git("rev-parse", "HEAD")[:12]
    assert decision.verdict == session.headline
    assert [one.role for one in decision.by] == ["engineering", "product"]
    session.decide(Outcome.GO, [Decider(made.ANA, "engineering")])
    decisions = session.state.decisions
    assert list(decisions) == ["2026-11-20", "2026-11-20-2"]
    assert latest(tuple(decisions.values())).outcome is Outcome.GO


def test_a_decision_says_when_its_answers_were_not_those_of_its_commit(bench):
    made = bench()
    session = made.open()
    session.decide(Outcome.NO_GO, [Decider(made.ANA, "engineering")])
    session.decide(Outcome.NO_GO, [Decider(made.ANA, "engineering")])  # an earlier decision is no answer
    session.answer("runbooks", Status.READY)
    session.decide(Outcome.GO, [Decider(made.ANA, "engineering")])
    session.save()
    session.decide(Outcome.GO, [Decider(made.ANA, "engineering")])
    session.save()
    made.commit("readiness.toml", (made.root / "readiness.toml").read_text())
    later = made.open()
    later.decide(Outcome.GO, [Decider(made.ANA, "engineering")])
    later.save()
    assert [one.uncommitted for one in bench_again(later).state.decisions.values()] == [False, False, True, True, False]


def test_who_decides_names_a_role(bench):
    made = bench()
    with pytest.raises(Refused, match=r"names no role.*: engineering"):
        made.open().decide(Outcome.GO, [Decider(made.ANA, " ")])


def test_no_go_alone_can_be_decided_while_two_branches_disagree(bench):
    clash = 'clash = [{ unit = "answer", other = { status = "blocker", by = ["Bo Sample <bo@example.com>"] } }]'
    made = bench()
    first = made.open()
    first.answer("runbooks", Status.READY)
    first.save()
    text = first.state_path.read_text()
    first.state_path.write_text(text.replace("[controls.runbooks]\n", f"[controls.runbooks]\n{clash}\n"))
    by = [Decider(made.ANA, "engineering")]
    session = made.open()
    assert session.state.standoffs
    with pytest.raises(Refused, match=r"two branches disagree about controls.runbooks.*readiness merge"):
        session.decide(Outcome.GO, by)
    with pytest.raises(Refused, match="two branches disagree"):
        session.decide(Outcome.CONDITIONAL, by, [Condition("it is settled", made.BO, DUE)])
    session.decide(Outcome.NO_GO, by)
    assert latest(tuple(session.state.decisions.values())).outcome is Outcome.NO_GO


def test_later_commits_say_which_conditions_are_met(bench):
    made = bench()
    session = made.open()
    conditions = [
        Condition("runbooks are written", made.BO, DUE, control="runbooks"),
        Condition("support is staffed", made.ANA, DUE),
    ]
    session.decide(Outcome.CONDITIONAL, [Decider(made.ANA, "engineering")], conditions)
    session.save()

    def states(opened):
        (decision,) = opened.state.decisions.values()
        return [kept(one, opened.assessment, opened.today()) for one in decision.conditions]

    assert states(made.open()) == [Kept.OPEN, Kept.OPEN]
    assert [entry.about for entry in made.open().dates if entry.kind == "condition"] == ["2026-11-20"] * 2
    assert states(made.open(days=21)) == [Kept.OVERDUE, Kept.OVERDUE]
    later = made.open(made.BO, days=5)
    later.answer("runbooks", Status.READY, watch=["api/**"])
    later.meet("2026-11-20", 2)
    later.save()
    assert states(made.open(days=30)) == [Kept.MET, Kept.MET]
    made.commit("api/main.py", "x = 1\n")
    assert states(made.open(days=30)) == [Kept.OVERDUE, Kept.MET]  # the answer behind the first one lapsed
    with pytest.raises(Refused, match="met by runbooks, not by word"):
        later.meet("2026-11-20", 1)


@pytest.mark.parametrize(
    ("outcome", "conditions", "complaint"),
    [
        (Outcome.CONDITIONAL, [], "name both"),
        (Outcome.GO, [Condition("x", "Bo Sample <bo@example.com>", DUE)], "name both"),
        (Outcome.CONDITIONAL, [Condition("x", "Bo", DUE)], "is not a person"),
        (Outcome.CONDITIONAL, [Condition("x", "Bo Sample <bo@example.com>", date(2026, 1, 1))], "from today on"),
        (
            Outcome.CONDITIONAL,
            [Condition("x", "Bo Sample <bo@example.com>", DUE, "runbook")],
            "did you mean 'runbooks'",
        ),
    ],
)
def test_a_decision_that_says_too_little_is_refused(bench, outcome, conditions, complaint):
    made = bench()
    with pytest.raises(Refused, match=complaint):
        made.open().decide(outcome, [Decider(made.ANA, "engineering")], conditions)


@pytest.mark.parametrize(
    ("lines", "complaint"),
    [
        ('[decisions.soon]\noutcome = "go"\n', "named by its day"),
        ('[decisions."2027-01-01"]\noutcome = "go"\nby = [{ name = "A <a@example.com>", role = "x" }]\n', "the future"),
        ('[decisions."2026-11-01"]\noutcome = "go"\n', "needs outcome, and by"),
        ('[decisions."2026-11-01"]\noutcome = "og"\nby = [{ name = "A", role = "x" }]\n', "is not one of go, no-go"),
        ('[measurements."coverage.percent"]\nvalue = 80\n', "a value and a unit"),
        ('[items."fifty-point.9.99"]\nstatus = "ready"\n', "did you mean 'fifty-point"),
    ],
)
def test_what_was_written_by_hand_and_cannot_be_used_is_told_with_its_place(bench, lines, complaint):
    made = bench()
    path = made.root / "readiness.toml"
    path.write_text(path.read_text() + "\n" + lines)
    told = [str(problem) for problem in made.open().state.problems]
    assert any(complaint in one and one.startswith("readiness.toml: ") for one in told), told


def test_an_item_is_answered_over_its_controls_by_a_named_person_and_taken_back(bench):
    session = bench().open()
    session.override("fifty-point.4.31", Status.READY, "asked only for the login page")
    session.save()
    state = bench_again(session).assessment.items["fifty-point.4.31"]
    assert state.status is Status.READY
    assert "Ana Example" in state.why
    with pytest.raises(Refused, match="needs a reason"):
        session.override("fifty-point.4.31", Status.READY, " ")
    session.override("fifty-point.4.31", Status.UNANSWERED, "")
    session.save()
    assert not bench_again(session).state.items
    assert not bench_again(session).state.problems


def test_a_gap_has_an_owner_and_a_day(bench):
    session = bench().open()
    session.answer("runbooks", Status.NEEDS_REVIEW)
    session.assign("runbooks", "Bo Sample <bo@example.com>", DUE)
    session.save()
    (entry,) = [entry for entry in session.dates if entry.kind == "gap"]
    assert (entry.day, entry.about, entry.who) == (DUE, "runbooks", "Bo Sample <bo@example.com>")
    with pytest.raises(Refused, match="is over"):
        session.assign("runbooks", "", date(2026, 1, 1))
