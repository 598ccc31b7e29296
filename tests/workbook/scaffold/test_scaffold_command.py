"""`readiness scaffold` as a person calls it."""

from __future__ import annotations

import json

import pytest

from workbook.cli.main import main
from workbook.scaffold.registry import scaffolds


def test_a_document_is_written_once_and_says_what_is_left(fresh, capsys):
    root = fresh("fastapi")
    assert main(["-C", str(root), "scaffold", "runbook"]) == 0
    told = capsys.readouterr().out
    assert told.startswith("Wrote docs/runbook.md with ")
    assert "line 3: one person" in told
    assert "Then: readiness answer runbooks ready --evidence docs/runbook.md" in told
    written = (root / "docs" / "runbook.md").read_text("utf-8")
    assert written.startswith("# Runbook of Orders\n")

    assert main(["-C", str(root), "scaffold", "runbook"]) == 1
    assert "docs/runbook.md is there already and stays as it is: write another one with --to PATH" in _flat(capsys)
    assert (root / "docs" / "runbook.md").read_text("utf-8") == written

    assert main(["-C", str(root), "scaffold", "runbook", "--to", "ops/payments.md"]) == 0
    assert "There is also docs/runbook.md." in capsys.readouterr().out
    assert (root / "ops" / "payments.md").is_file()


def _flat(capsys):
    return " ".join(capsys.readouterr().err.replace(";", ":").split())


@pytest.mark.parametrize(
    ("name", "there"),
    [
        ("runbook", "ops/Runbooks/api.md"),
        ("security", ".github/security.md"),
        ("codeowners", "CODEOWNERS"),
        ("adr", "docs/adr/0007-queue.md"),
        ("dependabot", "renovate.json"),
        ("ci", ".gitlab-ci.yml"),
        ("k6", "perf/smoke.k6.js"),
        ("agents", "CLAUDE.md"),
        ("slo", "docs/Service-Levels.md"),
        ("pre-commit", ".husky/pre-commit"),
        ("requirements", "docs/PRD.md"),
        ("post-mortem", "docs/postmortems/one.md"),
    ],
)
def test_another_spelling_of_the_same_document_is_named_and_left(fresh, capsys, name, there):
    root = fresh("flask")
    (root / there).parent.mkdir(parents=True, exist_ok=True)
    (root / there).write_text("ours\n", "utf-8")
    before = sorted(path for path in root.rglob("*") if ".git/" not in str(path))
    assert main(["-C", str(root), "scaffold", name]) == 1
    assert f"{there} is there already" in capsys.readouterr().err
    assert sorted(path for path in root.rglob("*") if ".git/" not in str(path)) == before


def test_a_health_route_that_is_served_is_named_by_its_line(fresh, capsys):
    root = fresh("flask")
    with (root / "app.py").open("a") as file:
        file.write('\n\n@app.route("/healthz")\ndef healthz():\n    return "ok"\n')
    assert main(["-C", str(root), "scaffold", "health"]) == 1
    assert "app.py:19 is there already" in capsys.readouterr().err


def test_a_dry_run_shows_the_text_and_writes_nothing(fresh, capsys):
    root = fresh("express")
    before = sorted(root.rglob("*"))
    assert main(["-C", str(root), "scaffold", "slo", "--dry-run"]) == 0
    told = capsys.readouterr()
    assert "Would write docs/slo.md" in told.err
    assert told.out.startswith("# Service level objectives of Shop\n")
    assert sorted(root.rglob("*")) == before
    (root / "AGENTS.md").write_text("ours\n")
    assert main(["-C", str(root), "scaffold", "agents", "--dry-run"]) == 0
    told = capsys.readouterr()
    assert "AGENTS.md is there already and would stay as it is" in told.err
    assert "`npm run test`" in told.out


def test_the_list_says_what_is_there(fresh, capsys):
    root = fresh("next")
    (root / "SECURITY.md").write_text("Write to security@example.com.\n")
    assert main(["-C", str(root), "scaffold"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines[: len(scaffolds())]] == list(scaffolds())
    assert "security             there: SECURITY.md" in lines
    assert main(["-C", str(root), "scaffold", "--list", "--format", "json"]) == 0
    data = json.loads(capsys.readouterr().out)
    assert data["version"] == 1
    assert {one["name"]: one["there"] for one in data["scaffolds"]}["security"] == ["SECURITY.md"]
    assert data["scaffolds"][0]["command"] == "readiness scaffold runbook"


def test_json_tells_the_blanks_and_with_a_dry_run_the_text(fresh, capsys):
    root = fresh("django")
    assert main(["-C", str(root), "scaffold", "sla", "--dry-run", "--format", "json"]) == 0
    data = json.loads(capsys.readouterr().out)
    assert (data["written"], data["path"], data["there"]) == (False, "docs/sla.md", [])
    assert data["text"].startswith("# Service level agreement of Library")
    assert data["blanks"][0] == {"line": 3, "what": "which customers or plans"}
    assert main(["-C", str(root), "scaffold", "sla", "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out)["written"] is True


def test_what_is_complete_says_so(fresh, capsys):
    root = fresh("flask")
    assert main(["-C", str(root), "scaffold", "dependabot"]) == 0
    assert "Nothing is left to fill in; read it before you commit it." in capsys.readouterr().out


def test_the_numbers_are_those_of_the_workbook(fresh):
    root = fresh("fastapi")
    assert main(["-C", str(root), "init", "--checklist", "six-gates", "--yes"]) == 0
    assert main(["-C", str(root), "scaffold", "alert-rules"]) == 0
    rules = (root / "ops" / "alert-rules.yml").read_text("utf-8")
    assert "# Latency: Six gates, six-gates.g4.signal-latency" in rules
    assert "> 0.5\n" in rules


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["runbok"], "did you mean 'runbook'?"),
        (["runbook", "--to", "../x.md"], "lies outside the repository"),
        (["runbook", "--to", ".git/x"], "is not for documents"),
        (["--to", "x.md"], "nothing says what"),
    ],
)
def test_a_mistake_is_told_in_one_line(fresh, capsys, words, said):
    root = fresh("empty")
    assert main(["-C", str(root), "scaffold", *words]) == 2
    error = capsys.readouterr().err
    assert said in error
    assert len(error.splitlines()) == 1
