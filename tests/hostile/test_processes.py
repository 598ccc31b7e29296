"""Children and what they leave behind: ended by every limit, by cancel, and by every death of our own."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import pexpect
import psutil
import pytest

from checks.children import process
from checks.children.process import MIB, minimal_environment, run

if TYPE_CHECKING:
    from conftest import Family

HERE = Path("/")
SLOW = 60.0


def gone(pid: int) -> bool:
    """Whether a process has ended (or is only waiting to be collected by whoever inherited it)."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    done = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True, check=False)
    return done.stdout.strip().startswith("Z") or not done.stdout.strip()


def ends(pid: int) -> bool:
    """Whether a process ends without our doing, given time."""
    deadline = time.monotonic() + 10
    while not gone(pid):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def written(path: Path) -> int:
    """The number that a child writes to `path`, waited for."""
    deadline = time.monotonic() + 10
    while not (path.exists() and path.read_text().endswith("\n")):
        assert time.monotonic() < deadline, "the child never started"
        time.sleep(0.02)
    return int(path.read_text())


def test_it_returns_what_the_child_said() -> None:
    done = run(["sh", "-c", "echo out; echo err >&2; exit 3"], cwd=HERE, timeout_s=SLOW)
    assert (done.returncode, done.stdout, done.stderr, done.ok) == (3, b"out\n", b"err\n", False)


