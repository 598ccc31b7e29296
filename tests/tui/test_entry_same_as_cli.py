"""Every way to enter something in the terminal writes the very bytes that its command writes."""

import shutil
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from textual.widgets import Input, TextArea

from tui.app import ReadinessApp
from tui.screens.board import Board
from tui.screens.detail import Detail
from tui.screens.form import FormScreen
from tui.screens.running import Running
from tui.widgets.picks import Picks
from workbook.answers import Gap, Status
from workbook.cli.main import main
from workbook.session import Session

OPTIONS = {"notifications": True, "tooltips": True}
ANA, BO = "Ana Example <ana@example.com>", "Bo Sample <bo@example.com>"
LATER = str(datetime.now(UTC).date() + timedelta(days=20))
CONTROL = "containerised-services"


@pytest.fixture
def gap(started):
    """A saved workbook with an open gap, a yes of Bo's, and the ten gates besides."""
    # The commands below look at nothing, so that this session must not have looked either.
    started.accept(replace(started.report, observations={}, findings=(), proposals=()))
    started.choose("fifty-point", ["ten-gates"])
    started.answer(CONTROL, Status.NEEDS_REVIEW, gap=Gap.PARTIAL)
    started.save()
    return started


@pytest.fixture
def twin(gap):
    """The same repository once more, for the command line."""
    other = gap.root.with_name("twin")
    shutil.copytree(gap.root, other)
    return other


def written(root):
    return {path.name: path.read_bytes() for path in sorted(root.glob("readiness*.toml"))}


async def opened(pilot, key, control=""):
    """Open an entry with its letter; on the detail of a control where it is for one."""
    await pilot.pause()
    if control:
        await pilot.app.push_screen(Detail(control))
    await pilot.press(key)
    await pilot.pause()


async def enter(pilot, **texts):
    """Put texts into fields and hand the form in."""
    screen = pilot.app.screen
    assert isinstance(screen, FormScreen)
    for name, text in texts.items():
        editor = screen.query_one(f"#part-{name}")
        match editor:
            case Input():
                editor.value = text
            case TextArea():
                editor.text = text
            case Picks():
                editor.choose(text)
        await pilot.pause()
    await pilot.press("f2")
    await pilot.pause()


async def saved(pilot):
    await pilot.press("s")
    await pilot.pause()
    assert not pilot.app.session.unsaved


FORMS = {
    "owner": (
        "O",
        {"owner": BO, "due": LATER},
        ["answer", CONTROL, "needs-review", "--gap", "partial", "--owner", BO, "--due", LATER],
    ),
    "waiver": (
        "W",
        {"reason": "one server", "approved_by": BO, "expires": LATER},
        ["waive", CONTROL, "--reason", "one server", "--approved-by", BO, "--expires", LATER],
    ),
    "item": (
        "I",
        {"item": "fifty-point.1.1", "status": "ready", "reason": "by hand"},
        ["answer", "fifty-point.1.1", "ready", "--item", "--reason", "by hand"],
    ),
}


@pytest.mark.parametrize("name", FORMS)
async def test_a_form_for_a_control_writes_what_its_command_writes(gap, twin, name):
    key, texts, words = FORMS[name]
    app = ReadinessApp(gap)
    async with app.run_test(size=(100, 40), **OPTIONS) as pilot:
        await opened(pilot, key, CONTROL)
        fields = {part.name for part in app.screen.parts()}
        await enter(pilot, **{name: text for name, text in texts.items() if name in fields})
        assert isinstance(app.screen, Detail)
        await saved(pilot)
    before = written(twin)
    assert main(["-C", str(twin), *words]) == 0
    assert written(gap.root) == written(twin) != before


async def test_a_waiver_is_withdrawn_with_the_words_of_its_command(gap, twin):
    for root in (gap.root, twin):
        accept = ["--reason", "one server", "--approved-by", BO, "--expires", LATER]
        assert main(["-C", str(root), "waive", CONTROL, *accept]) == 0
    gap.refresh()
    app = ReadinessApp(gap)
    async with app.run_test(size=(100, 40), **OPTIONS) as pilot:
        await opened(pilot, "W", CONTROL)
        await enter(pilot, what="withdraw")
        await saved(pilot)
    assert main(["-C", str(twin), "waive", CONTROL, "--withdraw"]) == 0
    assert written(gap.root) == written(twin)
    assert not Session(twin).state.waivers


async def test_a_number_is_compared_while_it_is_typed_and_stored_as_by_its_command(gap, twin, screen_text):
    app = ReadinessApp(gap)
    async with app.run_test(size=(100, 40), **OPTIONS) as pilot:
        await opened(pilot, "N")
        assert "not measured" in screen_text(app)
        app.screen.open("actions_to_disable")
        await pilot.pause()
        await pilot.press("3")
        await pilot.pause()
        assert "does not hold  fifty-point.3.27" in screen_text(app)
        await pilot.press("backspace", "1")
        await pilot.pause()
        assert "holds  fifty-point.3.27" in screen_text(app)
        await pilot.press("enter", *"flags.md", "enter")
        await pilot.pause()
        assert "1, flags.md" in screen_text(app)
        await saved(pilot)
    words = ["actions_to_disable", "1", "--unit", "count", "--source", "flags.md"]
    assert main(["-C", str(twin), "measure", *words]) == 0
    assert written(gap.root) == written(twin)


