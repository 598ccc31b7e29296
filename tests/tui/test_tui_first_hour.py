"""What a pair stumbled over in its first hour with only the README, kept from coming back."""

from dataclasses import replace

from textual.events import Paste
from textual.widgets import Input, Static

from checks.observation import Outcome
from tui.app import ReadinessApp
from tui.screens.detail import Detail
from tui.screens.guide import Guide
from tui.screens.need import Need
from tui.screens.prompts import TextPrompt
from tui.widgets.toggles import Toggles
from workbook.answers import Gap, Status
from workbook.people import People

OPTIONS = {"notifications": True, "tooltips": True}


async def test_a_pair_names_itself_before_the_first_answer(session, screen_text):
    app = ReadinessApp(session)
    async with app.run_test(size=(110, 50), **OPTIONS) as pilot:
        await pilot.press("enter")
        await pilot.pause()
        assert isinstance(app.screen, Need)
        rows = app.screen.query_one(Toggles)
        rows.highlighted = next(at for at, one in enumerate(rows.options) if one.id == "people:")
        await pilot.press("space")
        await pilot.pause()
        app.screen.query_one(Input).value = "Bo"
        await pilot.press("enter")
        await pilot.pause()
        assert isinstance(app.screen, TextPrompt), "no mail: it stays to be mended"
        app.screen.query_one(Input).value = "Bo Sample <bo@example.com>"
        await pilot.press("enter")
        await pilot.pause()
        assert "Ana Example <ana@example.com> + Bo Sample <bo@example.com>" in screen_text(app)
        await pilot.press("enter")
        await pilot.pause()
        assert isinstance(app.screen, Guide)
        control = app.screen.question.control.id
        await pilot.press("d")
        await pilot.pause()
    assert len(session.state.answer(control).by) == 2


async def test_what_is_pasted_takes_the_place_of_what_the_probes_propose(started):
    app = ReadinessApp(started)
    async with app.run_test(size=(110, 40), **OPTIONS) as pilot:
        app.open_guide("containerised-services")
        await pilot.pause()
        await pilot.press("y")
        await pilot.pause()
        field = app.screen.query_one(Input)
        assert field.value == "Dockerfile"
        field.post_message(Paste("https://wiki.example.com/images"))
        await pilot.pause()
        await pilot.press("enter")
        await pilot.pause()
    (piece,) = started.state.answer("containerised-services").evidence
    assert piece.values["url"] == "https://wiki.example.com/images"


async def test_a_yes_against_the_probe_says_so_before_it_is_given(started, make_report):
    report = make_report(started.place.commit)
    seen = replace(report.observations["run.container"], outcome=Outcome.UNMET)
    started.accept(replace(report, observations={"run.container": seen}))
    app = ReadinessApp(started)
    async with app.run_test(size=(110, 40), **OPTIONS) as pilot:
        app.open_guide("containerised-services")
        await pilot.pause()
        assert "yes (against the probe)" in app.screen.query_one("#guide-moves", Static).content.plain


async def test_who_closes_a_gap_stands_with_the_question(started, screen_text):
    started.people = People("Ana Example <ana@example.com>")
    started.answer("runbooks", Status.NEEDS_REVIEW, gap=Gap.ABSENT)
    started.assign("runbooks", "Bo Sample <bo@example.com>", None)
    app = ReadinessApp(started)
    async with app.run_test(size=(110, 40), **OPTIONS) as pilot:
        app.open_guide("runbooks")
        await pilot.pause()
        assert "owner: Bo Sample <bo@example.com>" in screen_text(app)


async def test_the_guide_never_shows_another_question_than_the_one_asked_for(started):
    """This control is asked by another checklist than the one that decides, and search and plan lead to it."""
    app = ReadinessApp(started)
    async with app.run_test(size=(110, 40), **OPTIONS) as pilot:
        app.open_guide("injection-safe-queries")
        await pilot.pause()
        assert isinstance(app.screen, Detail)
        assert app.screen.question.control.id == "injection-safe-queries"


async def test_the_palette_offers_only_what_works_here(started):
    app = ReadinessApp(started)
    async with app.run_test(size=(110, 40), **OPTIONS) as pilot:
        await pilot.pause()
        titles = [command.title for command in app.get_system_commands(app.screen)]
        assert len(titles) == len(set(titles)), "the same word stood there for another screen's key"
        assert "All pillars" in titles
        assert "All questions" not in titles


async def test_what_does_not_apply_is_not_told_as_answered(app, screen_text):
    for question in app.session.questions():
        app.session.answer(question.control.id, Status.NOT_APPLICABLE, reason="a library")
    async with app.run_test(size=(110, 50), **OPTIONS) as pilot:
        await pilot.pause()
        shown = screen_text(app)
        assert "nothing to answer  - 10 don't apply" in shown
        assert "10 of 10 answered" not in shown
        await pilot.press("a")
        await pilot.pause()
        assert "stands here already" in screen_text(app), "a key without effect says so"


async def test_the_page_of_a_question_names_who_verified(app, screen_text):
    app.session.answer("runbooks", Status.READY)
    app.session.verify("runbooks", "Bo Sample <bo@example.com>")
    async with app.run_test(size=(110, 50), **OPTIONS) as pilot:
        app.push_screen(Detail("runbooks"))
        await pilot.pause()
        line = next(one for one in screen_text(app).splitlines() if "Verified by" in one)
        assert "Bo Sample <bo@example.com>" in line
