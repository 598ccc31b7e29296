"""The acts of a team at the command line: who may do what, what is recorded, and what a mistake says."""

from __future__ import annotations

import json
import sys
import tomllib
from datetime import UTC, date, datetime, timedelta

import pytest

from workbook.cli.main import main
from workbook.session import Session

ANA, BO = "Ana Example <ana@example.com>", "Bo Sample <bo@example.com>"
TODAY = datetime.now(UTC).date()
LATER = str(TODAY + timedelta(days=20))


@pytest.fixture
def book(repository):
    session = Session(repository)
    session.start(["fifty-point", "six-gates", "ten-gates"])
    session.save()
    return repository


@pytest.fixture
def call(book, capsys, git):
    def run(*arguments, who="Ana Example"):
        git(book, "config", "user.name", who)
        git(book, "config", "user.email", f"{who.split()[0].lower()}@example.com")
        code = main(["-C", str(book), *arguments])
        said = capsys.readouterr()
        assert "Traceback" not in said.out + said.err
        return code, said.out, said.err

    return run


def control(book, name):
    return tomllib.loads((book / "readiness.toml").read_text())["controls"][name]


def test_words_of_the_guide_are_statuses_too(call, book):
    assert call("answer", "runbooks", "yes")[0] == 0
    assert control(book, "runbooks")["status"] == "ready"
    assert call("answer", "runbooks", "partly")[0] == 0
    assert (control(book, "runbooks")["status"], control(book, "runbooks")["gap"]) == ("needs-review", "partial")
    assert call("answer", "injection-safe-queries", "no")[0] == 0
    assert control(book, "injection-safe-queries")["status"] == "blocker"  # it stops launches
    code, _, err = call("answer", "runbooks", "redy")
    assert (code, "did you mean 'ready'" in err) == (2, True)


def test_an_answer_needs_its_two_words(call):
    assert "what holds of runbooks?" in call("answer", "runbooks")[2]
    assert "not 3 words" in call("answer", "runbooks", "does", "apply")[2]


def test_owner_and_day_of_a_gap(call, book):
    assert call("answer", "runbooks", "no", "--owner", BO, "--due", LATER)[0] == 0
    assert (control(book, "runbooks")["owner"], control(book, "runbooks")["due"]) == (BO, date.fromisoformat(LATER))
    code, _, err = call("answer", "runbooks", "no", "--due", "soon")
    assert (code, "'soon' is not a day" in err) == (2, True)
    assert LATER in call("due", "--all")[1]


def test_standing_by_lapsed_answers_takes_a_look_or_a_note(call, book):
    call("answer", "runbooks", "yes", "--watch", "api/**")
    (book / "api" / "main.py").write_text("changed = True\n")
    assert "api/main.py changed, not committed yet" in call("status")[1]
    code, _, err = call("answer", "--reaffirm", "runbooks")
    assert (code, "runbooks: the probe disagrees" in err) == (1, True)  # there is no runbook here
    code, out, _ = call("answer", "--dispute", "they live in the wiki", "runbooks")
    assert (code, "nothing" in out) == (2, False)  # what lapsed is not disputed: it has to be said afresh first
    (book / "docs").mkdir()
    (book / "docs" / "runbook.md").write_text("# Runbook\n\n## When the database is full\n\n1. Look at the disk.\n")
    code, out, _ = call("answer", "--reaffirm", "runbooks", "--note", "read them again")
    assert (code, "runbooks: stated" in out) == (0, True)


def test_an_item_is_answered_over_its_controls(call, book):
    code, _, err = call("answer", "fifty-point.4.31", "ready", "--item")
    assert (code, "needs a reason" in err) == (2, True)
    assert call("answer", "fifty-point.4.31", "ready", "--item", "--reason", "asked for the login page only")[0] == 0
    assert tomllib.loads((book / "readiness.toml").read_text())["items"]["fifty-point.4.31"]["by"] == ANA
    assert call("answer", "fifty-point.4.31", "unanswered", "--item")[0] == 0
    assert "items" not in tomllib.loads((book / "readiness.toml").read_text())


def test_verifying_is_for_somebody_else(call, book):
    call("answer", "runbooks", "yes")
    code, _, err = call("verify", "runbooks")
    assert (code, "cannot verify it" in err) == (1, True)
    code, out, _ = call("verify", "runbooks", who="Bo Sample")
    assert (code, f"runbooks: backed: verified by {BO}" in out) == (0, True)
    assert control(book, "runbooks")["by"] == [ANA]


