"""A pull request from its first line to its gate, with the real probes and a real git."""

from __future__ import annotations

import json
import os
import re
import subprocess
from pathlib import Path

import pytest

from workbook.cli.main import main

ENVIRONMENT = {"PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": "/nonexistent", "GIT_CONFIG_NOSYSTEM": "1"}
KEY = "AKIA" + "Z7QX4M2N8P5R3T6V"
"""Looks like a key, and is none."""


def git(root: Path, *arguments: str) -> str:
    done = subprocess.run(["git", *arguments], cwd=root, env=ENVIRONMENT, check=True, capture_output=True, text=True)
    return done.stdout.strip()


@pytest.fixture
def acme(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in list(os.environ):
        if name.startswith(("GITHUB_", "CI_", "GITLAB_")):
            monkeypatch.delenv(name)
    root = tmp_path / "acme"
    (root / "api").mkdir(parents=True)
    (root / "api" / "main.py").write_text("import os\n\nKEY = os.environ['KEY']\nprint(len(KEY))\n")
    git(root, "init", "-q", "-b", "main")
    git(root, "config", "user.name", "Ana Example")
    git(root, "config", "user.email", "ana@example.com")
    git(root, "add", "-A")
    git(root, "commit", "-qm", "Start")
    return root


def files_of(root: Path) -> dict[str, bytes]:
    return {str(path.relative_to(root)): path.read_bytes() for path in sorted(root.rglob("*")) if path.is_file()}


def test_a_key_in_the_code_fails_the_pull_request_that_brings_it(
    acme: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    def run(*arguments: str) -> tuple[int, str]:
        code = main(["-C", str(acme), *arguments])
        return code, capsys.readouterr().out

    assert run("init", "--yes")[0] == 0
    assert run("answer", "secrets-manager", "ready", "--evidence", "https://example.com/vault")[0] == 0
    assert run("pr", "write")[0] == 0
    assert run("commit", "--yes")[0] == 0
    git(acme, "switch", "-qc", "topic")
    (acme / "api" / "client.py").write_text(f'KEY = "{KEY}"\n')
    git(acme, "add", "-A")
    git(acme, "commit", "-qm", "Client")

    before = files_of(acme)
    code, out = run("gate", "--base", "main", "--format", "github")
    assert code == 1
    assert "secrets-manager: probe disagrees: stated before; " in out
    assert re.search(r"^::error file=api/client\.py,line=1::secrets-manager%?3?A?: ", out, re.MULTILINE)
    assert KEY not in out
    assert run("pr", "check")[0] == 0, "what a probe says moves no box: only answers and watched files do"

    body = run("pr", "body", "--base", "main")[1]
    assert re.search(
        r"^- \[ \] .*: stated → probe disagrees: .* <!-- readiness:control secrets-manager -->$", body, re.MULTILINE
    )
    assert KEY not in body
    file = tmp_path / "body.md"
    file.write_text(body.replace("- [ ]", "- [x]"))
    assert run("pr", "read", str(file))[0] == 0, "by the answers alone it is ready; the gate is who looks"
    assert files_of(acme) == before, "a gate, a body and a read write nothing, so they need no rights"

    (acme / "api" / "client.py").write_text("import os\n\nKEY = os.environ['KEY']\n")
    git(acme, "commit", "-qam", "Take the key from the environment")
    code, out = run("gate", "--base", "main", "--format", "json")
    data = json.loads(out)
    assert (code, [one["about"] for one in data["reasons"] if one["level"] == "failure"]) == (0, [])
