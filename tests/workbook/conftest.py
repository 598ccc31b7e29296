"""Small repositories for the tests of the workbook."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

ANA = "Ana Example <ana@example.com>"
ENVIRONMENT = {
    "PATH": "/usr/local/bin:/usr/bin:/bin",
    "HOME": "/nonexistent",
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_AUTHOR_DATE": "2026-11-01T00:00:00Z",
    "GIT_COMMITTER_DATE": "2026-11-01T00:00:00Z",
}


@pytest.fixture
def git() -> Callable[..., str]:
    """Runs git in a folder, away from the user's own configuration."""

    def run(folder: Path, *arguments: str) -> str:
        done = subprocess.run(
            ["git", *arguments], cwd=folder, env=ENVIRONMENT, check=True, capture_output=True, text=True
        )
        return done.stdout.strip()

    return run


@pytest.fixture
def repository(tmp_path: Path, git: Callable[..., str]) -> Path:
    """A repository with two files and one commit by Ana."""
    root = tmp_path / "acme"
    (root / "api").mkdir(parents=True)
    (root / "api" / "main.py").write_text("print('hello')\n")
    (root / "infra.tf").write_text("# gateway\n")
    git(root, "init", "-q", "-b", "main")
    git(root, "config", "user.name", "Ana Example")
    git(root, "config", "user.email", "ana@example.com")
    git(root, "add", "-A")
    git(root, "commit", "-qm", "Start")
    return root
