"""Every step of action.yml, run with recorded events in checkouts as the host makes them."""

import json
import re
from datetime import UTC, datetime, timedelta

import pytest

from workbook.answers import Status
from workbook.gate.summary import CAP
from workbook.session import Session

REQUEST = {"GITHUB_BASE_REF": "main", "GITHUB_HEAD_REF": "topic", "GITHUB_REF": "refs/pull/7/merge"}
COMMENT = {"comment": "true"}
MARKER = "<!-- readiness:gate top -->"
ALL_STEPS = [
    "Install the tool from the checkout of this action",
    "Fetch what a shallow checkout lacks",
    "Judge",
    "Keep one comment up to date",
    "Write what the probes found",
    "Say how it went",
]


@pytest.fixture
def leaking(origin, tmp_path):
    """A checkout of a request that brings a key."""
    origin.branch()
    origin.leak()
    origin.request()
    return origin.checkout(tmp_path / "workspace", "refs/pull/7/merge")


def test_a_request_that_brings_a_key_fails_with_annotations_a_summary_a_comment_and_sarif(
    act, api, origin, leaking, recorded, tmp_path
):
    sarif = tmp_path / "found.sarif"
    ran = act(leaking, "pull_request", recorded("pull_request"), inputs={**COMMENT, "sarif": str(sarif)}, **REQUEST)
    assert list(ran.steps) == ALL_STEPS, "every step ran"
    assert (ran.code, ran.outputs) == (1, {"code": "1", "sarif": str(sarif)})
    assert "::error file=api/client.py,line=1::secrets-manager" in ran.log
    assert ran.summary.startswith(f"{MARKER}\n### Production readiness: the gate fails\n")
    assert "compared with `" in ran.summary
    assert "**To mend**\n\n- secrets-manager: probe disagrees" in ran.summary
    assert api.written() == ["POST /repos/example/acme/issues/7/comments"]
    assert [one["body"] for one in api.comments] == [ran.summary]
    found = json.loads(sarif.read_text())["runs"][0]["results"]
    assert origin.key not in ran.log + ran.summary + sarif.read_text() + json.dumps(api.comments)
    assert "api/client.py" in {one["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for one in found}


def test_the_comment_is_changed_in_place_and_only_where_it_says_something_else(
    act, api, origin, leaking, recorded, tmp_path
):
    talk = [{"id": number, "user": {"type": "User"}, "body": "Fine."} for number in range(150)]
    talk[3]["body"] = f"{MARKER}\nI say that it is ready."
    api.comments = talk
    assert act(leaking, "pull_request", recorded("pull_request"), inputs=COMMENT, **REQUEST).code == 1
    origin.mend()
    origin.request()
    mended = origin.checkout(tmp_path / "mended", "refs/pull/7/merge")
    told = recorded("pull_request", action="synchronize")
    ran = act(mended, "pull_request", told, inputs=COMMENT, **REQUEST)
    assert (ran.code, ran.outputs["code"]) == (0, "0")
    again = act(mended, "pull_request", told, inputs=COMMENT, **REQUEST)
    assert "The comment says so already." in again.log
    assert api.written() == [
        "POST /repos/example/acme/issues/7/comments",
        "PATCH /repos/example/acme/issues/comments/1050",
    ]
    assert "the gate passes" in api.comments[150]["body"]
    assert talk[3]["body"].endswith("I say that it is ready."), "what a person wrote is theirs, marker or not"
    assert len(api.comments) == 151


def test_a_fork_without_rights_is_told_in_the_summary_and_fails_by_the_gate_alone(act, api, leaking, recorded):
    api.refuses = 403
    ran = act(leaking, "pull_request", recorded("pull_request"), inputs=COMMENT, **REQUEST)
    assert (ran.code, ran.outputs["code"]) == (1, "1")
    assert "::notice::No comment was written (the host answered 403" in ran.log
    assert "secrets-manager" in ran.summary


@pytest.mark.parametrize(
    "body", [None, "- [x] y <!-- readiness:item fifty-point.1.4 -->\n" * 20_000], ids=["none", "1 MB"]
)
def test_a_request_with_no_description_or_a_huge_one_is_judged_like_any_other(act, leaking, recorded, body):
    ran = act(leaking, "pull_request", recorded("pull_request", pull_request={"body": body}), **REQUEST)
    assert ran.code == 1
    assert ("fifty-point.1.4 is ticked in the description" in ran.summary) is bool(body)
    assert 0 < len(ran.summary.encode()) <= CAP


def test_a_quiet_request_gets_no_comment(act, api, origin, recorded, tmp_path):
    origin.branch()
    (origin.root / "NOTES.md").write_text("Nothing to do with it.\n")
    origin.commit("Notes")
    origin.request()
    workspace = origin.checkout(tmp_path / "workspace", "refs/pull/7/merge")
    ran = act(workspace, "pull_request", recorded("pull_request"), inputs=COMMENT, **REQUEST)
    assert (ran.code, api.written()) == (0, [])
    assert "Nothing to tell" in ran.log
    assert "<!-- nothing-to-tell -->" in ran.summary


def test_a_tick_by_hand_is_told_and_mends_nothing(act, origin, recorded, tmp_path):
    origin.branch()
    (origin.root / "NOTES.md").write_text("Nothing to do with it.\n")
    origin.commit("Notes")
    origin.request()
    workspace = origin.checkout(tmp_path / "workspace", "refs/pull/7/merge")
    body = (workspace / ".github" / "pull_request_template.md").read_text()
    ticked = re.sub(r"- \[ \](.* fifty-point\.1\.4 -->)", r"- [x]\1", body)
    assert ticked != body
    for action, text, told in (("opened", body, False), ("edited", ticked, True)):
        changed = recorded("pull_request", action=action, pull_request={"body": text.replace("\n", "\r\n")})
        ran = act(workspace, "pull_request", changed, **REQUEST)
        assert (ran.code, "fifty-point.1.4 is ticked in the description" in ran.summary) == (0, told)
        assert ("note     fifty-point.1.4 is ticked" in ran.log) is told


HOSTILE = "$(touch${IFS}pwned)`touch${IFS}pwned`;touch${IFS}pwned"


def test_no_text_of_a_request_is_run_or_gives_the_host_an_order(act, api, origin, recorded, tmp_path):
    origin.git("branch", HOSTILE, "main")
    origin.branch(f"x{HOSTILE}")
    origin.leak()
    origin.request(HOSTILE)
    workspace = origin.checkout(tmp_path / "workspace", "refs/pull/7/merge")
    evil = '"; touch pwned #\n::error::x\n::stop-commands::t\n##[command]x ${{ github.token }} @everyone <img src=x>'
    told = recorded(
        "pull_request", pull_request={"title": evil, "body": f"- [x] {evil} <!-- readiness:control rate-limiting -->"}
    )
    refs = {"GITHUB_BASE_REF": HOSTILE, "GITHUB_HEAD_REF": f"x{HOSTILE}", "GITHUB_REF": "refs/pull/7/merge"}
    ran = act(workspace, "pull_request", told, inputs=COMMENT, **refs)
    assert (ran.code, len(api.written())) == (1, 1)
    assert "secrets-manager" in ran.summary, "it was compared with the branch of that name"
    assert not [line for line in ran.orders if not re.match(r"::(error|warning) file=[\w./-]+,line=\d+::", line)]
    assert not list(tmp_path.rglob("pwned"))


@pytest.mark.parametrize("folder", [HOSTILE, "-x", "\n::error::x"])
def test_a_folder_that_is_none_is_said_and_not_run(act, origin, recorded, tmp_path, folder):
    workspace = origin.checkout(tmp_path / "workspace", "refs/heads/main")
    ran = act(workspace, "push", recorded("push"), inputs={"folder": folder})
    assert ran.code != 0
    assert not list(tmp_path.rglob("pwned"))
    assert "::error::x" not in ran.log.splitlines()


def test_a_push_is_judged_by_itself_and_gets_no_comment(act, api, origin, recorded, tmp_path):
    workspace = origin.checkout(tmp_path / "workspace", "refs/heads/main")
    ran = act(workspace, "push", recorded("push"), inputs=COMMENT)
    assert (ran.code, api.calls) == (0, [])
    assert "Keep one comment up to date" not in ran.steps
    assert "Nothing is compared" in ran.summary


def test_what_lapsed_by_age_fails_the_scheduled_run_and_no_request(act, origin, recorded, tmp_path):
    today = datetime.now(UTC).date()
    session = Session(origin.root, today=lambda: today - timedelta(days=2000))
    name = next(
        name
        for name in session.catalogue.controls_of(("fifty-point",))
        if session.catalogue.controls[name].freshness.days
        and session.catalogue.controls[name].freshness.basis == "source"
    )
    session.answer(name, Status.READY)
    session.save()
    origin.commit("Long ago")
    workspace = origin.checkout(tmp_path / "weekly", "refs/heads/main")
    weekly = act(workspace, "schedule", recorded("schedule"))
    assert weekly.code == 1
    assert f"- {name}: needs a fresh look" in weekly.summary
    origin.branch()
    origin.git("commit", "-q", "--allow-empty", "-m", "Nothing")
    origin.request()
    request = origin.checkout(tmp_path / "request", "refs/pull/7/merge")
    assert act(request, "pull_request", recorded("pull_request"), **REQUEST).code == 0


def test_a_shallow_checkout_gets_the_history_it_needs(act, origin, recorded, tmp_path):
    origin.branch()
    origin.leak()
    origin.request()
    workspace = origin.checkout(tmp_path / "workspace", "refs/pull/7/merge", depth=1)
    ran = act(workspace, "pull_request", recorded("pull_request"), **REQUEST)
    assert ran.code == 1
    assert f"compared with `{origin.git('rev-parse', '--short=7', 'main')}`" in ran.summary


def test_a_shallow_checkout_whose_host_gives_no_more_says_what_to_fetch(act, origin, recorded, tmp_path):
    origin.branch()
    origin.leak()
    origin.request()
    workspace = origin.checkout(tmp_path / "workspace", "refs/pull/7/merge", depth=1)
    origin.root.rename(tmp_path / "gone")
    ran = act(workspace, "pull_request", recorded("pull_request"), **REQUEST)
    assert (ran.code, ran.outputs["code"]) == (2, "2")
    assert "fetch-depth: 0" in ran.log
    assert "the gate could not run" in ran.summary


def test_a_workbook_below_the_top_has_its_own_comment_and_full_paths(act, api, origin_below, recorded, tmp_path):
    origin_below.branch()
    origin_below.leak()
    origin_below.request()
    # As the reusable workflow has it: the repository itself lies below the workspace.
    workspace = tmp_path / "workspace"
    origin_below.checkout(workspace / "code", "refs/pull/7/merge")
    inputs = {**COMMENT, "folder": "code/services/api"}
    api.comments = [{"id": 5, "user": {"type": "Bot"}, "body": f"{MARKER}\nof another workbook"}]
    ran = act(workspace, "pull_request", recorded("pull_request"), inputs=inputs, **REQUEST)
    assert ran.code == 1
    assert "::error file=services/api/api/client.py,line=1::" in ran.log, "hosts count from the top of the repository"
    assert ran.summary.startswith("<!-- readiness:gate services-api -->\n")
    assert "(services/api/api/client.py:1)" in ran.summary
    assert [one["body"].partition("\n")[0] for one in api.comments] == [MARKER, "<!-- readiness:gate services-api -->"]


def test_a_repository_without_a_workbook_is_told_how_to_begin(act, origin, recorded, tmp_path):
    origin.git("rm", "-q", "readiness.toml")
    origin.commit("Without")
    workspace = origin.checkout(tmp_path / "workspace", "refs/heads/main")
    ran = act(workspace, "push", recorded("push"))
    assert (ran.code, ran.outputs["code"]) == (2, "2")
    assert "readiness init" in ran.log
