"""The journeys of a pair at one terminal, with real keys."""

import tomllib
from dataclasses import replace

import pytest
from textual.widgets import Input

from checks.observation import Outcome
from tui.app import ReadinessApp
from tui.screens.board import Board
from tui.screens.detail import Detail
from tui.screens.first_look import FirstLook
from tui.screens.guide import Guide
from tui.screens.need import Need
from tui.screens.pillar import PillarView
from tui.screens.prompts import ChoicePrompt, TextPrompt
from tui.screens.search import Search
from tui.widgets.rows import Rows
from workbook.answers import Gap, Status
from workbook.people import People
from workbook.session import Session

OPTIONS = {"notifications": True, "tooltips": True}


async def at_guide(pilot, control):
    pilot.app.open_guide(control)
    await pilot.pause()


async def test_from_first_look_to_board_writes_nothing_before_save(session, screen_text):
    app = ReadinessApp(session)
    async with app.run_test(size=(100, 30), **OPTIONS) as pilot:
        await pilot.pause()
        assert isinstance(app.screen, FirstLook)
        shown = screen_text(app)
        assert "STOPS LAUNCH" in shown
        assert "api/users.py:5" in shown
        assert "1 look right" in shown
        await pilot.press("enter")
        await pilot.pause()
        assert isinstance(app.screen, Need)
        assert "54 controls" in screen_text(app) or "controls →" in screen_text(app)
        await pilot.press("enter")
        await pilot.pause()
        assert isinstance(app.screen, Guide)
        assert session.has_state
        assert session.state.scope.facts["uploads"] is False
        await pilot.press("b")
        await pilot.pause()
        assert isinstance(app.screen, Board)
        assert not session.state_path.exists()
        await pilot.press("s")
        await pilot.pause()
        assert session.state_path.exists()


async def test_leaving_the_first_look_keeps_nothing(session):
    app = ReadinessApp(session)
    before = sorted(path for path in session.root.rglob("*"))
    async with app.run_test(size=(100, 30), **OPTIONS) as pilot:
        await pilot.pause()
        await pilot.press("q")
        await pilot.pause()
    assert app.return_code == 0
    assert sorted(path for path in session.root.rglob("*")) == before


async def test_scope_facts_change_how_many_questions_are_left(session):
    app = ReadinessApp(session)
    async with app.run_test(size=(100, 60), **OPTIONS) as pilot:
        await pilot.press("enter")
        await pilot.pause()
        need = app.screen
        before = str(need.query_one("#need-estimate").content)
        rows = need.query_one(Rows)
        rows.highlighted = rows.get_option_index("fact:model")
        await pilot.press("space", "space")
        await pilot.pause()
        assert need.facts["model"] is False
        assert str(need.query_one("#need-estimate").content) != before


@pytest.mark.parametrize(
    ("key", "status", "gap"),
    [
        ("p", Status.NEEDS_REVIEW, Gap.PARTIAL),
        ("d", Status.NEEDS_REVIEW, Gap.UNKNOWN),
    ],
)
async def test_partly_and_do_not_know_answer_at_once(app, key, status, gap):
    async with app.run_test(size=(100, 30), **OPTIONS) as pilot:
        await at_guide(pilot, "dependency-scanning")
        control = app.screen.question.control.id
        await pilot.press(key)
        await pilot.pause()
        given = app.session.state.answer(control)
        assert (given.status, given.gap) == (status, gap)
        assert app.screen.question.control.id != control, "the guide goes on to the next open question"


async def test_yes_offers_what_the_probes_saw_and_enter_accepts(app):
    async with app.run_test(size=(100, 30), **OPTIONS) as pilot:
        await at_guide(pilot, "containerised-services")
        await pilot.press("y")
        await pilot.pause()
        assert isinstance(app.screen, TextPrompt)
        assert app.screen.query_one(Input).value == "Dockerfile"
        await pilot.press("enter")
        await pilot.pause()
        given = app.session.state.answer("containerised-services")
        assert given.status is Status.READY
        assert [piece.label for piece in given.evidence] == ["Dockerfile"]
        assert given.watch == ("Dockerfile",)


