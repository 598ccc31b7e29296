"""For every terminal and everybody: no color, no motion, footers that are never cut, windows of every width."""

import os
import re
import sys

import pexpect
import pytest

from tui.app import ReadinessApp
from tui.screens.base import WorkbookScreen
from tui.settings import Settings
from tui.widgets.key_line import KeyLine
from tui.wording import OUTCOME_SIGNS, SEVERITIES, SIGNS, STATUS_SIGNS, outcome, severity, standing, status
from workbook.answers import Gap, Status
from workbook.assess import Standing

OPTIONS = {"notifications": True, "tooltips": True}
PAGES = ("", "g", "p", "f", "h", "v", "N", "L", "A", "D", "Z", "c")


def footer(app):
    """The last line of the screen, without the space around."""
    strips = app.screen._compositor.render_strips()
    return "".join(segment.text for segment in strips[-1]).strip()


def test_every_sign_has_a_word_and_none_stands_for_two_things():
    for signs, told in ((SIGNS, standing), (STATUS_SIGNS, status), (OUTCOME_SIGNS, outcome)):
        assert len({sign for sign, _ in signs.values()}) == len(signs), "a sign told two things"
        for one, (sign, _) in signs.items():
            assert re.fullmatch(rf"{re.escape(sign)} \S.*", told(one).plain)
    assert all(severity(name).plain for name in SEVERITIES)
    assert len({standing(one).plain for one in Standing}) == len(Standing)


def test_no_color_paints_only_grays_and_says_the_same(started):
    """NO_COLOR in a real terminal: every color that is sent is a gray, and the words are there."""
    started.answer("injection-safe-queries", Status.BLOCKER)
    started.save()

    def painted(**extra):
        environment = {key: value for key, value in os.environ.items() if key not in ("NO_COLOR", "COLORTERM")}
        child = pexpect.spawn(
            sys.executable,
            ["-P", "-m", "tui", str(started.root)],
            dimensions=(40, 120),
            env={**environment, "TERM": "xterm-256color", "COLORTERM": "truecolor", **extra},
            timeout=60,
        )
        child.expect("No decision yet")
        child.send("\x1bOR")  # F3 keeps the list to one severity: rows with standings
        child.expect("severity:blocker")
        child.expect("not answered")
        seen = child.before + child.after
        child.send("q")
        child.expect(pexpect.EOF)
        return {tuple(map(int, one)) for one in re.findall(rb"[34]8;2;(\d+);(\d+);(\d+)", seen)}

    assert any(len(set(color)) > 1 for color in painted())
    plain = painted(NO_COLOR="1")
    assert plain
    assert all(len(set(color)) == 1 for color in plain)


async def test_reduced_motion_moves_nothing(started):
    still, moving = ReadinessApp(started, Settings(reduced_motion=True)), ReadinessApp(started)
    async with still.run_test(size=(100, 30), **OPTIONS) as pilot:
        await pilot.press("g", "j", "b", "f", "G")
        await pilot.pause()
        assert still.animation_level == "none"
        assert not still.animator._animations
    assert moving.animation_level != "none"


@pytest.mark.parametrize("size", [(20, 5), (40, 20), (60, 20), (80, 24), (104, 36), (140, 40)], ids=str)
async def test_the_footer_is_cut_at_whole_keys_and_keeps_the_way_to_help(started, size):
    started.answer("rate-limiting", Status.NEEDS_REVIEW, gap=Gap.ABSENT)
    app = ReadinessApp(started)
    async with app.run_test(size=size, **OPTIONS) as pilot:
        for page in PAGES:
            if page:
                await pilot.press(page)
            await pilot.pause()
            await pilot.pause()
            assert isinstance(app.screen, WorkbookScreen)
            line = app.screen.query_one(KeyLine)
            shown = [key for key in line.children if key.region.width]
            assert shown, page
            assert all(key.region.right <= size[0] for key in shown), f"{page}: {footer(app)}"
            assert line.max_scroll_x == 0, f"{page}: {footer(app)}"
            if page not in ("", "g", "p", "f", "h", "v"):
                await pilot.press("escape")
            else:
                assert "? help" in footer(app), page
                await pilot.press(*(["escape"] if page else []))


async def test_a_wider_window_shows_more_keys(started):
    app = ReadinessApp(started)
    async with app.run_test(size=(40, 20), **OPTIONS) as pilot:
        await pilot.pause()
        assert "checklists" not in footer(app)
        await pilot.resize_terminal(140, 40)
        await pilot.pause()
        await pilot.pause()
        assert "checklists" in footer(app)
        assert "q leave" in footer(app)
