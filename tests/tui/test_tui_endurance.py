"""A long sitting and hard terminals: 1,000 actions, 1,000 controls, resize storms, a window of 20 x 5."""

import gc
import random

import psutil
import pytest

from tui.app import ReadinessApp
from tui.screens.board import Board
from tui.widgets.rows import Rows
from workbook.session import Session

OPTIONS = {"notifications": True, "tooltips": True}
KEYS = ("g", "p", "d", "t", "escape", "b", "p", "j", "enter", "escape", "v", "escape", "f", "j", "escape", "u", "slash")
KEYS += ("escape", "h", "escape", "w", "escape", "question_mark", "escape", "n", "escape", "a", "l", "escape")


def own_checklist(root, count):
    """A checklist of a team's own with so many controls."""
    folder = root / ".readiness" / "checklists"
    folder.mkdir(parents=True)
    lines = ['name = "Long"', 'summary = "many"']
    for number in range(10):
        lines += ["[[pillars]]", f'id = "p{number}"', f'title = "Part {number}"']
    for number in range(count):
        lines += ["[[items]]", f'id = "long.p{number % 10}.{number}"', f'pillar = "p{number % 10}"']
        lines += [f'title = "Item {number}"', f'asks = "Does {number} hold?"', f'controls = ["long-{number}"]']
    for number in range(count):
        lines += [f"[controls.long-{number}]", f'title = "Control {number}"', 'ready_when = "It holds."']
        lines += [f'severity = "{("blocker", "high", "medium", "low")[number % 4]}"']
    (folder / "long.toml").write_text("\n".join(lines) + "\n")


async def settle(app, pilot):
    """Back on the board, with nothing half done."""
    while len(app.screen_stack) > 2:
        await app.pop_screen()
    await pilot.pause()
    assert isinstance(app.screen, Board)


@pytest.mark.stress
async def test_a_thousand_actions_cost_no_memory_to_speak_of(started, scale, figure, monkeypatch, make_report):
    monkeypatch.setattr(started, "probe", lambda **_: make_report())
    app, actions = ReadinessApp(started), scale(60, 1000)
    process, chosen = psutil.Process(), random.Random(7)  # noqa: S311  an order of keys
    async with app.run_test(size=(100, 30), **OPTIONS) as pilot:

        async def walk(count):
            for _ in range(count):
                await pilot.press(chosen.choice(KEYS))
                if len(app.screen_stack) > 8:
                    await settle(app, pilot)
            await settle(app, pilot)
            await app.workers.wait_for_complete()
            gc.collect()
            return process.memory_info().rss

        before = await walk(scale(30, 300))
        after = await walk(actions)
        assert app.is_running
        assert len(app.screen_stack) == 2
    grown = (after - before) / 1e6
    figure(f"memory after {actions} actions in the terminal face", "< 50 MB more", f"{grown:.1f} MB more")
    assert grown < 50


async def test_a_storm_of_resizes_leaves_every_page_standing(app, screen_text):
    async with app.run_test(size=(40, 20), **OPTIONS) as pilot:
        for page in ("", "p", "f", "h", "v", "w", "g"):
            if page:
                await pilot.press(page)
            for width, height in ((1, 1), (300, 100), (39, 20), (20, 5)):
                await pilot.resize_terminal(width, height)
            await pilot.pause()
            assert screen_text(app).strip(), page
            await settle(app, pilot)
        assert app.is_running


async def test_the_smallest_window_still_answers(app):
    async with app.run_test(size=(20, 5), **OPTIONS) as pilot:
        await pilot.press("g")
        await pilot.pause()
        control = app.screen.question.control.id
        await pilot.press("d")
        await pilot.pause()
        assert app.session.state.answer(control).by


async def test_a_thousand_controls_of_ones_own(repository, make_report, screen_text):
    own_checklist(repository, 1000)
    session = Session(repository)
    session.start(["long"])
    session.accept(make_report())
    app = ReadinessApp(session)
    async with app.run_test(size=(100, 30), **OPTIONS) as pilot:
        await pilot.pause()
        assert "1000 items unanswered" in screen_text(app)
        await pilot.press("g")
        await pilot.pause()
        assert "1/1000" in screen_text(app)
        await pilot.press("d", "a")
        await pilot.pause()
        assert app.screen.query_one(Rows).option_count == 1000
        await pilot.press("escape", "b", "p")
        await pilot.pause()
        assert app.screen.query_one(Rows).option_count > 1000
        await pilot.press("escape", "slash", *"control 997")
        await pilot.pause()
        assert "1 control." in screen_text(app)


@pytest.mark.parametrize("damage", ["[[[", "<<<<<<< ours", "schema = 99"])
async def test_every_page_opens_on_a_broken_file(started, make_report, damage):
    text = started.state_path.read_text()
    started.state_path.write_text(text.replace("schema = 1", damage) if "schema" in damage else f"{text}\n{damage}\n")
    before = started.state_path.read_bytes()
    broken = Session(started.root)
    broken.accept(make_report())
    app = ReadinessApp(broken)
    async with app.run_test(size=(80, 24), **OPTIONS) as pilot:
        for page in "pfhvwg":
            await pilot.press(page, "y", "escape", "u", "s")
            await pilot.pause()
            assert app.is_running, page
            while len(app.screen_stack) > 2:
                await app.pop_screen()
    assert started.state_path.read_bytes() == before
