"""The one place that runs the user's own git: their hooks and signing count, and whatever they do, nothing is lost."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest

from workbook.answers import Status
from workbook.commit import CommitFailed, commit, diff, preview
from workbook.errors import Refused
from workbook.session import Session

GitIn = Callable[..., str]


@pytest.fixture
def session(repository: Path, git: GitIn) -> Session:
    """A committed workbook with one unsaved answer, beside work of the user's: staged, changed and new."""
    opened = Session(repository)
    opened.start(["fifty-point"])
    commit(opened)
    (repository / "staged.py").write_text("staged\n")
    git(repository, "add", "staged.py")
    (repository / "api" / "main.py").write_text("print('changed')\n")
    git(repository, "add", "api/main.py")
    (repository / "api" / "main.py").write_text("print('changed again')\n")
    (repository / "loose.py").write_text("loose\n")
    opened.answer("rate-limiting", Status.READY)
    return opened


def hook(root: Path, text: str, name: str = "pre-commit") -> None:
    path = root / ".git" / "hooks" / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)


def users_work(root: Path, git: GitIn) -> list[str]:
    """What the user has in the index, with contents, and in the tree, but for our file."""
    return [
        git(root, "ls-files", "-s", "--", ".", ":!readiness.toml"),
        git(root, "diff", "--", ".", ":!readiness.toml"),
        git(root, "ls-files", "-o"),
    ]


def saved(root: Path) -> str:
    return tomllib.loads((root / "readiness.toml").read_text())["controls"]["rate-limiting"]["status"]


def test_a_pre_commit_hook_runs_on_our_files_alone(session: Session, git: GitIn, tmp_path: Path) -> None:
    before = users_work(session.root, git)
    hook(session.root, f"git diff --cached --name-only > {tmp_path / 'seen'}")
    commit(session)
    assert (tmp_path / "seen").read_text() == "readiness.toml\n"
    assert git(session.root, "show", "--name-only", "--format=", "HEAD") == "readiness.toml"
    assert users_work(session.root, git) == before


@pytest.mark.parametrize("name", ["pre-commit", "prepare-commit-msg", "commit-msg"])
def test_a_hook_that_fails_leaves_everything_as_it_was(name: str, session: Session, git: GitIn) -> None:
    head, before = git(session.root, "rev-parse", "HEAD"), users_work(session.root, git)
    hook(session.root, "printf 'no: \\033]0;title\\007\\342\\200\\256\\n' >&2; exit 3", name)
    with pytest.raises(CommitFailed) as failed:
        commit(session)
    assert "no: \\x1b]0;title\\x07\\u202e" in failed.value.output
    assert not [c for c in failed.value.output + str(failed.value) if not c.isprintable() and c != "\n"]
    assert git(session.root, "rev-parse", "HEAD") == head
    assert users_work(session.root, git) == before
    assert saved(session.root) == "ready"
    (session.root / ".git" / "hooks" / name).unlink()
    assert commit(Session(session.root)).files == ("readiness.toml",)


def test_a_hook_that_rewrites_our_file_and_fails_loses_no_answer(session: Session, git: GitIn) -> None:
    """As a formatter does: it mends the file and asks to commit again."""
    head, before = git(session.root, "rev-parse", "HEAD"), users_work(session.root, git)
    hook(session.root, "test -e mended || { echo '# mended' >> readiness.toml; touch mended; exit 1; }")
    with pytest.raises(CommitFailed):
        commit(session)
    (session.root / "mended").rename(session.root / ".git" / "mended")
    assert git(session.root, "rev-parse", "HEAD") == head
    assert users_work(session.root, git) == before
    (session.root / ".git" / "mended").rename(session.root / "mended")
    assert session.refresh()
    commit(session)
    (session.root / "mended").unlink()
    assert git(session.root, "show", "HEAD:readiness.toml").endswith("# mended")
    assert saved(session.root) == "ready"
    assert users_work(session.root, git) == before


def test_a_hook_that_rewrites_our_file_and_adds_it_is_what_is_committed(session: Session, git: GitIn) -> None:
    before = users_work(session.root, git)
    hook(session.root, "echo '# mended' >> readiness.toml; git add readiness.toml")
    commit(session)
    assert git(session.root, "show", "HEAD:readiness.toml").endswith("# mended")
    assert git(session.root, "show", "--name-only", "--format=", "HEAD") == "readiness.toml"
    assert users_work(session.root, git) == before
    assert saved(session.root) == "ready"


