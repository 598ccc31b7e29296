"""An acknowledged save survives; nothing is lost between writers; a refusing disk leaves the old file."""

import errno
import os
import random
import signal
import stat
import subprocess
import sys
import textwrap
import time
import tomllib

import filelock
import pytest

from workbook.store import MISSING, Clashed, Edit, Saved, StoreError, UnconfirmedSaveError, read, save, sweep
from workbook.store.drafts import keep

START = b'schema = 1\n\n# One\n[controls.one]\nstatus = "unanswered"\n\n# Two\n[controls.two]\nstatus = "unanswered"\n'


def names(folder):
    return sorted(entry.name for entry in folder.iterdir())


ONE, TWO = ("controls", "one"), ("controls", "two")


@pytest.fixture
def path(tmp_path):
    folder = tmp_path / "repository"
    folder.mkdir()
    file = folder / "readiness.toml"
    file.write_bytes(START)
    return file


@pytest.fixture
def locks(tmp_path):
    return tmp_path / "locks"


def test_a_save_says_what_is_on_disk_and_keeps_the_mode(path, locks):
    path.chmod(0o640)
    result = save(path, [Edit(ONE, "status", "unanswered", "ready")], lock_dir=locks)
    assert isinstance(result, Saved)
    assert not result.rebased
    assert result.document == read(path)
    assert path.read_bytes() == START.replace(b"unanswered", b"ready", 1)
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    assert names(path.parent) == ["readiness.toml"]


def test_the_lock_file_is_private_and_stays(path, locks):
    save(path, [Edit(ONE, "status", "unanswered", "ready")], lock_dir=locks)
    (lock,) = locks.iterdir()
    assert stat.S_IMODE(lock.stat().st_mode) == 0o600
    inode = lock.stat().st_ino
    save(path, [Edit(ONE, "status", "ready", "blocker")], lock_dir=locks)
    assert lock.stat().st_ino == inode


def test_another_persons_change_elsewhere_is_kept(path, locks):
    seen = read(path).digest
    save(path, [Edit(TWO, "status", "unanswered", "blocker")], lock_dir=locks)
    result = save(path, [Edit(ONE, "status", "unanswered", "ready")], lock_dir=locks, seen=seen)
    assert isinstance(result, Saved)
    assert result.rebased
    assert [table["status"] for table in result.document.tables["controls"].values()] == ["ready", "blocker"]


def test_the_same_change_twice_is_no_clash_and_no_write(path, locks):
    save(path, [Edit(ONE, "status", "unanswered", "ready")], lock_dir=locks)
    inode = path.stat().st_ino
    result = save(path, [Edit(ONE, "status", "unanswered", "ready")], lock_dir=locks)
    assert isinstance(result, Saved)
    assert path.stat().st_ino == inode


def test_a_clash_shows_both_sides_and_writes_nothing(path, locks):
    save(path, [Edit(ONE, "status", "unanswered", "blocker"), Edit(ONE, "note", MISSING, "theirs")], lock_dir=locks)
    before = path.read_bytes()
    mine = [
        Edit(TWO, "status", "unanswered", "ready"),
        Edit(ONE, "status", "unanswered", "ready"),
        Edit(ONE, "note", MISSING, "mine"),
    ]
    result = save(path, mine, lock_dir=locks)
    assert isinstance(result, Clashed)
    (clash,) = result.clashes
    assert clash.table == ONE
    assert clash.fields == {
        "status": ("unanswered", "ready", "blocker"),
        "note": (MISSING, "mine", "theirs"),
    }
    assert result.document.raw == before == path.read_bytes()


def test_two_edits_of_one_field_count_as_one(path, locks):
    edits = [Edit(ONE, "status", "unanswered", "ready"), Edit(ONE, "status", "ready", "blocker")]
    assert isinstance(save(path, edits, lock_dir=locks), Saved)
    assert read(path).tables["controls"]["one"]["status"] == "blocker"


def test_an_absent_file_is_made_only_from_a_start(path, locks):
    path.unlink()
    with pytest.raises(StoreError):
        save(path, [], lock_dir=locks)
    assert not path.exists()
    result = save(path, [Edit(ONE, "note", MISSING, "x")], lock_dir=locks, create=START)
    assert isinstance(result, Saved)
    assert path.read_bytes() == START.replace(b'"unanswered"\n', b'"unanswered"\nnote = "x"\n', 1)


def test_a_writer_that_holds_the_lock_is_waited_for_then_named(path, locks, monkeypatch):
    save(path, [], lock_dir=locks)
    (lock,) = locks.iterdir()
    monkeypatch.setattr("workbook.store.saving.LOCK_WAIT", 0.1)
    with filelock.FileLock(lock), pytest.raises(StoreError) as caught:
        save(path, [Edit(ONE, "status", "unanswered", "ready")], lock_dir=locks)
    assert str(path) in caught.value.where
    assert path.read_bytes() == START


