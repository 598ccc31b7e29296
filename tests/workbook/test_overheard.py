"""What is shown of a running command: whole lines, in order, and never a secret, however the output is cut."""

import sys
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbook.overheard import LONGEST_KEY, LONGEST_LINE, Overheard
from workbook.running import record_command

KEY = "\n".join(["-----BEGIN RSA PRIVATE " + "KEY-----", *["MIIEow" + "k3Jf8sLq0Zx7Wm2Pq9Rt" * 3] * 9])
KEY += "\n-----END RSA PRIVATE " + "KEY-----"
TOKEN = "gh" + "p_" + "k3Jf8sLq0Zx7Wm2Pq9RtB4nV6cX1aS5dF7gH"


def heard(text, cuts):
    """The lines shown when the text comes in pieces."""
    raw, ends = text.encode(), sorted({0, *cuts, len(text.encode())})
    stream = Overheard()
    lines = [line for start, end in pairwise(ends) for line in stream.hear(raw[start:end])]
    return lines + stream.hear(b"", end=True)


@given(st.lists(st.integers(0, 900)))
def test_no_cut_lets_a_secret_through(cuts):
    shown = "\n".join(heard(f"one\npüsh with {TOKEN}\n{KEY}\nlast", [cut for cut in cuts if cut < 800]))
    assert "k3Jf8s" not in shown
    assert shown.startswith("one\npüsh with [redacted]\n")
    assert shown.endswith("\nlast")


@given(st.lists(st.text(st.characters(exclude_characters="\r\n", exclude_categories=("Cs",)), max_size=9)), st.data())
def test_plain_lines_come_whole_and_in_order(lines, data):
    text = "".join(f"{line}\n" for line in lines)
    cuts = data.draw(st.lists(st.integers(0, len(text.encode()))))
    shown = heard(text, cuts)
    assert len(shown) == len(lines)
    assert [line for line, asked in zip(shown, lines, strict=True) if "[redacted]" not in line] == [
        asked for line, asked in zip(shown, lines, strict=True) if "[redacted]" not in line
    ]


def test_a_progress_bar_is_one_line_a_state():
    assert heard("10 %\r20 %\rdone\r\n", [4, 5, 9, 14]) == ["10 %", "20 %", "done"]


def test_a_line_without_end_is_told_of_and_takes_no_memory():
    stream = Overheard()
    for _ in range(40):
        assert stream.hear(b"x" * 8192) == []
    (line,) = stream.hear(b"\n")
    assert len(line) < LONGEST_LINE
    assert "characters" in line


def test_a_key_that_never_ends_is_not_waited_for():
    stream = Overheard()
    stream.hear((KEY.split("\n")[0] + "\n").encode())
    assert stream.hear(b"plain\n" * LONGEST_KEY)


@pytest.mark.parametrize("name", ["stdout", "stderr"])
def test_a_command_is_heard_while_it_runs(tmp_path, name):
    """The command waits for an answer that only whoever hears it can give."""
    program = (
        f"import sys, pathlib, time\nprint('waiting', file=sys.{name}, flush=True)\n"
        "while not pathlib.Path('heard').exists(): time.sleep(0.01)\n"
    )

    def watch(lines):
        assert list(lines) == ["waiting"]
        (tmp_path / "heard").touch()

    done = record_command([sys.executable, "-c", program], tmp_path, "", timeout_s=60, watch=watch)
    assert done.exit == 0
    assert done.output == "waiting\n"
