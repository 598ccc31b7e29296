"""One's own editor for a note, in a real terminal: it gets the whole screen, and the note is what it leaves."""

import os
import sys
import tomllib

import pexpect

EDITOR = """import pathlib, sys
path = pathlib.Path(sys.argv[1])
print("THE EDITOR HAS THE TERMINAL", sys.stdin.isatty(), flush=True)
input()
path.write_text(path.read_text() + "first line\\nsecond [bold]line[/]\\n")
"""


def test_a_note_is_written_in_the_editor_of_the_terminal(started, tmp_path):
    script = tmp_path / "editor.py"
    script.write_text(EDITOR)
    child = pexpect.spawn(
        sys.executable,
        ["-P", "-m", "tui", str(started.root)],
        dimensions=(45, 120),  # the whole question, with what the probes say of it
        env={**os.environ, "TERM": "xterm-256color", "VISUAL": "", "EDITOR": f"{sys.executable} {script}"},
        timeout=60,
    )
    child.str_last_chars = 6000  # the whole screen, where something was waited for in vain
    child.expect("No decision yet")
    child.send("g")
    child.expect("1/")
    child.send("t")
    child.expect(r"Ctrl\+O")
    child.send("\x0f")
    child.expect("THE EDITOR HAS THE TERMINAL True")
    child.sendline("")
    child.expect(r"second \[bold\]line\[/\]")
    child.send("s")
    child.expect("Saved")
    child.send("q")
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 0
    notes = [table.get("note") for table in tomllib.loads(started.state_path.read_text())["controls"].values()]
    assert "first line\nsecond [bold]line[/]" in notes
