"""Ways in which a repository can make git run its author's program, against every call we make of git."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from checks.git import Git, GitProblem, identity
from checks.tree import Tree

PlainGit = Callable[..., str]
Vector = Callable[[Path, Path, PlainGit], None]

CARELESS = (
    ("status", "--porcelain"),
    ("diff",),
    ("diff", "HEAD~1", "HEAD"),
    ("log", "-p"),
    ("show", "HEAD"),
    ("blame", "README.md"),
    ("ls-files", "-m", "-o", "--exclude-standard"),
    ("cat-file", "blob", "HEAD:README.md"),
    ("log", "--format=%G?"),
    ("hash-object", "src/app.py"),
    ("add", "--dry-run", "-A"),
    ("interpret-trailers",),
)
"""What a program that trusts the repository would call to learn the same things."""

VECTORS: dict[str, Vector] = {}


def vector(function: Vector) -> Vector:
    VECTORS[function.__name__] = function
    return function


def attribute(root: Path, line: str) -> None:
    (root / ".gitattributes").write_text(f"{line}\n")


@vector
def fsmonitor(root: Path, script: Path, git: PlainGit) -> None:
    git(root, "config", "core.fsmonitor", str(script))


@vector
def fsmonitor_by_include(root: Path, script: Path, git: PlainGit) -> None:
    (root / "more.cfg").write_text(f"[core]\n\tfsmonitor = {script}\n")
    git(root, "config", "include.path", "../more.cfg")


@vector
def fsmonitor_by_conditional_include(root: Path, script: Path, git: PlainGit) -> None:
    (root / "more.cfg").write_text(f"[core]\n\tfsmonitor = {script}\n")
    git(root, "config", "includeIf.onbranch:main.path", "../more.cfg")


@vector
def fsmonitor_by_worktree_config(root: Path, script: Path, git: PlainGit) -> None:
    git(root, "config", "extensions.worktreeConfig", "true")
    git(root, "config", "--worktree", "core.fsmonitor", str(script))


@vector
def fsmonitor_behind_a_git_file(root: Path, script: Path, git: PlainGit) -> None:
    git(root, "config", "core.fsmonitor", str(script))
    (root / ".git").rename(root / "storage")
    (root / ".git").write_text("gitdir: storage\n")


@vector
def hook(root: Path, script: Path, _git: PlainGit) -> None:
    (root / ".git" / "hooks").mkdir(exist_ok=True)
    (root / ".git" / "hooks" / "post-index-change").symlink_to(script)
    # Touched, so that a status refreshes the index and reports it.
    os.utime(root / "README.md", (1, 1))


@vector
def hooks_path(root: Path, script: Path, git: PlainGit) -> None:
    (root / "husky").mkdir()
    (root / "husky" / "post-index-change").symlink_to(script)
    git(root, "config", "core.hooksPath", "husky")
    os.utime(root / "README.md", (1, 1))


@vector
def filter_clean(root: Path, script: Path, git: PlainGit) -> None:
    attribute(root, "* filter=evil")
    git(root, "config", "filter.evil.clean", str(script))


@vector
def filter_process(root: Path, script: Path, git: PlainGit) -> None:
    attribute(root, "* filter=evil")
    git(root, "config", "filter.evil.process", str(script))


@vector
def filter_by_attributes_file(root: Path, script: Path, git: PlainGit) -> None:
    (root / "hidden").write_text("* filter=evil\n")
    git(root, "config", "core.attributesFile", str(root / "hidden"))
    git(root, "config", "filter.evil.clean", str(script))


@vector
def filter_by_info_attributes(root: Path, script: Path, git: PlainGit) -> None:
    (root / ".git" / "info").mkdir(exist_ok=True)
    (root / ".git" / "info" / "attributes").write_text("* filter=evil\n")
    git(root, "config", "filter.evil.clean", str(script))


@vector
def external_diff(root: Path, script: Path, git: PlainGit) -> None:
    git(root, "config", "diff.external", str(script))


@vector
def diff_command(root: Path, script: Path, git: PlainGit) -> None:
    attribute(root, "* diff=evil")
    git(root, "config", "diff.evil.command", str(script))


@vector
def textconv(root: Path, script: Path, git: PlainGit) -> None:
    attribute(root, "* diff=evil")
    git(root, "config", "diff.evil.textconv", str(script))


def signed(root: Path, git: PlainGit, armor: str) -> None:
    raw = git(root, "cat-file", "commit", "HEAD")
    head, _, message = raw.partition("\n\n")
    signature = f"gpgsig -----BEGIN {armor}-----\n \n abcd\n -----END {armor}-----"
    commit = git(root, "hash-object", "-t", "commit", "-w", "--stdin", stdin=f"{head}\n{signature}\n\n{message}\n")
    git(root, "update-ref", "refs/heads/main", commit)
    git(root, "config", "log.showSignature", "true")


@vector
def signature_program(root: Path, script: Path, git: PlainGit) -> None:
    signed(root, git, "PGP SIGNATURE")
    git(root, "config", "gpg.program", str(script))


@vector
def ssh_signature_program(root: Path, script: Path, git: PlainGit) -> None:
    signed(root, git, "SSH SIGNATURE")
    git(root, "config", "gpg.ssh.program", str(script))
    git(root, "config", "gpg.ssh.allowedSignersFile", "README.md")


@vector
def trailer_command(root: Path, script: Path, git: PlainGit) -> None:
    git(root, "config", "trailer.sign.key", "Signed-off-by")
    git(root, "config", "trailer.sign.command", str(script))


def missing_object(root: Path, git: PlainGit, url: str) -> None:
    """A partial clone whose promised blob is not here: reading it asks the remote."""
    blob = git(root, "rev-parse", "HEAD:README.md")
    (root / ".git" / "objects" / blob[:2] / blob[2:]).unlink()
    git(root, "config", "core.repositoryFormatVersion", "1")
    git(root, "config", "extensions.partialClone", "origin")
    git(root, "config", "remote.origin.url", url)
    git(root, "config", "remote.origin.promisor", "true")


@vector
def lazy_fetch_over_ssh(root: Path, script: Path, git: PlainGit) -> None:
    missing_object(root, git, "ssh://git@example.com/x.git")
    git(root, "config", "core.sshCommand", str(script))


@vector
def lazy_fetch_by_ext(root: Path, script: Path, git: PlainGit) -> None:
    missing_object(root, git, f"ext::{script}")
    git(root, "config", "protocol.ext.allow", "always")


@vector
def lazy_fetch_by_upload_pack(root: Path, script: Path, git: PlainGit) -> None:
    missing_object(root, git, str(root))
    git(root, "config", "remote.origin.uploadpack", str(script))


@vector
def lazy_fetch_through_a_proxy(root: Path, script: Path, git: PlainGit) -> None:
    missing_object(root, git, "git://example.com/x.git")
    git(root, "config", "core.gitProxy", str(script))


@vector
def submodule_fsmonitor(root: Path, script: Path, git: PlainGit) -> None:
    inner = root / "inner"
    inner.mkdir()
    git(inner, "init", "-q", "-b", "main")
    (inner / "a").write_text("a\n")
    git(inner, "add", "-A")
    git(inner, "-c", "user.name=Bo", "-c", "user.email=bo@example.com", "commit", "-qm", "a")
    git(root, "add", "inner")
    git(inner, "config", "core.fsmonitor", str(script))


def all_our_calls(root: Path) -> None:
    """Everything we ever ask of git, on the repository, and on a folder inside it."""
    for folder in (root, root / "src"):
        with Git.open(folder) as git:
            calls: list[Callable[[], object]] = [
                git.head,
                git.branch,
                git.files,
                git.unlisted,
                lambda git=git: git.log(paths=["app.py", "README.md"], limit=3),
                git.churn,
                git.tags,
                lambda git=git: git.merge_base("HEAD~1"),
                lambda git=git: git.commit_id("v1"),
                lambda git=git: git.changed_between("HEAD~1"),
                lambda git=git: git.changed_between("HEAD", ["app.py"]),
                lambda git=git: git.blob_ids(["README.md", "app.py"]),
                lambda git=git: git.show("HEAD", "README.md"),
                lambda git=git: git.show("HEAD", "app.py"),
                lambda git=git: git.stored_id("app.py", b"a\r\n"),
                lambda git=git: git.canonical("Ana Example <ana@example.com>"),
                lambda git=git, folder=folder: Tree.read(folder, git).digest(["*"]),
            ]
            for call in calls:
                try:
                    call()
                except GitProblem:
                    # A promised object that is missing cannot be read; what counts is that nobody was asked for it.
                    continue
        identity(folder)


@pytest.mark.parametrize("name", VECTORS)
def test_nothing_a_repository_supplies_is_executed(
    name: str, victim: Path, canary, plain_git: PlainGit, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    VECTORS[name](victim, canary.script, plain_git)
    canary.forget()

    all_our_calls(victim)
    assert canary.runs() == []

    for arguments in CARELESS:
        plain_git(victim, *arguments, stdin="Subject\n\nSigned-off-by: x\n")
    assert canary.runs(), "the vector does not bite, so the test proves nothing"


def test_there_are_at_least_sixteen_vectors() -> None:
    assert len(VECTORS) >= 16


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("GIT_EXTERNAL_DIFF", "{script}"),
        ("GIT_SSH_COMMAND", "{script}"),
        ("GIT_PAGER", "{script}"),
        ("GIT_CONFIG_PARAMETERS", "'core.fsmonitor'='{script}'"),
        ("GIT_INDEX_FILE", "/nonexistent/index"),
        ("GIT_DIR", "/nonexistent"),
        ("GIT_WORK_TREE", "/"),
        ("GIT_COMMON_DIR", "/nonexistent"),
        ("GIT_OBJECT_DIRECTORY", "/nonexistent"),
        ("GIT_SHALLOW_FILE", "/nonexistent"),
        ("GIT_NAMESPACE", "other"),
        ("GIT_CONFIG_GLOBAL", "/nonexistent"),
        ("GIT_TRACE", "/nonexistent/trace"),
        ("GIT_AUTHOR_NAME", "Someone Else"),
    ],
)
def test_inherited_variables_never_count(
    variable: str, value: str, victim: Path, canary, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def seen() -> object:
        with Git.open(victim) as git:
            return git.head(), git.files(), git.log(), git.churn(), git.changed_between("HEAD~1"), identity(victim)

    monkeypatch.setenv("HOME", str(tmp_path))
    expected = seen()
    monkeypatch.setenv(variable, value.format(script=canary.script))
    assert seen() == expected
    assert canary.runs() == []


def test_a_redirected_work_tree_is_not_followed(victim: Path, plain_git: PlainGit, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "private.txt").write_text("not theirs\n")
    plain_git(victim, "config", "core.worktree", str(outside))
    assert "private.txt" in plain_git(victim, "ls-files", "-o")
    with Git.open(victim) as git:
        assert git.top == victim
        assert "private.txt" not in [listed.path for listed in git.files()]


def test_an_index_cannot_vouch_for_a_changed_file(victim: Path, plain_git: PlainGit) -> None:
    plain_git(victim, "update-index", "--assume-unchanged", "src/app.py")
    plain_git(victim, "update-index", "--skip-worktree", "README.md")
    (victim / "README.md").write_text("changed behind the index\n")
    assert plain_git(victim, "status", "--porcelain") == ""
    with Git.open(victim) as git:
        assert {listed.path: listed.blob for listed in git.files()} == {"README.md": None, "src/app.py": None}


def test_a_git_program_inside_the_repository_is_not_run(victim: Path, canary, monkeypatch: pytest.MonkeyPatch) -> None:
    (victim / "bin").mkdir()
    (victim / "bin" / "git").symlink_to(canary.script)
    monkeypatch.setenv("PATH", f"{victim / 'bin'}{os.pathsep}.{os.pathsep}{os.environ['PATH']}")
    with Git.open(victim) as git:
        assert git.head()
    assert canary.runs() == []


@pytest.mark.parametrize("name", [".gitignore", ".gitattributes", ".mailmap"])
def test_a_pipe_where_git_expects_a_file_ends_in_time(name: str, victim: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("checks.git.program.TIMEOUT_S", 0.5)
    os.mkfifo(victim / name)
    with Git.open(victim) as git:
        tree = Tree.read(victim, git)
        assert [commit.author for commit in git.log()] == ["Ana Example <ana@example.com>"] * 2
    assert set(tree.paths) == {"README.md", "src/app.py"}
    assert tree.text("README.md") == "two\n"


def test_a_git_directory_that_belongs_to_another_folder_is_refused(victim: Path, tmp_path: Path) -> None:
    thief = tmp_path / "thief"
    thief.mkdir()
    (thief / ".git").write_text(f"gitdir: {victim / '.git'}\n")
    with pytest.raises(GitProblem, match="does not name it back"):
        Git.open(thief)
    (thief / ".git").unlink()
    (thief / ".git").symlink_to(victim / ".git")
    with pytest.raises(GitProblem, match="neither a folder nor a git file"):
        Git.open(thief)


def test_objects_of_another_repository_are_refused(victim: Path, tmp_path: Path, plain_git: PlainGit) -> None:
    plain_git(tmp_path, "clone", "-q", "--shared", str(victim), "borrower")
    with pytest.raises(GitProblem, match="borrows objects"):
        Git.open(tmp_path / "borrower")


def test_the_temporary_directory_is_private_and_removed(victim: Path) -> None:
    git = Git.open(victim)
    pinned = git._pinned.path
    assert pinned.stat().st_mode & 0o777 == 0o700
    assert not (pinned / "hooks").exists()
    git.close()
    assert not pinned.exists()
