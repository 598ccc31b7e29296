"""A git directory that leads elsewhere: nothing of another repository is shown as this one's."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from checks.git import Git, GitProblem, NoRepository, UnsafeRepository
from checks.git.identity import identity
from checks.report_json import to_json
from checks.run import look_over
from checks.tree import Tree
from workbook.cli.main import main
from workbook.places import Place

PlainGit = Callable[..., str]
SECRET = "not-theirs"
Show = tuple[tuple[str, ...], ...]


class Redirect(NamedTuple):
    """`plant(root, other, git)` makes `root` lead to `other`; ordinary git then shows the secret by `naive`.

    `closed` says why today's git does not follow it either.
    """

    plant: Callable[[Path, Path, PlainGit], object]
    naive: Show
    closed: str = ""


REDIRECTS: dict[str, Redirect] = {}
SHOW_COMMIT: Show = (("show", "{head}:not-theirs.txt"),)
SHOW_REFS: Show = (("rev-parse", "not-theirs"),)
SHOW_IGNORED: Show = (("check-ignore", "-v", "hide"),)
SHOW_LOG: Show = (("log", "--all"),)
SHOW_FILES: Show = (("ls-files", "-o", "-c"),)


def redirect(naive: Show) -> Callable[[Callable[[Path, Path, PlainGit], object]], object]:
    def keep(plant: Callable[[Path, Path, PlainGit], object]) -> object:
        REDIRECTS[plant.__name__] = Redirect(plant, naive)
        return plant

    return keep


def linked(name: str) -> Callable[[Path, Path, PlainGit], object]:
    """The part `name` of the git directory is a link to the other's."""

    def plant(root: Path, other: Path, _git: PlainGit) -> object:
        part = root / ".git" / name
        if part.is_dir() and not part.is_symlink():
            shutil.rmtree(part)
        else:
            part.unlink(missing_ok=True)
        return part.symlink_to(other / ".git" / name)

    return plant


for _name, _naive in {
    "objects": SHOW_COMMIT, "objects/pack": SHOW_COMMIT, "refs": SHOW_REFS, "packed-refs": SHOW_REFS,
    "refs/heads": SHOW_REFS, "index": SHOW_FILES,
    "info": SHOW_IGNORED, "info/exclude": SHOW_IGNORED,
}.items():  # fmt: skip
    REDIRECTS[f"link to {_name}"] = Redirect(linked(_name), _naive)
REDIRECTS["link to HEAD"] = Redirect(linked("HEAD"), (("symbolic-ref", "HEAD"),), "git takes this for no repository")


def lent(root: Path, text: bytes, into: str = ".git") -> object:
    (root / into / "objects" / "info").mkdir(parents=True, exist_ok=True)
    return (root / into / "objects" / "info" / "alternates").write_bytes(text)


def objects(root: Path) -> bytes:
    return os.fsencode(root / ".git" / "objects")


@redirect(SHOW_COMMIT)
def alternates(root: Path, other: Path, _git: PlainGit) -> None:
    lent(root, objects(other) + b"\n")


@redirect(SHOW_COMMIT)
def alternates_after_a_long_comment(root: Path, other: Path, _git: PlainGit) -> None:
    lent(root, b"#" * 100_000 + b"\n" + objects(other) + b"\n")


@redirect(SHOW_COMMIT)
def alternates_in_quotes(root: Path, other: Path, _git: PlainGit) -> None:
    lent(root, b'"' + objects(other) + b'"\n')


@redirect(SHOW_COMMIT)
def alternates_of_alternates(root: Path, other: Path, _git: PlainGit) -> None:
    lent(root, b"../inner/objects\n")
    lent(root, objects(other) + b"\n", into=".git/inner")


@redirect(SHOW_COMMIT)
def alternates_behind_a_link(root: Path, other: Path, _git: PlainGit) -> None:
    (root / "list").write_bytes(objects(other) + b"\n")
    (root / ".git" / "objects" / "info" / "alternates").symlink_to(root / "list")


