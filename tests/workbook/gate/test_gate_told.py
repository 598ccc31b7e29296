"""What the gate is told by a checkout and a CI host, and how it says what it found."""

import json
import re
from functools import partial

import pytest

from workbook.answers import Evidence, Status
from workbook.session import Session

CONTROL = "connection-pooling"
SIGNAL = "db.pooling"


def answer(status, control=CONTROL, **more):
    return lambda session: session.answer(control, status, **more)


ready = partial(answer, Status.READY)
blocker = partial(answer, Status.BLOCKER)


# Checkouts


def test_a_detached_checkout_is_judged_like_any_other(team):
    team.branch()
    team.commit(blocker())
    team.git(team.root, "checkout", "-q", "--detach")
    assert team.reasons("--base", "main") == (1, [("blocker", CONTROL)])


def test_a_shallow_checkout_says_what_to_fetch(team, tmp_path, git, capsys):
    team.branch()
    team.commit(ready())
    clone = tmp_path / "clone"
    git(tmp_path, "clone", "-q", "--depth", "1", f"file://{team.root}", str(clone))
    from workbook.cli.main import main

    for ref in ("origin/main", "HEAD~1"):
        assert main(["-C", str(clone), "gate", "--base", ref]) == 2
        said = capsys.readouterr().err
        assert "fetch-depth: 0" in said
        assert "Traceback" not in said


def test_the_merge_commit_of_a_request_is_compared_with_where_it_goes(team):
    team.branch()
    team.commit(blocker())
    team.git(team.root, "switch", "-q", "main")
    (team.root / "new.py").write_text("x = 1\n")
    team.git(team.root, "add", "-A")
    team.git(team.root, "commit", "-qm", "Meanwhile")
    team.git(team.root, "checkout", "-q", "--detach")
    team.git(team.root, "merge", "-q", "topic", "-m", "Merge topic into main")
    assert team.reasons("--base", "main") == (1, [("blocker", CONTROL)])


@pytest.mark.parametrize(
    "environment",
    [
        {"GITHUB_EVENT_NAME": "pull_request", "GITHUB_BASE_REF": "main"},
        {"CI_PIPELINE_SOURCE": "merge_request_event", "CI_MERGE_REQUEST_DIFF_BASE_SHA": "main"},
    ],
)
def test_a_ci_host_tells_what_the_change_goes_to(team, monkeypatch, environment):
    team.git(team.root, "update-ref", "refs/remotes/origin/main", "main")
    team.branch()
    team.commit(blocker())
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    code, data = team.ruling()
    assert (code, data["occasion"]) == (1, "pull-request")
    assert data["base"] == team.git(team.root, "rev-parse", "main")


def test_an_event_that_checks_out_something_else_is_refused(team, monkeypatch):
    monkeypatch.setenv("GITHUB_EVENT_NAME", "pull_request_target")
    monkeypatch.setenv("GITHUB_BASE_REF", "main")
    assert team.gate()[0] == 2
    assert "run this on pull_request" in team.err


def test_a_merge_queue_tells_its_base_in_the_event(team, monkeypatch, tmp_path):
    team.branch()
    team.commit(blocker())
    event = tmp_path / "event.json"
    event.write_text(json.dumps({"merge_group": {"base_sha": team.git(team.root, "rev-parse", "main")}}))
    monkeypatch.setenv("GITHUB_EVENT_NAME", "merge_group")
    monkeypatch.setenv("GITHUB_EVENT_PATH", str(event))
    assert team.reasons() == (1, [("blocker", CONTROL)])


def test_a_scheduled_run_is_told_by_its_host(team, aged, monkeypatch):
    monkeypatch.setenv("GITHUB_EVENT_NAME", "schedule")
    assert team.reasons() == (1, [("lapsed", aged)])


# How it is said


def test_json_is_as_its_schema_says(team, schema, sight):
    schema(team.ruling()[1], "gate-1.json")
    sight.now = {SIGNAL: "unmet"}
    team.commit(ready())
    team.commit(blocker("load-tested"))
    schema(team.ruling()[1], "gate-1.json")
    team.branch()
    team.commit(blocker("runbooks"))
    data = team.ruling("--base", "main")[1]
    assert data["reasons"]
    schema(data, "gate-1.json")


def test_the_worst_ten_are_annotations_at_the_line_of_their_answer(team):
    names = list(Session(team.root).catalogue.controls_of(("fifty-point",)))[:14]
    for name in names:
        team.commit(blocker(name))
    code, out = team.gate("--format", "github")
    assert code == 1
    marked = re.findall(r"^::error file=readiness\.toml,line=(\d+)::([a-z0-9-]+)%?3?A?: ", out, re.MULTILINE)
    assert len(marked) == 10
    lines = (team.root / "readiness.toml").read_text().splitlines()
    assert all(lines[int(line) - 1] == f"[controls.{name}]" for line, name in marked)
    assert "4 more in this log" in out


def test_hostile_texts_give_the_host_no_orders(team):
    team.commit(blocker(note="::set-env name=X::y\n::stop-commands::t\r\n##[command]rm %0A::error::x"))
    _, out = team.gate("--format", "github")
    orders = [line for line in out.splitlines() if line.lstrip().startswith("::")]
    assert len(orders) == 1
    assert re.fullmatch(r"::error file=readiness\.toml,line=\d+::[^\n]*", orders[0])
    assert "##[" not in out
    assert "%0A" not in orders[0]


def test_a_workbook_below_the_top_is_annotated_by_its_full_path(team, git):
    below = team.root / "api"
    session = Session(below)
    session.start(["fifty-point"])
    session.answer(CONTROL, Status.BLOCKER)
    session.save()
    git(team.root, "add", "-A")
    git(team.root, "commit", "-qm", "Below")
    team.root = below
    assert "::error file=api/readiness.toml,line=" in team.gate("--format", "github")[1]


def test_evidence_added_by_a_change_is_no_reason_to_fail(team):
    team.commit(ready())
    team.branch()
    team.commit(lambda session: session.attach(CONTROL, Evidence("link", {"url": "https://example.com/limits"})))
    assert team.gate("--base", "main")[0] == 0
