from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from checks import process
from checks.process import MIB, minimal_environment, run

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
        [sys.executable, "-c", ("import sys; from pathlib import Path; from checks.process import run; "
         "run(['sh', '-c', sys.argv[1]], cwd=Path('/'), timeout_s=60)"), script],
        cwd=Path(process.__file__).parent.parent, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    pid = written(note)
    ours.send_signal(death)
    ours.wait(timeout=10)
    assert ends(pid)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux limits memory from outside")
def test_memory_is_limited() -> None:
    done = run([sys.executable, "-c", "bytearray(10**9)"], cwd=HERE, timeout_s=SLOW, memory_bytes=300 * MIB)
    assert b"MemoryError" in done.stderr


def test_the_environment_is_minimal(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("SECRET_TOKEN", "x")
    inside = tmp_path / "repository" / "bin"
    inside.mkdir(parents=True)
    monkeypatch.setenv("PATH", os.pathsep.join([".", "", "bin", str(inside), "/usr/bin", "/bin"]))
    assert minimal_environment(outside=tmp_path / "repository")["PATH"] == f"/usr/bin{os.pathsep}/bin"
    said = run(["env"], cwd=HERE, timeout_s=SLOW).stdout.decode()
    named = {line.partition("=")[0] for line in said.splitlines()}
    assert named <= {"PATH", "LC_ALL", "TZ", "READINESS_CHILD", "PWD", "SHLVL", "_"}