async def test_no_on_a_launch_stopper_lets_the_person_decide(app):
    stopper = next(one.control.id for one in app.session.questions() if one.stops_launch)
    async with app.run_test(size=(100, 30), **OPTIONS) as pilot:
        await at_guide(pilot, stopper)
        await pilot.press("n")
        await pilot.pause()
        assert isinstance(app.screen, ChoicePrompt)
        await pilot.press("enter")
        await pilot.pause()
        assert app.session.state.answer(stopper).status is Status.BLOCKER
        await at_guide(pilot, stopper)
        await pilot.press("n")
        await pilot.pause()
        await pilot.press("g")
        await pilot.pause()
        assert app.session.state.answer(stopper).status is Status.NEEDS_REVIEW


async def test_does_not_apply_wants_a_reason(app):
    async with app.run_test(size=(100, 30), **OPTIONS) as pilot:
        await at_guide(pilot, "")
        control = app.screen.question.control.id
        await pilot.press("x")
        await pilot.pause()
        await pilot.press("enter")
        await pilot.pause()
        assert isinstance(app.screen, TextPrompt), "an empty reason is not taken"
        await pilot.press(*"batch only", "enter")
        await pilot.pause()
        given = app.session.state.answer(control)
        assert (given.status, given.reason) == (Status.NOT_APPLICABLE, "batch only")


async def test_attach_note_undo_redo_save(app):
    async with app.run_test(size=(100, 30), **OPTIONS) as pilot:
        await at_guide(pilot, "")
        control = app.screen.question.control.id
        for typed in ("https://example.com/runbook", "Dockerfile"):
            await pilot.press("e")
            await pilot.pause()
            app.screen.query_one(Input).value = typed
            await pilot.press("enter")
            await pilot.pause()
        assert [piece.kind for piece in app.session.state.answer(control).evidence] == ["link", "file"]
        await pilot.press("u")
        await pilot.pause()
        assert [piece.kind for piece in app.session.state.answer(control).evidence] == ["link"]
        await pilot.press("r")
        await pilot.pause()
        assert len(app.session.state.answer(control).evidence) == 2
        await pilot.press("t")
        await pilot.pause()
        await pilot.press(*"by hand", "enter")
        await pilot.pause()
        await pilot.press("p")
        await pilot.pause()
        await pilot.press("s")
        await pilot.pause()
        table = tomllib.loads(app.session.state_path.read_text())["controls"][control]
        assert table["note"] == "by hand"
        assert table["gap"] == "partial"
        assert len(table["evidence"]) == 2
        assert not app.session.unsaved


async def test_board_pillar_detail_and_back(app, screen_text):
    async with app.run_test(size=(100, 40), **OPTIONS) as pilot:
        await pilot.pause()
        assert isinstance(app.screen, Board)
        assert "No decision yet: 50 items unanswered" in screen_text(app)
        await pilot.press("a", "j", "j", "j", "enter")
        await pilot.pause()
        assert isinstance(app.screen, PillarView)
        await pilot.press("j", "enter")
        await pilot.pause()
        assert isinstance(app.screen, Detail)
        control = app.screen.question.control.id
        await pilot.press("d")
        await pilot.pause()
        assert app.session.state.answer(control).gap is Gap.UNKNOWN
        await pilot.press("escape", "escape")
        await pilot.pause()
        assert isinstance(app.screen, Board)
        assert "1 unsaved" in screen_text(app)


async def test_search_finds_by_word_and_standing(app):
    async with app.run_test(size=(100, 40), **OPTIONS) as pilot:
        await pilot.press("slash")
        await pilot.pause()
        assert isinstance(app.screen, Search)
        await pilot.press(*"rate limits", "enter")
        await pilot.pause()
        assert isinstance(app.screen, Detail)
        assert "rate" in app.screen.question.control.id


async def test_another_persons_save_is_seen(app):
    other = Session(app.session.root)
    other.answer("rate-limiting", Status.NEEDS_REVIEW, gap=Gap.ABSENT)
    async with app.run_test(size=(100, 30), **OPTIONS) as pilot:
        await pilot.pause()
        other.save()
        app._poll()
        await pilot.pause()
        assert app.session.state.answer("rate-limiting").gap is Gap.ABSENT


