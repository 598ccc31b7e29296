"""What `probe`, `status` and `history` print as JSON is what their published schemas say."""

import json

import jsonschema
import pytest

from workbook.cli.main import main
from workbook.session import Session

CONTROL = "rate-limiting"
CALLS = [
    ("probe-1.json", ["probe"]),
    ("probe-1.json", ["probe", "secrets.none-in-code"]),
    ("status-1.json", ["status"]),
    ("status-1.json", ["status", "--probe"]),
    ("history-1.json", ["history"]),
    ("history-1.json", ["history", CONTROL]),
    ("history-1.json", ["history", "--at", "v1"]),
    ("history-1.json", ["history", "--at", "HEAD"]),
]


@pytest.fixture(scope="module")
def book(tmp_path_factory):
    """A team with all checklists, an answer that stops the launch, a waiver, a decision, a tag and a changed file."""
    import subprocess

    root = tmp_path_factory.mktemp("schemas")
    (root / "main.py").write_text('KEY = "AKIA" "J7Q2XWNP5RZT4KLM"\nprint("hi")\n')
    (root / "huge.py").write_text("x" * 3_000_000)

    def git(*words):
        subprocess.run(["git", *words], cwd=root, check=True, capture_output=True)

    git("init", "-q", "-b", "main")
    git("config", "user.name", "Ana Example")
    git("config", "user.email", "ana@example.com")
    slugs = ["--checklist=fifty-point", "--checklist=six-gates", "--checklist=seven-steps"]
    assert main(["-C", str(root), "init", "--yes", *slugs, "--checklist=ten-gates", "--checklist=prototype-gap"]) == 0
    for words in (
        ["answer", CONTROL, "ready", "--note", "at the gateway", "--evidence", "main.py"],
        ["answer", "no-hardcoded-secrets", "blocker"],
        ["answer", "runbooks", "needs-review", "--gap", "absent", "--propose", "coding agent"],
        ["answer", "horizontal-scaling", "not-applicable", "--reason", "one machine"],
        ["measure", "coverage_pct", "83%"],
        ["decide", "no-go", "--by", "Ana Example <ana@example.com>: engineering"],
    ):
        assert main(["-C", str(root), *words]) == 0, words
    git("add", "-A")
    git("commit", "-qm", "One")
    git("tag", "v1")
    (root / "main.py").write_text("print('changed')\n")
    return root


@pytest.mark.parametrize(("name", "words"), CALLS, ids=lambda one: " ".join(one) if isinstance(one, list) else one)
def test_what_is_printed_is_what_is_published(book, schema, capsys, name, words):
    assert main(["-C", str(book), *words, "--format", "json"]) == 0
    data = json.loads(capsys.readouterr().out)
    schema(data, name)
    with pytest.raises(jsonschema.ValidationError):
        schema({**data, "something": 1}, name)
    for key in data:
        without = {one: value for one, value in data.items() if one != key}
        with pytest.raises(jsonschema.ValidationError):
            schema(without, name)


def test_what_is_tested_is_not_empty(book):
    standings = {str(one.standing) for one in Session(book).assessment.standings.values()}
    assert {"blocker", "needs-review", "not-applicable", "lapsed", "unanswered"} <= standings
