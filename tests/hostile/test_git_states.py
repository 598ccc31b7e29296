"""Every state a repository can be in, through the commands: the right answer or one clear line, and no false calm."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from workbook.cli import doctor
from workbook.cli.main import main

GitIn = Callable[..., str]
STATES: dict[str, Callable[[Path, Path, GitIn], Path]] = {}


def state(plant: Callable[[Path, Path, GitIn], Path]) -> Callable[[Path, Path, GitIn], Path]:
    STATES[plant.__name__.replace("_", " ")] = plant
    return plant


@state
def ordinary(root: Path, _other: Path, _git: GitIn) -> Path:
    return root


@state
def no_git_program(root: Path, _other: Path, _git: GitIn) -> Path:
    return root


@state
def no_repository(root: Path, _other: Path, _git: GitIn) -> Path:
    shutil.rmtree(root / ".git")
    return root


@state
def unborn(root: Path, _other: Path, git: GitIn) -> Path:
    shutil.rmtree(root / ".git")
    git(root, "init", "-q", "-b", "trunk")
    return root


@state
def detached(root: Path, _other: Path, git: GitIn) -> Path:
    git(root, "checkout", "-q", "--detach", "HEAD~1")
    return root


@state
def shallow(root: Path, other: Path, git: GitIn) -> Path:
    git(root, "clone", "-q", "--depth=1", f"file://{root}", str(other))
    return other


@state
def partial(root: Path, other: Path, git: GitIn) -> Path:
    git(root, "config", "uploadpack.allowFilter", "true")
    git(root, "clone", "-q", "--filter=blob:none", f"file://{root}", str(other))
    return other


@state
def sparse(root: Path, _other: Path, git: GitIn) -> Path:
    git(root, "sparse-checkout", "set", "src")
    return root


@state
def worktree(root: Path, other: Path, git: GitIn) -> Path:
    git(root, "worktree", "add", "-q", "-b", "side", str(other))
    return other


@state
def submodule(root: Path, other: Path, git: GitIn) -> Path:
    git(root, "clone", "-q", str(root), str(other))
    git(root, "-c", "protocol.file.allow=always", "submodule", "add", "-q", str(other), "lib")
    return root / "lib"


@state
def folder_inside(root: Path, _other: Path, _git: GitIn) -> Path:
    return root / "src"


@state
def bare(root: Path, other: Path, git: GitIn) -> Path:
    git(root, "clone", "-q", "--bare", str(root), str(other))
    return other


@state
def foreign_owner(root: Path, _other: Path, _git: GitIn) -> Path:
    if os.geteuid() != 0:
        pytest.skip("changing an owner needs root")
    for path in (root, *root.rglob("*")):
        os.chown(path, 12345, 12345, follow_symlinks=False)
    return root


@state
def sha256(root: Path, _other: Path, git: GitIn) -> Path:
    shutil.rmtree(root / ".git")
    git(root, "init", "-q", "--object-format=sha256")
    git(root, "add", "-A")
    git(root, "commit", "-qm", "Start")
    return root


@state
def reftable(root: Path, other: Path, git: GitIn) -> Path:
    version = git(root, "init", "-q", "--ref-format=reftable", str(other))
    if version or not other.exists():
        # This git cannot make one; what newer git writes is known.
        git(root, "config", "core.repositoryFormatVersion", "1")
        git(root, "config", "extensions.refStorage", "reftable")
        (root / ".git" / "HEAD").write_text("ref: refs/heads/.invalid\n")
        return root
    return other


@state
def index_locked(root: Path, _other: Path, _git: GitIn) -> Path:
    (root / ".git" / "index.lock").write_text("")
    return root


@state
def merging(root: Path, _other: Path, git: GitIn) -> Path:
    git(root, "checkout", "-qb", "theirs", "HEAD~1")
    (root / "README.md").write_text("theirs\n")
    git(root, "commit", "-qam", "Theirs")
    git(root, "checkout", "-q", "main")
    git(root, "merge", "theirs")
    assert (root / ".git" / "MERGE_HEAD").exists()
    return root


@state
def rebasing(root: Path, _other: Path, git: GitIn) -> Path:
    merging(root, _other, git)
    git(root, "merge", "--abort")
    git(root, "rebase", "theirs")
    assert (root / ".git" / "rebase-merge").exists()
    return root


@state
def head_damaged(root: Path, _other: Path, _git: GitIn) -> Path:
    (root / ".git" / "HEAD").write_bytes(b"\0\xff\n")
    return root


@state
def branch_damaged(root: Path, _other: Path, _git: GitIn) -> Path:
    (root / ".git" / "refs" / "heads" / "main").write_bytes(b"")
    return root


@state
def index_damaged(root: Path, _other: Path, _git: GitIn) -> Path:
    (root / ".git" / "index").write_bytes(b"not an index")
    return root


@state
def config_damaged(root: Path, _other: Path, _git: GitIn) -> Path:
    (root / ".git" / "config").write_bytes(b"[core\n")
    return root


@state
def commit_missing(root: Path, _other: Path, git: GitIn) -> Path:
    head = git(root, "rev-parse", "HEAD")
    (root / ".git" / "objects" / head[:2] / head[2:]).unlink()
    return root


@state
def tree_damaged(root: Path, _other: Path, git: GitIn) -> Path:
    tree = git(root, "rev-parse", "HEAD^{tree}")
    file = root / ".git" / "objects" / tree[:2] / tree[2:]
    file.chmod(0o644)
    file.write_bytes(b"garbage")
    return root


@state
def git_folder_empty(root: Path, _other: Path, _git: GitIn) -> Path:
    shutil.rmtree(root / ".git")
    (root / ".git").mkdir()
    return root


@state
def format_of_tomorrow(root: Path, _other: Path, git: GitIn) -> Path:
    git(root, "config", "core.repositoryFormatVersion", "1")
    git(root, "config", "extensions.tomorrow", "true")
    return root


COMMANDS: dict[str, tuple[str, ...]] = {
    "probe": ("probe", "release.changelog", "--format", "json"),
    "init": ("init", "--yes"),
    "status": ("status",),
    "answer": ("answer", "rate-limiting", "ready", "--note", "Looked at it.", "--watch", "src/*"),
    "dry": ("commit", "--dry-run"),
    "commit": ("commit", "--yes"),
}
GOES = dict.fromkeys(COMMANDS, 0)
UNREADABLE = GOES | {"dry": 2, "commit": 2}
"""Git cannot be read: looking and answering go on, with a warning; a commit is refused."""

EXPECTED: dict[str, tuple[dict[str, int], str, str]] = {
    "ordinary": (GOES, "commit HEAD, 2 files", ""),
    "no git program": (GOES | dict.fromkeys(("init", "status", "answer", "dry", "commit"), 2), "Install git", ""),
    "no repository": (UNREADABLE, "is in no git repository. Run git init there", "is in no git repository"),
    "unborn": (GOES, "commit none yet, 2 files", ""),
    "detached": (GOES, "commit HEAD, 2 files", ""),
    "shallow": (GOES, "commit HEAD, 2 files", ""),
    "partial": (GOES, "commit HEAD, 2 files", ""),
    "sparse": (GOES, "commit HEAD, 2 files", ""),
    "worktree": (GOES, "commit HEAD, 2 files", ""),
    "submodule": (GOES, "commit HEAD, 2 files", ""),
    "folder inside": (GOES, "commit HEAD, 1 files", ""),
    "bare": (UNREADABLE, "a git directory without files. Open a work tree", "a git directory without files"),
    "foreign owner": (GOES | {"commit": 1}, "commit HEAD, 2 files", "dubious ownership"),
    "sha256": (GOES, "commit HEAD, 2 files", ""),
    "reftable": (UNREADABLE, "Run git refs migrate --ref-format=files", "keeps its refs as reftable"),
    "index locked": (GOES | {"commit": 1}, "commit HEAD, 2 files", "index.lock': File exists"),
    "merging": (GOES | {"commit": 1}, "commit HEAD, 2 files", "a merge is in progress; finish it with: git commit"),
    "rebasing": (GOES | {"commit": 1}, "commit HEAD, 2 files", "a rebase is in progress; finish it with: git rebase"),
    "head damaged": (UNREADABLE, "leads to no commit that can be read. Run git fsck", "Run git fsck"),
    "branch damaged": (UNREADABLE, "leads to no commit that can be read. Run git fsck", "Run git fsck"),
    "index damaged": (GOES | {"answer": 2, "dry": 2, "commit": 1}, "index file smaller than expected", "git status"),
    "config damaged": (UNREADABLE, "is not a configuration git can read", "is not a configuration git can read"),
    "commit missing": (UNREADABLE, "leads to no commit that can be read. Run git fsck", "Run git fsck"),
    "tree damaged": (GOES | {"dry": 2, "commit": 1}, "commit HEAD, 2 files", "git status failed"),
    "git folder empty": (UNREADABLE, "is not a complete git directory", "is not a complete git directory"),
    "format of tomorrow": (UNREADABLE, "uses the extension tomorrow", "not supported yet"),
}
"""What each command ends with, what doctor says of git, and what commit says where it is refused."""

WITHOUT_GIT = {name for name, (codes, _, _) in EXPECTED.items() if codes["commit"] == 2}
SILENT_ON_TAGS = WITHOUT_GIT | {"shallow"}
"""Where tags cannot be seen, so that "no version tags" would be a guess."""


@pytest.fixture
def git(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> GitIn:
    """Ordinary git of a user with a name, as the commands will find it."""
    home = tmp_path / "home"
    home.mkdir()
    (home / ".gitconfig").write_text("[user]\n\tname = Ana Example\n\temail = ana@example.com\n")
    for name, value in {"HOME": str(home), "XDG_STATE_HOME": str(home), "GIT_CONFIG_NOSYSTEM": "1"}.items():
        monkeypatch.setenv(name, value)
    environment = {"PATH": os.environ["PATH"], "HOME": str(home), "GIT_ALLOW_PROTOCOL": "file"}

    def run(folder: Path, *arguments: str) -> str:
        done = subprocess.run(["git", *arguments], cwd=folder, env=environment, capture_output=True, check=False)
        return os.fsdecode(done.stdout).strip()

    return run


@pytest.fixture
def planted(tmp_path: Path, git: GitIn, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Path]:
    """A repository with two commits and a changed file, brought into a state."""
    root = tmp_path / "team"
    (root / "src").mkdir(parents=True)
    git(root, "init", "-q", "-b", "main")
    for text in ("one\n", "two\n"):
        (root / "src" / "app.py").write_text(text)
        (root / "README.md").write_text(text)
        git(root, "add", "-A")
        git(root, "commit", "-qm", f"Write {text.strip()}")

    def plant(name: str) -> Path:
        where = STATES[name](root, tmp_path / "other", git)
        if name == "no git program":
            monkeypatch.setenv("PATH", str(tmp_path / "nothing"))
        return where

    return plant


def doctors_line(said: str, what: str) -> str:
    return next(line for line in said.splitlines() if f" {what} " in line)


@pytest.mark.stress
@pytest.mark.parametrize("name", STATES)
def test_a_state_of_git_is_told_as_it_is(
    name: str, planted, git: GitIn, capsys, monkeypatch: pytest.MonkeyPatch, figure
) -> None:
    monkeypatch.setattr("workbook.cli.doctor._semgrep", lambda _: doctor.Checkup("semgrep", "not asked here"))
    root = planted(name)
    codes, doctor_says, commit_says = EXPECTED[name]
    head = git(root, "-c", "safe.directory=*", "rev-parse", "HEAD")

    main(["-C", str(root), "doctor"])
    line = doctors_line(capsys.readouterr().out, "git")
    assert doctor_says.replace("HEAD", head[:8]) in line
    assert line.startswith("ok" if doctor_says.startswith("commit") else "to do")

    ended, said = {}, {}
    for command, arguments in COMMANDS.items():
        ended[command] = main(["-C", str(root), *arguments])
        out, error = capsys.readouterr()
        said[command] = (out, error)
        assert "Traceback" not in out + error
        assert "should not have happened" not in error, error
        refusals = [line for line in error.splitlines() if line.startswith("readiness: ")]
        assert len(refusals) == (ended[command] != 0), error
        warned = "git was not read" in error
        assert warned is (name in WITHOUT_GIT - {"no repository"}), (command, error)
    assert ended == codes
    assert commit_says in said["commit"][1]
    figure(f"git state: {name}", "right state or one clear line", (commit_says or doctor_says).replace("HEAD", "id"))

    report = json.loads(said["probe"][0])
    assert report["commit"] == (None if name in WITHOUT_GIT | {"unborn"} else head)
    (changelog,) = report["signals"]
    assert ("cannot tell" if changelog["outcome"] == "unknown" else "seen") == (
        "cannot tell" if name in SILENT_ON_TAGS else "seen"
    )
    if name == "index damaged":
        assert any("listed without git" in skipped["reason"] for skipped in report["files"]["skipped"])


def test_every_state_has_its_expectation() -> None:
    assert set(STATES) == set(EXPECTED)


@pytest.mark.parametrize(
    "name", ["ordinary", "detached", "shallow", "worktree", "submodule", "sha256", "sparse", "partial"]
)
def test_what_was_committed_is_then_in_the_repository(name: str, planted, git: GitIn, capsys) -> None:
    root = planted(name)
    for command in ("init", "commit"):
        assert main(["-C", str(root), *COMMANDS[command]]) == 0, capsys.readouterr().err
    assert git(root, "show", "--name-only", "--format=", "HEAD") == "readiness.toml"
    assert git(root, "status", "--porcelain", "--", "readiness.toml") == ""
    capsys.readouterr()
    assert main(["-C", str(root), "commit", "--yes"]) == 1
    assert "nothing to commit" in capsys.readouterr().err


def test_a_watched_file_that_a_damaged_index_hides_is_never_taken_for_unchanged(planted, capsys) -> None:
    """Answers pin what they watch; where git cannot list it, nothing is pinned and nothing is saved."""
    root = planted("index damaged")
    assert main(["-C", str(root), "init", "--yes"]) == 0
    before = (root / "readiness.toml").read_bytes()
    assert main(["-C", str(root), *COMMANDS["answer"]]) == 2
    assert "Run git fsck there" in capsys.readouterr().err
    assert (root / "readiness.toml").read_bytes() == before


def test_what_a_sparse_checkout_leaves_out_is_unknown_and_not_missing(planted, git: GitIn, capsys) -> None:
    root = planted("ordinary")
    (root / ".github" / "workflows").mkdir(parents=True)
    (root / ".github" / "workflows" / "ci.yml").write_text("on: push\njobs: {t: {steps: [{run: pytest}]}}\n")
    git(root, "add", "-A")
    git(root, "commit", "-qm", "Test in CI")

    def outcome() -> tuple[str, list[dict[str, str]]]:
        assert main(["-C", str(root), "probe", "ci.on-change", "--format", "json"]) == 0
        report = json.loads(capsys.readouterr().out)
        return report["signals"][0]["outcome"], report["files"]["skipped"]

    assert outcome() == ("met", [])
    git(root, "sparse-checkout", "set", "src")
    assert not (root / ".github").exists()
    assert outcome() == ("unknown", [{"path": ".", "reason": "1 files are not checked out, see git sparse-checkout"}])