@pytest.mark.parametrize(("key", "expected"), [("m", Gap.PARTIAL), ("t", Gap.ABSENT)])
async def test_a_clash_shows_both_sides_and_the_person_decides(app, key, expected, screen_text):
    other = Session(app.session.root)
    async with app.run_test(size=(100, 40), **OPTIONS) as pilot:
        await pilot.pause()
        app.session.answer("rate-limiting", Status.NEEDS_REVIEW, gap=Gap.PARTIAL)
        other.answer("rate-limiting", Status.NEEDS_REVIEW, gap=Gap.ABSENT)
        other.save()
        await pilot.press("s")
        await pilot.pause()
        shown = screen_text(app)
        assert "partial" in shown
        assert "absent" in shown
        await pilot.press(key)
        await pilot.pause()
        await pilot.pause()
        saved = tomllib.loads(app.session.state_path.read_text())["controls"]["rate-limiting"]
        assert saved["gap"] == str(expected)
        assert isinstance(app.screen, Board)


@pytest.mark.parametrize(("key", "on_disk", "draft"), [("s", True, False), ("d", False, True), ("x", False, False)])
async def test_leaving_with_unsaved_edits_asks(app, key, on_disk, draft):
    async with app.run_test(size=(100, 30), **OPTIONS) as pilot:
        await pilot.pause()
        app.session.note("rate-limiting", "half done")
        await pilot.press("q")
        await pilot.pause()
        assert isinstance(app.screen, ChoicePrompt)
        await pilot.press(key)
        await pilot.pause()
    assert app.return_code == 0
    assert ("half done" in app.session.state_path.read_text()) is on_disk
    drafts = [path.read_text() for path in app.session.place.private.rglob("*.json")]
    assert any("half done" in text for text in drafts) is draft


async def test_read_only_is_said_and_nothing_is_edited(started, screen_text):
    started.state_path.write_text(started.state_path.read_text() + "\n<<<<<<< ours\n")
    broken = Session(started.root)
    broken.accept(started.report)
    before = broken.state_path.read_bytes()
    app = ReadinessApp(broken)
    async with app.run_test(size=(100, 30), **OPTIONS) as pilot:
        await pilot.pause()
        assert "READ ONLY" in screen_text(app)
        await pilot.press("g")
        await pilot.pause()
        await pilot.press("p")
        await pilot.pause()
        assert not broken.pending
        await pilot.press("escape", "q")
        await pilot.pause()
    assert broken.state_path.read_bytes() == before


async def test_commit_carries_the_navigators(app, git):
    async with app.run_test(size=(100, 40), **OPTIONS) as pilot:
        await pilot.pause()
        app.session.answer("rate-limiting", Status.NEEDS_REVIEW, gap=Gap.PARTIAL)
        await pilot.press("c")
        await pilot.pause()
        await pilot.press(*"Bo", "enter")
        await pilot.pause()
        assert app.screen.query_one("#commit-navigators", Input).value == "Bo", "no mail, so it is not taken"
        app.screen.query_one("#commit-navigators", Input).value = "Bo Sample <bo@example.com>"
        app.screen.query_one("#commit-navigators", Input).focus()
        await pilot.press("enter", "enter")
        await app.workers.wait_for_complete()
        await pilot.pause()
        assert isinstance(app.screen, Board)
    root = app.session.root
    assert "Co-authored-by: Bo Sample <bo@example.com>" in git(root, "log", "-1", "--format=%B")
    assert git(root, "show", "--stat", "--format=", "--name-only") == "readiness.toml"
    assert app.session.place.commit == git(root, "rev-parse", "HEAD")


async def test_the_real_probes_look_at_a_small_repository(repository):
    (repository / ".env").write_text("DEBUG=1\n")
    app = ReadinessApp(Session(repository))
    async with app.run_test(size=(100, 40), **OPTIONS) as pilot:
        await pilot.pause()
        await app.workers.wait_for_complete()
        await pilot.pause()
        report = app.session.report
        assert report is not None
        assert report.complete
        assert report.observations
        await pilot.press("q")
        await pilot.pause()
    assert app.return_code == 0


