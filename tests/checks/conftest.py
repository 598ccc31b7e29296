"""Ordinary git and a small repository for the tests of the checks."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest


@pytest.fixture
def git_in(tmp_path: Path) -> Callable[..., str]:
    """Runs ordinary git in a folder, away from the user's own configuration."""

    def run(folder: Path, *arguments: str, **variables: str) -> str:
        environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(tmp_path),
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_AUTHOR_DATE": "2026-11-01T00:00:00Z",
            "GIT_COMMITTER_DATE": "2026-11-01T00:00:00Z",
            "GIT_ALLOW_PROTOCOL": "file",
        }
        done = subprocess.run(
            ["git", *arguments], cwd=folder, env=environment | variables, check=True, capture_output=True
        )
        return os.fsdecode(done.stdout).strip()

    return run


@pytest.fixture
def acme(tmp_path: Path, git_in: Callable[..., str]) -> Path:
    """A repository of Ana's with a folder `api` and one commit."""
    root = tmp_path / "acme"
    (root / "api").mkdir(parents=True)
    (root / "README.md").write_text("# Acme\n")
    (root / "api" / "main.py").write_text("print('hello')\n")
    git_in(root, "init", "-q", "-b", "main")
    git_in(root, "config", "user.name", "Ana Example")
    git_in(root, "config", "user.email", "ana@example.com")
    git_in(root, "add", "-A")
    git_in(root, "commit", "-qm", "Start")
    return root
