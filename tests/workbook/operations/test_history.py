"""History is replayed from git: who said what when, why the standing moved, what was accepted at a tag."""

from __future__ import annotations

import json
from datetime import date, timedelta

import pytest

from checks.observation import Outcome
from workbook.answers import Gap, Status
from workbook.assess import Standing
from workbook.cli.main import main
from workbook.errors import Refused
from workbook.history import Reason, at, moves, point_now, replay

START = date(2026, 11, 20)


def day(number):
    return START + timedelta(days=number)


def kept(made, session, at):
    session.save()
    return made.commit("readiness.toml", session.state_path.read_text(), at=at)


@pytest.fixture
def story(bench):
    """An answer, a waiver and a tag, a change of code, an unrelated one, the answer again, and weeks later."""
    made = bench("fifty-point", "six-gates")
    first = made.open()
    first.answer("runbooks", Status.READY, watch=["api/**"])
    kept(made, first, day(0))
    second = made.open(made.BO, days=1)
    second.answer("sla-published", Status.NEEDS_REVIEW, gap=Gap.ABSENT)
    second.waive(
        "sla-published", reason="internal launch", owner=made.BO, approved_by=made.ANA, expires=day(10)
    )  # fmt: skip
    second.answer("dast-scanning", Status.READY)
    kept(made, second, day(1))
    made.git("tag", "v1.0", at=day(1))
    made.commit("api/main.py", "changed = True\n", at=day(2))
    made.commit("web/app.ts", "export {}\n", at=day(3))
    third = made.open(days=4)
    third.reaffirm(["runbooks"], "read again")
    kept(made, third, day(4))
    made.commit("web/app.ts", "export { }\n", at=day(20))
    return made


def standing(point, control):
    return point.assessment.standings[control].standing


def test_every_commit_where_something_could_change_is_a_point(story):
    points = replay(story.open(days=30))
    assert [(point.at, standing(point, "runbooks")) for point in points[1:]] == [
        (day(0), Standing.CLAIMED),
        (day(1), Standing.CLAIMED),
        (day(2), Standing.LAPSED),
        (day(4), Standing.CLAIMED),
        (day(20), Standing.CLAIMED),
    ]
    assert points[2].tags == ("v1.0",)


def test_why_the_standing_moved(story):
    points = replay(story.open(days=30))

    def told(before, after):
        return {(move.about, move.reason): (move.before, move.after) for move in moves(points[before], points[after])}

    assert told(0, 1) == {("runbooks", Reason.ANSWER): (Standing.UNANSWERED, Standing.CLAIMED)}
    assert told(1, 2) == {
        ("sla-published", Reason.ANSWER): (Standing.UNANSWERED, Standing.WAIVED),
        ("dast-scanning", Reason.ANSWER): (Standing.UNANSWERED, Standing.CLAIMED),
    }
    assert told(2, 3) == {("runbooks", Reason.CODE): (Standing.CLAIMED, Standing.LAPSED)}
    assert told(3, 4) == {("runbooks", Reason.ANSWER): (Standing.LAPSED, Standing.CLAIMED)}
    assert told(4, 5) == {
        ("sla-published", Reason.AGE): (Standing.WAIVED, Standing.NEEDS_REVIEW),
        ("dast-scanning", Reason.AGE): (Standing.CLAIMED, Standing.LAPSED),
    }


def test_what_moves_before_a_commit_has_its_own_reason_and_is_no_answer(story):
    points = replay(story.open(days=5))
    (story.root / "api/main.py").write_text("changed = 'again'\n")
    now = point_now(story.open(days=5))
    assert [(move.about, move.reason, move.after) for move in moves(points[-2], now)] == [
        ("runbooks", Reason.CODE, Standing.LAPSED)
    ]


def test_a_policy_is_a_reason_of_its_own(story):
    path = story.root / "readiness.toml"
    eyes = 'four_eyes = ["blocker", "high", "medium", "low"]'
    story.commit("readiness.toml", path.read_text().replace("[workbook]\n", f"[workbook]\n{eyes}\n"), at=day(20))
    lenient = path.read_text() + "\n[readings]\nlenient_blockers = true\n"
    story.commit("readiness.toml", lenient, at=day(20))
    points = replay(story.open(days=30))
    moved = {(move.about, move.reason, move.after) for move in moves(points[-3], points[-2])}
    assert ("runbooks", Reason.POLICY, Standing.NEEDS_REVIEW) in moved
    assert {about for about, reason, _ in moved if reason is Reason.TOOL} == set()
    assert ("four_eyes", Reason.POLICY, "blocker, high, medium, low") in moved
    (reading,) = moves(points[-2], points[-1])
    assert (reading.about, reading.before, reading.after) == ("lenient_blockers", "False", "True")


