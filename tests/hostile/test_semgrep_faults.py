"""A semgrep that fails in every way we could think of, met by the whole look: unknown what rests on it, and why."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from checks import semgrep
from checks.isolated import look_over
from checks.observation import Outcome, ProbeReport
from checks.probe import Stage, probes

pytestmark = pytest.mark.stress

GAP = "import requests\n\n\ndef go(url):\n    return requests.get(url)\n"
TROUBLED = {name for one in probes() if one.stage is Stage.CODE for name in one.signals}

# A semgrep that does its work: finds both examples, reads everything, and has something to say about each file.
HONEST = """
root = sys.argv[-1]
targets = sorted(os.path.join(root, one) for one in os.listdir(root))
def result(path, rule='sql.string-built.py', line=5):
    extra = dict(message='m', metadata=dict(severity='high', signal='db.no-string-sql'))
    return dict(check_id='x.rules.' + rule, path=path, start=dict(line=line), end=dict(line=line), extra=extra)
canaries = [result(one, 'canary.py', 1) for one in targets if 'canary' in one]
own = [one for one in targets if 'canary' not in one]
def say(results=(), errors=(), scanned=targets, version='1.182.0'):
    print(json.dumps(dict(version=version, results=[*canaries, *results], errors=[*errors],
                          paths=dict(scanned=[*scanned]))), flush=True)
"""
FAULTS: dict[str, tuple[str | None, str]] = {
    # what semgrep does, and what the line says
    "exit 2": ("sys.exit(2)", "ended with code 2"),
    "no JSON": ("print('oh no')", "no readable result"),
    "cut JSON": (f"{HONEST}\nprint(json.dumps(dict(version='1.182.0', results=canaries))[:-9])", "no readable result"),
    "deep JSON": ("print('[' * 100000)", "no readable result"),
    "another shape": ("print('{\"results\": 3}')", "unknown shape"),
    "numbers for names": (f"{HONEST}\nprint(json.dumps(dict(version=1, results=[3], errors=[], paths={{}})))", "shape"),
    "hang": ("time.sleep(3600)", "did not finish in time"),
    "SIGSEGV": ("os.kill(os.getpid(), 11)", "code -11"),
    "SIGKILL": ("os.kill(os.getpid(), 9)", "code -9"),
    "out of memory": ("x = bytearray(5 * 2**30); print(len(x))", "code 1"),
    "finds nothing": (f"{HONEST}\ncanaries = []\nsay()", "missed the example"),
    "finds one example of two": (f"{HONEST}\ncanaries = canaries[:1]\nsay()", "missed the example"),
    "500 MB": ("b = b'x' * 2**20\nfor _ in range(500): sys.stdout.buffer.write(b)", "wrote more than we keep"),
    "endless": ("while True: sys.stdout.write('x' * 65536)", "wrote more than we keep"),
    "another version": (f"{HONEST}\nsay(version='0.99.0')", "semgrep is 0.99.0"),
    "no version": (f"{HONEST}\nsay(version='\\x1b[2J')", "semgrep is"),
    "a rule it cannot read": (
        f"{HONEST}\nsay(errors=[dict(type='Rule parse error')])\nsys.exit(2)",
        "Rule parse error",
    ),
    "ends badly": (f"{HONEST}\nsay()\nsys.exit(3)", "code 3"),
    "no interpreter": ("#", "ended with code 12"),
    "missing": (None, "not installed"),
}
QUICK = ("exit 2", "cut JSON", "hang", "SIGSEGV", "finds nothing", "missing")


def plant(root: Path) -> None:
    """A small project with a database, so that every code probe has something to say."""
    (root / "app.py").write_text(GAP)
    (root / "other.py").write_text(
        "import sqlite3\n\n\ndef ask(c, x):\n    return c.execute('select 1 where x = ?', (x,))\n"
    )
    (root / "web.ts").write_text("export const answer = await fetch('https://example.com');\n")
    (root / "requirements.txt").write_text("requests\nsqlalchemy\n")
    (root / "README.md").write_text("# Acme\n")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    root = tmp_path / "project"
    root.mkdir()
    plant(root)
    return root


@pytest.fixture
def rooms(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where temporary folders of ours go during a test."""
    folder = tmp_path / "rooms"
    folder.mkdir()
    monkeypatch.setenv("TMPDIR", str(folder))
    monkeypatch.setattr(tempfile, "tempdir", None)
    return folder


