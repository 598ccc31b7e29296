"""Everything a key does in a form can be done with the mouse: fields, choices, buttons, scrolling, the footer."""

import pytest
from textual.events import MouseScrollDown
from textual.widgets import Input, TextArea

from tui.app import ReadinessApp
from tui.screens.board import Board
from tui.screens.commit import CommitView
from tui.screens.decide import Decide
from tui.screens.diff import DiffView
from tui.screens.guide import Guide
from tui.screens.levels import Level
from tui.screens.measure import Measure
from tui.screens.plan import PlanView
from tui.widgets.key_line import KeyLine
from tui.widgets.rows import Rows

OPTIONS = {"notifications": True, "tooltips": True}


@pytest.fixture
def app(started):
    return ReadinessApp(started)


async def test_a_number_is_entered_by_clicks(app):
    async with app.run_test(size=(100, 30), **OPTIONS) as pilot:
        await app.push_screen(Measure("views"))
        await pilot.pause()
        await pilot.click("#part-source")
        await pilot.press(*"seen")
        await pilot.click("#part-value")
        await pilot.press(*"12")
        assert app.screen.focused is app.screen.query_one("#part-value", Input)
        await pilot.click("#form-done")
        await pilot.pause()
        assert isinstance(app.screen, Board)
    stored = app.session.state.measurements["views"]
    assert (stored.value, stored.source) == (12, "seen")


async def test_a_choice_is_taken_by_a_click(app):
    async with app.run_test(size=(100, 30), **OPTIONS) as pilot:
        await app.push_screen(Level("security"))
        await pilot.pause()
        await pilot.click("#part-level", offset=(3, 4))
        await pilot.pause()
        assert isinstance(app.screen, Board), "one choice is all there is to enter"
    assert app.session.state.scores["ten-gates"]["security"].level == 4


async def test_several_lines_take_the_cursor_where_they_are_clicked(app):
    async with app.run_test(size=(100, 30), **OPTIONS) as pilot:
        await app.push_screen(Decide())
        await pilot.pause()
        lines = app.screen.query(TextArea).first()
        lines.text = "one\ntwo"
        await pilot.pause()
        await pilot.click(lines, offset=(1, 1))
        assert app.screen.focused is lines
        assert lines.cursor_location[0] == 1


async def test_the_commit_shows_its_diff_by_a_click_and_keeps_what_was_typed(app, screen_text):
    app.session.note("runbooks", "a note [bold]here[/]")
    async with app.run_test(size=(100, 40), **OPTIONS) as pilot:
        await pilot.press("c")
        await pilot.pause()
        await pilot.press(*"Bo Sample <bo@example.com>")
        await pilot.click("#commit-diff")
        await pilot.pause()
        assert isinstance(app.screen, DiffView)
        assert '+note = "a note [bold]here[/]"' in app.screen.query("Static").last().content.plain
        await pilot.press("escape")
        await pilot.pause()
        assert isinstance(app.screen, CommitView)
        assert app.screen.query_one("#commit-navigators", Input).value == "Bo Sample <bo@example.com>"
        assert "readiness.toml" in screen_text(app) or "unsaved" in screen_text(app)


async def test_the_wheel_scrolls_a_list_and_a_click_opens_its_line(app):
    async with app.run_test(size=(100, 20), **OPTIONS) as pilot:
        await pilot.press("p")
        await pilot.pause()
        rows = app.screen.query_one(Rows)
        before = rows.scroll_offset.y
        await pilot._post_mouse_events([MouseScrollDown], rows, offset=(5, 5))
        await pilot.pause()
        assert isinstance(app.screen, PlanView)
        assert rows.scroll_offset.y > before


async def test_a_click_in_the_footer_is_its_key(app):
    async with app.run_test(size=(120, 30), **OPTIONS) as pilot:
        await pilot.pause()
        guide = next(key for key in app.screen.query_one(KeyLine).children if getattr(key, "key", "") == "g")
        await pilot.click(guide)
        await pilot.pause()
        assert isinstance(app.screen, Guide)
