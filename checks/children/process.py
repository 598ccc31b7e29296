"""The one way to run a child: its own process group, limits on time, memory and output, and nothing left behind.

A child's own children may leave its group (`setsid`, `daemon`). On Linux they are found all the same, by a mark in the
environment that they inherit; one that also clears its environment, and any that leaves its group on macOS, is not.
"""

from __future__ import annotations

import atexit
import errno
import itertools
import os
import resource
import selectors
import shutil
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing, suppress
from pathlib import Path
from typing import IO, Final, NamedTuple

from checks.children import guard, stray

MIB = 1024 * 1024
_POLL_S = 0.05
_STDERR_CAP = MIB
_CHUNK = 256 * 1024

_GATE = 'read -r _ || exit 125; exec "$0" "$@"'
"""Holds a child back until we have put it under watch: should we die before, its input ends and it never starts."""

_numbers: Final = itertools.count()
_live: dict[int, str] = {}
"""The groups that run, and the mark of each."""
_live_lock = threading.Lock()


class Finished(NamedTuple):
    """How a child ended.

    `returncode` is negative for a signal, as in `subprocess`. `stdout` holds at most the cap; `truncated` says that
    the child was stopped there. Standard error beyond 1 MiB is dropped and stops nothing.
    """

    returncode: int
    stdout: bytes
    stderr: bytes
    truncated: bool
    timed_out: bool
    cancelled: bool
    seconds: float

    @property
    def ok(self) -> bool:
        """Whether the child ended by itself with code 0 and all of its output is here."""
        return self.returncode == 0 and not (self.truncated or self.timed_out or self.cancelled)


def minimal_environment(*, outside: Path | None = None) -> dict[str, str]:
    """The environment a child gets when none is given: a search path, the C locale, UTC, nothing else of ours.

    Relative search path entries are dropped, and with `outside` also those inside that folder or the repository it
    lies in: neither the current folder nor a reviewed repository may supply the program we run.
    """
    fence = _repository(outside.resolve()) if outside else None
    entries = [
        entry
        for entry in os.environ.get("PATH", os.defpath).split(os.pathsep)
        if Path(entry).is_absolute() and not (fence and Path(entry).resolve().is_relative_to(fence))
    ]
    return {"PATH": os.pathsep.join(entries), "LC_ALL": "C", "TZ": "UTC"}


def _repository(folder: Path) -> Path:
    """The repository that `folder` lies in, else `folder`. Who keeps their home or whole system in git owns it all."""
    found = next((above for above in (folder, *folder.parents) if os.path.lexists(above / ".git")), folder)
    return folder if found in {Path(found.anchor), Path.home()} else found


def run(
    argv: Sequence[str],
    *,
    cwd: Path,
    env: Mapping[str, str] | None = None,
    timeout_s: float,
    stdin: bytes | None = None,
    output_cap_bytes: int = 64 * MIB,
    cancel: threading.Event | None = None,
    memory_bytes: int | None = None,
    on_output: Callable[[bytes], None] | None = None,
    on_said: Callable[[bytes, bool], None] | None = None,
) -> Finished:
    """Run `argv` to its end and return what it said.

    The whole process group is killed on timeout, on cancel, at the output cap, when this function is left by an
    exception, and when our own process dies in any way. What the child left running in its group is killed as well.

    Args:
        argv: Program and arguments; the program is looked up in the child's PATH.
        cwd: Folder the child starts in.
        env: The child's whole environment; `minimal_environment()` when None.
        timeout_s: Seconds until the group is killed.
        stdin: Bytes for standard input; nothing to read when None.
        output_cap_bytes: The most standard output to keep; a child that writes more is killed.
        cancel: Set it from another thread to stop the child.
        memory_bytes: The most writable memory for the child, and as much again for each process it starts; not mapped
            files, and only where the system can limit it (Linux).
        on_output: Given standard output as it comes, instead of keeping it; the cap counts all the same.
        on_said: Given everything as it comes and whether it is standard error; it is kept all the same.

    Raises:
        OSError: The program cannot be started (FileNotFoundError: there is none).
    """
    with closing(begin(argv, cwd=cwd, env=env, memory_bytes=memory_bytes, listens=stdin is not None)) as child:
        return child.finish(
            timeout_s=timeout_s,
            stdin=stdin,
            output_cap_bytes=output_cap_bytes,
            cancel=cancel,
            on_output=on_output,
            on_said=on_said,
        )