def test_a_command_is_run_only_with_a_yes_and_recorded(call, book):
    argv = [sys.executable, "-c", "print('3 passed')"]
    code, _, err = call("evidence", "run", "runbooks", "--", *argv)
    assert (code, "allow it with --yes" in err) == (2, True)
    assert "evidence" not in control(book, "runbooks")
    call("answer", "runbooks", "yes")
    code, out, err = call("evidence", "run", "runbooks", "--yes", "--", *argv)
    assert (code, "Recorded: it ended with 0" in out, "3 passed" in err) == (0, True, True)
    (piece,) = control(book, "runbooks")["evidence"]
    assert (piece["kind"], piece["argv"], piece["exit"], piece["excerpt"]) == ("command", argv, 0, "3 passed")
    code, out, _ = call("verify", "runbooks", "--rerun", "--yes")  # anybody may: the machine confirms it
    assert (code, "the same output" in out) == (0, True)
    assert control(book, "runbooks")["verified_by"].startswith("run again: ")
    assert "backed" in call("status")[1]


def test_a_command_that_no_longer_ends_the_same_verifies_nothing(call, book):
    flag = book / "flag"
    program = f"import pathlib, sys; sys.exit(pathlib.Path({str(flag)!r}).exists())"
    call("answer", "runbooks", "yes")
    assert call("evidence", "run", "runbooks", "--yes", "--", sys.executable, "-c", program)[0] == 0
    flag.touch()
    code, _, err = call("verify", "runbooks", "--rerun", "--yes")
    assert (code, "not reproduced: it ended with 1" in err) == (1, True)
    assert "verified_by" not in control(book, "runbooks")


def test_a_failing_command_is_recorded_and_speaks_against_the_answer(call, book):
    code, out, err = call("evidence", "run", "runbooks", "--yes", "--", sys.executable, "-c", "raise SystemExit(4)")
    assert (code, "ended with 4" in out, "speaks against" in err) == (1, True, True)
    assert control(book, "runbooks")["evidence"][0]["exit"] == 4


def test_a_drill_has_a_clock_and_a_last_day(call, book):
    act = ("evidence", "drill", "runbooks", "--what", "restore", "--days", "30", "--yes", "--", sys.executable, "-V")
    assert call(*act)[0] == 0
    (piece,) = control(book, "runbooks")["evidence"]
    assert (piece["kind"], piece["what"], piece["expires"]) == ("drill", "restore", TODAY + timedelta(days=30))
    assert piece["end"] >= piece["start"]


def test_evidence_that_lives_elsewhere_says_who_can_show_it(call, book):
    assert call("evidence", "add", "runbooks", "the hosting panel, tab Alerts", "--who", BO)[0] == 0
    (piece,) = control(book, "runbooks")["evidence"]
    assert (piece["kind"], piece["where"], piece["who"]) == ("elsewhere", "the hosting panel, tab Alerts", BO)
    code, _, err = call("evidence", "add", "runbooks", "http://example.com")
    assert (code, "not an https link" in err) == (2, True)


def test_accepting_and_withdrawing_a_risk(call, book):
    call("answer", "runbooks", "no")
    code, _, err = call("waive", "runbooks", "--reason", "internal launch")
    assert (code, "--approved-by and --expires" in err) == (2, True)
    asked = ("waive", "runbooks", "--reason", "internal launch", "--expires", LATER, "--approved-by")
    code, _, err = call(*asked, ANA)
    assert (code, "cannot be who owns it" in err) == (1, True)
    code, out, _ = call(*asked, BO)
    assert (code, f"risk accepted: {BO} accepted the risk until {LATER}: internal launch" in out) == (0, True)
    assert "waivers" not in (book / "readiness.toml").read_text()
    assert tomllib.loads((book / "readiness-waivers.toml").read_text())["waivers"]["runbooks"]["owner"] == ANA
    code, out, _ = call("waive", "runbooks", "--withdraw")
    assert (code, "open gap" in out) == (0, True)


@pytest.mark.parametrize(
    ("typed", "value", "unit"), [("83.4%", 83.4, "%"), ("420ms", 420.0, "ms"), ("0.5 s", 0.5, "s"), ("12", None, None)]
)
def test_numbers_carry_their_unit(typed, value, unit):
    from workbook.cli.measure import parted
    from workbook.errors import Refused

    if value is None:
        with pytest.raises(Refused, match="of what"):
            parted(typed, None)
    else:
        assert parted(typed, None) == (value, unit)


def test_numbers_levels_and_facts_are_stored_with_their_person(call, book):
    assert call("measure", "coverage.percent", "83.4%", "--source", "coverage.xml")[0] == 0
    assert call("score", "security", "4")[0] == 0
    assert call("attest", "core-logic-sound", "yes", "--note", "read it together")[0] == 0
    tables = tomllib.loads((book / "readiness.toml").read_text())
    assert tables["measurements"]["coverage.percent"]["value"] == 83.4
    assert tables["scores"]["ten-gates"]["security"]["by"] == ANA
    assert tables["attested"]["core-logic-sound"]["holds"] is True
    assert not Session(book).state.problems
    for wrong in (
        ("score", "security", "9"),
        ("score", "speed", "3"),
        ("attest", "sound", "yes"),
        ("measure", "x", "1%"),
    ):
        code, _, err = call(*wrong)
        assert (code, err.count("\n")) == (2, 1)


