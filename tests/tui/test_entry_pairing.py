"""Two people at work: who is here, what others save, clashes and standoffs, and the session at its end."""

import shutil
import tomllib
from datetime import date

import pytest
from textual.events import Key
from textual.widgets import Input, TextArea

from tui.app import ReadinessApp
from tui.screens.board import Board
from tui.screens.clash import ClashView
from tui.screens.detail import Detail
from tui.screens.form import FormScreen
from tui.screens.measure import Measure
from tui.screens.standoff import Standoffs
from tui.screens.summary import Summary
from workbook.answers import Evidence, Gap, Status
from workbook.catalogue import load_catalogue
from workbook.cli.main import main
from workbook.merge.merging import merge
from workbook.people import People
from workbook.session import Session
from workbook.sitting import lines, sitting
from workbook.skeleton import table_order
from workbook.store import MISSING, Edit, apply

OPTIONS = {"notifications": True, "tooltips": True}
ANA, BO = "Ana Example <ana@example.com>", "Bo Sample <bo@example.com>"
CONTROL = "containerised-services"
ORDER = table_order(load_catalogue())


async def test_both_names_stand_under_what_is_answered_and_the_author_follows_git(started, screen_text, git):
    app = ReadinessApp(started)
    async with app.run_test(size=(100, 40), **OPTIONS) as pilot:
        await pilot.press("P")
        await pilot.pause()
        app.screen.query_one("#part-driver", Input).value = "Bo"
        await pilot.press("f2")
        await pilot.pause()
        assert "'Bo' is not a person" in screen_text(app)
        app.screen.query_one("#part-driver", Input).value = BO
        app.screen.query_one("#part-navigators", TextArea).text = ANA
        await pilot.press("f2")
        await pilot.pause()
        assert "Bo Sample + Ana Example" in screen_text(app)
        started.answer(CONTROL, Status.NEEDS_REVIEW, gap=Gap.PARTIAL)
        await pilot.press("c")
        await pilot.pause()
        await pilot.press("f2")
        await app.workers.wait_for_complete()
        await pilot.pause()
    assert started.state.answer(CONTROL).by == (BO, ANA)
    assert git(started.root, "log", "-1", "--format=%an") == "Ana Example"
    assert git(started.root, "log", "-1", "--format=%(trailers:key=Co-authored-by,valueonly)") == BO


async def test_the_message_is_shown_changed_and_carries_who_was_there(started, git):
    app = ReadinessApp(started)
    async with app.run_test(size=(100, 40), **OPTIONS) as pilot:
        started.people = People(ANA, (BO,))
        started.answer(CONTROL, Status.NEEDS_REVIEW, gap=Gap.PARTIAL)
        await pilot.press("c")
        await pilot.pause()
        message = app.screen.query_one("#commit-message", TextArea)
        assert CONTROL in message.text or "workbook" in message.text
        assert "Co-authored-by" not in message.text
        message.text = "Look at the runtime together\n\nWe read the Dockerfile."
        app.screen.query_one("#commit-navigators", Input).focus()
        await pilot.press("enter")
        await pilot.pause()
        assert message.text.startswith("Look at the runtime"), "what a person wrote stays"
        await pilot.press("enter")
        await app.workers.wait_for_complete()
        await pilot.pause()
    body = git(started.root, "log", "-1", "--format=%B")
    assert body.startswith("Look at the runtime together\n\nWe read the Dockerfile.\n\n")
    assert body.endswith(f"Co-authored-by: {BO}")


async def test_keys_that_come_faster_than_the_screen_land_in_their_fields(started):
    """As from a terminal that hands over a pasted line: all keys at once."""
    app = ReadinessApp(started)
    async with app.run_test(size=(100, 40), **OPTIONS) as pilot:
        await pilot.pause()
        await app.push_screen(Measure("views"))
        await pilot.pause()
        for key in ("5", "enter", *"notes", "enter"):
            app.post_message(Key(key, key if len(key) == 1 else None))
        while "views" not in started.state.measurements:
            await pilot.pause()
    assert (started.state.measurements["views"].value, started.state.measurements["views"].source) == (5, "notes")


