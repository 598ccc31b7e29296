"""What a description ticks against the workbook: told, or proposed, never a pass."""

import io
import json
import sys

import pytest

from workbook.answers import Rung, Status
from workbook.cli.main import main
from workbook.exports import pr_template
from workbook.exports.pr_template import Style
from workbook.session import Session


class Reader:
    """Calls `readiness pr read`, and reads what it prints."""

    def __init__(self, session, capsys, tmp_path):
        self.root, self.capsys, self.file = session.root, capsys, tmp_path / "body.md"
        self.item = next(
            item for item in session.checklist.scored if len(item.controls) == 1 and item.controls[0] != "runbooks"
        )
        self.control = self.item.controls[0]

    def text(self, style=Style.STATE):
        return pr_template.block(Session(self.root), style)

    def line(self, mark="x", behind=""):
        return f"- [{mark}] {self.item.title} <!-- readiness:item {self.item.id} -->{behind}\n"

    def run(self, *arguments):
        code = main(["-C", str(self.root), "pr", "read", *arguments])
        told = self.capsys.readouterr()
        self.err = told.err
        return code, told.out

    def data(self, *arguments):
        code, out = self.run("--format", "json", *arguments)
        return code, json.loads(out)

    def body(self, text, *arguments):
        self.file.write_text(text, encoding="utf-8", newline="")
        return self.data(str(self.file), *arguments)

    def kinds(self, text, *arguments):
        code, data = self.body(text, *arguments)
        return code, [(one["kind"], one["id"]) for one in data["disagreements"]]

    def answer(self):
        return Session(self.root).state.answer(self.control)


@pytest.fixture
def reader(session, capsys, tmp_path):
    return Reader(session, capsys, tmp_path)


def test_an_untouched_template_agrees(reader, schema):
    for style in Style:
        code, data = reader.body(reader.text(style))
        assert (code, data["disagreements"]) == (0, [])
        schema(data, "pr-read-1.json")


def test_a_tick_is_a_claim_and_changes_nothing(reader, schema):
    before = (reader.root / "readiness.toml").read_bytes()
    code, data = reader.body(reader.line())
    assert code == 1
    assert data["disagreements"] == [
        {"kind": "ticked", "id": reader.item.id, "controls": [reader.control], "says": "not answered", "reason": ""}
    ]
    schema(data, "pr-read-1.json")
    assert (reader.root / "readiness.toml").read_bytes() == before


def test_a_tick_that_was_taken_out_and_a_line_that_was_deleted_are_told(session, reader):
    session.answer(reader.control, Status.READY)
    session.save()
    text = reader.text()
    line = next(line for line in text.splitlines() if f"item {reader.item.id} " in line)
    assert reader.kinds(text.replace(line, line.replace("[x]", "[ ]"))) == (1, [("open", reader.item.id)])
    assert reader.kinds(text.replace(f"{line}\n", "")) == (1, [("missing", reader.item.id)])


def test_boxes_ticked_by_hand_may_stay_open(session, reader):
    session.answer(reader.control, Status.READY)
    session.save()
    assert reader.body(reader.text(Style.PRINTABLE))[0] == 0


def test_ticks_become_proposals_never_passes(reader, schema):
    code, data = reader.body(reader.line(), "--propose", "--by", "the pull request")
    assert (code, data["proposed"]) == (0, [reader.control])
    schema(data, "pr-read-1.json")
    answer = reader.answer()
    assert (answer.status, answer.rung, answer.by, answer.proposed_by) == (
        Status.READY, Rung.PROPOSED, (), "the pull request",
    )  # fmt: skip
    assert Session(reader.root).assessment.standings[reader.control].standing == "needs-review"
    before = (reader.root / "readiness.toml").read_bytes()
    assert reader.body(reader.line(), "--propose", "--by", "the pull request")[0] == 0
    assert (reader.root / "readiness.toml").read_bytes() == before, "said twice, it changes nothing"