@pytest.mark.parametrize("clean", [sweep, lambda path, lock_dir: save(path, [], lock_dir=lock_dir)])
def test_leftovers_of_dead_writers_go_and_nothing_else(clean, path, locks):
    ours = path.parent / ".readiness.toml.0123456789abcdef.tmp"
    others = [path.parent / name for name in (".readiness.toml.tmp", ".readiness.toml.x.tmp", "readiness.toml.orig")]
    for file in (ours, *others):
        file.write_bytes(b"")
    clean(path, lock_dir=locks)
    assert not ours.exists()
    assert all(file.exists() for file in others)


def test_bytes_are_on_disk_before_the_rename_and_the_rename_before_the_answer(path, locks, monkeypatch):
    calls = []

    def record(name):
        real = getattr(os, name)

        def call(*args, **kwargs):
            what = name
            if name == "fsync":
                what = "fsync folder" if stat.S_ISDIR(os.fstat(args[0]).st_mode) else "fsync file"
            calls.append(what)
            return real(*args, **kwargs)

        monkeypatch.setattr("workbook.store.files.os." + name, call)

    for name in ("write", "fsync", "replace"):
        record(name)
    save(path, [Edit(ONE, "status", "unanswered", "ready")], lock_dir=locks)
    assert calls == ["write", "fsync file", "replace", "fsync folder"]


CALLS = ("open", "write", "fsync", "fchmod", "replace", "close")
ERRORS = (errno.ENOSPC, errno.EROFS, errno.EACCES, errno.EIO)


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("number", ERRORS, ids=errno.errorcode.get)
def test_a_refusing_disk_leaves_the_old_file(call, number, path, locks, monkeypatch):
    """Fail the first, second, … such call of the save itself, until a save needs fewer."""
    save(path, [], lock_dir=locks)
    real = getattr(os, call)
    edits = [Edit(ONE, "status", "unanswered", "ready")]
    failures = 0
    for fail_at in range(1, 10):
        path.write_bytes(START)
        count = 0

        def refuse(*args, fail_at=fail_at, **kwargs):
            nonlocal count
            count += 1
            if count == fail_at:
                if call == "close":
                    real(*args, **kwargs)
                raise OSError(number, os.strerror(number))
            return real(*args, **kwargs)

        with monkeypatch.context() as patch:
            patch.setattr("workbook.store.files.os." + call, refuse)
            try:
                result = save(path, edits, lock_dir=locks)
            except StoreError:
                failures += 1
                # Only the confirmation by the folder comes after the rename; then the new file is there, whole.
                new = START.replace(b"unanswered", b"ready", 1)
                assert path.read_bytes() in ((START, new) if call in {"fsync", "close"} and fail_at > 1 else (START,))
            else:
                assert result.document.raw == path.read_bytes()
        save(path, [], lock_dir=locks)
        assert names(path.parent) == ["readiness.toml"]
        if count < fail_at:
            break
    assert failures
    assert count < fail_at


def test_a_real_limit_on_file_size_leaves_the_old_file(path, locks):
    program = textwrap.dedent("""
        import resource, signal, sys
        from pathlib import Path
        from workbook.store import MISSING, Edit, StoreError, save
        save(Path(sys.argv[1]), [], lock_dir=Path(sys.argv[2]))
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))
        edit = Edit(("controls", "one"), "note", MISSING, "x" * 9000)
        try:
            save(Path(sys.argv[1]), [edit], lock_dir=Path(sys.argv[2]))
        except StoreError as error:
            sys.exit(error.what)
    """)
    done = subprocess.run([sys.executable, "-c", program, path, locks], capture_output=True, text=True, check=False)
    assert "disk is full" in done.stderr, done.stderr
    assert path.read_bytes() == START
    assert names(path.parent) == ["readiness.toml"]


WRITER = textwrap.dedent("""
    import sys
    from pathlib import Path
    from workbook.store import MISSING, Clashed, Edit, save
    path, locks, me, edits = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3], int(sys.argv[4])
    shared = MISSING
    for number in range(edits):
        edit = Edit(("controls", ("one", "two")[number % 2]), f"{me}-{number}", MISSING, number)
        assert not isinstance(save(path, [edit], lock_dir=locks), Clashed)
        print(f"{me}-{number}", flush=True)
        while True:  # all fight over one field too: a clash shows what the other wrote, and the edit is tried again
            result = save(path, [Edit(("controls", "one"), "turn", shared, f"{me}-{number}")], lock_dir=locks)
            if not isinstance(result, Clashed):
                shared = f"{me}-{number}"
                break
            shared = result.clashes[0].fields["turn"][2]
""")


def _writer(path, locks, name, edits):
    return subprocess.Popen(
        [sys.executable, "-c", WRITER, path, locks, name, str(edits)], stdout=subprocess.PIPE, text=True
    )


def test_four_writers_lose_nothing(path, locks):
    writers = [_writer(path, locks, f"w{number}", 25) for number in range(4)]
    acknowledged = [line for writer in writers for line in writer.communicate(timeout=60)[0].split()]
    assert [writer.returncode for writer in writers] == [0] * 4
    assert len(acknowledged) == 100
    tables = read(path).tables["controls"]
    stored = {name for table in tables.values() for name in table}
    assert set(acknowledged) <= stored
    assert names(path.parent) == ["readiness.toml"]


