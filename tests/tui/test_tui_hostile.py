"""Hostile text on every screen, and terminals of every size: no crash, no live markup, no control character."""

from dataclasses import replace

import pytest
from textual.widgets import Input

from checks.observation import Proposal, Unread
from tui.app import ReadinessApp
from tui.code import excerpt
from tui.screens.code_view import CodeView
from tui.screens.first_look import FirstLook
from tui.screens.prompts import TextPrompt
from workbook.answers import Evidence, Gap, Status
from workbook.people import People
from workbook.session import Session

OPTIONS = {"notifications": True, "tooltips": True}

HOSTILE = (
    "[/]",
    "[@click=app.quit]x[/]",
    "[bold red]list[int] [x] done [TODO]",
    "\x1b[2J\x1b]0;pwned\x07\x1b]8;;https://evil.example\x07x",
    "a\rb\x00c\x9b31m\u202ereversed\u2028line",
    "$primary ${x} \\[ \\",
    "x" * 3000,
)

SIZES = ((40, 20), (80, 24), (140, 40), (20, 5))


def hostile_session(repository, make_report, text):
    """The text wherever the repository, the probes or other people can put it."""
    session = Session(repository, People("Ana Example <ana@example.com>"))
    report = make_report(session.place.commit, summary=text, path="api/users.py")
    odd = make_report(session.place.commit, summary=text, path=text.replace("\x00", ""))
    report = replace(
        report,
        findings=(*report.findings, *odd.findings),
        files=replace(report.files, skipped=(Unread(text, text),)),
        proposals=(Proposal("server", True, text), Proposal("uploads", False, text)),
    )
    session.accept(report)
    session.start(["fifty-point"], facts={"server": True})
    for control in ("injection-safe-queries", "containerised-services"):
        session.answer(
            control,
            Status.NEEDS_REVIEW,
            gap=Gap.PARTIAL,
            note=text,
            evidence=[Evidence("elsewhere", {"where": text})],
        )
    return session


async def walk(pilot, screen_text):
    """Every screen once; gives what each showed."""
    app, shown = pilot.app, []

    async def see(*keys):
        if keys:
            await pilot.press(*keys)
        await pilot.pause()
        shown.append(screen_text(app))

    await see()
    await see("f")  # first look
    await see("m", "o")
    await see("escape", "escape")
    await see("n")
    for page in "pvhw":
        await see("escape", page)
    await see("escape", "end", "enter")  # the last pillar
    await see("enter")  # detail
    await see("w", "t")  # note
    await see("escape", "e")
    await see("escape", "escape", "escape", "g")
    app.open_guide("containerised-services")
    await see()
    await see("o")
    await see("escape", "a")
    await see("escape", "x")
    await see("escape", "n")
    await see("escape", "y")
    await see("escape", "i")
    await see("escape", "b", "b", "question_mark")
    await see("escape", "slash")
    await see("escape", "c")
    await see("escape", "q")
    await see("b")
    return shown


@pytest.mark.parametrize("text", ["[/]", "[@click=app.quit]x[/]", " ".join(HOSTILE)], ids=range(3))
async def test_hostile_text_is_only_ever_text(repository, make_report, screen_text, text):
    app = ReadinessApp(hostile_session(repository, make_report, text))
    async with app.run_test(size=(100, 40), **OPTIONS) as pilot:
        shown = await walk(pilot, screen_text)
        assert app.is_running
    assert app.return_value is None, "nothing in the text left the app"
    everything = "\n".join(shown)
    assert not {"\x1b", "\x07", "\x00", "\x9b", "\u202e", "\r"} & set(everything)
    if text.startswith("[@"):
        assert text in everything, "markup is shown as it was written"


async def test_a_click_on_markup_in_evidence_does_nothing(repository, make_report):
    app = ReadinessApp(hostile_session(repository, make_report, "[@click=app.quit]" + "x" * 60 + "[/]"))
    async with app.run_test(size=(100, 40), **OPTIONS) as pilot:
        app.open_guide("containerised-services")
        await pilot.pause()
        for row in range(4, 16):
            await pilot.click(offset=(30, row))
        await pilot.pause()
        assert app.is_running
        assert app.return_code is None