def test_a_withdrawn_waiver_is_the_reason_even_where_something_was_said_besides(story):
    session = story.open(days=5)
    session.withdraw_waiver("sla-published")
    session.answer("sla-published", Status.NEEDS_REVIEW, gap=Gap.ABSENT, note="still not there")
    kept(story, session, day(5))
    points = replay(story.open(days=30))
    (move,) = (one for one in moves(points[2], points[-1]) if one.about == "sla-published")
    assert (move.before, move.after, move.reason) == (Standing.WAIVED, Standing.NEEDS_REVIEW, Reason.WAIVER)


def test_a_controls_history_tells_the_dispute_and_who_verified(bench, capsys):
    made = bench()
    made.sees("api.rate-limiting", Outcome.UNMET, "api/main.py", 3)
    first = made.open()
    first.answer("rate-limiting", Status.READY)
    first.dispute("rate-limiting", "the gateway does it")
    kept(made, first, day(0))
    made.seen.clear()
    second = made.open(made.BO, days=1)
    second.answer("runbooks", Status.READY, watch=["**"])
    kept(made, second, day(1))
    third = made.open(days=2)
    third.verify("runbooks")
    kept(made, third, day(2))
    made.commit("api/main.py", "changed = True\n", at=day(3))

    def call(*arguments):
        assert main(["-C", str(made.root), "history", *arguments]) == 0
        return capsys.readouterr().out

    assert "against the probe: the gateway does it" in call("rate-limiting")
    told = call("runbooks")
    assert f"verified: {made.ANA}, {day(2)}" in told
    assert "needs a fresh look: files changed since" in told
    assert "** changed" not in call("--at", "HEAD")
    assert "needs a fresh look: runbooks: files changed since" in call("--at", "HEAD")
    entries = json.loads(call("runbooks", "--format", "json"))
    assert [one["standing"] for one in entries["points"]] == ["unanswered", "claimed", "proven", "lapsed"]
    assert (entries["control"], entries["points"][2]["verified_by"]) == ("runbooks", made.ANA)
    assert json.loads(call("rate-limiting", "--format", "json"))["points"][-1]["dispute_note"] == "the gateway does it"
    assert json.loads(call("--at", "HEAD", "--format", "json"))["standings"]["runbooks"]["standing"] == "lapsed"


def test_what_was_accepted_when_a_tag_was_set(story):
    session = story.open(days=30)
    point = at(session, replay(session), "v1.0")
    assert set(point.state.waivers) == {"sla-published"}
    assert standing(point, "sla-published") is Standing.WAIVED
    assert standing(point_now(session), "sla-published") is Standing.NEEDS_REVIEW


def test_any_commit_between_points_names_the_last_point_before_it(story):
    session = story.open(days=30)
    points = replay(session)
    quiet = story.git("log", "--format=%H", "--skip=2", "-1")  # web/app.ts, watched by nobody
    assert quiet not in [point.commit for point in points]
    assert at(session, points, quiet) == points[3]
    with pytest.raises(Refused, match="is no tag or commit"):
        at(session, points, "v9")


def test_reverting_code_brings_an_answer_back(story):
    story.commit("api/main.py", "broken = True\n", at=day(21))
    story.commit("api/main.py", "changed = True\n", at=day(22))
    points = replay(story.open(days=30))
    assert [standing(point, "runbooks") for point in points[-2:]] == [Standing.LAPSED, Standing.CLAIMED]


def test_a_commit_with_conflict_marks_is_passed_over(story):
    path = story.root / "readiness.toml"
    good = path.read_text()
    story.commit("readiness.toml", good + "<<<<<<< ours\n", at=day(21))
    story.commit("readiness.toml", good, at=day(22))
    assert [standing(point, "runbooks") for point in replay(story.open(days=30))[-2:]] == [Standing.CLAIMED] * 2


def test_a_limit_starts_in_the_middle_with_all_that_was_there(story):
    points = replay(story.open(days=30), limit=2)
    assert [(point.at, standing(point, "runbooks")) for point in points] == [
        (day(4), Standing.CLAIMED),
        (day(20), Standing.CLAIMED),
    ]


def test_outside_git_there_is_no_history(tmp_path, bench):
    made = bench()
    (made.root / ".git").rename(tmp_path / "elsewhere")
    with pytest.raises(Refused, match="git"):
        replay(made.open())


def test_commands_tell_the_story(story, capsys):
    def call(*arguments):
        code = main(["-C", str(story.root), *arguments])
        return code, capsys.readouterr().out

    code, out = call("history")
    assert code == 0
    assert "v1.0" in out
    assert "code: runbooks needs a fresh look" in out
    assert "age: " in out
    code, out = call("history", "runbooks")
    assert (code, out.count("\n") >= 4, "committed by Bo Sample" in out) == (0, True, True)
    code, out = call("history", "--at", "v1.0")
    assert (code, "risk accepted: sla-published" in out) == (0, True)
    code, out = call("diff", "v1.0", "HEAD")
    assert (code, "sla-published: risk accepted → " in out) == (0, True)
    code, out = call("history", "--format", "json", "--checklist", "six-gates")
    assert (code, '"checklist": "six-gates"' in out) == (0, True)
