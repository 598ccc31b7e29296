"""The terminal and the notebook ask the same, offer the same, and write the same bytes."""

import asyncio
import html
import re
import shutil
import subprocess
from datetime import date

import pytest
from textual.widgets import Input, Static, TextArea

from checks.observation import Examined, Location, Observation, Outcome, ProbeReport
from tui.app import ReadinessApp
from tui.screens.commit import CommitView
from tui.screens.guide import WORDS, Guide
from tui.screens.prompts import ChoicePrompt, TextPrompt
from tui.widgets.choices import ChoiceBar
from workbook.glossary import explained
from workbook.guide import CHOICES
from workbook.notebook.book import PillarBook
from workbook.people import People
from workbook.sample import materialize
from workbook.session import Session

TODAY = date(2026, 11, 20)
PILLAR = "4"
REASON = "No such thing here"


@pytest.fixture
def pair(tmp_path):
    """The same workbook twice, byte for byte, with the same report of what the probes saw."""
    sides = []
    for name in ("terminal", "notebook"):
        root = tmp_path / name / "acme-chat"
        if sides:
            shutil.copytree(sides[0].root, root, symlinks=True)
        else:
            root = materialize(root.parent)
        session = Session(root, People("Ana Example <ana@example.com>"), today=lambda: TODAY)
        if not sides:
            session.start(
                ["fifty-point", "six-gates"], profiles=["pre-launch"], facts={"server": True, "uploads": False}
            )
            session.save()
        session.accept(_report())
        sides.append(session)
    return sides


def _report():
    where = Location("api/users.py", 5, 5)
    seen = (
        Observation("db.no-string-sql", Outcome.UNMET, "built from input", ("api",), (where,)),
        Observation("secrets.env-ignored", Outcome.MET, "ignored", (".gitignore",), (Location(".gitignore", 1),)),
    )
    return ProbeReport(None, {one.signal: one for one in seen}, (), Examined(2))


def _words(text):
    """What a reader reads, whatever the face wraps it in."""
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", text))).strip()


def _content(static):
    """What a widget of the terminal holds, also where its lines hang."""
    return str(getattr(static.visual, "text", static.visual))


async def test_both_faces_ask_the_same_and_offer_the_same(pair):
    terminal, notebook = pair
    form = PillarBook(notebook, PILLAR).form()
    app = ReadinessApp(terminal)
    async with app.run_test(size=(140, 60)) as pilot:
        await pilot.pause()
        controls = [one.control.id for one in terminal.questions(PILLAR)]
        assert list(form.entries) == controls
        for control in controls:
            app.open_guide(control)
            await pilot.pause()
            await pilot.press("w")
            await pilot.pause()
            form.open(control)
            shown = {
                name: _words(_content(app.screen.query_one(name, Static))) for name in ("#guide-asks", "#guide-why")
            }
            asked = _words(form.panel._asked.value)
            question = terminal.question(control)
            assert question.item.asks in shown["#guide-asks"], control
            assert question.item.asks in asked, control
            assert question.control.why in shown["#guide-why"], control
            assert question.control.why in asked, control
            words = explained(question.item.asks, question.control.title, question.control.ready_when)
            for help_text in (question.control.ready_when, *(term.means for term in words[:WORDS])):
                assert help_text in shown["#guide-why"], control
                assert help_text in asked, control
            cells = [cell.choice for cell in app.screen.query_one(ChoiceBar).children]
            offered = [button.description.partition("  ") for button in form.panel.choices.values()]
            assert [(one.key, one.word) for one in cells] == [(key, word) for key, _, word in offered]
            assert [(one.key, one.word) for one in CHOICES] == [(one.key, one.word) for one in cells]
    form.close()