@pytest.mark.parametrize("status", [Status.BLOCKER, Status.NEEDS_REVIEW])
def test_a_persons_answer_is_left_alone(session, reader, status):
    session.answer(reader.control, status)
    session.save()
    before = (reader.root / "readiness.toml").read_bytes()
    code, data = reader.body(reader.line(), "--propose")
    assert (code, data["proposed"]) == (1, [])
    assert data["left_alone"][0]["control"] == reader.control
    assert (reader.root / "readiness.toml").read_bytes() == before


def test_does_not_apply_needs_a_reason(reader):
    assert reader.kinds(reader.line(" ", " n/a")) == (1, [("no-reason", reader.item.id)])
    assert reader.kinds(reader.line(" ", " n/a"), "--propose")[0] == 1
    assert reader.answer().status is Status.UNANSWERED
    code, data = reader.body(reader.line(" ", " n/a, because nothing is uploaded"), "--propose")
    assert (code, data["proposed"]) == (0, [reader.control])
    answer = reader.answer()
    assert (answer.status, answer.rung, answer.reason) == (
        Status.NOT_APPLICABLE, Rung.PROPOSED, "nothing is uploaded",
    )  # fmt: skip


def test_an_unclear_box_and_a_strange_id_are_told_and_proposed_by_nobody(reader):
    text = reader.line("?") + "- [x] what <!-- readiness:item no.such.item -->\n"
    text += "- [x] what <!-- readiness:control no-such-control -->\n"
    code, found = reader.kinds(text, "--propose")
    assert code == 1
    assert found == [("unclear", reader.item.id), ("stranger", "no.such.item"), ("stranger", "no-such-control")]
    assert reader.answer().status is Status.UNANSWERED


def test_a_control_of_the_body_of_a_change_is_read_too(reader):
    text = f"- [x] looked <!-- readiness:control {reader.control} -->\n"
    assert reader.kinds(text) == (1, [("ticked", reader.control)])


def test_a_secret_in_a_reason_is_kept_out(reader):
    secret = "AKIA" + "Z7QX4M2N" + "8P5R3T6V"
    code, data = reader.body(reader.line(" ", f" n/a, because {secret}"), "--propose")
    assert secret not in json.dumps(data)
    assert secret.encode() not in (reader.root / "readiness.toml").read_bytes()
    assert code == 1


# Where it comes from


def event(tmp_path, monkeypatch, data):
    path = tmp_path / "event.json"
    path.write_text(data if isinstance(data, str) else json.dumps(data))
    monkeypatch.setenv("GITHUB_EVENT_PATH", str(path))


def test_github_gives_the_body_in_its_event(reader, tmp_path, monkeypatch):
    pull = {"body": reader.line(), "number": 12, "user": {"login": "bo-sample"}}
    event(tmp_path, monkeypatch, {"action": "edited", "pull_request": pull})
    code, data = reader.data("--propose")
    assert (code, data["source"]) == (0, "GITHUB_EVENT_PATH")
    assert reader.answer().proposed_by == "pull request 12 of bo-sample"


@pytest.mark.parametrize(
    "pull", [{"body": None}, {}, {"body": 3, "user": None, "number": "x"}, {"body": "", "user": {"login": None}}]
)
def test_an_event_without_a_body_holds_no_boxes(reader, tmp_path, monkeypatch, pull):
    event(tmp_path, monkeypatch, {"pull_request": pull})
    code, data = reader.data()
    assert (code, data["boxes"]) == (0, [])


@pytest.mark.parametrize("data", [{"ref": "refs/heads/main"}, [], "null", "{", "", '{"pull_request": []}'])
def test_an_event_that_is_not_of_a_request_is_refused_in_one_line(reader, tmp_path, monkeypatch, data):
    event(tmp_path, monkeypatch, data)
    code, _ = reader.run()
    assert code == 2
    assert reader.err.count("\n") == 1
    assert "pr read FILE" in reader.err


def test_an_event_that_is_not_there_is_refused(reader, tmp_path, monkeypatch):
    monkeypatch.setenv("GITHUB_EVENT_PATH", str(tmp_path / "none.json"))
    assert reader.run()[0] == 2