@pytest.fixture
def beside(python_with: Callable[..., Path], monkeypatch: pytest.MonkeyPatch) -> Callable[[str | None], None]:
    """Puts a semgrep beside our interpreter, or takes it away."""

    def put(script: str | None) -> None:
        python = python_with(semgrep=script)
        if script == "#":
            (python.parent / "semgrep").write_text("#!/nowhere/python\n")
        monkeypatch.setattr(sys, "executable", str(python))
        monkeypatch.setenv("PATH", "/usr/bin:/bin")

    return put


def outcomes(report: ProbeReport) -> dict[str, Outcome]:
    return {name: one.outcome for name, one in report.observations.items()}


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Outcome]:
    """What the same project shows with the real semgrep."""
    root = tmp_path_factory.mktemp("sound")
    plant(root)
    report = look_over(root)
    assert report.complete
    return outcomes(report)


@pytest.mark.parametrize("name", FAULTS)
def test_a_failing_semgrep_makes_unknown_what_rests_on_it_and_nothing_else(
    name: str, project, rooms, beside, sound, figure, scale, monkeypatch
) -> None:
    if name not in QUICK and scale(0, 1) == 0:
        pytest.skip("only under --stress")
    script, says = FAULTS[name]
    if name == "hang":
        # The limit is a constant of the child; a smaller one comes with a copy of its module.
        script = "time.sleep(3600)"
        monkeypatch.setattr(semgrep.front, "_BASE_TIMEOUT_S", 1.0)
        from checks.run import look_over as look
    else:
        look = look_over
    beside(script)
    before = children()
    report = look(project)
    seen = outcomes(report)
    assert set(seen) == set(sound)
    wrong = [one for one in TROUBLED if seen[one] is not Outcome.UNKNOWN and seen[one] is not Outcome.UNMET]
    assert wrong == []
    assert {one: seen[one] for one in seen if one not in TROUBLED} == {
        one: sound[one] for one in sound if one not in TROUBLED
    }
    lines = {one.summary for one in report.observations.values() if says in one.summary}
    assert lines, {one.summary for one in report.observations.values() if one.outcome is Outcome.UNKNOWN}
    for line in lines:
        assert "\n" not in line
        assert any(way in line for way in ("readiness doctor", "make setup", "again", "smaller folder")), line
    assert gone(children() - before)
    assert list(rooms.iterdir()) == []
    unknown = sum(seen[one] is Outcome.UNKNOWN for one in TROUBLED)
    figure(
        f"semgrep faked: {name}",
        "its signals unknown, the others as ever, one clear line, 0 orphans, 0 folders left",
        f"{unknown} of {len(TROUBLED)} unknown, {len(seen) - len(TROUBLED)} as ever, 0 orphans",
    )


PARTIAL = {
    "partial parsing": "say(errors=[dict(type=['PartialParsing', []], path=bad, message='x = 1')])",
    "a timeout": "say(errors=[dict(type='Timeout', path=bad, rule_id='sql.string-built.py')])",
    "out of memory on a file": "say(errors=[dict(type='Out of memory', path=bad)])",
    "an error nobody knows": "say(errors=[dict(type='Gremlins', path=bad, message='hunter2')])",
    "a file passed over": "say(scanned=[one for one in targets if one != bad])",
}


