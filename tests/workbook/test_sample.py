"""The embedded sample: what it plants, and how it becomes a repository of the user's own."""

from __future__ import annotations

import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from workbook import sample
from workbook.data import templates
from workbook.errors import Refused

EXPECTATIONS = tomllib.loads((Path(__file__).parents[1] / "data" / "sample_expectations.toml").read_text())["signals"]
COMMIT = "8c8806605136c1ecbb0a4e11791d34fad60976b7"


def git(root: Path, *arguments: str) -> str:
    done = subprocess.run(["git", "-C", root, *arguments], capture_output=True, text=True, check=True)
    return done.stdout.strip()


@pytest.mark.parametrize("signal", EXPECTATIONS)
def test_every_expectation_names_a_signal_and_a_line_that_shows_it(signal: str) -> None:
    known = tomllib.loads((templates() / "signals.toml").read_text())
    expected = EXPECTATIONS[signal]
    assert signal in known
    assert expected["outcome"] in {"met", "partial", "unmet", "not-applicable"}
    for place in expected.get("at", []):
        lines = (templates() / "sample" / place["path"]).read_text().splitlines()
        assert place["text"] in lines[place["line"] - 1], f"{place['path']}:{place['line']}"


def test_sample_is_one_commit_with_the_same_id_everywhere(tmp_path: Path) -> None:
    root = sample.materialize(tmp_path / "deep" / "acme-chat")
    assert git(root, "rev-parse", "HEAD") == COMMIT
    assert git(root, "rev-list", "--count", "HEAD") == "1"
    assert git(root, "log", "-1", "--format=%an <%ae>") == "Ana Example <ana@example.com>"
    assert git(root, "status", "--porcelain") == ""
    assert [path.name for path in root.parent.iterdir()] == ["acme-chat"], "nothing is left beside it"


def test_commit_id_does_not_depend_on_the_users_git(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = tmp_path / "gitconfig"
    settings.write_text(
        "[user]\n\tname = Bo Sample\n\temail = bo@example.com\n[commit]\n\tgpgsign = true\n"
        "[core]\n\tautocrlf = true\n[init]\n\tdefaultBranch = trunk\n\tdefaultObjectFormat = sha256\n"
    )
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / ".gitconfig").write_bytes(settings.read_bytes())
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "elsewhere"))
    monkeypatch.setenv("GIT_AUTHOR_NAME", "Somebody Else")
    root = sample.materialize(tmp_path / "acme-chat")
    monkeypatch.delenv("GIT_DIR")
    assert git(root, "rev-parse", "HEAD") == COMMIT
    assert git(root, "config", "user.name") == "Bo Sample", "a user who is known keeps their name"
    assert not (tmp_path / "elsewhere").exists()


def test_dotfiles_arrive_and_nothing_is_executable(tmp_path: Path) -> None:
    root = sample.materialize(tmp_path / "acme-chat")
    listed = git(root, "ls-files", "--stage").splitlines()
    assert {line.split()[0] for line in listed} == {"100644"}
    paths = {line.split("\t")[1] for line in listed}
    assert paths >= {
        ".gitignore",
        ".env.example",
        ".dockerignore",
        ".github/workflows/ci.yml",
        ".github/dependabot.yml",
    }
    assert not [path for path in paths if "__pycache__" in path]


def test_the_users_changes_survive(tmp_path: Path) -> None:
    root = sample.materialize(tmp_path / "acme-chat")
    (root / "README.md").write_text("mine\n")
    (root / "LICENSE").unlink()
    assert sample.materialize(root) == root
    assert (root / "README.md").read_text() == "mine\n"
    assert not (root / "LICENSE").exists()


def test_something_else_in_the_way_is_named_and_left_alone(tmp_path: Path) -> None:
    (tmp_path / "acme-chat").mkdir()
    (tmp_path / "acme-chat" / "notes.txt").write_text("mine")
    with pytest.raises(Refused, match="is in the way of the sample project"):
        sample.materialize(tmp_path / "acme-chat")
    assert [path.name for path in (tmp_path / "acme-chat").iterdir()] == ["notes.txt"]


def test_command_prints_the_folder_and_gives_a_nameless_machine_a_name(tmp_path: Path) -> None:
    """What `make run` calls, with an empty home."""
    environment = {"HOME": str(tmp_path), "PATH": os.environ["PATH"], "XDG_DATA_HOME": str(tmp_path / "data")}
    command = [sys.executable, "-P", "-m", "workbook.sample"]
    first = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    again = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    root = Path(first.stdout.strip())
    assert root.is_relative_to(tmp_path)
    assert again.stdout == first.stdout
    assert git(root, "config", "--local", "user.email") == "ana@example.com"


def test_without_git_the_command_says_so_in_one_line(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-P", "-m", "workbook.sample"],
        env={"HOME": str(tmp_path), "PATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 1
    assert "git" in done.stderr
    assert not list(tmp_path.rglob("acme-chat*"))
