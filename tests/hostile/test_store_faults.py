"""Whatever the disk refuses during a save: the old file is whole, the message is true, and the next start is clean."""

from __future__ import annotations

import errno
import importlib.util
import os
import re
import shutil
import subprocess
import sys
from datetime import date
from itertools import count
from pathlib import Path

import pytest

from workbook.answers import Status
from workbook.errors import Refused
from workbook.people import People
from workbook.session import Session
from workbook.store import Saved


def _harness():
    spec = importlib.util.spec_from_file_location("saving_harness", Path(__file__).with_name("saving_harness.py"))
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


harness = _harness()
ERRORS = ("EIO", "ENOSPC", "EROFS", "EACCES")
NO_FILES = {"brk", "exit_group", "futex", "getegid", "geteuid", "getpid", "getrandom", "gettid", "ioctl", "lseek"}
NO_FILES |= {"madvise", "mmap", "mprotect", "mremap", "munmap", "rt_sigaction", "rt_sigprocmask"}
LOOKING = {"fstat", "getdents64", "lstat", "newfstatat", "read", "readlink", "stat", "statx"}
IN_PLACE = "your edits are in the file"
LINE = re.compile(r".*readiness\S*: [^\n]+[.;] [A-Z][^\n]+\.")
STRACE = pytest.mark.skipif(bool(harness.why_no_strace()), reason=harness.why_no_strace())
needs_mount = pytest.mark.skipif(
    sys.platform != "linux" or os.geteuid() != 0, reason="only root on Linux can make a file system of its own"
)


def repository(folder, *options):
    folder.mkdir(exist_ok=True)
    subprocess.run(["git", "init", "-q", "--template=", *options, folder], check=True)
    return folder


@pytest.fixture
def root(tmp_path):
    return repository(tmp_path / "repository")


@pytest.fixture(scope="module")
def children(tmp_path_factory):
    with harness.Children(tmp_path_factory.mktemp("children")) as program:
        yield program


def opened(root):
    return Session(root, people=People("Ana Example <ana@example.com>"), today=lambda: date(2026, 11, 20))


def of_the_first_save(calls):
    """The calls on files up to the first acknowledgement, without those that only tell the test."""
    files = []
    for call in calls:
        if '"saved' in call.line and '"saved create' not in call.line:
            return files
        if call.name not in NO_FILES and not call.line.startswith("write(1<"):
            files.append(call)
    raise AssertionError("nothing was saved")


def check(root, told, before):
    """What stands after a child that met a fault in its first save, and then tried another one."""
    line = told.refused[0] if told.refused else ""
    assert not told.crashed, told
    assert not told.killed
    for refused in told.refused:
        assert LINE.fullmatch(refused), refused
    on_disk = (root / "readiness.toml").read_bytes() if (root / "readiness.toml").exists() else b""
    note = harness.note_on_disk(root)
    if told.saved:
        assert note == ("" if told.saved[-1] == "create" else told.saved[-1])
    elif IN_PLACE in line:
        assert note == told.kept[-1]
    else:
        assert on_disk == before, told
    session = opened(root)
    assert harness.leftovers(root) == []
    session.recover()
    if session.unsaved:
        assert isinstance(session.save(), Saved)
    return line


def reset(root, before):
    """The file as it was; where there was none, our private folder is not there yet either."""
    (root / "readiness.toml").unlink(missing_ok=True)
    if before:
        (root / "readiness.toml").write_bytes(before)
    else:
        shutil.rmtree(root / ".git" / "readiness", ignore_errors=True)


@STRACE
@pytest.mark.stress
def test_every_system_call_of_a_save_may_fail(root, children, scale, figure):
    children.run({"root": str(root), "create": True, "tokens": ["zero"]})
    filled = (root / "readiness.toml").read_bytes()
    jobs = {"edit": ({"tokens": ["one", "two"]}, filled), "create": ({"create": True, "tokens": ["one", "two"]}, b"")}
    runs = refused = in_place = 0
    for name, (job, before) in jobs.items():
        if name == "create" and scale(0, 1) == 0:
            continue
        reset(root, before)
        calls = of_the_first_save(children.calls({**job, "root": str(root)}))
        assert {"fsync", "openat", "write"} <= {call.name for call in calls}
        if quick := scale(1, 0):
            calls = [call for call in calls if call.name not in LOOKING]
        for number, call in enumerate(calls):
            for error in (ERRORS[number % len(ERRORS)],) if quick else ERRORS:
                reset(root, before)
                told = children.run({**job, "root": str(root)}, f"{call.name}:error={error}:when={call.nth}")
                line = check(root, told, before)
                assert told.saved, (call, error, told)
                assert told.saved[-1] == "two", f"one fault spoilt the next save too: {call} {error} {told}"
                # A message about the disk is only true of a save that did not go through.
                assert "one" in told.saved or line, (call, error, told)
                runs, refused, in_place = runs + 1, refused + bool(line), in_place + (IN_PLACE in line)
    assert refused > runs / 4
    assert in_place > 0
    figure(
        "every k-th system call of a save failing",
        "original intact, all",
        f"{runs} calls failed with {', '.join(ERRORS)}: original whole {runs} of {runs}; {refused} told in one line, "
        f"{in_place} of them as not confirmed by the disk; {runs - refused} did not matter; 0 temporary files after",
    )


