"""The script that keeps one comment up to date, against an API on this machine."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).resolve().parents[2] / ".github" / "sticky_comment.py"
MARKER = "<!-- readiness:gate top -->"
BODY = f"{MARKER}\n### The gate fails\n"


@pytest.fixture
def comment(api, recorded, tmp_path):
    def run(body=BODY, event=None, **environment):
        (tmp_path / "body.md").write_text(body)
        (tmp_path / "event.json").write_text(event if event is not None else json.dumps(recorded("pull_request")))
        done = subprocess.run(
            [sys.executable, "-I", SCRIPT, tmp_path / "body.md"],
            capture_output=True, text=True, check=False, timeout=120,
            env={
                "PATH": os.environ["PATH"], "GITHUB_API_URL": api.url, "GITHUB_REPOSITORY": "example/acme",
                "GITHUB_EVENT_PATH": str(tmp_path / "event.json"), "GITHUB_TOKEN": "token-of-the-run", **environment,
            },
        )  # fmt: skip
        assert (done.returncode, done.stderr) == (0, ""), "a comment never fails a run"
        assert "token-of-the-run" not in done.stdout
        return done.stdout

    return run


def test_it_writes_one_then_changes_it_then_leaves_it(comment, api):
    assert comment() == "Wrote the comment.\n"
    assert comment() == "The comment says so already.\n"
    assert comment(BODY.replace("fails", "passes")) == "Changed the comment.\n"
    assert [one["body"] for one in api.comments] == [BODY.replace("fails", "passes")]
    assert [call.split()[0] for call in api.written()] == ["POST", "PATCH"]


def test_a_host_that_turns_line_ends_has_the_same_comment(comment, api):
    api.comments = [{"id": 5, "user": {"type": "Bot"}, "body": BODY.replace("\n", "\r\n").rstrip()}]
    assert comment() == "The comment says so already.\n"


def test_it_is_found_among_many_and_what_people_wrote_stays(comment, api):
    api.comments = [{"id": n, "user": {"type": "User"}, "body": BODY if n % 2 else None} for n in range(230)]
    api.comments.append({"id": 230, "user": {"type": "Bot"}, "body": "<!-- readiness:gate services-api -->\nAnother."})
    api.comments.append({"id": 231, "user": {"type": "Bot"}, "body": f"{MARKER}\nOld."})
    before = json.dumps(api.comments[:231])
    assert comment() == "Changed the comment.\n"
    assert api.comments[231]["body"] == BODY
    assert json.dumps(api.comments[:231]) == before
    assert api.written() == ["PATCH /repos/example/acme/issues/comments/231"]


def test_nothing_to_tell_is_no_reason_for_a_comment_and_one_to_change_an_older_one(comment, api):
    quiet = f"{MARKER}\n<!-- nothing-to-tell -->\n### The gate passes\n"
    assert comment(quiet) == "Nothing to tell, and no comment to change.\n"
    assert api.comments == []
    comment()
    assert comment(quiet) == "Changed the comment.\n"
    assert api.comments[0]["body"] == quiet


@pytest.mark.parametrize("code", [401, 403, 404, 422, 500, 503])
@pytest.mark.parametrize("there", [False, True], ids=["first", "again"])
def test_what_the_host_refuses_is_told_in_one_line(comment, api, code, there):
    if there:
        api.comments = [{"id": 5, "user": {"type": "Bot"}, "body": f"{MARKER}\nOld."}]
    api.refuses = code
    told = comment()
    assert told.startswith(f"::notice::No comment was written (the host answered {code}, ")
    assert told.count("\n") == 1


@pytest.mark.parametrize(
    "event",
    ["", "{", "[]", "{}", '{"pull_request": null}', '{"pull_request": {"number": "7; touch pwned"}}', '{"number": 7}'],
)
def test_an_event_of_another_form_is_told_and_asks_the_host_nothing(comment, api, event):
    assert comment(event=event).startswith("::notice::No comment was written (")
    assert api.calls == []


def test_a_host_that_does_not_answer_is_told(comment):
    assert "No comment was written (URLError)" in comment(GITHUB_API_URL="http://127.0.0.1:9")


def test_without_a_token_or_an_address_it_is_told(comment, api):
    for name in ("GITHUB_API_URL", "GITHUB_REPOSITORY"):
        assert comment(**{name: ""}).startswith("::notice::No comment was written (")
    assert api.written() == []
