"""The payload corpus on every screen and in every widget, found by walking their packages."""

import importlib
import inspect
import json
import pkgutil
import random
import re
import unicodedata
from pathlib import Path

import pytest
from textual.app import App
from textual.events import Paste
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Input

import tui.screens
import tui.widgets
from tui.app import ReadinessApp
from tui.screens.beginning import Beginning
from tui.screens.board import Board
from tui.screens.clash import ClashView
from tui.screens.clock import Clock
from tui.screens.code_view import CodeView
from tui.screens.command import Command
from tui.screens.commit import CommitView
from tui.screens.compare import Compare
from tui.screens.decide import Decide, Decisions
from tui.screens.detail import Detail
from tui.screens.diff import DiffView
from tui.screens.dispute import Dispute
from tui.screens.drill import Drill
from tui.screens.explanation import Explained
from tui.screens.facts import Fact, Facts
from tui.screens.findings import Findings
from tui.screens.first_look import FirstLook
from tui.screens.guide import Guide
from tui.screens.help import Help
from tui.screens.history import HistoryView
from tui.screens.levels import Level, Levels
from tui.screens.measure import Measure
from tui.screens.need import Need
from tui.screens.numbers import Numbers
from tui.screens.override import OverrideItem
from tui.screens.owner import Owner
from tui.screens.people import WhoIsHere
from tui.screens.pillar import PillarView
from tui.screens.plan import PlanView
from tui.screens.questions import Questions
from tui.screens.report import Report
from tui.screens.running import Running
from tui.screens.search import Search
from tui.screens.standoff import Standoffs
from tui.screens.summary import Summary
from tui.screens.verify import Verify
from tui.screens.waive import Waive
from tui.screens.warnings import Warnings
from tui.wording import said
from workbook.answers import Evidence, Gap, Status
from workbook.explain.found import explained_finding
from workbook.running import Recorded
from workbook.scaffold import for_control
from workbook.store import Clash

BAD = {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}
SCROLLBARS = {("@mouse.down", "grab"), ("@mouse.down", "scroll_up"), ("@mouse.down", "scroll_down")}
"""The actions that Textual itself draws."""

OPTIONS = {"notifications": True, "tooltips": True}
SIZE = (180, 70)
BASES = {"FormScreen", "Further", "Listing", "Page", "WorkbookScreen"}
"""Screens that are only ever the beginning of another one."""


def pushed(make):
    """Opens a screen that is made from the app."""

    async def open_it(pilot, _):
        await pilot.app.push_screen(make(pilot.app))

    return open_it


def bare(kind):
    """Opens a screen that needs nothing."""
    return pushed(lambda _: kind())


def from_guide(*keys):
    """Opens what these keys open on a question that has an answer and was looked at."""

    async def open_it(pilot, _):
        session = pilot.app.session
        asked = [one for one in session.questions() if one.answer.note and one.observations and one.stops_launch]
        await pilot.app.push_screen(Guide(asked[0].control.id))
        await pilot.pause()
        await pilot.press(*keys)

    return open_it


async def leaving(pilot, _):
    """The question on the way out, with something unsaved."""
    session = pilot.app.session
    for name in list(session.state.answers)[:8]:
        session.note(name, "new")
    await pilot.app.push_screen(Board())
    pilot.app.action_leave()


async def clashing(pilot, team):
    """Somebody else's side of a field, and its names."""
    sides = (team.text("side"), [team.text("side")], team.text("side"))
    found = Clash(("controls", team.text("clash")), {team.text("field"): sides, "note": sides})
    await pilot.app.push_screen(ClashView((found,)))


async def code(pilot, team):
    """Places in files with hostile names and lines."""
    places = [one.location for one in pilot.app.session.report.findings[:9]]
    await pilot.app.push_screen(CodeView(places, said(team.text("about"))))


async def explained(pilot, _):
    """Findings with hostile places, messages and lines, explained."""
    report = pilot.app.session.report
    await pilot.app.push_screen(Explained(lambda stack: [explained_finding(one, stack) for one in report.findings[:9]]))
    await pilot.app.workers.wait_for_complete()