@STRACE
@pytest.mark.parametrize("name", ["fsync", "renameat", "fchmod", "flock", "unlink"])
def test_a_disk_that_stays_broken_is_told_and_leaves_the_old_file(root, children, name):
    children.run({"root": str(root), "create": True, "tokens": ["zero"]})
    before = (root / "readiness.toml").read_bytes()
    told = children.run({"root": str(root), "tokens": ["one", "two"]}, f"{name}:error=EIO:when=1+")
    if name == "unlink":  # only the draft of what is saved stays, and says nothing new at the next start
        assert told.saved == ["one", "two"]
        session = opened(root)
        assert session.recover() == 0
    else:
        assert told.saved == []
        assert len(told.refused) == 2
        assert check(root, told, before)


@STRACE
@pytest.mark.stress
def test_content_is_on_disk_before_its_name_and_its_name_before_the_answer(root, children, figure):
    """The order of the system calls is all that decides what a power cut can take."""
    calls = children.calls({"root": str(root), "create": True, "tokens": ["one", "two"]})
    right = {"draft": 0, "state": 0}
    promised = 0
    for at, call in enumerate(calls):
        if re.match(r'write\(1<[^>]*>, "(kept|saved)', call.line):
            promised += 1
            kind, folder = ("draft", ".git/readiness") if '"kept' in call.line else ("state", root.name)
            earlier = calls[:at]
            renames = [n for n, one in enumerate(earlier) if one.name.startswith("rename") and f"{folder}>" in one.line]
            renamed = renames[-1]
            temporary = re.search(r'"(\.[^"]+\.tmp)"', earlier[renamed].line)[1]
            about = [one.name for one in earlier[:renamed] if f"/{temporary}>" in one.line and one.name != "openat"]
            assert [one for one in about if one != "fchmod"] == ["write", "fsync", "close"]
            behind = earlier[renamed:]
            assert any(one.name == "fsync" and f"{folder}>)" in one.line for one in behind), behind
            assert not any(one.name in {"write", "pwrite64", "ftruncate"} for one in behind)
            right[kind] += 1
    assert right == {"draft": 3, "state": 3}
    figure(
        "power loss: order of system calls",
        "write, fsync, rename, fsync of the folder, then the answer",
        f"{sum(right.values())} of {promised} ({right['draft']} drafts, {right['state']} saves)",
    )


def _until_full(write):
    try:
        while True:
            write()
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise


class SmallDisk:
    """A file system of its own that can be full or read-only."""

    def __init__(self, folder):
        self.folder = folder
        folder.mkdir()
        self._run("mount", "-t", "tmpfs", "-o", "size=512k,nr_inodes=300", "tmpfs", folder)

    def fill(self):
        with (self.folder / "filler").open("ab", buffering=0) as filler:
            _until_full(lambda: filler.write(b"x" * 4096))

    def fill_inodes(self):
        (self.folder / "filling").mkdir(exist_ok=True)
        names = (self.folder / "filling" / str(number) for number in count())
        _until_full(lambda: next(names).touch())

    def protect(self):
        self._run("mount", "-o", "remount,ro", self.folder)

    def release(self):
        self._run("mount", "-o", "remount,rw", self.folder)
        (self.folder / "filler").unlink(missing_ok=True)
        for file in (self.folder / "filling").glob("*"):
            file.unlink()

    def unmount(self):
        self._run("umount", self.folder)

    def _run(self, *command):
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            pytest.skip(f"this machine lets no file system be made: {done.stderr.strip()}")


@pytest.fixture
def disk(tmp_path):
    made = SmallDisk(tmp_path / "disk")
    yield made
    made.unmount()


def _answer_and_save(session):
    session.answer(harness.CONTROL, Status.READY, note="x" * 2000)
    session.save()


@needs_mount
@pytest.mark.stress
@pytest.mark.parametrize("drafts_elsewhere", [True, False], ids=["tree", "tree and drafts"])
@pytest.mark.parametrize(
    ("trouble", "said"),
    [(SmallDisk.fill, "the disk is full"), (SmallDisk.fill_inodes, "the disk is full"),
     (SmallDisk.protect, "the file system is read-only")],
    ids=["full", "no inodes", "read-only"],
)  # fmt: skip
def test_a_real_disk_that_refuses(disk, tmp_path, trouble, said, drafts_elsewhere, figure):
    root = repository(disk.folder / "tree", *(["--separate-git-dir", tmp_path / "git"] if drafts_elsewhere else []))
    session = opened(root)
    session.start(["fifty-point"])
    session.save()
    before = (root / "readiness.toml").read_bytes()
    waste = root / ".readiness.toml.0123456789abcdef.tmp"
    waste.write_bytes(b"half")
    trouble(disk)

    session = opened(root)  # a start never fails for what it cannot sweep
    trouble(disk)  # what it could sweep made room again
    with pytest.raises(Refused) as caught:
        _answer_and_save(session)
    assert said in str(caught.value)
    assert LINE.fullmatch(str(caught.value))
    with pytest.raises(Refused):
        session.save()
    assert (root / "readiness.toml").read_bytes() == before
    assert [edit.new for edit in session.pending if edit.field == "note"] == ["x" * 2000]

    disk.release()
    opened(root)
    assert {entry.name for entry in root.iterdir()} == {".git", "readiness.toml"}
    assert isinstance(session.save(), Saved)
    assert harness.note_on_disk(root) == "x" * 2000
    figure(
        f"a real disk: {trouble.__name__}, {'drafts elsewhere' if drafts_elsewhere else 'drafts on it'}",
        "original intact",
        f"intact byte for byte, told as “{said}”, saved after release",
    )
