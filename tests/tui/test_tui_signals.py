"""A dying terminal: the app leaves cleanly, and half-typed text comes back."""

import os
import signal
import sys

import pexpect
import pytest

from workbook.session import Session


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP], ids=["SIGTERM", "SIGHUP"])
def test_a_signal_keeps_what_is_unsaved_and_half_typed(started, number):
    child = pexpect.spawn(
        sys.executable,
        ["-P", "-m", "tui", str(started.root)],
        dimensions=(30, 100),
        env={**os.environ, "TERM": "xterm-256color"},
        timeout=30,
    )
    child.expect("No decision yet")
    child.send("g")
    child.expect("1/")
    child.send("d")
    child.expect("2/")
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
    assert again.recover()
    edits = [(edit.field, edit.new) for edit in again.pending]
    assert ("gap", "unknown") in edits
    assert ("note", "half typed") in edits