async def all_findings(pilot, _):
    """The first look with every line."""
    await pilot.app.push_screen(FirstLook())
    await pilot.press("m")


async def last_findings(pilot, _):
    """The end of the findings: what could not be read."""
    await pilot.app.push_screen(Findings())
    await pilot.pause()
    await pilot.press("G")


def on_control(form, chosen=lambda _: True):
    """Opens a form on the first control whose answer fits."""

    def make(app):
        answers = app.session.state.answers.items()
        return form(next(name for name, answer in answers if chosen(answer)))

    return pushed(make)


def with_evidence(answer):
    """An answer with every kind of text, on which a link and a note hang."""
    return bool(answer.evidence and answer.note and answer.by)


async def commanded(pilot, team):
    """A command that said hostile things and ended so."""
    done = Recorded(Evidence("command", {}), team.text("output"))
    heading = said(team.text("heading"))
    await pilot.app.push_screen(Running([team.argument()], heading, lambda *_: done, lambda _: team.text("told")))
    await pilot.press("enter")
    await pilot.app.workers.wait_for_complete()
    await pilot.pause()


async def arriving(pilot, team):
    """A report of another tool that names hostile things."""
    (pilot.app.session.root / "hostile.sarif").write_text(json.dumps(team.scanner_report()), encoding="utf-8")
    await pilot.app.push_screen(Report(next(iter(pilot.app.session.state.answers))))
    await pilot.pause()
    pilot.app.screen.query_one("#part-files", Input).value = "hostile.sarif"
    await pilot.press("f2")
    await pilot.app.workers.wait_for_complete()
    await pilot.pause()


async def begun(pilot, _):
    """A document filled from a tree with hostile names."""
    control = next(name for name in pilot.app.session.catalogue.controls if name == "project-context-docs")
    await pilot.app.push_screen(Beginning(for_control(control)[0], control))
    await pilot.app.workers.wait_for_complete()
    await pilot.pause()


async def refused(pilot, team):
    """A form that refuses what was pasted into it, and repeats it."""
    await pilot.app.push_screen(Owner(next(iter(pilot.app.session.state.answers))))
    await pilot.pause()
    # A field draws what stands in it; what a terminal would obey of that is the last guard's, see below.
    pasted = "".join(one for one in team.text("pasted", one_line=True) if unicodedata.category(one) not in BAD)
    pilot.app.screen.query_one("#part-owner", Input).value = pasted
    await pilot.press("f2")


async def picked(pilot, _):
    """Choices whose words are untrusted."""
    await pilot.app.push_screen(OverrideItem(next(iter(pilot.app.session.state.answers))))


async def told_at_the_end(pilot, _):
    """A session that answered."""
    session = pilot.app.session
    name = list(session.state.answers)[-1]  # the first ones are asked for by the other screens
    session.note(name, "new")
    session.answer(name, Status.NEEDS_REVIEW, gap=Gap.PARTIAL)
    await pilot.app.push_screen(Summary())


def busiest(app):
    """A control with as many kinds of text as there are."""
    return max(app.session.questions(), key=lambda one: (len(one.findings), len(one.observations))).control.id