def begin(
    argv: Sequence[str],
    *,
    cwd: Path,
    env: Mapping[str, str] | None = None,
    memory_bytes: int | None = None,
    listens: bool = True,
) -> Begun:
    """Start `argv` as `run` does, and leave it to itself until `Begun.finish` hears it out, or `Begun.close` ends it.

    `listens` is whether it will be given anything to read.
    """
    mark = f"{guard.owner()}.{next(_numbers)}."
    environment = (dict(env) if env is not None else minimal_environment()) | {stray.VARIABLE: mark}
    program = _program(argv[0], cwd, environment)
    child = subprocess.Popen(
        ["/bin/sh", "-c", _GATE if listens else f"{_GATE} </dev/null", program, *argv[1:]],
        cwd=cwd,
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        bufsize=0,
        start_new_session=True,
    )
    _remember(child.pid, mark)
    begun = Begun(child)
    try:
        if memory_bytes is not None:
            _limit_memory(child.pid, memory_bytes)
        begun.open_gate()
    except BaseException:
        begun.close()
        raise
    return begun


class Begun:
    """A child that has started."""

    def __init__(self, child: subprocess.Popen[bytes]) -> None:
        self._child, self._started, self._closed = child, time.monotonic(), False

    def open_gate(self) -> None:
        """Let it go on, now that it is under watch."""
        if self._child.stdin is not None:
            with suppress(BrokenPipeError):
                os.write(self._child.stdin.fileno(), b"\n")

    def finish(
        self,
        *,
        timeout_s: float,
        stdin: bytes | None = None,
        output_cap_bytes: int = 64 * MIB,
        cancel: threading.Event | None = None,
        on_output: Callable[[bytes], None] | None = None,
        on_said: Callable[[bytes, bool], None] | None = None,
    ) -> Finished:
        """Talk with it until its end; the arguments are those of `run`, and its time begins now."""
        deadline = time.monotonic() + timeout_s
        try:
            talk = _Conversation(self._child, stdin, output_cap_bytes, deadline, cancel, on_output, on_said)
            talk.hold()
        finally:
            self.close()
        return Finished(
            returncode=self._child.returncode,
            stdout=bytes(talk.stdout),
            stderr=bytes(talk.stderr),
            truncated=talk.truncated,
            timed_out=talk.timed_out,
            cancelled=talk.cancelled,
            seconds=time.monotonic() - self._started,
        )

    def close(self) -> None:
        """End it, if it has not ended yet."""
        if not self._closed:
            self._closed = True
            _end(self._child)


def _program(name: str, cwd: Path, environment: Mapping[str, str]) -> str:
    """The program's path, looked for as the system would.

    Raises:
        FileNotFoundError: there is none, or it may not be executed.
    """
    found = str(cwd / name) if os.sep in name else shutil.which(name, path=environment.get("PATH", os.defpath))
    if found is None or not os.access(found, os.X_OK):
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), name)
    return found


def kill_all() -> None:
    """Kill every child group that still runs. Safe to call from a signal handler, any thread, and more than once."""
    for group, mark in tuple(_live.items()):
        _kill(group)
        stray.kill(mark, since=group)


