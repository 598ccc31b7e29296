"""The state of a tree: the same while nothing changed, another as soon as anything did that a probe could see."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from checks.git import Git

ENVIRONMENT = {
    "PATH": os.environ["PATH"],
    "HOME": "/nonexistent",
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_AUTHOR_NAME": "Ana Example",
    "GIT_AUTHOR_EMAIL": "ana@example.com",
    "GIT_COMMITTER_NAME": "Ana Example",
    "GIT_COMMITTER_EMAIL": "ana@example.com",
}


def run(root: Path, *arguments: str) -> None:
    subprocess.run(["git", *arguments], cwd=root, check=True, capture_output=True, env=ENVIRONMENT)


def state(root: Path) -> str:
    with Git.open(root) as git:
        return git.state()


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    root = tmp_path / "acme"
    (root / "app").mkdir(parents=True)
    (root / "app" / "main.py").write_text("value = 1\n")
    (root / "app" / "other.py").write_text("value = 2\n")
    (root / ".gitignore").write_text("ignored.txt\n")
    (root / "ignored.txt").write_text("one\n")
    (root / "link").symlink_to("ignored.txt")
    (root / "loose.txt").write_text("one\n")
    run(root, "init", "-q", "-b", "main")
    run(root, "add", "app", ".gitignore", "link")
    run(root, "commit", "-qm", "Begin")
    return root


CHANGES: dict[str, Callable[[Path], object]] = {
    "a tracked file": lambda root: (root / "app" / "main.py").write_text("value = 3\n"),
    "an untracked file": lambda root: (root / "loose.txt").write_text("two\n"),
    "a new file": lambda root: (root / "new.txt").write_text("two\n"),
    "a file less": lambda root: (root / "app" / "main.py").unlink(),
    "a file moved": lambda root: (root / "app" / "main.py").rename(root / "app" / "moved.py"),
    "what a link leads to, though it is ignored": lambda root: (root / "ignored.txt").write_text("two\n"),
    "where a link leads": lambda root: ((root / "link").unlink(), (root / "link").symlink_to("loose.txt")),
    "what is ignored": lambda root: (root / ".gitignore").write_text("ignored.txt\nloose.txt\n"),
    "local excludes": lambda root: (root / ".git" / "info" / "exclude").write_text("loose.txt\n"),
    "a commit without files": lambda root: run(root, "commit", "-q", "--allow-empty", "-m", "Go on"),
    "a tag": lambda root: run(root, "tag", "v1"),
    "a branch": lambda root: run(root, "checkout", "-qb", "side"),
    "another branch's commit": lambda root: run(root, "update-ref", "refs/heads/side", "HEAD"),
    "a mailmap": lambda root: (root / ".mailmap").write_text("Ana <ana@example.com> <a@example.com>\n"),
    "how far back the clone reaches": lambda root: (root / ".git" / "shallow").write_text("0" * 40 + "\n"),
    "line ends": lambda root: (root / "app" / "main.py").write_bytes(b"value = 1\r\n"),
}


@pytest.mark.parametrize("change", CHANGES)
def test_what_a_probe_could_see_changes_the_state(repository: Path, change: str) -> None:
    before = state(repository)
    CHANGES[change](repository)
    assert state(repository) != before


def test_an_edit_that_git_was_told_to_overlook_is_seen(repository: Path) -> None:
    run(repository, "update-index", "--assume-unchanged", "app/main.py")
    run(repository, "update-index", "--skip-worktree", "app/other.py")
    before = state(repository)
    (repository / "app" / "main.py").write_text("value = 3\n")
    between = state(repository)
    (repository / "app" / "other.py").write_text("value = 3\n")
    assert len({before, between, state(repository)}) == 3


def test_nothing_changed_is_the_same_state(repository: Path) -> None:
    before = state(repository)
    os.utime(repository / "app" / "main.py", (1, 1))
    (repository / "app" / "main.py").write_text("value = 1\n")
    (repository / "app" / "empty folder").mkdir()
    assert state(repository) == before


def test_an_edit_that_is_taken_back_is_the_first_state(repository: Path) -> None:
    before = state(repository)
    (repository / "app" / "main.py").write_text("value = 3\n")
    assert state(repository) != before
    (repository / "app" / "main.py").write_text("value = 1\n")
    assert state(repository) == before


def test_another_folder_with_the_same_content_is_another_state(repository: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    run(tmp_path, "clone", "-q", "--no-local", str(repository), str(copy))
    assert state(copy) != state(repository)
    assert state(repository / "app") != state(repository)
