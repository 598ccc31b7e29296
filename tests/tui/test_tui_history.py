"""The history page: the trend drawn, and what moved at each commit, replayed from git."""

from tui.app import ReadinessApp
from tui.chart import POSSIBLE, span, trend
from tui.screens.detail import Detail
from tui.screens.history import HistoryView
from workbook.answers import Gap, Status

OPTIONS = {"notifications": True, "tooltips": True}


def committed(session, git, message, who="Ana Example <ana@example.com>"):
    """Save and commit as this person."""
    session.save()
    name, _, mail = who.partition(" <")
    git(session.root, "add", "readiness.toml")
    git(session.root, "-c", f"user.name={name}", "-c", f"user.email={mail[:-1]}", "commit", "-qm", message)


async def opened(app, pilot):
    await pilot.press("h")
    await app.workers.wait_for_complete()
    await pilot.pause()
    assert isinstance(app.screen, HistoryView)


async def test_before_the_first_commit_it_says_how_a_history_begins(started, screen_text):
    app = ReadinessApp(started)
    async with app.run_test(size=(100, 40), **OPTIONS) as pilot:
        await opened(app, pilot)
        assert "Nothing is committed yet" in screen_text(app)


async def test_the_trend_is_drawn_and_every_turn_says_who_and_what(started, git, screen_text):
    committed(started, git, "Start")
    for name in list(started.state.answers)[:20]:
        started.answer(name, Status.NOT_APPLICABLE, reason="a library")
    committed(started, git, "Scope", "Bo Sample <bo@example.com>")
    started.answer("runbooks", Status.NEEDS_REVIEW, gap=Gap.ABSENT)
    app = ReadinessApp(started)
    async with app.run_test(size=(110, 50), **OPTIONS) as pilot:
        await opened(app, pilot)
        shown = screen_text(app)
        assert "2 points" in shown
        assert POSSIBLE in shown
        assert "█" in shown, "what is certain by the second commit"
        assert "Bo Sample" in shown
        assert "on disk now" in shown
        title = started.catalogue.controls["runbooks"].title
        newest, _, older = shown.partition("Bo Sample")
        assert title in newest
        assert title not in older
        await pilot.press("home", "j", "enter")
        await pilot.pause()
        assert isinstance(app.screen, Detail)
        assert app.screen.question.control.title == title


async def test_leaving_while_git_is_asked_is_no_trouble(started, git):
    committed(started, git, "Start")
    app = ReadinessApp(started)
    async with app.run_test(size=(100, 40), **OPTIONS) as pilot:
        await pilot.press("h", "escape", "h", "escape", "p")
        await app.workers.wait_for_complete()
        await pilot.pause()
        assert app.is_running


def test_the_chart_keeps_the_newest_where_there_is_no_room():
    lines = trend([(0.0, 0.0)] * 50 + [(1.0, 1.0)], 10, 4)
    assert [line.plain for line in lines] == [" " * 9 + "█"] * 4


def test_the_chart_tells_certain_from_possible_and_from_lost():
    lines = [line.plain for line in trend([(0.5, 1.0), (0.25, 0.5)], 2, 4)]
    assert lines == ["░ ", "░ ", "█░", "██"]
    assert span(0.25, 0.5, 8).plain == "██░░····"