@redirect(SHOW_COMMIT)
def every_object_is_a_link(root: Path, other: Path, git: PlainGit) -> None:
    # What was packed becomes single objects again.
    pack = next((other / ".git" / "objects" / "pack").glob("*.pack")).rename(other / "moved.pack")
    git(other, "unpack-objects", "-q", stdin=pack.read_bytes())
    for folder in (other / ".git" / "objects").glob("[0-9a-f][0-9a-f]"):
        (root / ".git" / "objects" / folder.name).mkdir(exist_ok=True)
        for file in folder.iterdir():
            (root / ".git" / "objects" / folder.name / file.name).symlink_to(file)


@redirect(SHOW_COMMIT)
def a_pack_is_a_link(root: Path, other: Path, _git: PlainGit) -> None:
    for file in (other / ".git" / "objects" / "pack").iterdir():
        (root / ".git" / "objects" / "pack" / file.name).symlink_to(file)


@redirect(SHOW_FILES)
def work_tree_elsewhere(root: Path, other: Path, git: PlainGit) -> None:
    git(root, "config", "core.worktree", str(other))


@redirect(SHOW_FILES)
def work_tree_elsewhere_by_worktree_config(root: Path, other: Path, git: PlainGit) -> None:
    git(root, "config", "extensions.worktreeConfig", "true")
    git(root, "config", "--worktree", "core.worktree", str(other))


@redirect(SHOW_LOG)
def git_file_of_another(root: Path, other: Path, _git: PlainGit) -> None:
    shutil.rmtree(root / ".git")
    (root / ".git").write_text(f"gitdir: {other / '.git'}\n")


@redirect(SHOW_LOG)
def git_file_to_the_worktree_of_another(root: Path, other: Path, git: PlainGit) -> None:
    git(other, "worktree", "add", "-q", str(other.parent / "theirs"))
    shutil.rmtree(root / ".git")
    (root / ".git").write_text(f"gitdir: {other / '.git' / 'worktrees' / 'theirs'}\n")


@redirect(SHOW_LOG)
def git_file_to_a_worktree_nobody_owns(root: Path, other: Path, git: PlainGit) -> None:
    git_file_to_the_worktree_of_another(root, other, git)
    (other / ".git" / "worktrees" / "theirs" / "gitdir").unlink()


@redirect(SHOW_LOG)
def git_link_to_another(root: Path, other: Path, _git: PlainGit) -> None:
    shutil.rmtree(root / ".git")
    (root / ".git").symlink_to(other / ".git")


@redirect(SHOW_LOG)
def common_directory_of_another(root: Path, other: Path, _git: PlainGit) -> None:
    (root / ".git" / "commondir").write_text(f"{other / '.git'}\n")


@redirect((("check-mailmap", "Ana <ana@example.com>"),))
def mailmap_elsewhere(root: Path, other: Path, git: PlainGit) -> None:
    (other / "names").write_text(f"{SECRET} <ana@example.com>\n")
    git(root, "config", "mailmap.file", str(other / "names"))


@redirect((("ls-files", "-s"),))
def index_that_leads_out(root: Path, _other: Path, git: PlainGit) -> None:
    (root / "xxxxx").mkdir()
    (root / "xxxxx" / "not-theirs.txt").write_text("a guess\n")
    git(root, "add", "-A")
    index = root / ".git" / "index"
    content = index.read_bytes()[:-20].replace(b"xxxxx/not-theirs.txt", b"../ot/not-theirs.txt")
    index.write_bytes(content + hashlib.sha1(content, usedforsecurity=False).digest())


@pytest.fixture
def other(tmp_path: Path, plain_git: PlainGit) -> Path:
    """Another repository of the same user; whatever names it is named after the secret."""
    root = tmp_path / "ot"
    root.mkdir()
    plain_git(root, "init", "-q", "-b", SECRET)
    plain_git(root, "config", "user.name", SECRET)
    plain_git(root, "config", "user.email", f"{SECRET}@example.com")
    (root / f"{SECRET}.txt").write_text(f"{SECRET}\n")
    plain_git(root, "add", "-A")
    plain_git(root, "commit", "-qm", SECRET)
    (root / ".git" / "info" / "exclude").write_text(f"hid[{SECRET}]\n")
    plain_git(root, "repack", "-adq")
    plain_git(root, "pack-refs", "--all", "--no-prune")
    return root


