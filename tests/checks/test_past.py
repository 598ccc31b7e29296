"""The files of an earlier commit in a private folder: as they were, and nowhere else."""

from __future__ import annotations

import stat
import subprocess
from pathlib import Path

import pytest

from checks.git import Git
from checks.past import laid_out, lay_out

ENVIRONMENT = {"PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": "/nonexistent", "GIT_CONFIG_NOSYSTEM": "1"}


def plain_git(root: Path, *arguments: str) -> None:
    subprocess.run(["git", *arguments], cwd=root, env=ENVIRONMENT, check=True, capture_output=True)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    made = tmp_path / "acme"
    (made / "api").mkdir(parents=True)
    (made / "api" / "main.py").write_bytes(b"x = 1\r\n")
    (made / "link.py").symlink_to("api/main.py")
    for words in (("init", "-q"), ("config", "user.name", "Ana"), ("config", "user.email", "ana@example.com")):
        plain_git(made, *words)
    plain_git(made, "add", "-A")
    plain_git(made, "commit", "-qm", "One")
    (made / "api" / "main.py").write_text("x = 2\n")
    plain_git(made, "commit", "-qam", "Two")
    return made


def test_an_earlier_commit_is_laid_out_and_gone_afterwards(root: Path) -> None:
    with Git.open(root) as git, laid_out(git, "HEAD~1") as folder:
        assert folder is not None
        assert (folder / "api" / "main.py").read_bytes() == b"x = 1\r\n"
        assert (folder / "link.py").readlink() == Path("api/main.py")
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        assert not (folder / ".git").exists()
    assert not folder.exists()
    assert (root / "api" / "main.py").read_text() == "x = 2\n"


def test_a_folder_of_a_repository_is_laid_out_alone(root: Path) -> None:
    with Git.open(root / "api") as git, laid_out(git, "HEAD~1") as folder:
        assert folder is not None
        assert [path.name for path in folder.iterdir()] == ["main.py"]


def test_a_commit_that_is_not_here_is_none(root: Path) -> None:
    with Git.open(root) as git, laid_out(git, "origin/none") as folder:
        assert folder is None


def test_nothing_is_written_outside_of_the_folder_whatever_a_tree_says(root: Path, tmp_path: Path) -> None:
    folder, outside = tmp_path / "folder", tmp_path / "outside"
    folder.mkdir()
    outside.mkdir()
    with Git.open(root) as git:
        mode, blob = git.tree("HEAD")["api/main.py"]  # type: ignore[index]  # the commit is here
        _, target = git.tree("HEAD")["link.py"]  # type: ignore[index]  # the commit is here
        link = 0o120000
        bad = {
            "../outside/a": (mode, blob), "a/../../outside/b": (mode, blob), f"{outside}/c": (mode, blob),
            ".git/config": (mode, blob), "sub/.GIT/hooks/post-checkout": (mode, blob),
            "a//b": (mode, blob), "": (mode, blob),
        }  # fmt: skip
        clashing = {
            "way": (link, target),
            "way/main.py": (mode, blob),
            "file": (mode, blob),
            "file/below": (mode, blob),
        }
        lay_out(git, bad | clashing | {"good.py": (mode, blob), "x" * 300: (mode, blob)}, folder)
    assert not list(outside.iterdir())
    assert sorted(path.name for path in tmp_path.iterdir()) == ["acme", "folder", "outside"]
    assert (folder / "good.py").read_text() == "x = 2\n"
    assert not (folder / ".git").exists()
    assert not (folder / "sub").exists()
    assert not (folder / "way").is_symlink(), "what lies below comes first, so a link cannot lead it elsewhere"