async def test_the_same_answers_are_the_same_bytes(pair):
    terminal, notebook = pair
    form = PillarBook(notebook, PILLAR).form()
    plan = [(one.control.id, CHOICES[number % len(CHOICES)]) for number, one in enumerate(terminal.questions(PILLAR))][
        :12
    ]
    app = ReadinessApp(terminal)
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.pause()
        for control, choice in plan:
            app.open_guide(control)
            await pilot.pause()
            await pilot.press(choice.key)
            await pilot.pause()
            while not isinstance(app.screen, Guide):
                await _settle(pilot, app)
        app.session.save()
    for control, choice in plan:
        form.open(control)
        form.panel.reason.value = REASON if choice.needs_reason else ""
        form.panel.stops.value = True
        form.panel.choices[choice.key].click()
        assert not form.guard.trouble, form.guard.status
        if choice.key == "y" and form.panel.question.prefilled:
            form.panel.prefilled.click()
    form.save.click()
    form.close()
    assert notebook.state_path.read_bytes() == terminal.state_path.read_bytes()
    assert {control for control, _ in plan} == {name for name, given in notebook.state.answers.items() if given.at}
    assert {choice.key for _, choice in plan} == set("ypndx")


async def _settle(pilot, app):
    """Answer what the terminal asks besides: a reason; evidence as it is offered; a stop as it is proposed."""
    if isinstance(app.screen, TextPrompt):
        field = app.screen.query_one(Input)
        if not field.value and "why" in str(app.screen.query(Static).first().content).lower():
            field.value = REASON
        await pilot.press("enter")
    elif isinstance(app.screen, ChoicePrompt):
        await pilot.press("enter")
    else:
        raise AssertionError(app.screen)
    await pilot.pause()


BO = "Bo Sample <bo@example.com>"


def _git(root, *arguments):
    return subprocess.run(["git", *arguments], cwd=root, check=True, capture_output=True, text=True).stdout


async def test_a_commit_is_the_same_commit(pair):
    terminal, notebook = pair
    form = PillarBook(notebook, PILLAR).form()
    control = form.current
    for session in pair:
        for key, value in {"user.name": "Ana Example", "user.email": "ana@example.com"}.items():
            _git(session.root, "config", key, value)
        session.relocate()
    app = ReadinessApp(terminal)
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.pause()
        app.open_guide(control)
        await pilot.pause()
        await pilot.press("d")
        await pilot.pause()
        while not isinstance(app.screen, Guide):
            await _settle(pilot, app)
        await pilot.press("c")
        await pilot.pause()
        assert isinstance(app.screen, CommitView)
        proposed = app.screen.query_one("#commit-message", TextArea).text
        app.screen.query_one("#commit-navigators", Input).value = BO
        await pilot.press("f2")
        await app.workers.wait_for_complete()
        await pilot.pause()
        assert not isinstance(app.screen, CommitView)
    form.panel.choices["d"].click()
    form.commit.click()
    assert form.committing.message.value.strip() == proposed.strip()
    form.committing.people.value = BO
    form.committing.go.click()
    while form.committing.go.disabled:  # it is handed back to this loop, as to a kernel's
        await asyncio.sleep(0.01)
    form.close()
    assert form.guard.status.startswith("Committed "), form.guard.status
    made = [_git(session.root, "log", "-1", "--format=%an %ae%n%B%T") for session in pair]
    assert made[0] == made[1]
    assert f"Co-authored-by: {BO}" in made[0]


async def test_what_cannot_be_done_is_refused_in_the_same_words(pair):
    for session in pair:
        text = session.state_path.read_text()
        session.state_path.write_text(text.replace("schema = 1", "schema = 99", 1))
        session.refresh()
    terminal, notebook = pair
    reason = terminal.read_only
    assert reason
    form = PillarBook(notebook, PILLAR).form()
    assert _words(form.guard.status) == _words(reason)
    app = ReadinessApp(terminal)
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.pause()
        app.open_guide(form.current)
        await pilot.pause()
        await pilot.press("c")
        await pilot.press("y")
        await pilot.pause()
        told = {_words(one.message) for one in app._notifications}
        assert _words(reason) in told
    for press in (form.panel.choices["y"], form.commit):
        form.guard.say("")
        press.click()
        assert form.guard.trouble
        assert _words(form.guard.status) == _words(reason)
    form.close()
    assert terminal.state_path.read_bytes() == notebook.state_path.read_bytes()
