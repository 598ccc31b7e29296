"""The bytes that reach a real terminal: with hostile texts on screen the same kinds of sequences as without any."""

import re
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest

PROGRAM = """
import sys
from pathlib import Path
sys.path.insert(0, {tests!r})
import pytest
from hostile_team import Team
from tui.app import ReadinessApp

with pytest.MonkeyPatch.context() as patch:
    team = Team({payloads!r}, 3)
    session = team.session(Path({root!r}), patch)
    sys.exit(ReadinessApp(session).run() or 0)
"""
KEYS = ("f", "\x1b", "g", "w", "x", "\x1b", "i", "\x1b", "/")
# One sequence of a terminal: CSI, OSC, the strings DCS, SOS, PM and APC, then two-byte ones and single controls.
SEQUENCE = re.compile(
    rb"\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b[PX^_][^\x1b]*\x1b\\|\x1b[ -/]*[0-~]"
    rb"|[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]|\xc2[\x80-\x9f]"
)


def kinds(raw):
    """The sequences of a stream, but for the figures of colors and positions."""
    found = set()
    for one in SEQUENCE.findall(raw):
        figures = one.startswith(b"\x1b[") and one[-1:] in b"mHABCDKJX"
        found.add(b"\x1b[" + one[-1:] if figures else one)
    return found


def session_bytes(pexpect, payloads, root):
    """Walk through the screens of an app of its own process; everything it wrote."""
    tests = str(Path(__file__).parents[1] / "hostile")
    program = PROGRAM.format(tests=tests, payloads=payloads, root=str(root))
    child = pexpect.spawn(
        sys.executable,
        ["-P", "-c", program],
        dimensions=(60, 160),
        timeout=60,
        env={"TERM": "xterm-256color", "PATH": "/usr/bin:/bin"},
    )
    raw = b""

    def read(seconds, until=None):
        """Read for so long, or until something was written; on a slow machine a screen may be missed, never a byte."""
        nonlocal raw
        end = time.monotonic() + seconds
        while time.monotonic() < end and not (until and until in raw):
            with suppress(pexpect.TIMEOUT):
                raw += child.read_nonblocking(1 << 16, timeout=0.2)

    try:
        read(60, b"Next three")
        for key in KEYS:
            child.send(key)
            read(1)
    except pexpect.EOF:
        pass
    finally:
        child.close(force=True)
    return raw[: raw.rfind(b"\x1b")]  # the last sequence may have been cut in the middle


def test_hostile_texts_bring_no_sequence_of_their_own(payloads, tmp_path):
    pexpect = pytest.importorskip("pexpect")
    usual = session_bytes(pexpect, ["plain words", "of a team", "at work"], tmp_path / "usual")
    hostile = [one for kind in ("terminal", "unicode", "markup of screens") for one in payloads.KINDS[kind]]
    other = session_bytes(pexpect, hostile, tmp_path / "hostile\x1b]0;x\x07")
    assert b"]0;" in other.replace(b"\x1b]0;", b""), "hostile texts were on screen"
    assert len(kinds(usual)) > 3
    assert kinds(other) <= kinds(usual)