def test_a_conditional_decision_and_what_became_of_it(call, book, git):
    git(book, "add", "-A")
    git(book, "commit", "-qm", "Workbook")
    by = ("--by", f"{ANA}: engineering", "--by", f"{BO}: product")
    code, _, _ = call(
        "decide", "conditional", *by, "--condition", f"runbooks|{BO}|{LATER}",
        "--condition", f"support is staffed|{ANA}|{LATER}",
    )  # fmt: skip
    assert code == 0
    out = call("decide")[1]
    assert "engineering" in out
    assert "1. open: " in out
    call("answer", "runbooks", "yes")
    assert call("decide", "--met", str(TODAY), "2")[0] == 0
    out = call("decide")[1]
    assert "1. met: " in out
    assert "2. met: support is staffed" in out
    code, _, err = call("decide", "--met", str(TODAY), "7")
    assert (code, "has no condition 7" in err) == (2, True)
    code, _, err = call("decide", "perhaps")
    assert (code, "one of go, no-go, conditional" in err) == (2, True)


def test_deciding_tells_what_was_decided_and_whether_it_is_the_commits(call, book, git):
    git(book, "add", "-A")
    git(book, "commit", "-qm", "Workbook")
    head = git(book, "rev-parse", "HEAD").strip()[:12]
    code, out, err = call("decide", "no-go", "--by", f"{ANA}: engineering")
    assert (code, err) == (0, "")
    assert f"Decided: no-go, kept as {TODAY}, on {head}." in out
    call("answer", "runbooks", "yes")
    code, out, err = call("decide", "no-go", "--by", f"{ANA}: engineering")
    assert f"Decided: no-go, kept as {TODAY}-2, on {head}, with answers not committed then." in out
    assert (code, "Commit first" in err) == (0, True)
    assert f"no-go, on {head}, with answers not committed then, by {ANA} (engineering)" in call("decide")[1]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("go", "--by", ANA), f"{ANA!r} names no role"),
        (("conditional", "--by", f"{ANA}: engineering", "--condition", f"runbook|{BO}|{LATER}"), "mean 'runbooks'"),
        (("conditional", "--by", f"{ANA}: engineering", "--condition", f"staffing|{BO}|{LATER}"), "no control"),
        (("conditional", "--by", f"{ANA}: engineering", "--condition", f"fifty-point.4.31|{BO}|{LATER}"), "is an item"),
    ],
)
def test_a_decision_that_was_half_typed_is_refused_and_not_guessed(call, book, words, said):
    code, _, err = call("decide", *words)
    assert (code, said in err, err.count("\n")) == (2, True, 1)
    assert "decisions" not in tomllib.loads((book / "readiness.toml").read_text())


def test_what_comes_due_as_text_and_json(call):
    call("answer", "dast-scanning", "yes")
    out = call("due")[1]
    assert f"{TODAY + timedelta(days=7)}  dast-scanning: asked for" in out
    assert "commit         stated" in out
    told = json.loads(call("due", "--format", "json")[1])
    assert told["version"] == 1
    assert {"on": str(TODAY + timedelta(days=7)), "about": "dast-scanning"}.items() <= told["dates"][0].items()
    assert call("due", "--all")[1].count("dast-scanning") >= 1


def test_a_command_that_is_refused_leaves_nothing_that_could_come_back(call, book):
    before = (book / "readiness.toml").read_bytes()
    code, _, err = call("answer", "runbooks", "yes", "--due", "2020-01-01")
    assert (code, "is over" in err) == (2, True)
    assert (book / "readiness.toml").read_bytes() == before
    assert Session(book).recover() == 0


def test_an_agent_without_a_name_does_not_become_a_person(call, book):
    code, _, err = call("answer", "runbooks", "ready", "--propose", " ")
    assert (code, "name of who makes it" in err) == (2, True)
    assert control(book, "runbooks") == {"status": "unanswered"}


def test_a_folder_is_no_evidence_and_a_pattern_that_matches_nothing_is_told(call):
    code, _, err = call("answer", "runbooks", "yes", "--evidence", "api")
    assert (code, "'api' is a folder" in err) == (2, True)
    code, _, err = call("answer", "runbooks", "yes", "--watch", "nosuchdir/**", "--watch", "api/**")
    assert (code, "nosuchdir/** matches no file" in err, "api/** matches" in err) == (0, True, False)


def test_the_last_failing_command_speaks_against_a_yes_until_it_passes_again(call):
    fails, passes = [sys.executable, "-c", "raise SystemExit(3)"], [sys.executable, "-c", "pass"]
    call("answer", "severity-levels", "yes")
    call("evidence", "run", "severity-levels", "--yes", "--", *fails)
    out = call("status")[1]
    assert "the command recorded last ended with 3" in out
    code, _, err = call("verify", "severity-levels", who="Bo Sample")
    assert (code, "cannot be verified now" in err) == (1, True)
    assert call("evidence", "run", "severity-levels", "--yes", "--", *passes)[0] == 0
    assert call("verify", "severity-levels", who="Bo Sample")[0] == 0
