"""`E` explains the question in the guide and a finding on its page, in the framework of the repository."""

from tui.app import ReadinessApp
from tui.screens.detail import Detail
from tui.screens.explanation import Explained
from tui.screens.findings import Findings
from workbook.explain import explain


async def shown(pilot, screen_text) -> str:
    await pilot.app.workers.wait_for_complete()
    await pilot.pause()
    assert isinstance(pilot.app.screen, Explained)
    return screen_text(pilot.app)


async def test_a_question_is_explained_with_the_fix(started, screen_text):
    (started.root / "requirements.txt").write_text("flask\n")
    app = ReadinessApp(started)
    async with app.run_test(size=(110, 200)) as pilot:
        await app.push_screen(Detail("rate-limiting"))
        await pilot.press("E")
        text = await shown(pilot, screen_text)
        (one, *_) = explain(started.catalogue, "rate-limiting", ("flask", "python"))
        for part in one.parts():
            assert part.heading in text
        assert "for Flask" in text
        assert "Limiter(get_remote_address, app=app" in text
        await pilot.press("escape")
        assert isinstance(app.screen, Detail)


async def test_the_guide_explains_the_question_on_screen(app, screen_text):
    async with app.run_test(size=(110, 120)) as pilot:
        app.open_guide("injection-safe-queries")
        await pilot.pause()
        await pilot.press("E")
        assert "injection-safe-queries" in await shown(pilot, screen_text)


async def test_a_finding_is_explained_in_the_language_of_its_file(app, screen_text):
    async with app.run_test(size=(110, 120)) as pilot:
        await app.push_screen(Findings())
        await pilot.pause()
        await pilot.press("home", "E")
        text = await shown(pilot, screen_text)
        assert "sql-string@api/users.py:5" in text
        assert "Example for db.no-string-sql, for Python" in text
