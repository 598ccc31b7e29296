"""A tree that tries to lead us out, to keep us waiting, or to fill our memory: listed or told, never followed."""

from __future__ import annotations

import os
import socket
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from checks.git import Git
from checks.observation import Examined
from checks.tree import Tree

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
    assert reasons(tree.examined()).keys() & set(ODD_NAMES) == {os.fsdecode(b"latin\xe9.py")}
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
