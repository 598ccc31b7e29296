"""A form to begin with, from the guide, the detail and the plan: shown first, written as shown, never over anything."""

import pytest

from tui.app import ReadinessApp
from tui.screens.beginning import Beginning
from tui.screens.detail import Detail
from tui.screens.guide import Guide
from tui.screens.plan import PlanView
from tui.screens.prompts import ChoicePrompt
from tui.widgets.rows import Rows
from workbook.answers import Status
from workbook.cli.main import main

SIZE = (120, 60)
OPTIONS = {"notifications": True, "tooltips": True}
RUNBOOK = "docs/runbook.md"
TURNS = 3000  # a minute: the machine may be busy with other tests
"""So many looks before a test gives up; far more than a loaded machine needs."""


async def until(pilot, holds):
    """Let the app work until something holds; what never does ends with what is on screen."""
    for _ in range(TURNS):
        if holds():
            return
        await pilot.pause(0.02)
    on_screen = "\n".join(strip.text.rstrip() for strip in pilot.app.screen._compositor.render_strips())
    raise AssertionError(f"it never came:\n{on_screen}")


async def shown(pilot, screen_text, words="Nothing is written yet"):
    """Wait until the text of a form stands there; the screen as it is read."""
    await until(pilot, lambda: isinstance(pilot.app.screen, Beginning) and words in screen_text(pilot.app))
    return screen_text(pilot.app)


async def back_on(pilot, screen):
    await until(pilot, lambda: isinstance(pilot.app.screen, screen))


def notes(app):
    return " ".join(one.message for one in app._notifications)


@pytest.fixture
def twin(started):
    """What the command writes on the same tree."""
    assert main(["-C", str(started.root), "scaffold", "runbook"]) == 0
    written = (started.root / RUNBOOK).read_bytes()
    (started.root / RUNBOOK).unlink()
    return written


async def test_from_the_guide_it_is_shown_then_written_with_the_bytes_of_the_command(started, twin, screen_text):
    app = ReadinessApp(started)
    async with app.run_test(size=SIZE, **OPTIONS) as pilot:
        await app.push_screen(Guide("runbooks"))
        await until(pilot, lambda: "begin a form: Runbook" in screen_text(app))
        await pilot.press("B")
        text = await shown(pilot, screen_text)
        assert f"Enter writes {RUNBOOK}" in text
        assert twin.decode().splitlines()[0] in text
        assert not (started.root / RUNBOOK).exists(), "nothing is written before the person agrees"
        await pilot.press("enter")
        await back_on(pilot, Guide)
        await until(pilot, lambda: f"Wrote {RUNBOOK}" in notes(app))
    assert (started.root / RUNBOOK).read_bytes() == twin
    assert not started.unsaved, "a form answers nothing"


async def test_esc_writes_nothing(started, screen_text):
    app = ReadinessApp(started)
    async with app.run_test(size=SIZE, **OPTIONS) as pilot:
        await app.push_screen(Detail("runbooks"))
        await until(pilot, lambda: "Runbook  (B shows it)" in screen_text(app))
        await pilot.press("B")
        await shown(pilot, screen_text)
        await pilot.press("escape")
        await back_on(pilot, Detail)
    assert not (started.root / RUNBOOK).exists()
    assert not (started.root / "docs").exists()


async def test_from_the_plan_it_is_that_of_the_highlighted_gap(started, screen_text):
    app = ReadinessApp(started)
    async with app.run_test(size=SIZE, **OPTIONS) as pilot:
        await app.push_screen(PlanView())
        await until(pilot, lambda: bool(app.screen.query(Rows)) and app.screen.query_one(Rows).option_count)
        rows = app.screen.query_one(Rows)
        rows.highlighted = rows.get_option_index("control:slo-defined|gap")
        await pilot.press("B")
        assert "Service level objectives for" in await shown(pilot, screen_text)
        await pilot.press("enter")
        await back_on(pilot, PlanView)
    assert (started.root / "docs" / "slo.md").is_file()


async def test_what_is_there_stays_as_it_is(started, screen_text):
    (started.root / "docs").mkdir()
    (started.root / RUNBOOK).write_text("Ours.\n")
    app = ReadinessApp(started)
    async with app.run_test(size=SIZE, **OPTIONS) as pilot:
        await app.push_screen(Detail("runbooks"))
        await pilot.press("B")
        assert f"{RUNBOOK} is there already" in await shown(pilot, screen_text, "is there already")
        await pilot.press("enter")
        await back_on(pilot, Detail)
    assert (started.root / RUNBOOK).read_text() == "Ours.\n"


async def test_what_came_there_meanwhile_is_refused_with_words(started, screen_text):
    app = ReadinessApp(started)
    async with app.run_test(size=SIZE, **OPTIONS) as pilot:
        await app.push_screen(Detail("runbooks"))
        await pilot.press("B")
        await shown(pilot, screen_text)
        (started.root / "docs").mkdir()
        (started.root / RUNBOOK).write_text("Theirs.\n")
        await pilot.press("enter")
        assert f"{RUNBOOK} is there already" in await shown(pilot, screen_text, "✖")
        await pilot.press("enter")
        await back_on(pilot, Detail)
    assert (started.root / RUNBOOK).read_text() == "Theirs.\n"


async def test_where_two_help_the_person_chooses(started, screen_text):
    app = ReadinessApp(started)
    async with app.run_test(size=SIZE, **OPTIONS) as pilot:
        await app.push_screen(Detail("load-tested"))
        await pilot.press("B")
        await back_on(pilot, ChoicePrompt)
        assert "Load test for k6" in screen_text(app)
        await pilot.press("2")
        assert "Load test for Locust for" in await shown(pilot, screen_text)


async def test_what_breaks_while_the_tree_is_read_is_said(started, screen_text, monkeypatch):
    def broken(*_, **__):
        raise OSError("no room")

    monkeypatch.setattr(started, "scaffold", broken)
    app = ReadinessApp(started)
    async with app.run_test(size=SIZE, **OPTIONS) as pilot:
        await app.push_screen(Detail("runbooks"))
        await pilot.press("B")
        await shown(pilot, screen_text, "OSError")
        await pilot.press("enter")
        await back_on(pilot, Detail)


async def test_where_nothing_can_be_written_it_says_so_and_the_menu_is_silent(started, screen_text):
    app = ReadinessApp(started)
    async with app.run_test(size=SIZE, **OPTIONS) as pilot:
        await app.push_screen(Detail("rate-limiting"))
        await pilot.press("B")
        await until(pilot, lambda: "There is no form" in notes(app))
        assert isinstance(app.screen, Detail)
        await pilot.press("m")
        await back_on(pilot, ChoicePrompt)
        assert "begin form" not in screen_text(app)
        await pilot.press("escape")
        await back_on(pilot, Detail)
        await app.push_screen(Detail("runbooks"))
        await pilot.press("m")
        await back_on(pilot, ChoicePrompt)
        assert "begin form" in screen_text(app)
        await pilot.press("b")
        await shown(pilot, screen_text)


async def test_a_question_that_is_settled_offers_no_form(started, screen_text):
    started.answer("runbooks", Status.NOT_APPLICABLE, reason="a sample")
    app = ReadinessApp(started)
    async with app.run_test(size=SIZE, **OPTIONS) as pilot:
        await app.push_screen(Detail("runbooks"))
        await until(pilot, lambda: "Ready when" in screen_text(app))
        assert "B shows it" not in screen_text(app)
