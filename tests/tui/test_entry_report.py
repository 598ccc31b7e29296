"""Importing a report in the terminal: shown first, refused with words, recorded with the bytes of the command."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from textual.widgets import Input

from tui.app import ReadinessApp
from tui.screens.arriving import Arriving
from tui.screens.board import Board
from tui.screens.detail import Detail
from tui.screens.report import Report
from tui.widgets.picks import Picks
from workbook.cli.main import main

OPTIONS = {"notifications": True, "tooltips": True}
REPORTS = Path(__file__).resolve().parents[1] / "data" / "reports"
CONTROL = "coverage-floor"


@pytest.fixture
def holding(started):
    """A saved workbook beside the reports of the test data; nothing was looked at, as with the command."""
    started.accept(replace(started.report, observations={}, findings=(), proposals=()))
    started.choose("fifty-point", ["seven-steps"])
    started.save()
    shutil.copytree(REPORTS, started.root / "out")
    return started


@pytest.fixture
def twin(holding):
    other = holding.root.with_name("twin")
    shutil.copytree(holding.root, other)
    return other


async def filled(pilot, control="", **texts):
    """Open the form with its key, fill it in, and go on to what the reports say."""
    await pilot.pause()
    if control:
        await pilot.app.push_screen(Detail(control))
    await pilot.press("F")
    await pilot.pause()
    assert isinstance(pilot.app.screen, Report)
    for name, text in texts.items():
        field = pilot.app.screen.query_one(f"#part-{name}", Input)
        field.value = text
    await pilot.press("f2")
    await pilot.pause()
    await pilot.app.workers.wait_for_complete()
    await pilot.pause()


async def saved(pilot):
    await pilot.press("s")
    await pilot.pause()
    assert not pilot.app.session.unsaved


CASES = {
    "on a question": (CONTROL, {"files": "out/coverage.json"}, ["out/coverage.json", "--for", CONTROL]),
    "on another question": ("runbooks", {"files": "out/junit.xml"}, ["out/junit.xml", "--for", "runbooks"]),
    "on the board": ("", {"files": "out/scanner.sarif"}, ["out/scanner.sarif"]),
    "two files of one run": (
        "",
        {"files": "out/locust_stats.csv 'out/locust_history.csv'", "baseline": "1users"},
        ["out/locust_stats.csv", "out/locust_history.csv", "--baseline", "1users"],
    ),
}


@pytest.mark.parametrize("name", CASES)
async def test_what_is_recorded_is_what_the_command_records(holding, twin, name):
    control, texts, words = CASES[name]
    before = (holding.root / "readiness.toml").read_bytes()
    app = ReadinessApp(holding)
    async with app.run_test(size=(110, 40), **OPTIONS) as pilot:
        await filled(pilot, control, **texts)
        assert isinstance(app.screen, Arriving)
        assert not holding.unsaved, "nothing is recorded before the person agrees"
        await pilot.press("enter")
        await pilot.pause()
        assert isinstance(app.screen, Detail if control else Board)
        await saved(pilot)
    assert main(["-C", str(twin), "evidence", "import", *words]) == 0
    written = (holding.root / "readiness.toml").read_bytes()
    assert written == (twin / "readiness.toml").read_bytes() != before


async def test_a_report_may_serve_what_it_is_about_from_any_question(holding):
    app = ReadinessApp(holding)
    async with app.run_test(size=(110, 40), **OPTIONS) as pilot:
        await pilot.pause()
        await app.push_screen(Detail("runbooks"))
        await pilot.press("F")
        await pilot.pause()
        app.screen.query_one("#part-files", Input).value = "out/coverage.json"
        app.screen.query_one("#part-use", Picks).choose("about")
        await pilot.press("f2")
        await app.workers.wait_for_complete()
        await pilot.pause()
        await pilot.press("enter")
        await pilot.pause()
    assert holding.state.answer(CONTROL).evidence
    assert not holding.state.answer("runbooks").evidence


async def test_what_a_report_says_is_shown_with_the_ruling_of_a_load_run(holding, screen_text):
    app = ReadinessApp(holding)
    async with app.run_test(size=(120, 40), **OPTIONS) as pilot:
        await filled(pilot, files="out/k6_summary_export.json", baseline="13/s")
        shown = " ".join(screen_text(app).split())
        assert "252000 requests, 35.0 min" in shown
        assert "Number p95_ms = 910.5 ms" in shown
        assert "ten times the traffic: invalid run" in shown
        assert "no ramp to the target: 9.23 times" in shown
        assert "Nothing is recorded yet. Enter records it" in shown


@pytest.mark.parametrize(
    ("texts", "said"),
    [
        ({"files": "out/none.json"}, "there is no file"),
        ({"files": "Dockerfile"}, "none of the formats"),
        ({"files": "out/npm_audit_failed.json"}, "the audit itself failed"),
        ({"files": "out"}, "a folder"),
        ({"files": "out/coverage.json", "format": "sarf"}, "there is no format"),
        ({"files": "out/coverage.json", "baseline": "12/s"}, "a baseline needs one load run"),
    ],
)
async def test_what_cannot_be_read_is_said_and_stays_in_the_form(holding, screen_text, texts, said):
    app = ReadinessApp(holding)
    async with app.run_test(size=(120, 40), **OPTIONS) as pilot:
        await filled(pilot, CONTROL, **texts)
        assert said in screen_text(app)
        await pilot.press("enter")
        await pilot.pause()
        assert isinstance(app.screen, Report)
        assert app.screen.query_one("#part-files", Input).value == texts["files"]
        await pilot.press("escape")
        await pilot.pause()
        await pilot.press("F")
        await pilot.pause()
        assert app.screen.query_one("#part-files", Input).value == texts["files"], "it stands there again"
    assert not holding.unsaved


async def test_going_back_records_nothing_and_loses_nothing(holding):
    app = ReadinessApp(holding)
    async with app.run_test(size=(110, 40), **OPTIONS) as pilot:
        await filled(pilot, CONTROL, files="out/coverage.json")
        await pilot.press("escape")
        await pilot.pause()
        assert isinstance(app.screen, Report)
        assert app.screen.query_one("#part-files", Input).value == "out/coverage.json"
    assert not holding.unsaved


async def test_no_traffic_is_refused_beside_its_field(holding, screen_text):
    app = ReadinessApp(holding)
    async with app.run_test(size=(110, 40), **OPTIONS) as pilot:
        await filled(pilot, CONTROL, files="out/k6_summary_export.json", baseline="12 apples")
        assert isinstance(app.screen, Report)
        assert "is no traffic" in screen_text(app)
