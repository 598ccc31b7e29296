"""What a change puts in doubt and what it answers: at most seven lines, one where there is nothing."""

import json
import re
from functools import partial

import pytest

from checks.observation import Finding, Location, Severity
from workbook.answers import Evidence, Gap, Status
from workbook.cli.main import main
from workbook.people import People
from workbook.pull_request.ticks import read_boxes
from workbook.session import Session

BO = "Bo Sample <bo@example.com>"
CONTROL, SIGNAL, TITLE = "connection-pooling", "db.pooling", "Database connections are pooled"


def answer(status, control=CONTROL, **more):
    return lambda session: session.answer(control, status, **more)


ready = partial(answer, Status.READY)


@pytest.fixture
def body(team):
    def call(*arguments, base="main", form="markdown"):
        code = main(["-C", str(team.root), "pr", "body", "--base", base, "--format", form, *arguments])
        told = team.capsys.readouterr()
        assert code == 0, told.err
        return told.out

    return call


def change(team, name="new.py", text="x = 1\n"):
    (team.root / name).write_text(text)
    team.git(team.root, "add", "-A")
    team.git(team.root, "commit", "-qm", "Change")


def listed(text):
    return re.findall(r"^- .*$", text.partition("<details>")[0], re.MULTILINE)


def test_nothing_in_doubt_is_one_line(team, body):
    team.branch()
    change(team)
    text = body()
    assert text.count("\n") == 1
    assert text.startswith("Production readiness: this change puts nothing in doubt. No decision yet: 50 items ")


def test_a_watched_file_that_was_touched_is_named(team, body):
    team.commit(ready(watch=["infra.tf"]))
    team.branch()
    change(team, "infra.tf", "# another gateway\n")
    text = body()
    (line,) = listed(text)
    assert re.search(r"^- \[ \] .*: stated → needs a fresh look: infra\.tf changed ", line)
    assert line.endswith(f"<!-- readiness:control {CONTROL} -->")


def test_a_signal_that_moved_is_in_doubt_once_whatever_rests_on_it(team, body, sight):
    sight.now = {SIGNAL: "met"}
    team.commit(ready())
    team.branch()
    change(team)
    sight.now, sight.then = {SIGNAL: "unmet"}, {SIGNAL: "met"}
    (line,) = listed(body())
    assert "stated → probe disagrees" in line


def test_a_signal_behind_an_unanswered_control_is_told_by_what_the_probe_says(team, body, sight):
    team.branch()
    change(team)
    sight.now, sight.then = {SIGNAL: "partial"}, {SIGNAL: "met"}
    (line,) = listed(body())
    assert "the probe says yes → partly: saw partial (`api/main.py:1`)".replace("`", "") in line.replace("`", "")
    sight.then = {SIGNAL: "unknown"}
    assert not listed(body()), "what was unknown before did not move"
    sight.now, sight.then = {SIGNAL: "unknown"}, {SIGNAL: "met"}
    assert "yes → cannot tell" in listed(body())[0]


def test_new_findings_are_told_and_old_ones_that_moved_by_a_line_are_not(team, body, sight, monkeypatch):
    team.branch()
    change(team)

    def found(*lines):
        return tuple(
            Finding("r", "no.signal", Location("api/main.py", line), Severity.HIGH, f"SQL built from {word}", word)
            for line, word in lines
        )

    report = type(sight).report
    findings = {"now": found((9, "old"), (12, "new")), "then": found((3, "old"))}

    def with_findings(self, seen):
        from dataclasses import replace

        return replace(report(self, seen), findings=findings["now" if seen is self.now else "then"])

    monkeypatch.setattr(type(sight), "report", with_findings)
    (line,) = listed(body())
    assert "SQL built from new" in line
    assert "12" in line


def test_what_a_change_answers_says_by_whom_and_on_what(team, body):
    team.branch()
    team.commit(ready(evidence=[Evidence("link", {"url": "https://example.com/pools"})]))
    text = body()
    assert "This change puts nothing in doubt." in text
    (line,) = listed(text)
    assert "[ ]" not in line
    assert "not answered → ready, said by Ana Example" in line
    assert "example.com/pools" in line
    assert "among the authors of this change" in line