def test_killed_writers_lose_no_acknowledged_save(path, locks):
    """Kill writers in the middle of saving, thirty times over one file."""
    moments = random.Random(20261120)  # noqa: S311  # only spreads the kills over time
    acknowledged = []
    for round_number in range(30):
        writer = _writer(path, locks, f"r{round_number}", 10_000)
        first = writer.stdout.readline()
        time.sleep(moments.uniform(0, 0.03))
        os.kill(writer.pid, signal.SIGKILL)
        lines = (first + writer.communicate()[0]).splitlines(keepends=True)
        acknowledged += [line.strip() for line in lines if line.endswith("\n")]
        tables = tomllib.loads(path.read_text())["controls"]  # never half a file
        assert set(acknowledged) <= {name for table in tables.values() for name in table}
    sweep(path, lock_dir=locks)
    assert names(path.parent) == ["readiness.toml"]
    assert len(acknowledged) >= 30


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody without rights and come back")
def test_a_folder_without_rights_is_said_in_words(path, locks):
    save(path, [], lock_dir=locks)
    program = textwrap.dedent("""
        import os, sys
        from pathlib import Path
        from workbook.store import Edit, StoreError, save
        import tomlkit, filelock, workbook.text
        edit = Edit(("controls", "one"), "status", "unanswered", "ready")
        os.setuid(65534)
        try:
            save(Path("readiness.toml"), [edit], lock_dir=Path(sys.argv[1]))
        except StoreError as error:
            sys.exit(error.what)
    """)
    locks.chmod(0o777)
    for lock in locks.iterdir():
        lock.chmod(0o666)
    for folder in (path.parent, *path.parents[1:4]):
        folder.chmod(folder.stat().st_mode | 0o055)
    done = subprocess.run(
        [sys.executable, "-c", program, locks],
        capture_output=True,
        text=True,
        check=False,
        cwd=path.parent,
        env={"PYTHONPATH": os.pathsep.join(sys.path)},
    )
    assert "permission denied" in done.stderr, done.stderr
    assert path.read_bytes() == START
    assert names(path.parent) == ["readiness.toml"]


def test_a_folder_that_is_not_confirmed_is_told_as_what_it_is_and_asked_again(path, locks, monkeypatch):
    real, broken = os.fsync, True

    def fsync(handle):
        if broken and stat.S_ISDIR(os.fstat(handle).st_mode):
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        real(handle)

    monkeypatch.setattr("workbook.store.files.os.fsync", fsync)
    edits = [Edit(ONE, "status", "unanswered", "ready")]
    for _ in range(2):  # the second time the edits are in the file already, and that is not enough
        with pytest.raises(UnconfirmedSaveError) as caught:
            save(path, edits, lock_dir=locks)
        assert "your edits are in the file" in str(caught.value)
        assert caught.value.document == read(path)
        assert path.read_bytes() == START.replace(b"unanswered", b"ready", 1)
    broken = False
    assert isinstance(save(path, edits, lock_dir=locks), Saved)


def test_a_file_system_that_cannot_be_asked_about_folders_is_no_failure(path, locks, monkeypatch):
    real = os.fsync

    def fsync(handle):
        if stat.S_ISDIR(os.fstat(handle).st_mode):
            raise OSError(errno.EINVAL, os.strerror(errno.EINVAL))
        real(handle)

    monkeypatch.setattr("workbook.store.files.os.fsync", fsync)
    assert isinstance(save(path, [Edit(ONE, "status", "unanswered", "ready")], lock_dir=locks), Saved)


def test_a_new_file_never_vanishes_behind_one_that_somebody_else_made(path, locks):
    with pytest.raises(StoreError) as caught:
        save(path, [], lock_dir=locks, create=b"schema = 1\n", only_new=True)
    assert "somebody else" in caught.value.what
    assert path.read_bytes() == START


def test_a_start_touches_nothing_where_nothing_was_left(path, locks):
    sweep(path, lock_dir=locks)
    assert not locks.exists()


def test_a_start_never_waits_for_a_writer(path, locks):
    save(path, [], lock_dir=locks)
    (lock,) = locks.iterdir()
    left = path.parent / ".readiness.toml.0123456789abcdef.tmp"
    left.write_bytes(b"")
    with filelock.FileLock(lock):
        sweep(path, lock_dir=locks)
    assert left.exists()
    sweep(path, lock_dir=locks)
    assert not left.exists()


def test_locks_and_drafts_go_through_no_link_and_into_no_open_folder(path, tmp_path):
    elsewhere, link, wide = tmp_path / "elsewhere", tmp_path / "link", tmp_path / "wide"
    elsewhere.mkdir()
    link.symlink_to(elsewhere)
    with pytest.raises(StoreError) as caught:
        save(path, [Edit(ONE, "status", "unanswered", "ready")], lock_dir=link)
    assert "symbolic link" in caught.value.what
    with pytest.raises(StoreError):
        keep(link, "mine", {})
    assert not list(elsewhere.iterdir())
    wide.mkdir(mode=0o777)
    wide.chmod(0o777)
    save(path, [], lock_dir=wide)
    assert stat.S_IMODE(wide.stat().st_mode) == 0o700
