"""A tree that tries to lead us out, to keep us waiting, or to fill our memory: listed or told, never followed."""

from __future__ import annotations

import os
import socket
import stat
import subprocess
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from itertools import count
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from checks.git import Git
from checks.observation import Examined
from checks.tree import Limits, Tree

ODD_NAMES = [
    "new\nline.py",
    "esc\x1b[2J.py",
    "bell\x07.py",
    "rtl\u202egpj.py",
    "zero\u200bwidth.py",
    os.fsdecode(b"latin\xe9.py"),
    "-rf.py",
    "!bang.py",
    "#hash.py",
    "Case.py",
    "case.py",
    " space .py",
    "back\\slash.py",
    "$(touch x).py",
]
SECRET = "outside the root"


@pytest.fixture(params=["git", "no git"])
def read(request: pytest.FixtureRequest, plain_git: Callable[..., str]) -> Callable[[Path], Tree]:
    """Reads a tree, in a repository where everything is committed, and without one."""

    def look(root: Path) -> Tree:
        if request.param == "no git":
            return Tree.read(root, None)
        plain_git(root, "init", "-q")
        plain_git(root, "add", "-A")
        with Git.open(root) as git:
            return Tree.read(root, git)

    return look


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "root"
    folder.mkdir()
    (folder / "real.txt").write_text("inside\n")
    (tmp_path / "secret.txt").write_text(SECRET)
    (tmp_path / "secrets").mkdir()
    (tmp_path / "secrets" / "key.txt").write_text(SECRET)
    return folder


def reasons(examined: Examined) -> dict[str, str]:
    return {unread.path: unread.reason for unread in (*examined.partial, *examined.skipped)}


def test_links_never_lead_out(root: Path, read: Callable[[Path], Tree]) -> None:
    (root / "sub").mkdir()
    links = {
        "absolute": str(root.parent / "secret.txt"),
        "relative": "../secret.txt",
        "sub/climbing": "../../secret.txt",
        "folder": "../secrets",
        "device": "/dev/zero",
        "process": "/proc/self/environ",
        "dangling": "nowhere",
        "loop": "loop",
        "chain": "relative",
        "git": ".git/HEAD",
        "root-itself": ".",
        "good": "real.txt",
        "sub/good": "../good",
    }
    for name, target in links.items():
        (root / name).symlink_to(target)
    tree = read(root)
    assert set(tree.paths) - {"good", "sub/good"} == {"real.txt"}
    assert tree.text("good") == tree.text("sub/good") == "inside\n"
    assert all(SECRET not in (tree.text(path) or "") for path in tree.paths)
    told = reasons(tree.examined())
    assert {name for name in links if "good" not in name} <= set(told)
    assert "outside" in told["absolute"]


def test_a_folder_swapped_for_a_link_is_not_followed(root: Path, read: Callable[[Path], Tree]) -> None:
    (root / "sub").mkdir()
    (root / "sub" / "key.txt").write_text("inside\n")
    tree = read(root)
    (root / "sub" / "key.txt").unlink()
    (root / "sub").rmdir()
    (root / "sub").symlink_to("../secrets")
    assert tree.text("sub/key.txt") is None
    assert "sub/key.txt" in reasons(tree.examined())


def test_a_tracked_path_behind_a_link_is_not_followed(root: Path, plain_git: Callable[..., str]) -> None:
    (root / "sub").mkdir()
    (root / "sub" / "key.txt").write_text("inside\n")
    plain_git(root, "init", "-q")
    plain_git(root, "add", "-A")
    (root / "sub").rename(root / "was")
    (root / "sub").symlink_to("../secrets")
    with Git.open(root) as git:
        tree = Tree.read(root, git)
    assert "sub/key.txt" not in tree.paths


def test_pipes_sockets_and_devices_are_never_opened(root: Path, read: Callable[[Path], Tree]) -> None:
    os.mkfifo(root / "pipe.py")
    with socket.socket(socket.AF_UNIX) as listening:
        here = Path.cwd()
        os.chdir(root)  # a socket's path may hold 100 characters
        try:
            listening.bind("sock.py")
        finally:
            os.chdir(here)
        tree = read(root)
    assert tree.paths == ("real.txt",)
    assert tree.text("pipe.py") is None


def test_a_file_swapped_for_a_pipe_does_not_keep_us_waiting(root: Path, read: Callable[[Path], Tree]) -> None:
    tree = read(root)
    (root / "real.txt").unlink()
    os.mkfifo(root / "real.txt")
    assert tree.text("real.txt") is None
    assert tree.digest(["*"])
    assert reasons(tree.examined())["real.txt"] == "not a regular file"


