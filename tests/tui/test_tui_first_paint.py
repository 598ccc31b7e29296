"""What is painted before Textual is loaded, in a real terminal: it gives way, keeps keys, and leaves no trace."""

import signal
import sys
import termios
from contextlib import suppress

import pexpect
import psutil
import pytest

from tui.first_paint import TEXT
from workbook.session import Session

PATIENCE = 120
"""Seconds; only a program that hangs takes so long."""


@pytest.fixture
def opened(repository):
    """The command on a folder with a workbook, in a terminal of its own."""
    session = Session(repository)
    session.start(["fifty-point"])
    session.save()
    running = []

    def run(*program):
        child = pexpect.spawn(
            sys.executable, ["-P", *(program or ("-m", "workbook", "-C", str(repository)))],
            dimensions=(30, 100), timeout=PATIENCE, encoding="utf-8",
        )  # fmt: skip
        running.append(child)
        return child

    yield run
    for child in running:
        with suppress(pexpect.ExceptionPexpect):  # one test has hung up already
            child.close(force=True)


def echoes(child):
    return bool(termios.tcgetattr(child.child_fd)[3] & termios.ECHO)


def test_the_folder_is_named_before_anything_is_loaded_and_keys_pressed_meanwhile_count(opened, repository):
    child = opened()
    child.expect_exact(TEXT)
    assert repository.name in child.before
    assert not echoes(child)
    child.send("?")  # help, as soon as somebody can take it
    child.expect_exact("Every key, and what the words mean")
    assert "?" not in child.before.partition("\x1b[?1049h")[0]
    child.send("qq")  # out of the help, and out
    child.expect("\x1b\\[\\?1049l")
    child.expect(pexpect.EOF)
    assert child.wait() == 0
    assert echoes(child)


@pytest.fixture
def slow(repository, tmp_path):
    """A program with something slow in place of Textual, so that the workbook is still being read."""
    (tmp_path / "textual").mkdir()
    (tmp_path / "textual" / "__init__.py").write_text("import time\ntime.sleep(600)\n")
    return f"""
import sys, time
sys.path.insert(0, {str(tmp_path)!r})
from workbook.launch import main
sys.exit(main(["-C", {str(repository)!r}]))
"""


def test_a_signal_while_it_is_read_leaves_the_terminal_as_it_was(opened, slow):
    child = opened("-c", slow)
    child.expect_exact(TEXT)
    child.kill(signal.SIGTERM)
    child.expect_exact("\x1b[?25h\x1b[?1049l")
    child.expect(pexpect.EOF)
    child.wait()
    assert child.signalstatus == signal.SIGTERM
    assert echoes(child)


def test_ctrl_c_while_it_is_read_leaves_the_terminal_as_it_was(opened, slow):
    child = opened("-c", slow)
    child.expect_exact(TEXT)
    child.sendintr()
    child.expect_exact("\x1b[?25h\x1b[?1049l")
    child.expect_exact("readiness: stopped")
    child.expect(pexpect.EOF)
    assert child.wait() == 130
    assert echoes(child)


def test_what_cannot_be_opened_is_said_on_the_usual_screen(opened, tmp_path):
    gone = f"""
import sys
from pathlib import Path
from tui.start import run
sys.exit(run(Path({str(tmp_path / "gone")!r})))
"""
    child = opened("-c", gone)
    child.expect_exact("\x1b[?1049l")
    child.expect_exact("is not a folder")
    child.expect(pexpect.EOF)
    assert child.wait() == 2


def test_a_name_of_a_folder_cannot_steer_the_terminal(opened, tmp_path):
    place = tmp_path / "x\x1b]0;title\x07y"
    place.mkdir()
    child = opened("-m", "workbook", "-C", str(place))
    child.expect_exact(TEXT)
    assert r"x\x1b]0;title\x07y" in child.before
    assert "\x1b]0;" not in child.before


def test_a_terminal_that_goes_away_is_no_mistake_of_ours(opened, repository):
    child = opened()
    child.expect_exact("Next three")
    process = psutil.Process(child.pid)
    child.ptyproc.fileobj.close()  # hangs up
    process.wait(PATIENCE)
    assert not list((repository / ".git" / "readiness").glob("error-*.log"))