def everything_seen(root: Path, head: str) -> Iterator[str]:
    """All that we would tell of the repository, or why we do not."""
    asks: tuple[Callable[[Git], object], ...] = (
        lambda git: git.head(), lambda git: git.branch(), lambda git: git.files(), lambda git: git.log(),
        lambda git: git.changes(), lambda git: git.tags(), lambda git: git.churn(),
        lambda git: git.changed_between("HEAD"), lambda git: git.changed_between(head),
        lambda git: git.merge_base(head), lambda git: git.commit_id(head), lambda git: git.commit_id(SECRET),
        lambda git: git.show(head, f"{SECRET}.txt"), lambda git: git.show("HEAD", f"{SECRET}.txt"),
        lambda git: git.canonical("Ana <ana@example.com>"),
        lambda git: [Tree.read(root, git).text(path) for path in Tree.read(root, git).paths],
    )  # fmt: skip
    try:
        with Git.open(root) as git:
            for ask in asks:
                try:
                    yield repr(ask(git))
                except GitProblem as problem:
                    yield f"refused: {problem}"
    except GitProblem as problem:
        yield f"refused: {problem}"
    yield repr(identity(root))
    yield repr(Place.of(root))
    yield repr(to_json(look_over(root, signals={"release.changelog"})))


@pytest.mark.stress
@pytest.mark.parametrize("name", REDIRECTS)
def test_nothing_of_another_repository_is_seen(
    name: str, victim: Path, other: Path, plain_git: PlainGit, figure, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    head = plain_git(other, "rev-parse", "HEAD")
    REDIRECTS[name].plant(victim, other, plain_git)
    shown = list(everything_seen(victim, head))
    refusal = re.compile("^refused: .*|listed without git: [^}]*")
    told = [line for line in shown if SECRET in (said := refusal.sub("", line)) or head in said]
    naive = [plain_git(victim, *(word.format(head=head) for word in call)) for call in REDIRECTS[name].naive]
    outcome = "refused" if any(line.startswith("refused: ") for line in shown) else "not followed"
    figure(f"redirect: {name.replace('_', ' ')}", "0 seen, ordinary git sees it", f"{len(told)} seen, {outcome}")
    assert told == []
    assert all("\n" not in line for line in shown)
    bites = any(SECRET in text or head in text for text in naive)
    assert bites is not bool(REDIRECTS[name].closed), f"it does not bite, so the test proves nothing: {naive}"


def test_there_are_redirects_enough() -> None:
    assert len(REDIRECTS) >= 24


# -- what is permitted, and the lines that say what is not -----------------------------------------------------------


def test_a_linked_worktree_and_a_submodule_may_keep_their_git_directory_elsewhere(
    victim: Path, plain_git: PlainGit, tmp_path: Path
) -> None:
    plain_git(victim, "worktree", "add", "-q", "-b", "side", str(tmp_path / "side"))
    with Git.open(tmp_path / "side") as git:
        assert git.git_dir == victim / ".git" / "worktrees" / "side"
    plain_git(victim, "-c", "protocol.file.allow=always", "submodule", "add", "-q", str(victim), "lib",
              GIT_ALLOW_PROTOCOL="file")  # fmt: skip
    with Git.open(victim / "lib") as git:
        assert git.git_dir == victim / ".git" / "modules" / "lib"
    (victim / ".git" / "modules" / "lib" / "config").write_text("[core]\n\tworktree = ../../../src\n")
    with pytest.raises(UnsafeRepository, match="does not name it back"):
        Git.open(victim / "lib")


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("alternates", "borrows objects"),
        ("git_file_of_another", "does not name it back"),
        ("git_file_to_the_worktree_of_another", "belongs to another folder"),
        ("git_file_to_a_worktree_nobody_owns", "does not say which folder is its own"),
        ("git_link_to_another", "neither a folder nor a git file"),
        ("common_directory_of_another", "not its repository"),
        ("link to objects", "symbolic link"),
        ("a_pack_is_a_link", "neither a file nor a folder"),
        ("link to packed-refs", "not a regular file we may open"),
    ],
)
def test_a_refusal_says_what_to_do(name: str, said: str, victim: Path, other: Path, plain_git: PlainGit) -> None:
    REDIRECTS[name].plant(victim, other, plain_git)
    with pytest.raises(UnsafeRepository, match=said) as caught:
        Git.open(victim)
    assert any(
        word in str(caught.value) for word in ("Run git", "lone the repository", "lone again", "Check the repository")
    )