SCREENS = {
    "Beginning": [(begun, {"control title"})],
    "Board": [(bare(Board), {"asks"})],
    "ClashView": [(clashing, {"clash", "field", "side"})],
    "Compare": [(bare(Compare), {"checklist", "pillar"})],
    "Findings": [(bare(Findings), {"message", "summary"}), (last_findings, {"unread reason"})],
    "HistoryView": [(bare(HistoryView), {"checklist"})],
    "PlanView": [(bare(PlanView), {"control title"})],
    "Warnings": [(bare(Warnings), {"unknown control"})],
    "CodeView": [(code, {"about", "path", "code"})],
    "Explained": [(explained, {"message", "path", "snippet"})],
    "CommitView": [(bare(CommitView), set())],
    "Detail": [
        (
            pushed(lambda app: Detail(busiest(app))),
            {"control title", "asks", "why", "summary", "note", "message"},
        ),
        (pushed(lambda app: Detail(next(iter(app.session.state.answers)))), {"by", "owner", "evidence", "watch"}),
    ],
    "DiffView": [(bare(DiffView), {"waiver reason"})],
    "FirstLook": [(bare(FirstLook), {"message"}), (all_findings, {"message", "summary"})],
    "Clock": [(pushed(lambda _: Clock(said("drill"), lambda *_: "")), set())],
    "Command": [(on_control(Command), {"control title"})],
    "Decide": [(bare(Decide), set())],
    "Decisions": [(bare(Decisions), {"decided on", "decided verdict", "decider", "role", "condition"})],
    "Dispute": [(on_control(Dispute, lambda one: bool(one.dispute_note)), {"control title", "dispute note"})],
    "Drill": [(on_control(Drill), {"control title"})],
    "Fact": [(pushed(lambda _: Fact("core-logic-sound")), {"fact note"})],
    "Facts": [(bare(Facts), {"fact note", "signed by"})],
    "Level": [(pushed(lambda _: Level("security")), {"asks"})],
    "Levels": [(bare(Levels), {"checklist", "signed by"})],
    "Measure": [(pushed(lambda _: Measure("views")), {"source"})],
    "Numbers": [(bare(Numbers), {"source", "item title"})],
    "OverrideItem": [(picked, {"asks"}), (pushed(lambda _: OverrideItem("fifty-point.1.1")), {"item reason"})],
    "Owner": [(on_control(Owner, lambda one: bool(one.owner)), {"control title", "owner"}), (refused, {"pasted"})],
    "Arriving": [(arriving, {"control title", "rule", "path", "tool"})],
    "Report": [(on_control(Report), {"control title"})],
    "Running": [(commanded, {"heading", "argument", "output", "told"})],
    "Standoffs": [(bare(Standoffs), {"source", "standoff"})],
    "Summary": [(told_at_the_end, {"control title"})],
    "Verify": [(on_control(Verify, with_evidence), {"control title", "by", "evidence"})],
    "Waive": [(pushed(lambda app: Waive(next(iter(app.session.state.waivers)))), {"waiver reason", "waiver owner"})],
    "WhoIsHere": [(bare(WhoIsHere), set())],
    "Guide": [
        (pushed(lambda app: Guide(busiest(app))), {"asks", "why", "pillar", "summary"}),
        (from_guide("w"), {"ready when", "note"}),
    ],
    "Help": [(bare(Help), set())],
    "Need": [(bare(Need), {"fact", "proposal"})],
    "PillarView": [
        (pushed(lambda app: PillarView(app.session.checklist.scored_pillars[0].id)), {"pillar", "item title"})
    ],
    "TextPrompt": [(from_guide("t"), {"note"}), (from_guide("x"), {"reason"}), (from_guide("e"), set())],
    "ChoicePrompt": [(from_guide("n"), {"severity reason"}), (leaving, {"control title"})],
    "Questions": [(pushed(lambda app: Questions([busiest(app)])), {"asks"})],
    "Search": [(pushed(lambda app: Search(app.session)), {"control title"})],
}
"""Every screen: how it is opened with hostile texts in it, and the kinds of fields that must then be seen on it.

The kinds are those of tests/hostile/hostile_team.py. A new screen needs a line here, a new widget must stand on one.
"""


def classes(package, kind):
    found = set()
    for one in pkgutil.iter_modules(package.__path__):
        module = importlib.import_module(f"{package.__name__}.{one.name}")
        found |= {
            item
            for _, item in inspect.getmembers(module, inspect.isclass)
            if issubclass(item, kind) and item.__module__ == module.__name__
        }
    return found


def test_every_screen_is_opened_here():
    found = {one.__name__ for one in classes(tui.screens, Screen)} - BASES
    assert not found - SCREENS.keys(), (
        f"add {sorted(found - SCREENS.keys())} to SCREENS in {Path(__file__).name}: how to open each with hostile "
        "texts, and the kinds of texts that must be seen on it"
    )
    assert not SCREENS.keys() - found, "take what is gone out of SCREENS"


