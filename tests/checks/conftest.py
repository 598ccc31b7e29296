"""Ordinary git and a small repository for the tests of the checks."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from checks.look import Look
from checks.tree import Tree


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


@pytest.fixture
def look_at(tmp_path: Path) -> Callable[[dict[str, str | bytes]], Look]:
    """Plants files in a folder without git and gives the look a probe would get at them."""

    def plant(files: dict[str, str | bytes]) -> Look:
        root = tmp_path / "planted"
        for name, content in files.items():
            path = root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return Look(Tree.read(root, None))

    return plant