async def test_two_terminals_see_each_others_saves_by_themselves(started, screen_text):
    """Each in an app of its own; nobody presses a key to look."""
    other = Session(started.root)
    other.accept(started.report)
    mine, theirs = ReadinessApp(started), ReadinessApp(other)
    async with mine.run_test(size=(100, 40), **OPTIONS) as pilot, theirs.run_test(size=(100, 40), **OPTIONS) as second:
        await pilot.press("N")
        await pilot.pause()
        theirs.session.measure("views", 3, "count")
        theirs.save()
        await second.pause()
        while "views  3" not in screen_text(mine):
            await pilot.pause(0.05)
        mine.session.attest("core-logic-sound", holds=True)
        mine.save()
        while "core-logic-sound" not in other.state.attested:
            await second.pause(0.05)


async def test_a_number_both_entered_is_settled_with_both_in_sight(started, screen_text):
    other = Session(started.root)
    app = ReadinessApp(started)
    async with app.run_test(size=(100, 40), **OPTIONS) as pilot:
        await pilot.pause()
        await app.push_screen(Measure("views"))
        await pilot.press("5")
        other.measure("views", 3, "count", "theirs.md")
        other.save()
        app._poll()
        await pilot.pause()
        assert app.screen.query_one("#part-value", Input).value == "5", "what is half typed stays"
        await pilot.press("f2")
        await pilot.pause()
        await pilot.press("s")
        await pilot.pause()
        assert isinstance(app.screen, ClashView)
        assert "theirs.md" in screen_text(app)
        await pilot.press("m")
        await pilot.pause()
        await pilot.pause()
    assert Session(started.root).state.measurements["views"].value == 5


async def test_what_is_half_typed_outlives_esc_and_the_app(started, screen_text):
    app = ReadinessApp(started)
    async with app.run_test(size=(100, 40), **OPTIONS) as pilot:
        started.answer(CONTROL, Status.BLOCKER)
        await pilot.pause()
        await app.push_screen(Detail(CONTROL))
        await pilot.press("W")
        await pilot.pause()
        await pilot.press(*"one server", "escape")
        await pilot.pause()
        assert isinstance(app.screen, Detail)
        await pilot.press("W")
        await pilot.pause()
        assert app.screen.query_one("#part-reason", Input).value == "one server"
        assert "half typed before" in screen_text(app)
        await pilot.press("f5")
        await pilot.pause()
        assert app.screen.query_one("#part-reason", Input).value == ""
        await pilot.press(*"two servers", "escape")
        await pilot.pause()
        app.exit(0)
    again = ReadinessApp(Session(started.root))
    again.session.accept(started.report)
    again.session.typed.keep(*next(iter(started.typed.texts.items())))
    async with again.run_test(size=(100, 40), **OPTIONS) as pilot:
        await pilot.pause()
        field = next(iter(again.session.typed.texts))
        again.reopen(field)
        await pilot.pause()
        assert isinstance(again.screen, FormScreen)
        assert again.screen.query_one("#part-reason", Input).value == "two servers"


async def test_a_secret_is_refused_in_place_and_stays_to_be_mended(started, screen_text):
    app = ReadinessApp(started)
    async with app.run_test(size=(100, 40), **OPTIONS) as pilot:
        await pilot.pause()
        await app.push_screen(Measure("views"))
        app.screen.query_one("#part-value", Input).value = "5"
        field = app.screen.query_one("#part-source", Input)
        field.value = "the password is " + "k3Jf8sLq0Z" + "x7Wm2Pq9Rt"
        await pilot.press("f2")
        await pilot.pause()
        assert isinstance(app.screen, FormScreen)
        assert "looks like a secret" in screen_text(app)
        assert not started.state.measurements
        field.value = "the vault"
        await pilot.press("f2")
        await pilot.pause()
        assert started.state.measurements["views"].source == "the vault"


