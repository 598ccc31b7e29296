from __future__ import annotations

import os
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from checks.git import SUBMODULE_MODE, BareRepository, Churn, Git, GitProblem, NoGit, NoRepository
from checks.git.identity import identity

GitIn = Callable[..., str]


def listing(root: Path) -> dict[str, str | None]:
    with Git.open(root) as git:
        return {listed.path: listed.blob for listed in git.files()}


# -- states of a repository ------------------------------------------------------------------------------------------


def test_an_ordinary_repository(acme: Path, git_in: GitIn) -> None:
    with Git.open(acme) as git:
        assert git.head() == git_in(acme, "rev-parse", "HEAD")
        assert (git.branch(), git.top, git.prefix, git.git_dir) == ("main", acme, "", acme / ".git")
    assert listing(acme) == {
        "README.md": git_in(acme, "rev-parse", "HEAD:README.md"),
        "api/main.py": git_in(acme, "rev-parse", "HEAD:api/main.py"),
    }


def test_no_git_program(acme: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(NoGit, match="Install git"):
        Git.open(acme)


def test_no_repository(tmp_path: Path) -> None:
    with pytest.raises(NoRepository, match="Run git init"):
        Git.open(tmp_path)
    with pytest.raises(NoRepository, match="is not a folder"):
        Git.open(tmp_path / "missing")


def test_an_unborn_branch(tmp_path: Path, git_in: GitIn) -> None:
    git_in(tmp_path, "init", "-q", "-b", "trunk")
    (tmp_path / "a").write_text("a")
    with Git.open(tmp_path) as git:
        assert git.head() is None
        assert git.branch() == "trunk"
        assert [listed.path for listed in git.files()] == ["a"]
        assert (git.log(), git.churn(), git.tags()) == ((), {}, ())
        assert git.merge_base("main") is None
        assert git.changed_between("HEAD") is None
        assert git.blob_ids(["a"]) == {}


def test_a_detached_head(acme: Path, git_in: GitIn) -> None:
    git_in(acme, "checkout", "-q", "--detach")
    with Git.open(acme) as git:
        assert git.branch() is None
        assert git.head() == git_in(acme, "rev-parse", "HEAD")


def test_a_shallow_clone(acme: Path, git_in: GitIn, tmp_path: Path) -> None:
    first = git_in(acme, "rev-parse", "HEAD")
    git_in(acme, "commit", "-q", "--allow-empty", "-m", "Second")
    git_in(tmp_path, "clone", "-q", "--depth=1", f"file://{acme}", "shallow")
    with Git.open(tmp_path / "shallow") as git:
        assert [commit.subject for commit in git.log()] == ["Second"]
        assert git.is_shallow()
        assert git.changed_between(first) is None
        assert git.show(first, "README.md") is None


def test_a_linked_worktree(acme: Path, git_in: GitIn, tmp_path: Path) -> None:
    git_in(acme, "worktree", "add", "-q", "-b", "side", str(tmp_path / "side"))
    (tmp_path / "side" / "README.md").write_text("# Side, in progress\n")
    with Git.open(tmp_path / "side") as git:
        assert git.branch() == "side"
        assert git.git_dir == acme / ".git" / "worktrees" / "side"
        assert git.changed_between("main") == ("README.md",)
    assert listing(tmp_path / "side")["README.md"] is None


def test_a_submodule_is_its_own_repository(acme: Path, git_in: GitIn, tmp_path: Path) -> None:
    library = tmp_path / "library"
    git_in(tmp_path, "clone", "-q", str(acme), "library")
    git_in(acme, "-c", "protocol.file.allow=always", "submodule", "add", "-q", str(library), "lib")
    with Git.open(acme) as git:
        assert {listed.path: listed.mode for listed in git.files()}["lib"] == SUBMODULE_MODE
    with Git.open(acme / "lib") as git:
        assert git.top == acme / "lib"
        assert [listed.path for listed in git.files()] == ["README.md", "api/main.py"]
        assert len(git.log()) == 1


def test_a_nested_repository_is_one_entry(acme: Path, git_in: GitIn) -> None:
    (acme / "nested").mkdir()
    git_in(acme / "nested", "init", "-q")
    (acme / "nested" / "x").write_text("x")
    with Git.open(acme) as git:
        assert [listed.path for listed in git.files() if listed.mode == SUBMODULE_MODE] == ["nested"]


def test_a_bare_repository(acme: Path, git_in: GitIn, tmp_path: Path) -> None:
    git_in(tmp_path, "clone", "-q", "--bare", str(acme), "bare.git")
    with pytest.raises(BareRepository, match="Open a work tree"):
        Git.open(tmp_path / "bare.git")


@pytest.mark.skipif(os.geteuid() != 0, reason="changing an owner needs root")
def test_a_repository_of_someone_else(acme: Path, git_in: GitIn) -> None:
    head = git_in(acme, "rev-parse", "HEAD")
    for path in (acme, *acme.rglob("*")):
        os.chown(path, 12345, 12345, follow_symlinks=False)
    with Git.open(acme) as git:
        assert git.head() == head
    with Git.open(acme / "api") as git:
        assert git.prefix == "api/"


@pytest.mark.skipif(os.geteuid() != 0, reason="changing an owner needs root")
def test_a_repository_that_a_stranger_planted_above_is_not_used(tmp_path: Path, git_in: GitIn) -> None:
    git_in(tmp_path, "init", "-q")
    os.chown(tmp_path / ".git", 12345, 12345)
    (tmp_path / "mine").mkdir()
    with pytest.raises(NoRepository):
        Git.open(tmp_path / "mine")


def test_a_sha256_repository(tmp_path: Path, git_in: GitIn) -> None:
    git_in(tmp_path, "init", "-q", "--object-format=sha256")
    (tmp_path / "a").write_text("a\n")
    git_in(tmp_path, "add", "a")
    git_in(tmp_path, "-c", "user.name=Ana", "-c", "user.email=a@example.com", "commit", "-qm", "x")
    with Git.open(tmp_path) as git:
        assert (git.hash_name, git.head()) == ("sha256", git_in(tmp_path, "rev-parse", "HEAD"))
        assert git.stored_id("a", b"a\n") == git.files()[0].blob
        with pytest.raises(GitProblem, match="SHA-256"):
            git.log()


def test_a_split_index(acme: Path, git_in: GitIn) -> None:
    git_in(acme, "update-index", "--split-index")
    (acme / "new.py").write_text("x\n")
    git_in(acme, "add", "new.py")
    assert None not in listing(acme).values()
    assert "new.py" in listing(acme)


def test_packed_refs(acme: Path, git_in: GitIn) -> None:
    git_in(acme, "pack-refs", "--all")
    with Git.open(acme) as git:
        assert git.head()


def test_a_damaged_repository_is_said_in_one_line(acme: Path) -> None:
    (acme / ".git" / "index").write_bytes(b"not an index")
    with Git.open(acme) as git, pytest.raises(GitProblem, match="Run git fsck") as caught:
        git.files()
    assert "\n" not in str(caught.value)


# -- files -----------------------------------------------------------------------------------------------------------


def test_files_changed_deleted_untracked_and_ignored(acme: Path) -> None:
    (acme / ".gitignore").write_text("*.log\n")
    (acme / ".git" / "info" / "exclude").write_text("*.tmp\n")
    for name in ("noise.log", "noise.tmp", "new.txt"):
        (acme / name).write_text("x")
    for folder in ("node_modules", ".venv"):
        (acme / folder).mkdir()
        (acme / folder / "installed.py").write_text("x")
    (acme / "README.md").unlink()
    (acme / "api" / "main.py").write_text("changed\n")
    with Git.open(acme) as git:
        found = {listed.path: (listed.blob, listed.tracked) for listed in git.files()}
    assert found == {".gitignore": (None, False), "api/main.py": (None, True), "new.txt": (None, False)}


def test_a_change_in_the_same_second_and_of_the_same_size_is_seen(acme: Path, git_in: GitIn) -> None:
    (acme / "README.md").write_text("# Acne\n")
    git_in(acme, "checkout", "-q", "README.md")
    (acme / "README.md").write_text("# Acne\n")
    # The copy of the index that we read is made in another second than the index.
    time.sleep(1.1)
    assert listing(acme)["README.md"] is None


def test_odd_names(acme: Path, git_in: GitIn) -> None:
    names = ["new\nline", "esc\x1b[2J", "tab\t", "rtl\u202e", os.fsdecode(b"latin\xe9"), ":(top)x", "-x", "\u00e9"]
    for name in names:
        (acme / name).write_text("x")
    git_in(acme, "add", "-A")
    git_in(acme, "commit", "-qm", "Odd")
    assert set(names) <= set(listing(acme))
    with Git.open(acme) as git:
        assert all(git.show("HEAD", name) == b"x" for name in names)
        assert set(git.blob_ids(names)) == set(names)
        assert set(names) <= set(git.churn())
        assert [commit.subject for commit in git.log(paths=[":(top)x"])] == ["Odd"]


def test_a_folder_of_a_monorepo(acme: Path) -> None:
    (acme / "api" / "extra.py").write_text("x")
    with Git.open(acme / "api") as git:
        assert (git.top, git.prefix) == (acme, "api/")
        assert [listed.path for listed in git.files()] == ["extra.py", "main.py"]
        assert git.show("HEAD", "main.py") == b"print('hello')\n"
        assert git.show("HEAD", "../README.md") is None
        assert set(git.blob_ids(["main.py", "README.md"])) == {"main.py"}
        assert git.churn() == {"main.py": Churn(commits=1, authors=1)}
        assert git.stored_id("main.py", b"print('hello')\n") == git.files()[1].blob


# -- history ---------------------------------------------------------------------------------------------------------


def test_log_with_mailmap_and_co_authors(acme: Path, git_in: GitIn) -> None:
    (acme / ".mailmap").write_text("Ana Example <ana@example.com> <ana@old.example.com>\n")
    (acme / "api" / "main.py").write_text("second\n")
    message = "Change it\n\nWhy.\n\nCo-authored-by: Bo Sample <bo@example.com>\n"
    git_in(acme, "commit", "-qam", message, GIT_AUTHOR_NAME="A", GIT_AUTHOR_EMAIL="ana@old.example.com",
           GIT_AUTHOR_DATE="2026-11-02T01:00:00+02:00")  # fmt: skip
    with Git.open(acme) as git:
        newest, oldest = git.log()
        assert newest.author == oldest.author == "Ana Example <ana@example.com>"
        assert (newest.subject, newest.co_authors) == ("Change it", ("Bo Sample <bo@example.com>",))
        assert newest.at == datetime(2026, 11, 1, 23, tzinfo=UTC)
        assert [commit.id for commit in git.log(limit=1)] == [git.head()]
        assert git.log(paths=["README.md"]) == (oldest,)
        assert git.log(paths=[]) == ()
        assert git.log(paths=["../acme/README.md"]) == ()


def test_changed_between(acme: Path) -> None:
    with Git.open(acme) as git:
        assert git.changed_between("HEAD") == ()
    (acme / "README.md").write_text("other\n")
    with Git.open(acme) as git:
        assert git.changed_between("HEAD") == ("README.md",)
        assert git.changed_between("HEAD", ["api"]) == ()
        assert git.changed_between("0" * 40) is None
        assert git.changed_between("--output=/tmp/x") is None


def test_tags_newest_reachable_first(acme: Path, git_in: GitIn) -> None:
    first = git_in(acme, "rev-parse", "HEAD")
    git_in(acme, "tag", "v1")
    git_in(acme, "commit", "-q", "--allow-empty", "-m", "Second", GIT_COMMITTER_DATE="2026-11-03T00:00:00Z")
    git_in(acme, "tag", "-a", "v2", "-m", "two", GIT_COMMITTER_DATE="2026-11-04T00:00:00Z")
    git_in(acme, "tag", "other")
    git_in(acme, "checkout", "-q", "--orphan", "elsewhere")
    git_in(acme, "commit", "-qm", "Unrelated")
    git_in(acme, "tag", "v9")
    git_in(acme, "checkout", "-q", "main")
    with Git.open(acme) as git:
        newest, oldest = git.tags("v*")
        assert (newest.name, newest.commit, newest.at) == ("v2", git.head(), datetime(2026, 11, 4, tzinfo=UTC))
        assert (oldest.name, oldest.commit) == ("v1", first)
        assert git.merge_base("v9") is None
        assert git.merge_base("v1") == first
        loose = git.tags()
    git_in(acme, "pack-refs", "--all")
    with Git.open(acme) as git:
        assert git.tags() == loose
        assert [tag.name for tag in loose[:2]] in (["v2", "other"], ["other", "v2"])


def test_where_there_is_no_tag_git_is_not_asked_for_them(acme: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with Git.open(acme) as git:
        assert git.head()
        monkeypatch.setattr(git, "_output", lambda *_: pytest.fail("git was asked"))
        assert git.tags() == ()


def test_churn_counts_from_the_newest_commit_not_from_today(acme: Path, git_in: GitIn) -> None:
    (acme / "README.md").write_text("2\n")
    git_in(acme, "commit", "-qam", "Later", GIT_COMMITTER_DATE="2031-11-01T00:00:00Z")
    with Git.open(acme) as git:
        assert git.churn(since_days=30) == {"README.md": Churn(1, 1)}
        assert git.churn(since_days=9999) == {"README.md": Churn(2, 1), "api/main.py": Churn(1, 1)}


def test_churn_counts_people_as_the_mailmap_names_them(acme: Path, git_in: GitIn) -> None:
    (acme / ".mailmap").write_text("Ana Example <ana@example.com> <ana@old.example.com>\n")
    for number, mail in enumerate(["ana@old.example.com", "bo@example.com"]):
        (acme / "README.md").write_text(f"{number}\n")
        git_in(acme, "-c", f"user.email={mail}", "commit", "-qam", "Change")
    with Git.open(acme) as git:
        assert git.churn()["README.md"] == Churn(commits=3, authors=2)
        assert not git.is_shallow()


def test_a_commit_date_beyond_the_calendar(acme: Path, git_in: GitIn) -> None:
    git_in(acme, "commit", "-q", "--allow-empty", "-m", "Far", GIT_AUTHOR_DATE="@9223372036854 +0000")
    with Git.open(acme) as git:
        assert [commit.subject for commit in git.log()] == ["Far", "Start"]


# -- identity --------------------------------------------------------------------------------------------------------


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "home"
    folder.mkdir()
    monkeypatch.setenv("HOME", str(folder))
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    return folder


def test_identity_comes_from_the_repository_then_from_the_user(acme: Path, home: Path, git_in: GitIn) -> None:
    (home / ".gitconfig").write_text("[user]\n\tname = Bo Sample\n\temail = bo@example.com\n")
    assert identity(acme) == "Ana Example <ana@example.com>"
    git_in(acme, "config", "--unset", "user.name")
    assert identity(acme) == "Bo Sample <ana@example.com>"
    assert identity(home) == "Bo Sample <bo@example.com>"


def test_identity_by_folder(acme: Path, home: Path, git_in: GitIn) -> None:
    git_in(acme, "config", "--remove-section", "user")
    (home / "work").write_text("[user]\n\tname = Bo Sample\n\temail = bo@work.example.com\n")
    (home / ".gitconfig").write_text(f'[includeIf "gitdir:{acme.parent}/"]\n\tpath = work\n')
    assert identity(acme) == "Bo Sample <bo@work.example.com>"


def test_identity_unset_or_unusable(acme: Path, home: Path, git_in: GitIn) -> None:
    assert identity(home) is None
    git_in(acme, "config", "user.name", "Ana\n\x1b]0;x\x07<Example>")
    assert identity(acme) == "Ana]0;xExample <ana@example.com>"


def test_identity_reads_no_include_of_the_repository(acme: Path, home: Path) -> None:
    with (acme / ".git" / "config").open("a") as config:
        config.write(f"[include]\n\tpath = {home / 'other'}\n")
    os.mkfifo(home / "other")
    assert identity(acme) == "Ana Example <ana@example.com>"


def test_identity_through_mailmap(acme: Path, home: Path) -> None:
    assert home.is_dir()
    (acme / ".mailmap").write_text("Ana B. Example <ana.b@example.com> <ana@example.com>\n")
    assert identity(acme) == "Ana B. Example <ana.b@example.com>"


# -- who changed what ------------------------------------------------------------------------------------------------


def test_changes_name_each_commit_with_its_files_and_author(acme: Path, git_in: GitIn) -> None:
    start = git_in(acme, "rev-parse", "HEAD")
    (acme / ".mailmap").write_text("Bo Sample <bo@example.com> <old@example.com>\n")
    # A file that is named like the log's own lines must not pass for a commit.
    (acme / f"@{start}").write_text("x")
    git_in(acme, "add", "-A")
    git_in(acme, "-c", "user.name=B", "-c", "user.email=old@example.com", "commit", "-qm", "Map")
    with Git.open(acme) as git:
        newest, first = git.changes()
        assert newest.paths == (".mailmap", f"@{start}")
        assert newest.author == "Bo Sample <bo@example.com>"
        assert (first.commit, first.paths) == (start, ("README.md", "api/main.py"))
        assert git.changes(paths=["api"]) == (type(first)(start, first.at, first.author, ("api/main.py",)),)
        assert len(git.changes(limit=1)) == 1
