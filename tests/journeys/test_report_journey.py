"""From the first answer to what the people who decide, and an auditor, hold in their hands: real probes, a real git."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import zipfile
from pathlib import Path

import pytest

from workbook.cli.main import main
from workbook.sample import materialize

ENVIRONMENT = {"PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": "/nonexistent", "GIT_CONFIG_NOSYSTEM": "1"}


def git(root: Path, *arguments: str) -> str:
    done = subprocess.run(["git", *arguments], cwd=root, env=ENVIRONMENT, check=True, capture_output=True, text=True)
    return done.stdout.strip()


def test_a_launch_is_prepared_decided_and_handed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in list(os.environ):
        if name.startswith(("GITHUB_", "CI_", "GITLAB_")):
            monkeypatch.delenv(name)
    root = materialize(tmp_path / "acme-chat")
    git(root, "config", "user.name", "Ana Example")
    git(root, "config", "user.email", "ana@example.com")

    def run(*arguments: str) -> str:
        code = main(["-C", str(root), *arguments])
        told = capsys.readouterr()
        assert code == 0, told.err
        return told.out

    run("init", "--yes")
    run("answer", "secrets-manager", "ready", "--evidence", "README.md")
    run("answer", "role-based-access", "blocker", "--note", "Every user is an administrator")
    run("answer", "input-schema-validation", "needs-review", "--gap", "partial")
    who = ["--owner", "Ana Example <ana@example.com>", "--approved-by", "Bo Sample <bo@example.com>"]
    run("waive", "input-schema-validation", "--reason", "Twelve known users", *who, "--expires", "2999-01-01")
    run("commit", "--yes")
    git(root, "tag", "v1")
    run("answer", "role-based-access", "ready", "--note", "Roles are checked since Monday")
    signed = ["--by", "Ana Example <ana@example.com>: engineering", "--by", "Bo Sample <bo@example.com>: product"]
    run("decide", "conditional", *signed, "--condition", "A restore is rehearsed|Bo Sample <bo@example.com>|2999-02-01")
    run("commit", "--yes")
    before = git(root, "status", "--porcelain")

    memo = run("report", "--format", "memo")
    for said in (
        "conditional",
        "A restore is rehearsed",
        "engineering",
        "product",
        "2999-01-01",
        "compliance attestation",
    ):
        assert said in memo
    assert "Every user is an administrator" not in memo
    assert "Every user is an administrator" in run("report", "--format", "memo", "--at", "v1")
    assert json.loads(run("report", "--format", "badge", "--at", "v1"))["message"].endswith("1 stops launch")
    then = json.loads(run("report", "--format", "json", "--at", "v1"))
    now = json.loads(run("report", "--format", "json"))
    assert (len(then["history"]), len(now["history"])) == (1, 2)

    digest = run("report", "--bundle", str(tmp_path / "audit.zip")).strip()
    with zipfile.ZipFile(tmp_path / "audit.zip") as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    assert hashlib.sha256(files["manifest.json"]).hexdigest() == digest
    assert files["readiness.toml"] == (root / "readiness.toml").read_bytes()
    # The sample's planted key is found, and its value leaves with nothing.
    found = json.loads(files["probes.json"])["findings"]
    assert "secrets.key-shaped-string" in {one["rule"] for one in found}
    report = files["report.html"].decode()
    assert "The probes read" in report
    assert "<script" not in report
    (evidence,) = json.loads(files["evidence.json"])["evidence"]
    assert (evidence["recorded"]["path"], evidence["result"]) == ("README.md", "same")
    assert git(root, "status", "--porcelain") == before, "a report leaves the repository as it was"
