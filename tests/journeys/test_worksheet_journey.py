"""A lawyer without the tool, and a coding agent with it: over the command line, on a real git repository."""

from __future__ import annotations

import io
import json
import os
import subprocess
import tomllib
from collections.abc import Callable
from pathlib import Path

import jsonschema
import pytest

from workbook.cli.context import Context
from workbook.cli.main import main

SCHEMA = Path(__file__).resolve().parents[2] / "docs" / "schemas" / "brief-1.json"
ENVIRONMENT = {"PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": "/nonexistent", "GIT_CONFIG_NOSYSTEM": "1"}
KEY = "AKIA" + "Z7QX4M2N8P5R3T6V"
"""Looks like a key, and is none."""

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def acme(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in list(os.environ):
        if name.startswith(("GITHUB_", "CI_", "GITLAB_")):
            monkeypatch.delenv(name)
    root = tmp_path / "acme"
    (root / "api").mkdir(parents=True)
    (root / "api" / "client.py").write_text(f'NAME = "acme"\nKEY = "{KEY}"\n')
    for words in (
        ("init", "-q", "-b", "main"), ("config", "user.name", "Ana Example"),
        ("config", "user.email", "ana@example.com"), ("add", "-A"), ("commit", "-qm", "Start"),
    ):  # fmt: skip
        subprocess.run(["git", *words], cwd=root, env=ENVIRONMENT, check=True)
    monkeypatch.chdir(root)
    return root


@pytest.fixture
def run(acme: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    def call(*arguments: str) -> tuple[int, str, str]:
        code = main(["-C", str(acme), *arguments])
        told = capsys.readouterr()
        return code, told.out, told.err

    return call


def controls(root: Path) -> dict[str, dict[str, object]]:
    read: dict[str, dict[str, object]] = tomllib.loads((root / "readiness.toml").read_text())["controls"]
    return read


def test_a_lawyer_s_sheet_becomes_proposals_that_a_person_confirms(acme: Path, run: Run) -> None:
    assert run("init", "--yes")[0] == 0
    code, out, _ = run("sheet", "out", "--for", "legal")
    assert code == 0
    assert run("sheet", "out", "--for", "legal", "-o", "legal.md")[0] == 0
    sheet = acme / "legal.md"
    assert sheet.read_text() == out
    before = (acme / "readiness.toml").read_bytes()

    code, out, _ = run("sheet", "in", "legal.md", "--yes")
    assert (code, (acme / "readiness.toml").read_bytes()) == (0, before), "out and in again is nothing"

    text = sheet.read_text().replace("Filled in by:", "Filled in by: Lea Legal <lea@example.com>")
    head, first, rest = text.split("\n## ", 2)
    first = first.replace("- [ ] yes", "* [X] Yes").replace("- Note:", "- Note: The contract says so.\n\n  Page 3.")
    sheet.write_bytes("\n## ".join([head, rest.partition("\nEnd of")[0], first, "x"]).replace("\n## x", "").encode()
                      + b"\r\n\r\nEnd of" + rest.partition("\nEnd of")[2].encode())  # fmt: skip
    control = first.partition("[ref ")[2].split()[0]

    code, out, err = run("sheet", "in", "legal.md")
    assert (code, (acme / "readiness.toml").read_bytes()) == (2, before), "it shows, and waits for a yes"
    assert f"propose  {control}: yes, by Lea Legal <lea@example.com>; note: The contract says so." in out
    assert "--yes" in err

    assert run("sheet", "in", "legal.md", "--yes")[0] == 0
    made = controls(acme)[control]
    assert (made["status"], made["rung"], made["proposed_by"]) == ("ready", "proposed", "Lea Legal <lea@example.com>")
    assert made["note"] == "The contract says so.\n\n  Page 3."
    assert "by" not in made
    standing = json.loads(run("status", "--format", "json")[1])["standings"][control]["standing"]
    assert standing == "needs-review", "a tick is no pass"
    assert "recorded already" in run("sheet", "in", "legal.md", "--yes")[1]

    assert run("answer", control, "ready")[0] == 0
    assert json.loads(run("status", "--format", "json")[1])["standings"][control]["standing"] == "claimed"
    assert control not in run("sheet", "out", "--for", "legal")[1]


def test_a_person_at_a_terminal_is_asked(acme: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    assert run("init", "--yes")[0] == 0
    (acme / "ops.md").write_text(run("sheet", "out", "--for", "ops")[1].replace("- [ ] yes", "- [x] yes", 1))
    before = (acme / "readiness.toml").read_bytes()
    monkeypatch.setattr(Context, "interactive", True)
    for said, code in (("n", 1), ("", 1), ("y", 0)):
        assert (acme / "readiness.toml").read_bytes() == before
        monkeypatch.setattr("sys.stdin", io.StringIO(f"{said}\n"))
        assert run("sheet", "in", "ops.md", "--by", "Otto Ops")[0] == code
    assert (acme / "readiness.toml").read_bytes() != before


def test_what_was_not_understood_is_listed_with_its_line(acme: Path, run: Run) -> None:
    assert run("init", "--yes")[0] == 0
    sheet = acme / "finance.md"
    text = run("sheet", "out", "--for", "finance")[1].replace("- [ ] doesn't", "- [x] doesn't", 1)
    sheet.write_text(f"Dear team,\n{text}")
    code, out, _ = run("sheet", "in", str(sheet), "--by", "Fin Ance")
    assert code == 1
    line = text[: text.index("- [x]")].count("\n") + 2
    assert "line 1: not taken: Dear team," in out
    assert f"line {line}: " in out
    assert "needs a reason" in out
    assert run("sheet", "in", "missing.md")[0] == 2
    assert run("sheet", "out", "--for", "nobody")[0] == 2
    assert run("sheet", "out", "--for", "legal", "-o", "readiness.toml")[0] == 2


def test_an_agent_is_told_where_what_proves_it_and_where_to_stop(acme: Path, run: Run) -> None:
    assert run("init", "--yes")[0] == 0
    before = (acme / "readiness.toml").read_bytes()
    code, out, _ = run("brief", "--json")
    brief = json.loads(out)
    jsonschema.Draft202012Validator(json.loads(SCHEMA.read_text())).validate(brief)
    assert (code, (acme / "readiness.toml").read_bytes()) == (0, before)
    gaps = {one["control"]: one for one in brief["gaps"]}
    assert {one["needs"] for one in gaps.values()} == {"code", "environment", "person"}
    leak = next(one for one in gaps.values() if any(place["path"] == "api/client.py" for place in one["places"]))
    assert leak["proof"][:2] == ["readiness", "probe"]
    assert gaps["regulatory-compliance"]["propose"] is None

    markdown = run("brief")[1]
    assert "--propose NAME" in markdown.split("\n##", 1)[0]
    assert markdown.index("## What code can fix") < markdown.index("stop here, do not answer")
    assert "api/client.py:2" in markdown
    assert KEY not in markdown + out

    # The commands it names are true ones.
    assert run(*leak["proof"][1:])[0] == 0
    said = [{"WHAT YOU DID": "moved the key", "FILE": "api/client.py", "NAME": "my agent"}.get(one, one) for one in
            leak["propose"][1:]]  # fmt: skip
    assert run(*said)[0] == 0
    assert controls(acme)[leak["control"]]["rung"] == "proposed"
    after = {one["control"]: one for one in json.loads(run("brief", "--json")[1])["gaps"]}[leak["control"]]
    assert (after["needs"], after["propose"]) == ("person", None)
    assert "confirm" in after["because"]


def test_a_person_s_answer_is_not_the_agent_s_to_replace(acme: Path, run: Run) -> None:
    assert run("init", "--yes")[0] == 0
    assert run("answer", "audit-trail", "partly", "--note", "half of it")[0] == 0
    gaps = {one["control"]: one for one in json.loads(run("brief", "--json", "--no-probe")[1])["gaps"]}
    assert (gaps["audit-trail"]["needs"], gaps["audit-trail"]["propose"]) == ("code", None)
    assert acme.joinpath("readiness.toml").exists()
