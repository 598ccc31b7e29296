"""The current commit, told without git where its files tell it: never another one than git tells."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from checks.git import Git, GitProblem
from checks.git.heads import loose_head

ENVIRONMENT = {"PATH": os.environ["PATH"], "HOME": "/nonexistent", "GIT_CONFIG_NOSYSTEM": "1"}


def git(root: Path, *arguments: str) -> str:
    who = ("-c", "user.name=Ana Example", "-c", "user.email=ana@example.com")
    done = subprocess.run(["git", *who, *arguments], cwd=root, check=True, capture_output=True, env=ENVIRONMENT)
    return done.stdout.decode().strip()


@pytest.fixture(params=["sha1", "sha256"])
def acme(tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    root = tmp_path / "acme"
    root.mkdir()
    git(root, "init", "-q", "-b", "main", f"--object-format={request.param}")
    for number in (1, 2):
        git(root, "commit", "-q", "--allow-empty", "-m", f"Number {number}")
    return root


def told(root: Path) -> str | None:
    hash_name = "sha256" if len(git(root, "rev-parse", "HEAD")) == 64 else "sha1"
    return loose_head(root / ".git", root / ".git" / "objects", hash_name)


def on_a_branch(root: Path) -> None:
    git(root, "checkout", "-q", "-b", "feature/deep-one")
    git(root, "commit", "-q", "--allow-empty", "-m", "Further")


def detached(root: Path) -> None:
    git(root, "checkout", "-q", "--detach", "HEAD~1")


def packed_refs(root: Path) -> None:
    git(root, "pack-refs", "--all")


def packed_objects(root: Path) -> None:
    git(root, "gc", "-q")


def symbolic(root: Path) -> None:
    git(root, "symbolic-ref", "refs/heads/other", "refs/heads/main")
    git(root, "symbolic-ref", "HEAD", "refs/heads/other")


def odd_name(root: Path) -> None:
    git(root, "checkout", "-q", "-b", "ünusual.name")


@pytest.mark.parametrize("change", [on_a_branch, detached, packed_refs, packed_objects, symbolic, odd_name])
def test_the_commit_is_the_one_git_tells(acme: Path, change: Callable[[Path], None]) -> None:
    assert told(acme) == git(acme, "rev-parse", "HEAD")
    change(acme)
    commit = git(acme, "rev-parse", "HEAD")
    assert told(acme) in (commit, None)
    assert (told(acme) is None) == (change in (packed_refs, packed_objects, symbolic, odd_name))
    with Git.open(acme) as opened:
        assert opened.head() == commit


def object_of(root: Path, name: str) -> Path:
    return root / ".git" / "objects" / name[:2] / name[2:]


@pytest.mark.parametrize("damage", ["cut", "other", "gone", "blob"])
def test_a_commit_that_is_damaged_is_none(acme: Path, damage: str) -> None:
    commit, first = git(acme, "rev-parse", "HEAD"), git(acme, "rev-parse", "HEAD~1")
    place = object_of(acme, commit)
    raw = place.read_bytes()
    place.chmod(0o644)
    match damage:
        case "cut":
            place.write_bytes(raw[: len(raw) // 2])
        case "other":
            place.write_bytes(object_of(acme, first).read_bytes())
        case "gone":
            place.unlink()
        case _:
            (acme / "blob").write_text("x")
            (acme / ".git" / "refs" / "heads" / "main").write_text(git(acme, "hash-object", "-w", "blob") + "\n")
    assert loose_head(acme / ".git", acme / ".git" / "objects", "sha256" if len(commit) == 64 else "sha1") is None
    if damage != "other":
        with Git.open(acme) as opened, pytest.raises(GitProblem, match="leads to no commit"):
            opened.head()


def test_before_the_first_commit_there_is_none(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q", "-b", "main")
    assert loose_head(tmp_path / ".git", tmp_path / ".git" / "objects", "sha1") is None
