"""What the gate writes for people beside its log: short, whole, and what a description claims."""

import json
import re

import pytest

from checks.observation import Location
from workbook.answers import Status
from workbook.ci import Occasion
from workbook.gate.ruling import Level, Reason, Ruling
from workbook.gate.summary import CAP, markdown

CONTROL = "connection-pooling"
SIGNAL = "db.pooling"


@pytest.fixture
def summary(team, tmp_path):
    def run(*arguments):
        file = tmp_path / "summary.md"
        code, out = team.gate("--summary", str(file), *arguments)
        return code, out, file.read_text()

    return run


@pytest.fixture
def request_of(monkeypatch, tmp_path):
    """Lets the host say that this is a request, with such a description."""

    def say(event):
        file = tmp_path / "event.json"
        file.write_text(event if isinstance(event, str) else json.dumps({"pull_request": {"body": event["body"]}}))
        monkeypatch.setenv("GITHUB_EVENT_NAME", "pull_request")
        monkeypatch.setenv("GITHUB_EVENT_PATH", str(file))

    return say


def test_it_says_what_to_mend_where_and_how(team, sight, summary):
    sight.now = {SIGNAL: "met"}
    team.commit(lambda session: session.answer(CONTROL, Status.READY))
    team.branch()
    (team.root / "api" / "main.py").write_text("print('more')\n")
    team.git(team.root, "commit", "-qam", "More")
    sight.then, sight.now = {SIGNAL: "met"}, {SIGNAL: "unmet"}
    code, _, text = summary("--base", "main")
    assert code == 1
    assert text.startswith(
        "<!-- readiness:gate top -->\n### Production readiness: the gate fails\n\nMode: ratchet, compared"
    )
    (line,) = [line for line in text.splitlines() if line.startswith(f"- {CONTROL}: probe disagrees: stated before")]
    assert line.endswith(f"(api/main.py:1) → mend the place, or: readiness answer {CONTROL} --dispute WHY-IT-HOLDS")
    assert "**Put in doubt by this change**" not in text, "what is to be mended is not said twice"


def test_a_finding_that_no_answer_is_about_is_put_in_doubt_and_fails_nothing(team, sight, summary):
    team.branch()
    (team.root / "api" / "main.py").write_text("print('more')\n")
    team.git(team.root, "commit", "-qam", "More")
    sight.then, sight.now = {SIGNAL: "met"}, {SIGNAL: "unmet"}
    code, _, text = summary("--base", "main")
    assert code == 0
    doubted = text.partition("**Put in doubt by this change**\n\n- ")[2]
    assert "the probe says" in doubted.splitlines()[0]


def test_where_there_is_nothing_to_tell_it_says_so_for_who_keeps_the_comment(team, summary):
    team.branch()
    code, _, text = summary("--base", "main")
    assert code == 0
    assert text.splitlines()[1] == "<!-- nothing-to-tell -->"


@pytest.mark.parametrize("summarized", [False, True])
def test_the_ruling_is_the_same_with_and_without_it(team, sight, tmp_path, summarized):
    """The summary looks at all of the merge base; the ruling alone looks at what may excuse something there."""
    sight.now = {SIGNAL: "unmet"}
    team.commit(lambda session: session.answer(CONTROL, Status.READY))
    team.branch()
    team.commit(lambda session: session.answer(CONTROL, Status.NEEDS_REVIEW))
    (team.root / "api" / "main.py").write_text("print('more')\n")
    team.git(team.root, "commit", "-qam", "More")
    sight.then, sight.now = {SIGNAL: "unmet"}, {SIGNAL: "met"}
    more = ("--summary", str(tmp_path / "summary.md")) if summarized else ()
    assert team.reasons("--base", "main", *more) == (0, []), "disputed before, an open gap now: no worse"
    assert sight.looked_back == [None if summarized else (SIGNAL,)]


@pytest.mark.parametrize("count", [0, 8, 30, 1000])
@pytest.mark.parametrize(
    "text", ["short", "<" * 10_000, "`|*" * 5000, "é " * 5000], ids=["short", "lt", "marks", "wide"]
)
def test_it_is_never_longer_than_hosts_show_and_counts_what_it_leaves_out(count, text):
    reasons = tuple(
        Reason(level, "blocker", f"c{number}", text, text, place=Location(text, 1))
        for level in Level
        for number in range(count)
    )
    told = markdown(Ruling(Occasion.PUSH, "hold", "", reasons, (text,) * count), None, "x" * 5000 + "/", [text] * count)
    assert len(told.encode()) <= CAP < 65_536
    headings = re.findall(r"^\*\*(.+)\*\*$", told, re.MULTILINE)
    assert headings == (
        ["To mend", "Cannot be told", "To know", "Claimed in the description", "Notes"] if count else []
    )
    for part in told.split("\n**")[1:]:
        listed = len(re.findall(r"^- (?!and \d+ more)", part, re.MULTILINE))
        more = re.search(r"^- and (\d+) more", part, re.MULTILINE)
        assert listed + (int(more[1]) if more else 0) == count
        assert listed


BOXES = "- [x] a <!-- readiness:control rate-limiting -->\r\n- [ ] b: n/a <!-- readiness:control runbooks -->\r\n"


@pytest.mark.parametrize(
    ("event", "notes"),
    [
        ({"body": None}, []),
        ({"body": ""}, []),
        ({"body": "no boxes"}, []),
        ({"body": BOXES}, ["rate-limiting is ticked", "runbooks is said not to apply without a reason"]),
        ({"body": f"```\n{BOXES}```\n"}, []),
        ({"body": BOXES.replace("[x]", "[?]")}, ["rate-limiting is neither", "runbooks is said"]),
        ({"body": "<!-- readiness:begin v=1 -->\n" + BOXES}, ["The description is cut"]),
        ({"body": "x" * 1_000_000}, []),
        ("{", ["What is ticked cannot be told: "]),
        ("[]", []),
    ],
    ids=["none", "empty", "words", "boxes", "code", "unclear", "cut", "1 MB", "damaged", "list"],
)
def test_claims_of_the_description_are_noted_and_change_nothing(team, request_of, event, notes):
    request_of(event)
    code, data = team.ruling("--base", "main")
    assert code == 0
    said = [note for note in data["notes"] if "moves" not in note]
    assert len(said) == len(notes)
    assert all(note.startswith(start) for note, start in zip(said, notes, strict=True))


def test_claims_are_something_to_tell(team, request_of, summary):
    team.branch()
    request_of({"body": BOXES})
    text = summary("--base", "main")[2]
    assert "<!-- nothing-to-tell -->" not in text
    assert "**Claimed in the description**\n\n- rate-limiting is ticked in the description" in text


def test_many_claims_are_counted(team, request_of):
    names = list(team.session().catalogue.controls_of(("fifty-point",)))[:30]
    request_of({"body": "".join(f"- [x] a <!-- readiness:control {name} -->\n" for name in names)})
    notes = team.ruling("--base", "main")[1]["notes"]
    assert len(notes) == 8
    assert notes[-1] == "23 more boxes of the description disagree: readiness pr read lists them."


def test_a_push_has_no_description(team, request_of, monkeypatch):
    request_of({"body": BOXES})
    monkeypatch.setenv("GITHUB_EVENT_NAME", "push")
    assert not [note for note in team.ruling()[1]["notes"] if "ticked" in note]


def test_a_file_that_cannot_be_written_is_said(team, tmp_path):
    assert team.gate("--summary", str(tmp_path / "no" / "such" / "folder.md"))[0] == 2
    assert "was not written" in team.err
    assert "Traceback" not in team.err
