"""The gate: what fails, what is only told, by whose rules, and what it says to do."""

from datetime import UTC, datetime, timedelta
from functools import partial

import pytest

from workbook.answers import Gap, Status
from workbook.people import People
from workbook.session import Session

ANA, BO = "Ana Example <ana@example.com>", "Bo Sample <bo@example.com>"
CONTROL = "connection-pooling"
SIGNAL = "db.pooling"
TODAY = datetime.now(UTC).date()


def answer(status, control=CONTROL, **more):
    return lambda session: session.answer(control, status, **more)


ready = partial(answer, Status.READY)
blocker = partial(answer, Status.BLOCKER)
gap = partial(answer, Status.NEEDS_REVIEW, gap=Gap.PARTIAL)


# Without anything to compare


def test_a_fresh_workbook_passes_and_says_that_nothing_is_compared(team):
    code, out = team.gate()
    assert code == 0
    assert out.startswith("The gate passes (ratchet).")
    assert "Nothing is compared" in out


def test_a_blocker_fails_and_the_command_that_closes_it_is_named(team):
    team.commit(blocker())
    code, out = team.gate()
    assert code == 1
    assert f"failure  {CONTROL}: stops launch" in out
    assert f"→ close it, then: readiness answer {CONTROL} ready --evidence WHAT" in out


def test_an_open_gap_and_an_unanswered_question_do_not_fail_a_ratchet(team):
    team.commit(gap())
    assert team.gate()[0] == 0


def test_a_dispute_fails_and_shows_where(team, sight):
    sight.now = {SIGNAL: "met"}
    team.commit(ready())
    sight.now = {SIGNAL: "unmet"}
    code, data = team.ruling()
    assert code == 1
    (one,) = data["reasons"]
    assert (one["kind"], one["about"], one["place"]) == ("disputed", CONTROL, {"path": "api/main.py", "line": 1})
    assert f"readiness answer {CONTROL} --dispute" in one["mend"]


def test_an_answer_that_lapsed_by_content_fails_a_push_too(team):
    team.commit(ready(watch=["infra.tf"]))
    (team.root / "infra.tf").write_text("# another gateway\n")
    assert team.reasons() == (1, [("lapsed", CONTROL)])
    assert team.reasons("--on", "push") == (1, [("lapsed", CONTROL)])


# A change against its merge base


def test_what_a_change_does_not_touch_does_not_fail_it(team, sight):
    sight.now = {SIGNAL: "unmet"}
    team.commit(blocker("load-tested"))
    team.commit(ready())
    team.branch()
    (team.root / "api" / "other.py").write_text("x = 1\n")
    sight.then = {SIGNAL: "unmet"}
    code, told = team.reasons("--base", "main", level="warning")
    assert code == 0
    assert set(told) == {("blocker", "load-tested"), ("disputed", CONTROL)}


@pytest.mark.parametrize(
    ("before", "after", "kind"),
    [
        (ready(), blocker(), "blocker"),
        (gap(), blocker(), "blocker"),
        (None, blocker(), "blocker"),
        (ready(), gap(), "needs-review"),
        (ready(), answer(Status.UNANSWERED), "unanswered"),
        (blocker(), answer(Status.UNANSWERED), "unanswered"),
        (gap(), answer(Status.UNANSWERED), "unanswered"),
    ],
)
def test_what_gets_worse_fails(team, before, after, kind):
    if before:
        team.commit(before)
    team.branch()
    team.commit(after)
    code, data = team.ruling("--base", "main")
    assert code == 1
    assert [(one["kind"], one["about"]) for one in data["reasons"]] == [(kind, CONTROL)]
    assert data["reasons"][0]["before"]
    assert CONTROL in data["reasons"][0]["mend"]


@pytest.mark.parametrize(
    ("before", "after"),
    [(gap(), ready()), (blocker(), gap()), (blocker(), ready()), (None, gap()), (ready(), ready(note="more"))],
)
def test_what_gets_better_or_stays_passes(team, before, after):
    if before:
        team.commit(before)
    team.branch()
    team.commit(after)
    assert team.gate("--base", "main")[0] == 0


