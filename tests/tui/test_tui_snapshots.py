"""The main states at three widths, as they are read and as pictures. Made anew with READINESS_SNAPSHOTS=write."""

import os
import re
from datetime import date
from pathlib import Path

import pytest

from tui.app import ReadinessApp
from tui.comfort import without_fonts
from workbook.answers import Gap, Status
from workbook.people import People
from workbook.session import Session

KEPT = Path(__file__).parent / "snapshots"
SIZES = {"40": (40, 20), "80": (80, 24), "140": (140, 40)}
STATES = {"board": "", "guide": "g", "plan": "p", "findings": "f", "checklists": "v", "help": "question_mark"}
DRAWN = ("board", "guide", "plan")
"""States that are kept as pictures too: colors, weights and places."""
TODAY = date(2026, 11, 20)


def begun(repository, make_report):
    session = Session(repository, People("Ana Example <ana@example.com>"), today=lambda: TODAY)
    session.accept(make_report())
    session.start(["fifty-point", "six-gates"], profiles=["pre-launch"], facts={"server": True, "uploads": False})
    session.answer("injection-safe-queries", Status.BLOCKER)
    session.answer("runbooks", Status.NEEDS_REVIEW, gap=Gap.PARTIAL)
    session.answer("containerised-services", Status.READY)
    return session


def same_everywhere(shown):
    """Without what differs from run to run: the commit, and the name that a picture gives itself."""
    return re.sub(r"terminal-\d+", "terminal-0", re.sub(r"@[0-9a-f]{7}", "@0000000", shown))


def differs(path, shown):
    """Whether a kept state is another now; keeps it where that was asked for."""
    if os.environ.get("READINESS_SNAPSHOTS") == "write":
        path.parent.mkdir(exist_ok=True)
        path.write_text(shown, encoding="utf-8")
    return path.read_text(encoding="utf-8") != shown


@pytest.mark.parametrize("width", SIZES)
async def test_the_main_states_read_as_kept(repository, make_report, screen_text, width):
    """A change here is no failure by itself: read the new text, and keep it where it is better."""
    app = ReadinessApp(begun(repository, make_report))
    changed = []
    async with app.run_test(size=SIZES[width], notifications=False) as pilot:
        await pilot.pause()
        for name, keys in STATES.items():
            if keys:
                await pilot.press(keys)
            await pilot.pause()
            lines = (line.rstrip() for line in screen_text(app).splitlines())
            shown = same_everywhere("\n".join(lines)) + "\n"
            if differs(KEPT / f"{name}-{width}.txt", shown):
                changed.append(f"{name}-{width}.txt:\n{shown}")
            picture = same_everywhere(without_fonts(app.export_screenshot(title=name, simplify=True)))
            if name in DRAWN and differs(KEPT / f"{name}-{width}.svg", picture):
                changed.append(f"{name}-{width}.svg")
            if keys:
                await pilot.press("escape")
    assert not changed, "\n".join(changed)