def edited(raw, table, fields):
    return apply(raw, [Edit(table, name, MISSING, value) for name, value in fields.items()], ORDER)


def answered(raw, status, by):
    fields = {"status": status, "rung": "attested", "by": [by], "at": date(2026, 11, 20), "note": f"by {by}"}
    return edited(raw, ("controls", CONTROL), fields)


@pytest.mark.parametrize(("key", "option", "status"), [("m", "--keep", "ready"), ("t", "--take", "blocker")])
async def test_a_standoff_is_decided_with_both_sides_in_sight(started, screen_text, key, option, status):
    base = started.state_path.read_bytes()
    number = ("measurements", "views")
    ours = edited(answered(base, "ready", ANA), number, {"value": 1, "unit": "count", "source": "a"})
    theirs = edited(answered(base, "blocker", BO), number, {"value": 2, "unit": "count", "source": "b"})
    started.state_path.write_bytes(merge(base, ours, theirs, ORDER).raw)
    twin = started.root.with_name("twin")
    shutil.copytree(started.root, twin)
    session = Session(started.root)
    session.accept(started.report)
    app = ReadinessApp(session)
    async with app.run_test(size=(100, 40), **OPTIONS) as pilot:
        await pilot.press("S")
        await pilot.pause()
        assert isinstance(app.screen, Standoffs)
        left = len(session.standoffs)
        shown = screen_text(app)
        for _ in range(left):
            shown += screen_text(app)
            await pilot.press(key)
            await pilot.pause()
        assert "Nothing is left to decide" in screen_text(app)
        for told in ("ours", "theirs", "ready", "blocker", "Bo Sample"):
            assert told in shown
        await pilot.press("u")
        await pilot.pause()
        assert len(session.standoffs) == 1, "deciding is taken back like anything else"
        await pilot.press("r", "s")
        await pilot.pause()
    tables = [option, f"controls.{CONTROL}", option, "measurements.views"]
    assert main(["-C", str(twin), "merge", *tables]) == 0
    assert started.state_path.read_bytes() == (twin / "readiness.toml").read_bytes()
    assert tomllib.loads(started.state_path.read_text())["controls"][CONTROL]["status"] == status


async def test_the_session_is_told_at_its_end(started, screen_text):
    other = Session(started.root)
    other.answer("rate-limiting", Status.READY)
    other.save()
    started.refresh()
    app = ReadinessApp(started)
    async with app.run_test(size=(100, 50), **OPTIONS) as pilot:
        await pilot.pause()
        started.people = People(ANA, (BO,))
        started.answer(CONTROL, Status.READY)
        started.attach(CONTROL, Evidence("file", {"path": "Dockerfile"}))
        started.answer("injection-safe-queries", Status.READY)
        started.measure("views", 3, "count")
        started.answer("secrets-manager", Status.BLOCKER)
        started.undo()
        await pilot.press("Z")
        await pilot.pause()
        assert isinstance(app.screen, Summary)
        shown = screen_text(app)
        for told in (
            "Ana Example + Bo Sample",
            "2 answered",
            "1 piece of evidence",
            "1 disputed",
            "Numbers: 1",
            "views",
        ):
            assert told in shown, told
        await pilot.press("down", "enter")
        await pilot.pause()
        assert isinstance(app.screen, Detail)
        await pilot.press("escape", "escape", "s")
        await pilot.pause()
        assert isinstance(app.screen, Board)
    one = sitting(started)
    assert one.answered == (CONTROL, "injection-safe-queries"), "neither what others saved nor what was taken back"
    assert one.disputed == ("injection-safe-queries",)
    told = "\n".join(lines(started))
    assert "2 answered" in told
    assert "not saved" not in told