@pytest.mark.parametrize("name", PARTIAL)
def test_trouble_with_one_file_is_told_of_that_file_only(name: str, project, rooms, beside) -> None:
    beside(f"{HONEST}\nbad = own[1]\n{PARTIAL[name]}")
    report = look_over(project)
    told = {one.path: one.reason for one in report.files.partial}
    assert list(told) == ["other.py"]
    assert "hunter2" not in told["other.py"]
    assert report.complete
    assert outcomes(report)["db.no-string-sql"] is Outcome.UNKNOWN
    assert list(rooms.iterdir()) == []


def test_paths_that_were_never_given_become_no_finding(project, beside) -> None:
    planted = ["/etc/passwd", "../../etc/passwd", "app.py", "", "/proc/self/environ"]
    beside(
        f"{HONEST}\nsay(results=[result(one, line=2) for one in [*{planted!r}, *own]], "
        "errors=[dict(type='Timeout', path='/x')])"
    )
    report = look_over(project)
    named = {one.location.path for one in report.findings if one.rule == "sql.string-built.py"}
    assert named == {"app.py", "other.py", "web.ts"}
    assert {one.path for one in (*report.files.partial, *report.files.skipped)} == set()


def test_a_repository_supplies_no_semgrep(project, beside, tmp_path, monkeypatch) -> None:
    ran = tmp_path / "ran"
    script = f"#!/bin/sh\ntouch {ran}\n"
    for place in ("semgrep", "bin/semgrep", "service/bin/semgrep", ".venv/bin/semgrep", "readiness/semgrep"):
        (project / place).parent.mkdir(parents=True, exist_ok=True)
        (project / place).write_text(script)
        (project / place).chmod(0o755)
    (project / "service" / "app.py").write_text(GAP)
    subprocess.run(["git", "init", "-q"], cwd=project, check=True)
    beside(None)
    inside = [
        ".",
        "",
        "bin",
        "./readiness",
        str(project / "bin"),
        str(project / "service" / "bin"),
        f"{tmp_path}/x/../project/bin",
    ]
    monkeypatch.setenv("PATH", os.pathsep.join([*inside, str(project / ".venv" / "bin"), "/usr/bin", "/bin"]))
    for root in (project, project / "service"):
        done = subprocess.run(
            [sys.executable, "-P", "-m", "workbook", "-C", str(root), "probe", "db.no-string-sql"],
            cwd=project, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert "semgrep is not installed" in done.stdout, done.stdout + done.stderr
    assert not ran.exists()


def test_cancel_while_semgrep_hangs_leaves_nothing(project, rooms, beside, family) -> None:
    beside(family.script)
    cancel, files_are_done = threading.Event(), threading.Event()

    def stop() -> None:
        family.numbers()
        # Semgrep starts beside the other probes, which may be slower.
        files_are_done.wait(120)
        cancel.set()

    threading.Thread(target=stop, daemon=True).start()
    report = look_over(project, cancel=cancel, on_partial=lambda _: files_are_done.set())
    assert files_are_done.is_set()
    assert not report.complete
    assert set(outcomes(report)) >= TROUBLED
    assert {report.observations[one].outcome for one in TROUBLED} == {Outcome.UNKNOWN}
    assert any(one is not Outcome.UNKNOWN for one in outcomes(report).values())
    assert family.left() == []
    assert list(rooms.iterdir()) == []


def children() -> set[int]:
    import psutil

    # Asked for along with the listing, so that one which ends meanwhile is left out.
    return {one.pid for one in psutil.process_iter(["status"]) if one.info["status"] != psutil.STATUS_ZOMBIE}


def gone(numbers: set[int]) -> bool:
    """Whether none of these is a semgrep of ours, given a moment."""
    import psutil

    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        left = [one for one in numbers if psutil.pid_exists(one) and _is_ours(one)]
        if not left:
            return True
        time.sleep(0.05)
    return False


def _is_ours(number: int) -> bool:
    import psutil

    try:
        one = psutil.Process(number)
        return one.status() != psutil.STATUS_ZOMBIE and "other-python" in " ".join(one.cmdline())
    except psutil.Error:
        return False