def test_touching_a_watched_file_fails_until_the_answer_is_said_afresh(team):
    team.commit(ready(watch=["infra.tf"]))
    team.branch()
    (team.root / "infra.tf").write_text("# another gateway\n")
    team.git(team.root, "commit", "-qam", "Gateway")
    code, data = team.ruling("--base", "main")
    assert code == 1
    (one,) = data["reasons"]
    assert (one["kind"], one["before"]) == ("lapsed", "claimed")
    assert one["mend"].startswith(f"readiness answer --reaffirm {CONTROL}")
    team.commit(lambda session: session.reaffirm([CONTROL], "looked at the gateway"))
    assert team.gate("--base", "main")[0] == 0


def test_a_probe_that_begins_to_disagree_fails_the_change_that_made_it(team, sight):
    sight.now = {SIGNAL: "met"}
    team.commit(ready())
    team.branch()
    (team.root / "api" / "main.py").write_text("print('no limits')\n")
    sight.now, sight.then = {SIGNAL: "unmet"}, {SIGNAL: "met"}
    assert team.reasons("--base", "main") == (1, [("disputed", CONTROL)])


def test_the_merge_base_is_looked_at_only_where_something_objects_or_is_unknown(team, sight):
    sight.now = {SIGNAL: "met"}
    team.commit(ready())
    team.branch()
    (team.root / "new.py").write_text("x = 1\n")
    assert team.gate("--base", "main")[0] == 0
    assert sight.looked_back == []
    sight.now = {SIGNAL: "unknown", "api.validation": "met"}
    team.gate("--base", "main")
    assert sight.looked_back == [(SIGNAL,)]


def test_an_item_that_a_number_contradicts_fails_with_the_command_that_measures(team):
    def whole(session):
        session.choose("six-gates", [])
        for control in session.catalogue.controls_of(("six-gates",)):
            session.answer(control, Status.READY, watch=["infra.tf"])
        session.measure("coverage_pct", 90, "%")

    team.commit(whole)
    team.branch()
    team.commit(lambda session: session.measure("coverage_pct", 70, "%"))
    code, data = team.ruling("--base", "main")
    failed = [one for one in data["reasons"] if one["level"] == "failure"]
    assert code == 1
    assert {one["kind"] for one in failed} == {"item"}
    assert {one["about"] for one in failed} == {
        "six-gates.pr.testing.unit-coverage", "six-gates.g1.coverage-gate",
    }  # fmt: skip
    assert failed[0]["mend"] == "readiness measure coverage_pct VALUE"


def test_a_level_that_is_lowered_fails(team):
    team.commit(lambda session: (session.choose("ten-gates", []), session.score("security", 4)))
    team.branch()
    team.commit(lambda session: session.score("security", 2))
    code, found = team.reasons("--base", "main")
    assert (code, found) == (1, [("verdict", "ten-gates")])


# Whose rules


def test_nobody_waives_themselves(team):
    team.commit(gap())
    team.branch()
    team.commit(blocker())

    def waive(session):
        session.waive(CONTROL, reason="small", owner=BO, approved_by=ANA, expires=TODAY + timedelta(days=30))

    team.commit(waive)
    code, data = team.ruling("--base", "main")
    assert code == 1
    assert [one["kind"] for one in data["reasons"]] == ["blocker"]
    assert any("accepted risk" in note for note in data["notes"])


def test_a_waiver_of_the_merge_base_counts_and_can_be_ignored(team):
    team.commit(blocker())
    team.commit(
        lambda session: session.waive(
            CONTROL, reason="small", owner=BO, approved_by=ANA, expires=TODAY + timedelta(days=30)
        )
    )
    assert team.gate()[0] == 0
    assert team.reasons("--ignore-waivers") == (1, [("blocker", CONTROL)])
    team.branch()
    (team.root / "new.py").write_text("x = 1\n")
    assert team.gate("--base", "main")[0] == 0
    team.git(team.root, "switch", "-q", "main")
    team.policy('mode = "ratchet"\nignore_waivers = true')
    assert team.reasons() == (1, [("blocker", CONTROL)])


def test_nobody_loosens_the_policy_for_their_own_change(team):
    team.branch()
    team.policy('mode = "observe"')
    team.commit(blocker())
    code, data = team.ruling("--base", "main")
    assert code == 1
    assert data["mode"] == "ratchet"
    assert any("policy" in note for note in data["notes"])


