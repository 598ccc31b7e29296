"""A dying terminal: the app leaves cleanly, and what was answered and half typed comes back where it stood."""

import os
import signal
import sys

import pexpect
import psutil
import pytest
from textual.widgets import Input

from tui.app import ReadinessApp
from tui.screens.prompts import ChoicePrompt, TextPrompt
from workbook.session import Session


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP], ids=["SIGTERM", "SIGHUP"])
async def test_a_signal_keeps_what_is_unsaved_and_half_typed(started, number, screen_text):
    child = pexpect.spawn(
        sys.executable,
        ["-P", "-m", "tui", str(started.root)],
        dimensions=(30, 100),
        env={**os.environ, "TERM": "xterm-256color"},
        timeout=60,
    )
    child.expect("No decision yet")
    child.send("g")
    child.expect("1/")
    child.send("d")
    child.expect("2(/|\x1b)")  # only what changed is painted, and the stroke need not have
    child.send("t")
    child.expect("Note")
    child.send("half typed")
    child.expect("typed")
    os.kill(child.pid, number)
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 0
    assert "half typed" not in started.state_path.read_text()

    again = Session(started.root)
    app = ReadinessApp(again)
    async with app.run_test(size=(100, 30)) as pilot:
        await pilot.pause()
        assert ("gap", "unknown") in [(edit.field, edit.new) for edit in again.pending]
        assert isinstance(app.screen, ChoicePrompt)
        assert "half typed" in screen_text(app)
        await pilot.press("1")
        await pilot.pause()
        assert isinstance(app.screen, TextPrompt)
        assert app.screen.query_one(Input).value == "half typed"
        await pilot.press("enter")
        await pilot.pause()
        assert ("note", "half typed") in [(edit.field, edit.new) for edit in again.pending]
        assert not again.typed.texts
        app.exit(0)


def test_a_terminal_that_closes_under_a_shell_without_hangups_ends_it(started):
    """A server started with nohup gives its terminals a shell that ignores the signal, and passes it on to nobody."""
    face = f"{sys.executable} -P -m tui {started.root}"
    child = pexpect.spawn(
        "/bin/sh",
        ["-c", f"trap '' HUP; {face}; true"],
        dimensions=(30, 100),
        env={**os.environ, "TERM": "xterm-256color"},
        timeout=60,
    )
    child.expect("No decision yet")
    child.send("g")
    child.expect("1/")
    child.send("t")
    child.expect("Note")
    child.send("half typed")
    child.expect("typed")
    (running,) = psutil.Process(child.pid).children()
    os.close(child.child_fd)
    _, left = psutil.wait_procs([running], timeout=60)
    assert not left
    again = Session(started.root)
    assert list(again.typed.recover().values()) == ["half typed"]
    again.discard()


async def test_what_is_refused_stays_in_the_field(started):
    app = ReadinessApp(started)
    async with app.run_test(size=(100, 30)) as pilot:
        await pilot.press("g", "t")
        await pilot.pause()
        field = app.screen.query_one(Input)
        field.value = "the password is " + "k3Jf8sLq0Z" + "x7Wm2Pq9Rt"
        await pilot.press("enter")
        await pilot.pause()
        assert isinstance(app.screen, TextPrompt)
        said = str(app.screen.query_one(".hint").content)
        assert "note" in said
        assert "secret" in said
        assert "k3Jf8" not in said
        assert not started.unsaved
        field.value = "the password lives in the vault"
        await pilot.press("enter")
        await pilot.pause()
        assert [edit.new for edit in started.pending] == ["the password lives in the vault"]
        app.exit(0)