@pytest.mark.parametrize("size", SIZES, ids=str)
async def test_every_screen_stands_every_size(repository, make_report, screen_text, size):
    app = ReadinessApp(hostile_session(repository, make_report, "built from input"))
    async with app.run_test(size=size, **OPTIONS) as pilot:
        shown = await walk(pilot, screen_text)
        assert app.is_running
        await pilot.resize_terminal(30, 10)
        await pilot.resize_terminal(160, 50)
        await pilot.pause()
    assert all(text.strip() for text in shown)


@pytest.mark.parametrize("text", HOSTILE[:5], ids=range(5))
async def test_hostile_evidence_typed_by_a_person_is_kept_or_refused(started, text):
    app = ReadinessApp(started)
    async with app.run_test(size=(80, 24), **OPTIONS) as pilot:
        app.open_guide("containerised-services")
        await pilot.pause()
        await pilot.press("e")
        await pilot.pause()
        assert isinstance(app.screen, TextPrompt)
        app.screen.query_one(Input).value = text
        await pilot.press("enter")
        await pilot.pause()
        assert app.is_running


def test_code_shows_no_file_outside_the_repository(repository, tmp_path, make_report):
    secret = tmp_path / "outside.txt"
    secret.write_text("private words\n")
    (repository / "link.py").symlink_to(secret)
    for path in ("link.py", "../outside.txt", str(secret)):
        report = make_report(path=path)
        assert "private" not in excerpt(repository, report.findings[0].location, report).plain


def test_code_shows_no_secret_value(repository, make_report):
    key = "sk_live_" + "4f9Qw7Zt2Lm8Xc3Vb6Np"
    (repository / "api" / "users.py").write_text(f"A = 1\nB = 2\nC = 3\nD = 4\nKEY = '{key}'\n")
    report = make_report()
    assert key not in excerpt(repository, report.findings[0].location, report).plain
    flagged = replace(report, findings=tuple(replace(one, signal="secrets.none-in-code") for one in report.findings))
    shown = excerpt(repository, report.findings[0].location, flagged).plain
    assert key not in shown
    assert "query" in shown, "the redacted snippet stands for the line"
    elsewhere = excerpt(repository, replace(report.findings[0].location, line=2, end_line=2), flagged).plain
    assert elsewhere.split() == [">", "2", "B", "=", "2"], "in a file with a secret, nothing around the place"


async def test_the_look_streams_in_and_stops(repository, make_report, monkeypatch):
    """The probes run in a thread; Esc stops them and what they saw stays."""
    session = Session(repository)

    def slow(*, on_partial, cancel, **_):
        on_partial(replace(make_report(summary="seen early"), complete=False))
        assert cancel.wait(20), "Esc reaches the probes"
        return replace(make_report(summary="seen early"), complete=False)

    monkeypatch.setattr(session, "probe", slow)
    app = ReadinessApp(session)
    async with app.run_test(size=(100, 30), **OPTIONS) as pilot:
        while session.report is None:
            await pilot.pause(0.02)
        assert isinstance(app.screen, FirstLook)
        assert app.looking
        await pilot.press("escape")
        await app.workers.wait_for_complete()
        await pilot.pause()
        assert not app.looking
        assert "Stopped early" in app.look_progress.plain
        await pilot.press("o")
        await pilot.pause()
        assert isinstance(app.screen, CodeView)


async def test_probes_that_break_leave_the_app_standing(repository, monkeypatch, screen_text):
    session = Session(repository)

    def broken(**_):
        raise RuntimeError("[/] \x1b[2J")

    monkeypatch.setattr(session, "probe", broken)
    app = ReadinessApp(session)
    async with app.run_test(size=(100, 30), **OPTIONS) as pilot:
        await pilot.pause()
        await app.workers.wait_for_complete()
        await pilot.pause()
        assert "The probes failed: [/]" in screen_text(app)
