"""From a key to its paint, on our screens and in a Textual program that has nothing to do but show as many widgets."""

from __future__ import annotations

import asyncio
import statistics
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.keys.terminal import Terminal
from tui.app import ReadinessApp
from tui.widgets.rows import Rows
from workbook.session import Session

KEYS = 100
"""Keys a screen and round."""

ROUNDS = 3

HELLO = """
import sys
from textual.app import App
from textual.widgets import OptionList, Static
class Hello(App):
    CSS = "OptionList { height: 1fr; border: none; } Static { height: 1; }"
    def compose(self):
        for number in range(int(sys.argv[1])):
            yield Static(f"Hello, world {number}")
        yield OptionList(*(f"Row {number}" for number in range(int(sys.argv[2]))))
    BINDINGS = [("j", "move(1)"), ("k", "move(-1)"), ("l", "turn(1)"), ("h", "turn(-1)")]
    page = 0
    def action_move(self, by):
        rows = self.query_one(OptionList)
        rows.action_cursor_down() if by > 0 else rows.action_cursor_up()
    def action_turn(self, by):
        self.page += by
        for number, text in enumerate(self.query(Static)):
            text.update(f"Hello, page {self.page}, line {number}, and so on to the end of it")
Hello().run()
"""
"""The peer: text in as many widgets, and a list as long. The same keys move in the list, or change every text."""


@dataclass(frozen=True, slots=True)
class Place:
    """A screen of ours: the keys that lead there, what stands there then, and the two keys that go to and fro."""

    name: str
    way: str
    shows: bytes
    keys: tuple[bytes, bytes]


PLACES = (
    Place("board: down and up", "", b"No decision yet", (b"j", b"k")),
    Place("plan: down and up", "p", b"Next three", (b"j", b"k")),
    Place("guide: next and previous question", "g", b"Why", (b"l", b"h")),
)


@dataclass(frozen=True, slots=True)
class Latency:
    """Seconds from a key to its paint: the median and the 95th of a hundred, ours and the peer's."""

    name: str
    widgets: int
    ours: tuple[float, float]
    peer: tuple[float, float]

    @property
    def ratio(self) -> float:
        """Ours over the peer's, at the 95th of a hundred."""
        return self.ours[1] / self.peer[1]


def measured(root: Path) -> list[Latency]:
    """Every place, ours and the peer's in turn."""
    found = []
    for place in PLACES:
        widgets, rows = asyncio.run(_counted(root, place.way))
        ours: list[float] = []
        peer: list[float] = []
        for _ in range(ROUNDS):
            ours += _keys([sys.executable, "-P", "-m", "tui", str(root)], b"No decision yet", place.way, place)
            hello = [sys.executable, "-P", "-c", HELLO, str(widgets), str(rows)]
            peer += _keys(hello, b"Hello, world", "", place)
        found.append(Latency(place.name, widgets, _figures(ours), _figures(peer)))
    return found


def _keys(argv: Sequence[str], begins: bytes, way: str, place: Place) -> list[float]:
    with Terminal(argv) as terminal:
        terminal.settle(begins)
        if way:
            terminal.press(way.encode())
        # The first of each kind loads what later ones have.
        for key in place.keys:
            terminal.press(key)
        return [terminal.press(place.keys[number % 2]) for number in range(KEYS)]


async def _counted(root: Path, way: str) -> tuple[int, int]:
    """How many widgets stand on the screen, and how many rows its list has."""
    app = ReadinessApp(Session(root))
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.pause()
        if way:
            await pilot.press(way)
        await pilot.pause()
        rows = sum(one.option_count for one in app.screen.query(Rows))
        return len(app.screen.query("*")), max(rows, 2)


def _figures(seconds: Sequence[float]) -> tuple[float, float]:
    return statistics.median(seconds), statistics.quantiles(seconds, n=20)[-1]