async def test_levels_stand_beside_what_the_answers_speak_for(gap, twin, screen_text):
    app = ReadinessApp(gap)
    async with app.run_test(size=(100, 40), **OPTIONS) as pilot:
        await opened(pilot, "L")
        assert "answers speak for 0" in screen_text(app)
        await pilot.press("4", "j", "enter")
        await pilot.pause()
        await pilot.press("3", "enter", "escape")
        await pilot.pause()
        assert gap.state.scores["ten-gates"]["security"].level == 4
        await saved(pilot)
    for domain, level in (("security", "4"), ("auth-access", "3")):
        assert main(["-C", str(twin), "score", domain, level]) == 0
    assert written(gap.root) == written(twin)


async def test_facts_take_one_key_and_keep_their_note(gap, twin):
    app = ReadinessApp(gap)
    async with app.run_test(size=(100, 40), **OPTIONS) as pilot:
        await opened(pilot, "A")
        await pilot.press("enter")
        await pilot.pause()
        await enter(pilot, holds="no", note="after the rewrite")
        await pilot.press("y")
        await pilot.pause()
        await saved(pilot)
    assert main(["-C", str(twin), "attest", "core-logic-sound", "yes", "--note", "after the rewrite"]) == 0
    assert written(gap.root) == written(twin)


async def test_a_conditional_decision_and_its_condition_met(gap, twin):
    promise = f"restore rehearsed | {BO} | {LATER}"
    app = ReadinessApp(gap)
    async with app.run_test(size=(100, 50), **OPTIONS) as pilot:
        await opened(pilot, "D")
        await pilot.press("enter")
        await pilot.pause()
        await enter(pilot, outcome="conditional", by=f"{ANA}: engineering\n{BO}: product")
        assert isinstance(app.screen, FormScreen), "a conditional decision without conditions is not taken"
        assert not gap.state.decisions
        await enter(pilot, conditions=f"{promise}\n{CONTROL} | {BO} | {LATER}")
        await saved(pilot)
    people = ["--by", f"{ANA}: engineering", "--by", f"{BO}: product"]
    conditions = ["--condition", promise, "--condition", f"{CONTROL}|{BO}|{LATER}"]
    assert main(["-C", str(twin), "decide", "conditional", *people, *conditions]) == 0
    assert written(gap.root) == written(twin)

    again = ReadinessApp(Session(gap.root))
    async with again.run_test(size=(100, 50), **OPTIONS) as pilot:
        await opened(pilot, "D")
        await pilot.press("down", "enter")
        await pilot.pause()
        await saved(pilot)
        await again.workers.wait_for_complete()
    day = next(iter(gap.state.decisions))
    assert main(["-C", str(twin), "decide", "--met", day, "1"]) == 0
    assert written(gap.root) == written(twin)


async def test_a_second_person_verifies_and_who_answered_cannot(gap, twin, screen_text, git):
    for root in (gap.root, twin):
        assert main(["-C", str(root), "answer", CONTROL, "ready", "--note", "built in CI"]) == 0
    gap.refresh()
    app = ReadinessApp(gap)
    async with app.run_test(size=(100, 50), **OPTIONS) as pilot:
        await opened(pilot, "V", CONTROL)
        await enter(pilot, by=ANA)
        assert "gave this answer" in screen_text(app)
        await enter(pilot, by=BO)
        assert isinstance(app.screen, Detail)
        await saved(pilot)
    git(twin, "config", "user.name", "Bo Sample")
    git(twin, "config", "user.email", "bo@example.com")
    assert main(["-C", str(twin), "verify", CONTROL]) == 0
    assert written(gap.root) == written(twin)
    assert Session(gap.root).state.answer(CONTROL).verified_by == BO


async def test_a_probe_that_disagrees_is_answered_with_a_note(gap, make_report, screen_text):
    control = "injection-safe-queries"
    gap.accept(make_report(gap.place.commit))
    gap.answer(control, Status.READY)
    app = ReadinessApp(gap)
    async with app.run_test(size=(100, 50), **OPTIONS) as pilot:
        await opened(pilot, "H", CONTROL)
        assert "No probe disagrees" in screen_text(app)
        await pilot.press("escape")
        await opened(pilot, "H", control)
        await enter(pilot, note="a constant, never input")
        await saved(pilot)
    answer = Session(gap.root).state.answer(control)
    assert answer.dispute_note == "a constant, never input"


async def ended(pilot):
    await pilot.app.workers.wait_for_complete()
    await pilot.pause()