def test_gitlab_gives_it_in_a_variable(reader, monkeypatch):
    monkeypatch.setenv("CI_MERGE_REQUEST_IID", "7")
    monkeypatch.setenv("CI_MERGE_REQUEST_DESCRIPTION", reader.line())
    monkeypatch.setenv("CI_MERGE_REQUEST_DESCRIPTION_IS_TRUNCATED", "false")
    assert reader.data()[0] == 1


def test_a_description_that_the_host_cut_is_unknown_and_never_ticked(reader, monkeypatch):
    monkeypatch.setenv("CI_MERGE_REQUEST_IID", "7")
    monkeypatch.setenv("CI_MERGE_REQUEST_DESCRIPTION", reader.line())
    monkeypatch.setenv("CI_MERGE_REQUEST_DESCRIPTION_IS_TRUNCATED", "true")
    code, data = reader.data("--propose")
    assert (code, data["truncated"], data["proposed"]) == (3, True, None)
    assert reader.answer().status is Status.UNANSWERED


def test_a_body_cut_inside_our_block_is_unknown(reader):
    text = reader.text()
    code, data = reader.body(text[: len(text) // 2])
    assert (code, data["truncated"]) == (3, True)


def test_standard_input_is_read(reader, monkeypatch):
    for arguments in (["-"], []):
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(reader.line().encode())))
        code, data = reader.data(*arguments)
        assert (code, data["source"]) == (1, "standard input")


def test_a_megabyte_of_boxes_is_read(reader):
    code, data = reader.body(reader.line() * 9000)
    assert (code, len(data["boxes"])) == (1, 1)


def test_more_than_any_host_keeps_is_refused(reader, monkeypatch):
    reader.file.write_bytes(b"x" * (5 * 2**20))
    assert reader.run(str(reader.file))[0] == 2
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(reader.line().encode() + b"x" * (5 * 2**20))))
    assert reader.run("-")[0] == 3


def test_line_ends_and_a_mark_of_windows_change_nothing(reader):
    assert reader.kinds("\ufeff" + reader.line().replace("\n", "\r\n") * 2) == (1, [("ticked", reader.item.id)])


def test_a_missing_file_or_a_folder_is_said_in_one_line(reader, tmp_path):
    for name in (tmp_path, tmp_path / "none.md"):
        assert reader.run(str(name))[0] == 2
        assert reader.err.count("\n") == 1


def test_check_is_as_its_schema_says(reader, schema, capsys):
    for expected in (False, True):
        code = main(["-C", str(reader.root), "pr", "check", "--format", "json"])
        data = json.loads(capsys.readouterr().out)
        schema(data, "pr-check-1.json")
        assert (code, data["current"]) == (0 if expected else 1, expected)
        main(["-C", str(reader.root), "pr", "write"])
        capsys.readouterr()


def test_check_in_words_names_the_command_that_mends_it(reader, capsys):
    assert main(["-C", str(reader.root), "pr", "check"]) == 1
    assert "readiness pr write" in capsys.readouterr().err


def test_write_shows_its_change_first_when_asked_and_prints_what_other_hosts_need(reader, capsys):
    assert main(["-C", str(reader.root), "pr", "write", "--dry-run"]) == 0
    assert "+### Production readiness" in capsys.readouterr().out
    assert not (reader.root / ".github").exists()
    (reader.root / "bitbucket-pipelines.yml").write_text("pipelines: {}\n")
    assert main(["-C", str(reader.root), "pr", "write"]) == 0
    assert reader.text().strip() in capsys.readouterr().out
    assert not (reader.root / ".github").exists()


def test_a_workbook_below_the_top_is_told_that_no_host_looks_there(session, capsys):
    below = session.root / "api"
    opened = Session(below)
    opened.start(["fifty-point"])
    opened.save()
    assert main(["-C", str(below), "pr", "write"]) == 0
    assert "at the top of the repository" in capsys.readouterr().err
    assert main(["-C", str(session.root), "pr", "write"]) == 0
    assert "at the top of the repository" not in capsys.readouterr().err