def live(app):
    """What the compositor hands to the driver: characters a terminal obeys, actions and links of data, sequences."""
    strips = app.screen._compositor.render_strips()
    found = []
    for strip in strips:
        for segment in strip:
            found += [f"{one!r} in {segment.text!r}" for one in segment.text if unicodedata.category(one) in BAD]
            if segment.style is not None:
                meta = segment.style.meta.items()
                found += [f"action {one}" for one in meta if one[0].startswith("@") and one not in SCROLLBARS]
                found += [f"link {segment.style.link}"] if segment.style.link else []
    raw = "".join(strip.render(app.console) for strip in strips)
    return found + [
        one for one in re.findall(r"\x1b\[[\d;:]*.|\x1b[^\[]|[\x00-\x1a\x1c-\x1f\x7f-\x9f]", raw) if one[-1] != "m"
    ]


def text_of(app):
    """The lines, each widget's own words together as far as the screen keeps them so."""
    strips = app.screen._compositor.render_strips()
    return "\n".join("".join(segment.text for segment in strip) for strip in strips)


async def see(pilot, team, opener):
    """Open one screen on top of the board; what lives on it, what is read there, and which widgets are on it."""
    app, below = pilot.app, len(pilot.app.screen_stack)
    await opener(pilot, team)
    await pilot.pause()
    app.complain(team.text("complaint"))
    await pilot.pause()
    assert app.is_running
    seen = live(app), text_of(app), {type(one) for screen in app.screen_stack for one in screen.query(Widget)}
    app.clear_notifications()
    while len(app.screen_stack) > below:
        await app.pop_screen()
    return seen


@pytest.mark.stress
async def test_no_screen_lets_a_payload_come_alive(payloads, hostile_team, tmp_path, monkeypatch, scale, figure):
    """Without the last guard before the terminal, so that every screen must have encoded by itself."""
    monkeypatch.setattr(ReadinessApp, "get_line_filters", App.get_line_filters)
    corpus = payloads.corpus(scale(300, 2400))
    found, widgets, placed = [], set(), {name: set() for name in SCREENS}
    kinds = {(name, index): set() for name, ways in SCREENS.items() for index in range(len(ways))}
    for turn in range(scale(1, 6)):
        team = hostile_team.Team(random.Random(turn).sample(corpus, len(corpus)), 3)  # noqa: S311  # an order
        session = team.session(tmp_path / f"acme{turn}\x1b]0;x\x07\u202e", monkeypatch)
        app = ReadinessApp(session)
        async with app.run_test(size=SIZE, **OPTIONS) as pilot:
            await pilot.pause()
            app.on_looking_saw(ReadinessApp.Saw(None, done=True, trouble=team.text("trouble")))
            for (name, index), shown in kinds.items():
                alive, text, there = await see(pilot, team, SCREENS[name][index][0])
                found += [(name, one) for one in alive]
                widgets |= there
                shown.update(team.kinds(text))
                placed[name] |= {payload for number in team.shown(text) for payload in team.groups[number][1]}
    for (name, index), shown in kinds.items():
        assert SCREENS[name][index][1] <= shown, f"{name} does not show {SCREENS[name][index][1] - shown}"
    missing = classes(tui.widgets, Widget) - widgets
    assert not missing, f"no screen in SCREENS shows {missing}: add one that does to {Path(__file__).name}"
    fewest = min(placed, key=lambda name: len(placed[name]))
    counts = f"{len(corpus)} x {len(SCREENS)}: {len(found)} live"
    counts += f"; fewest seen whole: {len(placed[fewest])} by {fewest}"
    figure("payload corpus x every screen", ">= 2,000: 0 live", counts)
    assert not found, found[:5]


async def test_what_is_pasted_into_an_input_reaches_no_terminal(started):
    """Inputs draw what was typed as it is; the guard takes out what a terminal would obey, and nothing else."""
    pasted = "\x1b]0;x\x07 \x9b2J caf\u00e9 \u202e\u2066\ud800 end"
    app = ReadinessApp(started)
    async with app.run_test(size=(100, 30), **OPTIONS) as pilot:
        await app.push_screen(Guide())
        await pilot.press("e")
        await pilot.pause()
        app.screen.query_one(Input).post_message(Paste(pasted))
        await pilot.pause()
        assert app.screen.query_one(Input).value == pasted
        assert not live(app)
        assert "]0;x 2J caf\u00e9  end" in text_of(app)