async def test_a_command_runs_only_when_agreed_to_and_is_recorded(gap, screen_text):
    mark = gap.root / "ran"
    app = ReadinessApp(gap)
    async with app.run_test(size=(100, 40), **OPTIONS) as pilot:
        await opened(pilot, "R", CONTROL)
        await enter(pilot, command=f"touch {mark}")
        assert isinstance(app.screen, Running)
        assert f"touch {mark}" in screen_text(app).replace("\n", "")
        assert not mark.exists()
        await pilot.press("escape")
        await pilot.pause()
        assert app.screen.query_one("#part-command", Input).value == f"touch {mark}", "the line is still there"
        assert not mark.exists()
        await enter(pilot)
        await pilot.press("enter")
        await ended(pilot)
        assert mark.exists()
        assert "ended with 0" in screen_text(app)
        await pilot.press("enter")
        await pilot.pause()
        assert isinstance(app.screen, Detail)
        await saved(pilot)
    (piece,) = Session(gap.root).state.answer(CONTROL).evidence
    assert (piece.kind, piece.values["exit"], piece.values["argv"]) == ("command", 0, ["touch", str(mark)])


async def test_a_command_is_watched_and_stopped_and_leaves_nothing(gap, screen_text):
    app = ReadinessApp(gap)
    async with app.run_test(size=(100, 40), **OPTIONS) as pilot:
        await opened(pilot, "R", CONTROL)
        await enter(pilot, command=f"{sys.executable} -u -c \"print('is on'); import time; time.sleep(600)\"")
        await pilot.press("enter")
        while "\n is on" not in screen_text(app):
            await pilot.pause(0.02)
        await pilot.press("escape")
        await ended(pilot)
        assert "was stopped; nothing was recorded" in " ".join(screen_text(app).split())
        assert not gap.unsaved
        await pilot.press("enter")
        await pilot.pause()
        assert isinstance(app.screen, FormScreen)


async def test_leaving_while_a_command_runs_stops_it(gap):
    app = ReadinessApp(gap)
    async with app.run_test(size=(100, 40), **OPTIONS) as pilot:
        await opened(pilot, "R", CONTROL)
        await enter(pilot, command="sleep 600")
        await pilot.press("enter")
        await pilot.press("ctrl+q")
        await pilot.pause()
    assert app.return_code == 0
    assert not Session(gap.root).state.answer(CONTROL).evidence


async def test_a_drill_by_command_and_one_by_hand(gap, screen_text):
    app = ReadinessApp(gap)
    async with app.run_test(size=(100, 40), **OPTIONS) as pilot:
        await opened(pilot, "T", CONTROL)
        await enter(pilot, what="restore a backup", command="true", days="30")
        await pilot.press("enter")
        await ended(pilot)
        await pilot.press("enter")
        await pilot.pause()
        await pilot.press("T")
        await pilot.pause()
        await enter(pilot, what="fail over", days="x")
        assert "not a number of days" in screen_text(app)
        await enter(pilot, days="30")
        await pilot.press("enter")
        await pilot.pause()
        await pilot.press("enter")
        await pilot.pause()
        assert "Recorded: fail over" in screen_text(app)
        await pilot.press("enter")
        await pilot.pause()
        await saved(pilot)
    state = Session(gap.root).state
    assert not state.problems
    command, hand = state.answer(CONTROL).evidence
    assert (command.kind, command.values["what"], command.values["exit"]) == ("drill", "restore a backup", 0)
    assert (hand.kind, hand.values["what"], "exit" in hand.values) == ("drill", "fail over", False)
    assert hand.values["expires"] == command.values["expires"]


async def test_a_recorded_command_that_is_reproduced_verifies(gap, screen_text):
    gap.answer(CONTROL, Status.READY)
    app = ReadinessApp(gap)
    async with app.run_test(size=(100, 40), **OPTIONS) as pilot:
        await opened(pilot, "R", CONTROL)
        await enter(pilot, command="true")
        await pilot.press("enter")
        await ended(pilot)
        await pilot.press("enter")
        await pilot.pause()
        await pilot.press("V")
        await pilot.pause()
        await enter(pilot, how="rerun")
        assert isinstance(app.screen, Running)
        await pilot.press("enter")
        await ended(pilot)
        assert "Reproduced" in screen_text(app)
    assert gap.state.answer(CONTROL).verified_by == "run again: true"


async def test_the_menu_lists_what_fits_the_screen(gap, screen_text):
    app = ReadinessApp(gap)
    async with app.run_test(size=(100, 40), **OPTIONS) as pilot:
        await pilot.pause()
        assert isinstance(app.screen, Board)
        await pilot.press("m")
        await pilot.pause()
        assert "waive" not in screen_text(app)
        assert "standoffs" not in screen_text(app), "there are none"
        await pilot.press("escape")
        await app.push_screen(Detail(CONTROL))
        await pilot.press("m")
        await pilot.pause()
        await pilot.press("w")
        await pilot.pause()
        await pilot.pause()
        assert "Accept the risk" in screen_text(app)