class _Conversation:
    """Feeds a child and reads it until it ends or one of its limits is reached."""

    def __init__(
        self,
        child: subprocess.Popen[bytes],
        stdin: bytes | None,
        cap: int,
        deadline: float,
        cancel: threading.Event | None,
        on_output: Callable[[bytes], None] | None,
        on_said: Callable[[bytes, bool], None] | None,
    ) -> None:
        self._on_output, self._on_said, self._came = on_output, on_said, 0
        self.child, self.cap, self.deadline, self.cancel = child, cap, deadline, cancel
        self.stdout, self.stderr = bytearray(), bytearray()
        self.truncated = self.timed_out = self.cancelled = False
        self._pending = memoryview(stdin or b"")

    def hold(self) -> None:
        """Talk until the child has ended and its output is read, or until it must be stopped."""
        with selectors.DefaultSelector() as selector:
            for stream, event in (
                (self.child.stdout, selectors.EVENT_READ),
                (self.child.stderr, selectors.EVENT_READ),
                (self.child.stdin, selectors.EVENT_WRITE),
            ):
                if stream is not None:
                    os.set_blocking(stream.fileno(), False)
                    selector.register(stream, event)
            while self._may_go_on():
                if not selector.get_map():
                    if _has_ended(self.child, wait_s=_POLL_S):
                        return
                    continue
                ready = selector.select(min(_POLL_S, max(0.0, self.deadline - time.monotonic())))
                for key, _ in ready:
                    self._serve(selector, key.fileobj)  # type: ignore[arg-type]  # only our streams are registered
                # Something the child left behind may hold its pipes open: its own end is the end.
                if not ready and _has_ended(self.child, wait_s=0):
                    return

    def _may_go_on(self) -> bool:
        self.cancelled = self.cancel is not None and self.cancel.is_set()
        self.timed_out = not self.cancelled and time.monotonic() >= self.deadline
        return not (self.truncated or self.cancelled or self.timed_out)

    def _serve(self, selector: selectors.BaseSelector, stream: IO[bytes]) -> None:
        if stream is self.child.stdin:
            try:
                self._pending = self._pending[os.write(stream.fileno(), self._pending[:_CHUNK]) :]
            except BlockingIOError:
                return
            except BrokenPipeError:
                self._pending = memoryview(b"")
            done = not self._pending
        else:
            chunk = os.read(stream.fileno(), _CHUNK)
            if chunk and self._on_said is not None:
                self._on_said(chunk, stream is self.child.stderr)
            self._keep(stream is self.child.stdout, chunk)
            done = not chunk
        if done:
            selector.unregister(stream)
            stream.close()

    def _keep(self, is_stdout: bool, chunk: bytes) -> None:
        if not is_stdout:
            self.stderr += chunk[: _STDERR_CAP - len(self.stderr)]
            return
        room = self.cap - self._came
        self.truncated = len(chunk) > room
        self._came += min(len(chunk), room)
        if self._on_output is None:
            self.stdout += chunk[:room]
        else:
            self._on_output(chunk[:room])


def _has_ended(child: subprocess.Popen[bytes], *, wait_s: float) -> bool:
    """Whether the child has ended; where the system can tell, without freeing its number before its group is killed."""
    give_up = time.monotonic() + wait_s
    pause = 0.0005
    while True:
        if hasattr(os, "waitid"):
            ended = os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT | os.WNOHANG) is not None
        else:
            ended = child.poll() is not None
        if ended or time.monotonic() >= give_up:
            return ended
        time.sleep(pause)
        pause = min(pause * 2, 0.01)


def _end(child: subprocess.Popen[bytes]) -> None:
    """Kill what is left of the group and what left it, close the pipes, collect the child."""
    _kill(child.pid)
    stray.kill(_live[child.pid], since=child.pid)
    for stream in (child.stdin, child.stdout, child.stderr):
        if stream is not None:
            with suppress(OSError):
                stream.close()
    # Forgotten before it is collected: afterwards the number may belong to someone else.
    _forget(child.pid)
    child.wait()


def _kill(group: int) -> None:
    # EPERM is how macOS says that only zombies are left.
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(group, signal.SIGKILL)


def _limit_memory(pid: int, size: int) -> None:
    """Limit the child from outside: a hook between fork and exec is unsafe where threads run."""
    if hasattr(resource, "prlimit"):
        # Not the address space: git maps packs of many gigabytes, and semgrep reserves what it never uses.
        with suppress(ProcessLookupError, PermissionError):
            hard = resource.prlimit(pid, resource.RLIMIT_DATA)[1]
            size = size if hard == resource.RLIM_INFINITY else min(size, hard)
            resource.prlimit(pid, resource.RLIMIT_DATA, (size, size))


def _remember(group: int, mark: str) -> None:
    with _live_lock:
        _live[group] = mark
    guard.watch(group)


def _forget(group: int) -> None:
    with _live_lock:
        _live.pop(group, None)
    guard.release(group)


atexit.register(kill_all)