def test_the_name_of_a_folder_cannot_add_a_place_for_objects(tmp_path: Path, other: Path, plain_git: PlainGit) -> None:
    """The list of such places is one a line, and a folder's name may hold a line end."""
    root = tmp_path / "x\n" / str(other).lstrip("/")
    root.mkdir(parents=True)
    plain_git(root, "init", "-q", "-b", "main")
    (root / "a").write_text('"\\')
    plain_git(root, "add", "-A")
    plain_git(root, "-c", "user.name=Ana", "-c", "user.email=a@example.com", "commit", "-qm", "x")
    with Git.open(root) as git:
        assert git.head() == plain_git(root, "rev-parse", "HEAD")
        assert git.commit_id(plain_git(other, "rev-parse", "HEAD")) is None


@pytest.mark.parametrize("target", [b"a\0b", b"a" * 300, b"loop", b"\xff", b""])
def test_a_git_file_that_leads_nowhere_is_one_clear_line(target: bytes, victim: Path) -> None:
    shutil.rmtree(victim / ".git")
    (victim / "loop").symlink_to("loop")
    (victim / ".git").write_bytes(b"gitdir: " + target)
    with pytest.raises((UnsafeRepository, NoRepository)) as caught:
        Git.open(victim)
    assert len(str(caught.value)) < 500


def test_links_in_a_circle_are_refused(victim: Path) -> None:
    (victim / ".git" / "commondir").write_bytes(b"a\0b")
    with pytest.raises(UnsafeRepository, match="cannot be followed"):
        Git.open(victim)
    shutil.rmtree(victim / ".git")
    (victim / ".git").symlink_to(".git")
    with pytest.raises(UnsafeRepository, match="cannot be followed"):
        Git.open(victim)


@pytest.mark.parametrize("name", ["HEAD", "index", "config", "packed-refs", "shallow", "commondir", "info/exclude",
                                  "refs/heads/main", "objects/ab", "objects/info/alternates"])  # fmt: skip
def test_a_pipe_in_the_git_directory_is_refused_and_nobody_waits(name: str, victim: Path) -> None:
    (victim / ".git" / name).unlink(missing_ok=True)
    if name == "objects/ab" and (victim / ".git" / name).is_dir():
        shutil.rmtree(victim / ".git" / name)
    os.mkfifo(victim / ".git" / name)
    with pytest.raises(GitProblem) as caught:
        Git.open(victim)
    assert name.rpartition("/")[2] in str(caught.value)


@pytest.mark.parametrize(("name", "size"), [("HEAD", 5000), ("config", 1 << 21), ("refs/heads/main", 5000)])
def test_what_is_too_large_to_copy_is_said_and_never_taken_for_missing(name: str, size: int, victim: Path) -> None:
    (victim / ".git" / name).write_bytes(b"#" * size)
    with pytest.raises(UnsafeRepository, match="larger than"):
        Git.open(victim)


def test_a_giant_list_of_packed_references_is_refused(victim: Path) -> None:
    with (victim / ".git" / "packed-refs").open("wb") as file:
        file.truncate(70 * 1024 * 1024)
    with pytest.raises(UnsafeRepository, match="larger than"):
        Git.open(victim)