def test_where_there_was_no_workbook_nothing_is_held_and_all_is_told(repository, git, capsys, sight):
    from workbook.commit import commit

    del sight
    git(repository, "switch", "-qc", "topic")
    session = Session(repository)
    session.start(["fifty-point"])
    session.answer(CONTROL, Status.BLOCKER)
    commit(session)
    from workbook.cli.main import main

    assert main(["-C", str(repository), "gate", "--base", "main"]) == 0
    out = capsys.readouterr().out
    assert "nothing was agreed there" in out
    assert f"warning  {CONTROL}: stops launch" in out


def test_who_is_named_and_did_not_commit_is_told(team):
    team.branch()
    session = Session(team.root, People(BO))
    session.answer(CONTROL, Status.READY)
    session.save()
    team.git(team.root, "commit", "-qam", "Answer for Bo")
    _, data = team.ruling("--base", "main")
    assert f"{CONTROL}: {BO} is named in the answer and is no author of this change." in data["notes"]
    team.git(team.root, "commit", "-q", "--allow-empty", "-m", f"More\n\nCo-authored-by: {BO}")
    _, data = team.ruling("--base", "main")
    assert not [note for note in data["notes"] if "no author" in note]


# Modes, and what they are about


def test_observe_tells_everything_and_fails_nothing(team):
    team.policy('mode = "observe"')
    team.commit(blocker())
    assert team.reasons(level="warning") == (0, [("blocker", CONTROL)])


def test_hold_fails_what_stands_and_what_is_below_the_minimum(team):
    team.policy('mode = "hold"\nminimum = 2\nforbid = ["blocker", "needs-review"]')
    team.commit(gap())
    code, found = team.reasons()
    assert code == 1
    assert set(found) == {("needs-review", CONTROL), ("minimum", "fifty-point")}
    team.branch()
    (team.root / "new.py").write_text("x = 1\n")
    assert set(team.reasons("--base", "main")[1]) == set(found), "a hold is absolute, whatever stood before"


def test_the_strictest_rule_about_a_control_counts(team):
    severity = Session(team.root).catalogue.controls[CONTROL].severity
    area = Session(team.root).catalogue.controls[CONTROL].area
    team.policy(
        f'mode = "observe"\nrules = [{{ area = "{area}", mode = "observe" }},'
        f' {{ severity = "{severity}", mode = "hold", forbid = ["needs-review"] }}]'
    )
    team.commit(gap())
    assert team.reasons() == (1, [("needs-review", CONTROL)])
    team.policy(f'mode = "hold"\nforbid = ["needs-review"]\nrules = [{{ area = "{area}", mode = "observe" }}]')
    assert team.gate()[0] == 0


def test_a_rule_about_an_advisory_checklist_holds_its_controls_and_its_minimum(team):
    team.commit(lambda session: session.choose("fifty-point", ["six-gates"]))
    catalogue = Session(team.root).catalogue
    asked = catalogue.controls_of(("fifty-point",))
    only = next(name for name in catalogue.controls_of(("six-gates",)) if name not in asked)
    team.commit(blocker(only))
    assert team.gate()[0] == 0, "an advisory checklist fails nothing by itself"
    team.policy('mode = "ratchet"\nrules = [{ checklist = "six-gates", mode = "hold", minimum = 3 }]')
    assert set(team.reasons()[1]) == {("blocker", only), ("minimum", "six-gates")}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('mode = "hodl"', "'hodl' is not one of observe, ratchet, hold, did you mean 'hold'?"),
        ('mod = "hold"', "nothing reads this key, did you mean 'mode'?"),
        ('mode = "hold"\nforbid = ["blockers"]', "'blockers' is not one of"),
        ('mode = "hold"\nminimum = "40"', "must be a number without quotes"),
        ('mode = "hold"\nminimum = -1', "must be a whole number"),
        ('mode = "ratchet"\nminimum = 40', 'counts only where mode = "hold"'),
        ('rules = [{ mode = "hold" }]', "a rule names a checklist, an area or a severity"),
        ('rules = [{ area = "securty", mode = "hold" }]', "did you mean 'security'?"),
        ('rules = [{ area = "security", mode = "hold", minimum = 3 }]', "a minimum is of a checklist"),
        ('rules = "hold"', "must be an array of tables"),
    ],
)
def test_a_policy_that_cannot_be_read_is_refused(team, text, said):
    team.policy(text)
    code, _ = team.gate()
    assert code == 2
    assert said in team.err