def test_a_hook_that_spoils_our_file_is_refused_by_us_and_never_hides_it(session: Session, git: GitIn) -> None:
    hook(session.root, "echo 'not = [toml' >> readiness.toml; exit 1")
    with pytest.raises(CommitFailed):
        commit(session)
    assert "readiness.toml" in Session(session.root).read_only
    assert git(session.root, "show", "HEAD:readiness.toml")


def test_the_users_signing_program_is_asked_and_its_no_is_heard(session: Session, git: GitIn, tmp_path: Path) -> None:
    program = tmp_path / "sign.sh"
    program.write_text(
        f"#!/bin/sh\ncat > {tmp_path / 'signed'}\nprintf '[GNUPG:] SIG_CREATED ' >&2\n"
        "printf -- '-----BEGIN PGP SIGNATURE-----\\n\\nabcd\\n-----END PGP SIGNATURE-----\\n'\n"
    )
    program.chmod(0o755)
    git(session.root, "config", "gpg.program", str(program))
    git(session.root, "config", "commit.gpgSign", "true")
    made = commit(session)
    assert "BEGIN PGP SIGNATURE" in git(session.root, "cat-file", "commit", "HEAD")
    assert made.message.splitlines()[0] in (tmp_path / "signed").read_text()

    program.write_text("#!/bin/sh\necho 'no secret key' >&2\nexit 2\n")
    before = users_work(session.root, git)
    session.answer("load-tested", Status.BLOCKER)
    with pytest.raises(CommitFailed, match=r"failed to write commit object|no secret key"):
        commit(session)
    assert git(session.root, "rev-parse", "HEAD") == made.id
    assert users_work(session.root, git) == before


def test_the_users_work_on_our_own_file_is_what_is_committed(session: Session, git: GitIn) -> None:
    """A half-staged state file: what is on disk goes in, as the preview said."""
    session.save()
    git(session.root, "add", "readiness.toml")
    session.answer("load-tested", Status.BLOCKER)
    session.save()
    assert '+status = "blocker"' in diff(session)
    commit(session)
    assert git(session.root, "status", "--porcelain", "--", "readiness.toml") == ""


@pytest.mark.parametrize("before_the_first_commit", [True, False])
def test_showing_a_commit_runs_nothing_and_lists_what_committing_takes(
    repository: Path, git: GitIn, tmp_path: Path, before_the_first_commit: bool
) -> None:
    root = repository
    if before_the_first_commit:
        root = tmp_path / "new"
        root.mkdir()
        git(root, "init", "-q")
        git(root, "config", "user.name", "Ana Example")
        git(root, "config", "user.email", "ana@example.com")
    opened = Session(root)
    opened.start(["fifty-point"])
    opened.save()
    (root / ".readiness" / "notebooks").mkdir(parents=True)
    (root / ".readiness" / "notebooks" / "a.ipynb").write_text("{}\n")
    (root / "other.py").write_text("x\n")
    git(root, "add", "--intent-to-add", "other.py")
    script = tmp_path / "ran.sh"
    script.write_text(f"#!/bin/sh\ntouch {tmp_path / 'ran'}\n")
    script.chmod(0o755)
    git(root, "config", "core.fsmonitor", str(script))
    (tmp_path / "ran").unlink(missing_ok=True)

    shown = diff(opened)
    assert preview(opened)
    assert not (tmp_path / "ran").exists()
    listed = {line.removeprefix("+++ b/") for line in shown.splitlines() if line.startswith("+++ ")}
    git(root, "config", "--unset", "core.fsmonitor")
    assert listed == set(commit(opened).files) == {"readiness.toml", ".readiness/notebooks/a.ipynb"}
    assert git(root, "diff", "--name-only") == "other.py"


@pytest.mark.parametrize("mark", ["MERGE_HEAD", "CHERRY_PICK_HEAD", "REVERT_HEAD", "rebase-merge", "rebase-apply"])
def test_no_commit_in_the_middle_of_something(mark: str, session: Session) -> None:
    (session.root / ".git" / mark).write_text("")
    with pytest.raises(Refused, match="is in progress; finish it with: git") as refused:
        commit(session)
    assert refused.value.code == 1
    assert session.unsaved


def test_a_git_in_the_repository_of_a_folder_inside_is_never_run(
    repository: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The workbook of one folder of a repository; the program lies in another folder of it."""
    fake = repository / "tools" / "git"
    fake.parent.mkdir()
    fake.write_text(f"#!/bin/sh\ntouch {tmp_path / 'ran'}\n")
    fake.chmod(0o755)
    monkeypatch.setenv("PATH", f"{fake.parent}:{os.environ['PATH']}")
    opened = Session(repository / "api")
    opened.start(["fifty-point"])
    commit(opened)
    assert not (tmp_path / "ran").exists()