# -- what would tell another story -----------------------------------------------------------------------------------


def test_replaced_and_grafted_history_is_told_as_it_was(victim: Path, plain_git: PlainGit) -> None:
    head, first = plain_git(victim, "rev-parse", "HEAD"), plain_git(victim, "rev-parse", "HEAD~1")
    forged = plain_git(victim, "commit-tree", "-m", "Forged", f"{head}^{{tree}}")
    plain_git(victim, "replace", head, forged)
    assert "Forged" in plain_git(victim, "log")
    with Git.open(victim) as git:
        assert [commit.subject for commit in git.log()] == ["Write two", "Write one"]
    plain_git(victim, "replace", "-d", head)
    (victim / ".git" / "info" / "grafts").write_text(f"{head}\n")
    assert first not in plain_git(victim, "log", "--format=%H")
    with Git.open(victim) as git:
        assert [commit.id for commit in git.log()] == [head, first]


def test_an_index_with_an_untracked_cache_hides_no_new_file(victim: Path, plain_git: PlainGit) -> None:
    plain_git(victim, "config", "core.untrackedCache", "true")
    plain_git(victim, "config", "core.trustctime", "false")
    plain_git(victim, "update-index", "--force-untracked-cache")
    os.utime(victim / "src", (1, 1))
    for _ in range(2):
        plain_git(victim, "status")
    before = (victim / "src").stat()
    (victim / "src" / "new.py").write_text("x\n")
    os.utime(victim / "src", ns=(before.st_atime_ns, before.st_mtime_ns))
    cached = plain_git(victim, "status", "--porcelain")
    with Git.open(victim) as git:
        assert {listed.path: listed.tracked for listed in git.files()}["src/new.py"] is False
    assert "new.py" not in cached, "it hides nothing, so the test proves nothing"


def test_an_index_with_a_monitor_hides_no_changed_file(victim: Path, plain_git: PlainGit, tmp_path: Path) -> None:
    nothing_changed = tmp_path / "monitor.sh"
    nothing_changed.write_text("#!/bin/sh\nprintf 'token\\0'\n")
    nothing_changed.chmod(0o755)
    plain_git(victim, "add", "-A")
    plain_git(victim, "config", "core.fsmonitor", str(nothing_changed))
    plain_git(victim, "update-index", "--fsmonitor")
    plain_git(victim, "status")
    (victim / "README.md").write_text("other\n")
    assert "README.md" not in plain_git(victim, "status", "--porcelain"), "it hides nothing, so the test proves nothing"
    with Git.open(victim) as git:
        assert {listed.path: listed.blob for listed in git.files()}["README.md"] is None
        assert git.changed_between("HEAD") == ("README.md", "src/app.py")


def test_references_with_odd_names_are_names_and_nothing_else(victim: Path, plain_git: PlainGit) -> None:
    head = plain_git(victim, "rev-parse", "HEAD")
    for name in ("esc\x1b[2J", "line\nend", "-x", "a b", "..", "rtl\u202e"):
        with (victim / ".git" / "refs" / "tags" / (name if name != ".." else "a..b")).open("w") as file:
            file.write(f"{head}\n")
    with Git.open(victim) as git:
        assert git.head() == head
        assert {tag.name for tag in git.tags()} <= {"v1", "-x", "rtl\u202e"}
        assert git.commit_id("-x") == head


def test_a_private_folder_that_is_a_link_is_never_written_through(
    victim: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Locks and drafts lie in the git directory, which its author may have prepared."""
    monkeypatch.setenv("HOME", str(tmp_path))
    outside = tmp_path / "outside"
    outside.mkdir()
    (victim / ".git" / "readiness").symlink_to(outside)
    assert main(["-C", str(victim), "init", "--yes"]) == 2
    assert "is a symbolic link. Remove it" in capsys.readouterr().err
    assert list(outside.iterdir()) == []
    assert not (victim / "readiness.toml").exists()