def test_a_policy_broken_at_the_merge_base_can_be_mended_by_a_change(team):
    team.policy('mode = "hodl"')
    team.branch()
    assert team.gate("--base", "main")[0] == 2
    team.policy('mode = "hold"')
    assert team.gate("--base", "main")[0] == 0
    assert "at the merge base" in team.err


# Age, unknowns, and what two branches left open


def test_age_warns_on_a_pull_request_and_fails_a_scheduled_run(team, aged):
    assert team.reasons(level="warning") == (0, [("lapsed", aged)])
    assert team.reasons("--on", "schedule") == (1, [("lapsed", aged)])
    team.policy('mode = "hold"\nminimum = 1')
    item = next(item for item in Session(team.root).checklist.scored if aged in item.controls)
    team.branch()
    (team.root / "new.py").write_text("x = 1\n")
    code, told = team.reasons("--base", "main", level="warning")
    assert ("lapsed", aged) in told
    if len(item.controls) == 1:
        assert code == 0
        assert ("minimum", "fifty-point") in told, "a minimum missed by age alone is only told"


def test_a_waiver_that_ran_out_is_the_calendars_doing(team):
    old = Session(team.root, today=lambda: TODAY - timedelta(days=60))
    old.answer(CONTROL, Status.BLOCKER)
    old.waive(CONTROL, reason="small", owner=BO, approved_by=ANA, expires=TODAY - timedelta(days=1))
    old.save()
    team.git(team.root, "add", "-A")
    team.git(team.root, "commit", "-qm", "Waived")
    team.branch()
    (team.root / "new.py").write_text("x = 1\n")
    assert team.reasons("--base", "main", level="warning") == (0, [("blocker", CONTROL)])
    assert team.reasons("--on", "schedule") == (1, [("blocker", CONTROL)])


def test_a_look_that_did_not_end_cannot_pass_and_cannot_fail(team, sight):
    team.commit(ready())
    sight.complete = False
    assert team.reasons(level="unknown") == (3, [("look", "probes")])
    team.commit(blocker("load-tested"))
    assert team.gate()[0] == 1, "a failure is a failure, whatever else is unknown"


@pytest.mark.parametrize(
    ("before", "after"), [('decides = "fifty-point"', 'decides = "acme"'), ("also = []", 'also = ["acme"]')]
)
def test_a_chosen_checklist_that_is_not_here_is_unknown_and_no_other_passes_in_its_place(team, before, after):
    state = team.root / "readiness.toml"
    assert before in state.read_text()
    state.write_text(state.read_text().replace(before, after))
    code, data = team.ruling()
    assert code == 3
    assert [(one["level"], one["about"]) for one in data["reasons"]] == [("unknown", f"workbook.{after.split()[0]}")]
    assert "install the plug-in that brings it" in data["reasons"][0]["what"]


def test_an_unknown_undoes_no_persons_answer(team, sight):
    sight.now = {SIGNAL: "met"}
    team.commit(ready())
    sight.now = {SIGNAL: "unknown"}
    assert team.gate()[0] == 0


def test_what_a_change_hides_from_the_probes_is_unknown(team, sight):
    team.commit(ready())
    team.branch()
    (team.root / "api" / "main.py").write_text("print('broken'\n")
    sight.now, sight.then = {SIGNAL: "unknown"}, {SIGNAL: "met"}
    code, data = team.ruling("--base", "main")
    assert code == 3
    assert data["reasons"][0]["mend"] == f"readiness probe {SIGNAL}"


def test_what_two_branches_left_undecided_fails_in_every_mode(team):
    team.policy('mode = "observe"')
    path = team.root / "readiness.toml"
    header = f"[controls.{CONTROL}]\n"
    clash = 'clash = [{ unit = "note", other = { note = "theirs" } }]\n'
    path.write_text(path.read_text().replace(header, header + clash))
    code, data = team.ruling()
    assert code == 1
    assert ("undecided", "readiness merge") in [(one["kind"], one["mend"]) for one in data["reasons"]]
