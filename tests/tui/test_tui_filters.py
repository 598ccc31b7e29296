"""The board's list and the search take the same words and filters, and show the same rows."""

import pytest

from tui.app import ReadinessApp
from tui.filtering import cycled
from tui.screens.board import Board
from tui.screens.detail import Detail
from tui.screens.search import Search
from tui.widgets.rows import Rows
from workbook.answers import Gap, Status
from workbook.search import FILTERS

OPTIONS = {"notifications": True, "tooltips": True}


def names(app):
    """The controls that the list on top shows, in its order."""
    rows = [option.id or "" for option in app.screen.query_one(Rows).options]
    return [one.partition(":")[2] or one for one in rows if one]


@pytest.fixture
def app(started):
    made = ReadinessApp(started)  # before the answers, so that they are changes of its sitting
    started.answer("rate-limiting", Status.NEEDS_REVIEW, gap=Gap.ABSENT)
    started.assign("rate-limiting", "Bo Sample <bo@example.com>", None)
    started.answer("runbooks", Status.NEEDS_REVIEW, gap=Gap.ABSENT)
    return made


@pytest.mark.parametrize(
    "typed",
    ["standing:open-gap", "severity:blocker", "owner:bo", "checklist:fifty-point", "changed:yes", "area:security rate"],
)
async def test_the_board_shows_what_the_search_finds(app, typed):
    async with app.run_test(size=(100, 40), **OPTIONS) as pilot:
        app.board_filter = typed
        app.changed()
        await pilot.pause()
        on_board = names(app)
        await pilot.press("slash")
        await pilot.pause()
        assert isinstance(app.screen, Search)
        assert names(app) == on_board
        assert on_board, "nothing was found"


async def test_keys_go_through_the_filters_and_esc_shows_all_again(app, screen_text):
    async with app.run_test(size=(100, 40), **OPTIONS) as pilot:
        await pilot.press("f4")
        await pilot.pause()
        assert app.board_filter == "owner:bo"
        assert names(app) == ["rate-limiting"]
        assert "Next three" not in screen_text(app)
        await pilot.press("enter")
        await pilot.pause()
        assert isinstance(app.screen, Detail)
        await pilot.press("escape", "escape")
        await pilot.pause()
        assert isinstance(app.screen, Board)
        assert app.board_filter == ""
        assert "Next three" in screen_text(app)


async def test_what_was_searched_is_kept_on_the_board(app):
    async with app.run_test(size=(100, 40), **OPTIONS) as pilot:
        await pilot.press("slash", *"runbooks", "f8")
        await pilot.pause()
        assert isinstance(app.screen, Board)
        assert names(app)[0] == "runbooks"
        await pilot.press("slash", "escape")
        await pilot.pause()
        assert app.board_filter == "runbooks", "leaving a search leaves the board as it was"


async def test_a_filter_that_does_not_exist_is_said_on_the_board_too(app, screen_text):
    async with app.run_test(size=(100, 40), **OPTIONS) as pilot:
        app.board_filter = "standin:blocker"
        app.changed()
        await pilot.pause()
        assert "there is no filter" in screen_text(app)


def test_every_filter_comes_back_to_none(app):
    for name in FILTERS:
        typed, seen = "words", []
        while (typed := cycled(app.session, typed, name)) != "words":
            seen.append(typed)
            assert typed.startswith(f"words {name}:")
        assert seen == list(dict.fromkeys(seen))
        assert seen, name
