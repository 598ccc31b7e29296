"""The measurement of keys: a terminal that waits for paint, every way counted, a page with a row for each."""

import sys

import pytest

from benchmarks.keys.__main__ import page
from benchmarks.keys.latency import Latency
from benchmarks.keys.terminal import Terminal
from benchmarks.keys.ways import WAYS, Taken, Way
from workbook.catalogue import load_catalogue

ECHO = (
    "import sys\nprint('ready', flush=True)\nfor line in sys.stdin:\n    print('<' + line.strip() + '>', flush=True)\n"
)


def test_a_key_counts_until_its_paint():
    with Terminal([sys.executable, "-I", "-u", "-c", ECHO]) as terminal:
        terminal.settle(b"ready", quiet=0.3)
        took = terminal.press(b"word\r", 1.0)
        assert took > 0
        assert b"<word>" in terminal.seen


def test_a_program_that_is_gone_is_no_figure():
    with (
        Terminal([sys.executable, "-I", "-c", "print('ready', flush=True)"]) as terminal,
        pytest.raises(OSError, match="Input/output error"),
    ):
        terminal.settle(b"never", quiet=0.2)


def test_keys_are_those_of_a_person():
    assert Way("", "", ("y", "\r")).keys == 2
    assert Way("", "", ("y", "README.md", "\r")).keys == 11
    assert Way("", "", ("y", "https://example.com", "\r"), paste=True).keys == 3


def test_every_way_is_about_a_control_there_is():
    assert {way.control for way in WAYS} <= set(load_catalogue().controls)


def test_the_page_has_a_row_for_each():
    lines = list(page([Latency("board", 18, (0.01, 0.02), (0.005, 0.01))], [Taken(way, 0.5) for way in WAYS]))
    assert "| board | 18 | 10.0 ms | 20.0 ms | 5.0 ms | 10.0 ms | 2.00 |" in lines
    assert all(f"| {way.what} | {way.keys} | 0.50 |" in lines for way in WAYS)
