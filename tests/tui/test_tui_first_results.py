"""What git and the files show is on the screen while the code rules still run."""

import threading
from dataclasses import replace

from checks.observation import Outcome
from tui.app import ReadinessApp
from tui.screens.first_look import FirstLook
from workbook.answers import Status
from workbook.session import Session


async def test_files_are_told_before_the_code_rules_finish(repository, make_report, monkeypatch, screen_text):
    session = Session(repository)
    rules_may_finish = threading.Event()

    def probe(*, on_partial, **_):
        on_partial(replace(make_report(summary="seen early"), complete=False))
        assert rules_may_finish.wait(60)
        report = make_report(summary="seen early")
        session.accept(report)
        return report

    monkeypatch.setattr(session, "probe", probe)
    app = ReadinessApp(session)
    async with app.run_test(size=(100, 30)) as pilot:
        try:
            finding = make_report(summary="seen early").findings[0]
            while finding.location.path not in screen_text(app):
                await pilot.pause(0.02)
            assert isinstance(app.screen, FirstLook)
            assert app.looking
            assert session.report is not None
            assert not session.report.complete
        finally:
            rules_may_finish.set()
        await app.workers.wait_for_complete()
        assert session.report.complete


async def test_what_the_first_look_of_a_sitting_shows_has_not_moved_since_it_began(
    started, make_report, monkeypatch, screen_text
):
    report = make_report()
    against = replace(report.observations["run.container"], outcome=Outcome.UNMET)
    report = replace(report, observations={**report.observations, "run.container": against})
    started.answer("containerised-services", Status.READY)
    started.save()
    session = Session(started.root, started.people)
    monkeypatch.setattr(session, "probe", lambda **_: report)
    app = ReadinessApp(session)
    found = session.assessment.standings["containerised-services"].standing
    async with app.run_test(size=(110, 40)) as pilot:
        while session.report is None:
            await pilot.pause(0.02)
        await app.workers.wait_for_complete()
        await pilot.pause()
        assert session.assessment.standings["containerised-services"].standing is not found, "the probe had its say"
        assert "since you opened this" not in screen_text(app)
        session.answer("runbooks", Status.BLOCKER)
        app.changed()
        await pilot.pause()
        assert "1 since you opened this" in screen_text(app)