def test_a_missing_program_and_a_missing_folder(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        run(["no-such-program-here"], cwd=HERE, timeout_s=SLOW)
    with pytest.raises(FileNotFoundError):
        run(["true"], cwd=tmp_path / "missing", timeout_s=SLOW)
    assert not process._live


def test_large_input_and_output_do_not_deadlock() -> None:
    content = os.urandom(8 * MIB)
    done = run(["cat"], cwd=HERE, timeout_s=SLOW, stdin=content)
    assert done.ok
    assert done.stdout == content


def test_a_child_that_does_not_read_its_input() -> None:
    assert run(["true"], cwd=HERE, timeout_s=SLOW, stdin=b"x" * MIB).returncode == 0


def test_output_beyond_the_cap_stops_the_child() -> None:
    done = run(["yes"], cwd=HERE, timeout_s=SLOW, output_cap_bytes=1000)
    assert (len(done.stdout), done.truncated, done.ok) == (1000, True, False)
    assert not run(["printf", "12345"], cwd=HERE, timeout_s=SLOW, output_cap_bytes=5).truncated


def test_much_talk_on_stderr_stops_nothing() -> None:
    done = run(["sh", "-c", "head -c 3000000 /dev/zero >&2; echo done"], cwd=HERE, timeout_s=SLOW)
    assert (done.stdout, len(done.stderr), done.ok) == (b"done\n", MIB, True)


def test_a_timeout_kills_the_whole_group(tmp_path: Path) -> None:
    note = tmp_path / "pid"
    done = run(["sh", "-c", f"sleep 300 & echo $! > {note}; wait"], cwd=HERE, timeout_s=0.5)
    assert done.timed_out
    assert not done.ok
    assert ends(written(note))


def test_cancel_kills_the_whole_group(tmp_path: Path) -> None:
    note, cancel = tmp_path / "pid", threading.Event()
    threading.Thread(target=lambda: (written(note), cancel.set())).start()
    done = run(["sh", "-c", f"sleep 300 & echo $! > {note}; wait"], cwd=HERE, timeout_s=SLOW, cancel=cancel)
    assert (done.cancelled, done.timed_out) == (True, False)
    assert ends(written(note))


def test_what_a_child_leaves_running_is_killed_and_not_waited_for(tmp_path: Path) -> None:
    note = tmp_path / "pid"
    done = run(["sh", "-c", f"sleep 300 & echo $! > {note}; echo done"], cwd=HERE, timeout_s=SLOW)
    assert (done.stdout, done.ok) == (b"done\n", True)
    assert ends(written(note))


def test_an_exception_of_ours_leaves_nothing_running(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    note = tmp_path / "pid"

    def interrupted(_: object) -> bool:
        if note.exists() and note.read_text().endswith("\n"):
            raise KeyboardInterrupt
        return True

    monkeypatch.setattr(process._Conversation, "_may_go_on", interrupted)
    with pytest.raises(KeyboardInterrupt):
        run(["sh", "-c", f"sleep 300 & echo $! > {note}; wait"], cwd=HERE, timeout_s=SLOW)
    assert ends(written(note))
    assert not process._live


def test_kill_all_ends_what_other_threads_wait_for(tmp_path: Path) -> None:
    note, ended = tmp_path / "pid", []
    script = f"sleep 300 & echo $! > {note}; wait"
    thread = threading.Thread(target=lambda: ended.append(run(["sh", "-c", script], cwd=HERE, timeout_s=SLOW)))
    thread.start()
    pid = written(note)
    process.kill_all()
    thread.join(timeout=10)
    assert ended[0].returncode == -signal.SIGKILL
    assert ends(pid)


@pytest.mark.parametrize("death", [signal.SIGKILL, signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_our_own_death_leaves_no_orphan(death: signal.Signals, tmp_path: Path) -> None:
    note = tmp_path / "pid"
    script = f"sleep 300 & echo $! > {note}; wait"
    ours = subprocess.Popen(
        [sys.executable, "-c", ("import sys; from pathlib import Path; from checks.children.process import run; "
         "run(['sh', '-c', sys.argv[1]], cwd=Path('/'), timeout_s=60)"), script],
        cwd=Path(process.__file__).parents[2], stderr=subprocess.DEVNULL,
    )  # fmt: skip
    pid = written(note)
    ours.send_signal(death)
    ours.wait(timeout=10)
    assert ends(pid)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux limits memory from outside")
@pytest.mark.parametrize(
    "grab", ["bytearray(10**9)", "import mmap; mmap.mmap(-1, 10**9, mmap.MAP_PRIVATE)", "[*range(10**8)]"]
)
def test_memory_is_limited_of_a_child_and_of_its_children(grab: str) -> None:
    nested = f"import subprocess, sys; sys.exit(subprocess.run([sys.executable, '-c', {grab!r}]).returncode)"
    for code in (grab, nested):
        done = run([sys.executable, "-c", code], cwd=HERE, timeout_s=SLOW, memory_bytes=300 * MIB)
        assert done.returncode == 1
        assert b"Cannot allocate" in done.stderr or b"MemoryError" in done.stderr
        assert run([sys.executable, "-c", code], cwd=HERE, timeout_s=SLOW, memory_bytes=6000 * MIB).ok


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux limits memory from outside")
def test_mapped_files_are_no_memory(tmp_path: Path) -> None:
    big = tmp_path / "pack"
    with big.open("wb") as file:
        file.truncate(2**31)
    code = f"import mmap; file = open({str(big)!r}, 'rb'); mmap.mmap(file.fileno(), 0, prot=mmap.PROT_READ)"
    assert run([sys.executable, "-c", code], cwd=HERE, timeout_s=SLOW, memory_bytes=300 * MIB).ok


def test_output_can_be_had_as_it_comes() -> None:
    chunks: list[bytes] = []
    done = run(["sh", "-c", "echo one; sleep 0.2; echo two"], cwd=HERE, timeout_s=SLOW, on_output=chunks.append)
    assert (b"".join(chunks), done.stdout, done.ok) == (b"one\ntwo\n", b"", True)
    assert len(chunks) > 1
    done = run(["yes"], cwd=HERE, timeout_s=SLOW, on_output=chunks.append, output_cap_bytes=1000)
    assert (done.truncated, len(b"".join(chunks))) == (True, 1008)


# -- children that leave their group -----------------------------------------------------------------------------------

linux = pytest.mark.skipif(sys.platform != "linux", reason="without /proc a process that leaves its group is not found")


@linux
@pytest.mark.parametrize("end", ["timeout", "cancel", "its own"])
def test_a_child_that_leaves_its_group_is_found(end: str, family: Family) -> None:
    script = family.script if end != "its own" else family.script.rpartition("time.sleep")[0] + "time.sleep(0.5)"
    cancel = threading.Event()
    program = [sys.executable, "-c", f"import os, time\n{script}"]
    if end == "cancel":
        threading.Thread(target=lambda: (family.numbers(), cancel.set()), daemon=True).start()
    done = run(program, cwd=HERE, timeout_s=3.0 if end == "timeout" else SLOW, cancel=cancel)
    assert (done.timed_out, done.cancelled) == (end == "timeout", end == "cancel")
    assert family.left() == []


@linux
def test_children_of_others_are_left_alone() -> None:
    """Two runs at once, and a process that only resembles ours: the end of one run touches neither."""
    other = subprocess.Popen(["sleep", "60"], env={"READINESS_CHILD": "0123456789abcdef.0."}, start_new_session=True)
    cancel, ended = threading.Event(), threading.Event()
    long = threading.Thread(
        target=lambda: (run(["setsid", "-w", "sleep", "60"], cwd=HERE, timeout_s=SLOW, cancel=cancel), ended.set())
    )
    long.start()
    try:
        for _ in range(5):
            assert run(["setsid", "-w", "true"], cwd=HERE, timeout_s=SLOW).ok
        assert not ended.is_set()
        assert other.poll() is None
    finally:
        cancel.set()
        long.join()
        other.kill()
        other.wait()


# -- the real command, with a semgrep that hangs and starts children that try to get away -----------------------------

DEATHS = ["SIGINT", "SIGTERM", "SIGHUP", "SIGKILL", "SIGQUIT", "closed terminal", "Ctrl-C"]


@linux
@pytest.mark.stress
@pytest.mark.parametrize("death", DEATHS)
def test_the_command_dies_and_leaves_nothing(
    death: str, family: Family, python_with: Callable[..., Path], tmp_path: Path, scale, figure
) -> None:
    if death in {"SIGQUIT", "SIGHUP", "SIGINT"} and not scale(0, 1):
        pytest.skip("only under --stress")
    project, rooms = tmp_path / "project", tmp_path / "rooms"
    rooms.mkdir()
    project.mkdir()
    (project / "app.py").write_text("import requests\n\nrequests.get('https://example.com')\n")
    subprocess.run(["git", "init", "-q"], cwd=project, check=True)
    environment = os.environ | {"TMPDIR": str(rooms), "PATH": "/usr/bin:/bin", "TERM": "xterm"}
    ours = pexpect.spawn(
        str(python_with(semgrep=family.script)), ["-P", "-m", "workbook", "-C", str(project), "probe"],
        env=environment, timeout=60,
    )  # fmt: skip
    before = family.numbers()
    everyone = {*before, *(one.pid for one in psutil.Process(ours.pid).children(recursive=True))}
    assert len(everyone) > len(before), "the look and its helpers are there as well"
    assert list(rooms.iterdir())
    if death == "closed terminal":
        ours.close(force=False)
    elif death == "Ctrl-C":
        ours.sendintr()
    else:
        os.kill(ours.pid, getattr(signal, death))
    with suppress(pexpect.TIMEOUT, OSError, ValueError):
        ours.expect(pexpect.EOF)
    left = [*family.left(), *(one for one in everyone if not ends(one))]
    assert left == []
    assert empty(rooms)
    figure(f"readiness probe ends by {death}", "0 orphans, 0 temporary folders", f"0 of {len(everyone)} processes left")


def empty(folder: Path) -> bool:
    deadline = time.monotonic() + 10
    while any(folder.iterdir()):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def test_the_environment_is_minimal(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("SECRET_TOKEN", "x")
    inside = tmp_path / "repository" / "bin"
    inside.mkdir(parents=True)
    monkeypatch.setenv("PATH", os.pathsep.join([".", "", "bin", str(inside), "/usr/bin", "/bin"]))
    assert minimal_environment(outside=tmp_path / "repository")["PATH"] == f"/usr/bin{os.pathsep}/bin"
    said = run(["env"], cwd=HERE, timeout_s=SLOW).stdout.decode()
    named = {line.partition("=")[0] for line in said.splitlines()}
    assert named <= {"PATH", "LC_ALL", "TZ", "READINESS_CHILD", "PWD", "SHLVL", "_"}