def test_the_verdict_is_told_before_and_after_where_it_moved(team, body):
    item = next(item for item in Session(team.root).checklist.scored if len(item.controls) == 1)
    team.branch()
    team.commit(ready(item.controls[0]))
    assert re.search(r"^Before: No decision yet: 50 .*\n\nAfter: No decision yet: 49 ", body(), re.MULTILINE)


def test_who_is_named_without_having_committed_is_told(team, body):
    team.branch()
    session = Session(team.root, People(BO))
    session.answer(CONTROL, Status.READY)
    session.save()
    team.git(team.root, "commit", "-qam", "For Bo")
    (line,) = listed(body())
    assert re.search(r"Bo Sample .*committed nothing of this change", line)


def test_a_proposal_is_said_to_be_one(team, body):
    team.branch()
    team.commit(ready(proposed_by="an agent"))
    (line,) = listed(body())
    assert "proposed by an agent; a person has to confirm it" in line


def test_at_most_seven_lines_and_the_rest_without_boxes(team, body):
    names = list(Session(team.root).catalogue.controls_of(("fifty-point",)))[:12]
    for name in names:
        Session(team.root).answer(name, Status.READY)
    session = Session(team.root)
    for name in names:
        session.answer(name, Status.READY, watch=["infra.tf"])
    session.save()
    team.git(team.root, "commit", "-qam", "Answers")
    team.branch()
    team.commit(answer(Status.NEEDS_REVIEW, names[0], gap=Gap.PARTIAL))
    change(team, "infra.tf", "# another gateway\n")
    text = body()
    head, _, fold = text.partition("<details>")
    assert len(listed(text)) == 7
    assert head.count("[ ]") == 7
    assert "[ ]" not in fold
    assert len(re.findall("^- ", fold, re.MULTILINE)) == 6
    controls = Session(team.root).catalogue.controls
    shown = [controls[one.subject].severity for one in read_boxes(text).ticks]
    order = ["blocker", "high", "medium", "low"]
    assert shown == sorted(shown, key=order.index)


def test_the_boxes_of_a_body_are_read_back(team, body, capsys, tmp_path):
    team.commit(ready(watch=["infra.tf"]))
    team.branch()
    change(team, "infra.tf", "# another gateway\n")
    file = tmp_path / "body.md"
    file.write_text(body().replace("- [ ]", "- [x]"))
    assert main(["-C", str(team.root), "pr", "read", str(file), "--format", "json"]) == 1
    (one,) = json.loads(capsys.readouterr().out)["disagreements"]
    assert (one["kind"], one["id"], one["says"]) == ("ticked", CONTROL, "needs a fresh look")


def test_a_waiver_of_the_change_itself_hides_no_doubt(team, body):
    from datetime import UTC, datetime, timedelta

    team.branch()
    team.commit(answer(Status.BLOCKER))
    expires = datetime.now(UTC).date() + timedelta(days=30)
    team.commit(
        lambda session: session.waive(
            CONTROL, reason="small", owner=BO, approved_by="Ana Example <ana@example.com>", expires=expires
        )
    )
    assert "not answered → stops launch" in listed(body())[0]


def test_without_probes_it_says_so(team, body):
    team.branch()
    change(team)
    assert "by the answers and the watched files alone" in body("--no-probe")


def test_json_is_as_its_schema_says(team, body, schema, sight):
    team.commit(ready(watch=["infra.tf"]))
    team.branch()
    change(team, "infra.tf", "# another gateway\n")
    team.commit(ready("runbooks"))
    sight.now, sight.then = {SIGNAL: "unmet"}, {SIGNAL: "met"}
    data = json.loads(body(form="json"))
    schema(data, "pr-body-1.json")
    assert data["doubts"]
    assert data["answers"]


def test_a_base_that_is_not_here_is_refused(team, capsys):
    assert main(["-C", str(team.root), "pr", "body", "--base", "origin/none"]) == 2
    assert "fetch-depth: 0" in capsys.readouterr().err
    assert main(["-C", str(team.root), "pr", "body"]) == 2
    assert "--base origin/main" in capsys.readouterr().err