def test_a_pipe_as_ignore_file_does_not_keep_our_walk_waiting(root: Path) -> None:
    os.mkfifo(root / ".gitignore")
    assert Tree.read(root, None).paths == ("real.txt",)


def test_a_huge_sparse_file_is_not_read(root: Path) -> None:
    with (root / "huge.py").open("wb") as file:
        file.truncate(2 * 1024**3)
    tree = Tree.read(root, None)
    assert tree.text("huge.py") is None
    assert "larger than" in reasons(tree.examined())["huge.py"]
    assert tree.digest(["huge.py"])


def test_odd_names_are_listed_and_read(root: Path, read: Callable[[Path], Tree]) -> None:
    for name in ODD_NAMES:
        (root / name).write_text(name.encode("utf-8", "replace").decode())
    tree = read(root)
    assert set(ODD_NAMES) <= set(tree.paths)
    assert all(tree.text(name) is not None for name in ODD_NAMES)
    told = {os.fsdecode(b"latin\xe9.py"), "Case.py", "case.py"}
    assert reasons(tree.examined()).keys() & set(ODD_NAMES) == told
    assert tree.match("!bang.py", r"\!bang.py") == ("!bang.py",)
    assert tree.digest(["*.py"])


def test_a_path_deeper_than_any_file_system_call_allows(root: Path, read: Callable[[Path], Tree]) -> None:
    here = os.open(root, os.O_RDONLY)
    for _ in range(1500):
        os.mkdir("deep", dir_fd=here)
        below = os.open("deep", os.O_RDONLY, dir_fd=here)
        os.close(here)
        here = below
    os.close(os.open("leaf.py", os.O_CREAT | os.O_WRONLY, dir_fd=here))
    os.close(here)
    try:
        tree = read(root)
        assert tree.paths == ("real.txt",)
        assert any("deep" in path or "deep" in reason for path, reason in reasons(tree.examined()).items())
    finally:
        subprocess.run(["rm", "-rf", str(root)], check=True)


@contextmanager
def meanwhile(step: Callable[[int], None]) -> Iterator[None]:
    """Does `step` over and over in another thread."""
    over = threading.Event()

    def run() -> None:
        for turn in count():
            if over.is_set():
                return
            with suppress(OSError):
                step(turn)

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


@pytest.mark.stress
def test_a_folder_that_turns_into_a_link_and_back_never_leads_out(root: Path, scale, figure) -> None:
    inside, link = root / "inside", root.parent / "link"
    (inside / "deep").mkdir(parents=True)
    for number in range(20):
        (inside / "deep" / f"{number}.txt").write_text("inside\n")
    outside = root.parent / "outside"
    (outside / "deep").mkdir(parents=True)
    (outside / "deep" / "only-outside.txt").write_text(SECRET)
    (outside / "deep" / "3.txt").write_text(SECRET)
    (outside / ".gitignore").write_text("*\n")
    link.symlink_to(outside)
    aside = root.parent / "aside"

    def swap(_: int) -> None:
        inside.rename(aside)
        link.rename(inside)
        inside.rename(link)
        aside.rename(inside)

    reads, seen, done = scale(150, 5000), 0, 0
    with meanwhile(swap):
        # On a busy machine the first walks may all fall between two swaps; the race has to be run all the same.
        while done < reads or (not seen and done < 100 * reads):
            done += 1
            tree = Tree.read(root, None)
            texts = [tree.text(path) for path in tree.paths]
            named = {*tree.paths, *reasons(tree.examined())}
            assert not any("only-outside" in name for name in named)
            assert all(SECRET not in (text or "") for text in texts)
            seen += len(tree.paths) > 1
    assert seen, "the folder was never there: the race was not run"
    figure("a folder swapped for a link during the walk", "0 escapes", f"0 of {done} walks, {seen} of them inside it")


