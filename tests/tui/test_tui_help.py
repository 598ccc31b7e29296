"""Help begins with the keys of the screen it was asked on, and is read page by page."""

from textual.containers import VerticalScroll

from tui.app import ReadinessApp
from tui.screens.help import Help


def before(shown, first, then):
    assert first in shown, shown
    return first in shown.partition(then)[0]


async def test_the_keys_of_the_screen_stand_first(started, screen_text):
    app = ReadinessApp(started)
    async with app.run_test(size=(100, 50)) as pilot:
        await pilot.press("question_mark")
        await pilot.pause()
        assert before(screen_text(app), "What to do next, and the order", "Everywhere")
        await pilot.press("escape", "g", "question_mark")
        await pilot.pause()
        assert before(screen_text(app), "It holds. Offers the evidence", "Everywhere")


async def test_a_page_down_moves_on_and_a_page_up_comes_back(started):
    app = ReadinessApp(started)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("question_mark")
        assert isinstance(app.screen, Help)
        body = app.screen.query_one(VerticalScroll)
        await pilot.press("pagedown")
        assert body.scroll_y > 10
        await pilot.press("pageup")
        assert body.scroll_y == 0