async def test_the_mouse_answers_and_opens(app):
    async with app.run_test(size=(100, 40), **OPTIONS) as pilot:
        await pilot.press("a")
        await pilot.pause()
        rows = app.screen.query_one(Rows)
        first = next(name for name, _ in enumerate(rows.options) if (rows.options[name].id or "").startswith("pillar:"))
        rows.highlighted = first
        await pilot.pause()
        await pilot.click("#board-rows", offset=(5, rows.virtual_region.y + first))
        await pilot.pause()
        assert isinstance(app.screen, PillarView)
        await pilot.press("escape")
        await at_guide(pilot, "containerised-services")
        await pilot.click("#choice-p")
        await pilot.pause()
        assert app.session.state.answer("containerised-services").gap is Gap.PARTIAL


async def test_the_palette_runs_the_actions_of_the_screen(app):
    async with app.run_test(size=(100, 40), **OPTIONS) as pilot:
        await pilot.pause()
        await pilot.press("colon")
        await pilot.pause()
        await pilot.press(*"guide")
        await pilot.pause(0.5)
        await pilot.press("enter")
        await pilot.pause()
        await pilot.pause()
        assert isinstance(app.screen, Guide)


async def test_without_a_git_identity_the_name_is_asked_for(repository, git, make_report):
    git(repository, "config", "--unset", "user.name")
    git(repository, "config", "--unset", "user.email")
    session = Session(repository, People())
    session.accept(make_report())
    app = ReadinessApp(session)
    async with app.run_test(size=(100, 30), **OPTIONS) as pilot:
        await pilot.press("enter")
        await pilot.pause()
        await pilot.press("enter")
        await pilot.pause()
        assert isinstance(app.screen, TextPrompt)
        app.screen.query_one(Input).value = "Ana Example <ana@example.com>"
        await pilot.press("enter")
        await pilot.pause()
        assert isinstance(app.screen, Guide)
        assert session.state.scope.by == "Ana Example <ana@example.com>"


async def test_the_first_look_is_exported_and_never_overwrites(session, tmp_path):
    app = ReadinessApp(session)
    target = tmp_path / "look.txt"
    async with app.run_test(size=(100, 30), **OPTIONS) as pilot:
        for expected in ("STOPS LAUNCH", "mine now"):
            await pilot.press("e")
            await pilot.pause()
            app.screen.query_one(Input).value = str(target)
            await pilot.press("enter")
            await pilot.pause()
            assert expected in target.read_text()
            target.write_text("mine now")


async def test_when_nearly_all_is_red_only_what_comes_next_is_shown(app, screen_text):
    async with app.run_test(size=(100, 40), **OPTIONS) as pilot:
        await pilot.pause()
        shown = screen_text(app)
        assert "Pillar 1" not in shown
        assert "near 15 %" in shown
        assert "Next three" in shown
        await pilot.press("a")
        await pilot.pause()
        assert "Pillar 1" in screen_text(app)
        await pilot.press("a")
        for question in app.session.questions():
            app.session.answer(question.control.id, Status.NOT_APPLICABLE, reason="a library")
            app.changed()
            await pilot.pause()
            met = app.session.plan().met
            assert met.nearly_all_open is ("Pillar 1" not in screen_text(app)), "the plan and the board say the same"
            if not met.nearly_all_open:
                break
        assert "Pillar 1" in screen_text(app)


async def test_a_new_report_reorders_the_guide_but_never_swaps_the_question(app, make_report):
    async with app.run_test(size=(100, 30), **OPTIONS) as pilot:
        await at_guide(pilot, "containerised-services")
        before = app.screen._order
        report = make_report()
        feeding = app.session.catalogue.feeding
        stoppers = [one.control.id for one in app.session.questions() if one.stops_launch]
        signal = next(feeding[name][0].id for name in reversed(stoppers) if feeding[name])
        found = replace(report.observations["run.container"], signal=signal, outcome=Outcome.UNMET)
        app.session.accept(replace(report, observations={**report.observations, signal: found}))
        app.changed()
        await pilot.pause()
        assert app.screen.question.control.id == "containerised-services"
        assert app.screen._order != before
        assert sorted(app.screen._order) == sorted(before)