@pytest.mark.parametrize("after", [1, 2, 3])
def test_a_folder_swapped_at_any_step_of_the_walk_is_not_followed(
    after: int, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (root / "inside" / "deep" / "deeper").mkdir(parents=True)
    (root / "inside" / "deep" / "deeper" / "x.txt").write_text("inside\n")
    outside = root.parent / "outside"
    (outside / "deep" / "deeper").mkdir(parents=True)
    (outside / "deep" / "deeper" / "only-outside.txt").write_text(SECRET)
    real, calls = os.scandir, count(1)

    def listing(folder):
        opened = real(folder)
        if next(calls) == after:
            (root / "inside").rename(root.parent / "aside")
            (root / "inside").symlink_to(outside)
        return opened

    monkeypatch.setattr("checks.files.walk.os.scandir", listing)
    tree = Tree.read(root, None)
    assert (root / "inside").is_symlink()
    named = {*tree.paths, *reasons(tree.examined())}
    assert tree.paths == ("real.txt",)
    assert not any("only-outside" in name for name in named)
    assert any(name.startswith("inside") for name in named)


def test_a_file_that_grows_shrinks_or_vanishes_is_read_or_told(root: Path) -> None:
    moving = root / "moving.py"
    moving.write_bytes(b"x = 1\n")

    def change(turn: int) -> None:
        moving.write_bytes(b"x = 1\n" * (turn % 3 * 3000))
        if turn % 4 == 0:
            moving.unlink()

    with meanwhile(change):
        for _ in range(200):
            tree = Tree.read(root, None, Limits(file_bytes=10_000))
            text = tree.text("moving.py")
            if text is None:
                assert "moving.py" not in tree.paths or tree.hidden("moving.py")
            else:
                assert len(text) <= 10_000


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may make a device")
def test_a_device_is_never_opened(root: Path, read: Callable[[Path], Tree]) -> None:
    try:
        os.mknod(root / "zero.py", stat.S_IFCHR | 0o666, os.makedev(1, 5))
    except PermissionError:
        pytest.skip("this container makes no devices")
    tree = read(root)
    assert tree.paths == ("real.txt",)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else for a moment")
def test_what_may_not_be_read_is_told() -> None:
    with tempfile.TemporaryDirectory() as name:
        root = Path(name)
        root.chmod(0o755)
        (root / "locked.py").write_text(SECRET)
        (root / "locked.py").chmod(0)
        (root / "room").mkdir()
        (root / "room" / "x.py").write_text(SECRET)
        (root / "room").chmod(0)
        os.seteuid(65534)
        try:
            tree = Tree.read(root, None)
            assert tree.text("locked.py") is None
        finally:
            os.seteuid(0)
        told = reasons(tree.examined())
        assert told == {
            "locked.py": "cannot be opened: Permission denied",
            "room/": "folder cannot be read: Permission denied",
        }
        assert tree.hidden("locked.py")


@pytest.mark.stress
def test_a_folder_of_very_many_files_is_cut_and_said_so(root: Path, scale, figure) -> None:
    many, most = scale(1500, 100_001), scale(1000, 100_000)
    for number in range(many):
        os.close(os.open(root / f"{number:06}.py", os.O_CREAT | os.O_WRONLY))
    tree = Tree.read(root, None, Limits(files=most))
    assert len(tree.paths) == most
    assert str(most) in tree.cut
    whole = Tree.read(root, None, Limits(files=most * 2))
    assert (len(whole.paths), whole.cut) == (many + 1, "")
    figure("files in one folder", "listed to the limit, the rest told", f"{most} of {many + 1} listed, the cut told")


def test_twins_by_case_and_by_unicode_form_are_both_listed_and_told(root: Path, read: Callable[[Path], Tree]) -> None:
    twins = ["README.md", "readme.md", "caf\u00e9.py", "cafe\u0301.py", "Docs/a.py", "docs/A.py"]
    for name in twins:
        (root / name).parent.mkdir(exist_ok=True)
        (root / name).write_text(name)
    tree = read(root)
    assert set(tree.paths) == {"real.txt", *twins}
    assert [tree.text(name) for name in twins] == twins
    told = reasons(tree.examined())
    assert set(told) == set(twins)
    assert all("case or Unicode" in reason for reason in told.values())


def test_another_repository_inside_is_not_looked_into(root: Path, plain_git: Callable[..., str]) -> None:
    nested = root / "nested"
    nested.mkdir()
    plain_git(root, "init", "-q")
    plain_git(nested, "init", "-q")
    (nested / "key.txt").write_text("in there\n")
    with Git.open(root) as git:
        tree = Tree.read(root, git)
    assert tree.paths == ("real.txt",)
    assert reasons(tree.examined())["nested"] == "another git repository, not looked into"


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    names=st.sets(st.binary(min_size=1, max_size=30).filter(lambda n: not {0, 47} & set(n) and n not in {b".", b".."}))
)
def test_any_name_is_listed_or_told(names: set[bytes], tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("names")
    for name in names:
        Path(os.fsdecode(os.fsencode(folder) + b"/" + name)).write_bytes(b"x")
    tree = Tree.read(folder, None)
    assert {os.fsencode(path) for path in tree.paths} == names
    assert all(tree.raw(path) == b"x" for path in tree.paths)
