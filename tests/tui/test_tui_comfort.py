"""Settings, keymap, clipboard, pictures, editor, filters, reduced motion and small terminals."""

import base64
import os
import re
import stat
import sys

import pytest
from textual.theme import BUILTIN_THEMES
from textual.widgets import Input

from tui.actions import ACTIONS
from tui.app import ReadinessApp
from tui.clipboard import copy_natively, native_command
from tui.editor import edited, editor_command
from tui.screens.detail import Detail
from tui.screens.plan import PlanView
from tui.screens.prompts import TextPrompt
from tui.screens.search import Search
from tui.settings import Settings, keep, load
from tui.themes import DEFAULT, THEMES
from workbook.answers import Gap, Status
from workbook.errors import Refused

OPTIONS = {"notifications": True, "tooltips": True}
KNOWN_THEMES = [*BUILTIN_THEMES, *(theme.name for theme in THEMES)]
IDS = [action.id for action in ACTIONS]


def read(path):
    return load(path, KNOWN_THEMES, IDS)


def test_good_settings_apply(tmp_path):
    path = tmp_path / "settings.toml"
    path.write_text('theme = "ansi-dark"\nmotion = "reduced"\n[keys]\n"board.plan" = "P,f8"\n')
    made = read(path)
    assert (made.theme, made.reduced_motion, dict(made.keys)) == ("ansi-dark", True, {"board.plan": "P,f8"})
    assert not made.troubles


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("theme = \nmotion = 1\n", "line 1"),
        ('theme = "readiness-drak"', "readiness-dark"),
        ('motion = "slow"', "full, reduced"),
        ('thme = "x"', "'theme'"),
        ("keys = 3", "[keys]"),
        ('[keys]\n"board.paln" = "p"', "board.plan"),
        ('[keys]\n"board.plan" = "no such key"', "no such key"),
        ('[keys]\n"board.plan" = 3', "quotes"),
    ],
)
def test_what_cannot_be_used_is_named_and_left_alone(tmp_path, text, named):
    path = tmp_path / "settings.toml"
    path.write_text(text)
    made = read(path)
    assert any(named in one and str(path) in one for one in made.troubles), made.troubles
    assert made.theme == DEFAULT
    assert path.read_text() == text


def test_a_setting_is_kept_beside_everything_else(tmp_path):
    path = tmp_path / "deep" / "settings.toml"
    keep(path, "theme", "nord")
    assert read(path).theme == "nord"
    path.write_text('# mine\nmotion = "reduced"  # please\ntheme = "nord"\nodd = 1\n')
    keep(path, "theme", "ansi-light")
    assert path.read_text() == '# mine\nmotion = "reduced"  # please\ntheme = "ansi-light"\nodd = 1\n'
    path.write_text("theme = \n")
    with pytest.raises(Refused):
        keep(path, "theme", "nord")
    assert path.read_text() == "theme = \n"


async def test_theme_and_keys_of_the_settings_hold_and_a_new_theme_is_kept(started, tmp_path):
    path = tmp_path / "settings.toml"
    path.write_text('theme = "readiness-high-contrast"\nmotion = "reduced"\n[keys]\n"board.plan" = "K"\n')
    app = ReadinessApp(started, read(path))
    async with app.run_test(size=(100, 30), **OPTIONS) as pilot:
        await pilot.pause()
        assert app.theme == "readiness-high-contrast"
        assert app.animation_level == "none"
        await pilot.press("K")
        await pilot.pause()
        assert isinstance(app.screen, PlanView)
        app.theme = "readiness-light"
        await pilot.pause()
    assert read(path).theme == "readiness-light"
    assert dict(read(path).keys) == {"board.plan": "K"}


@pytest.mark.parametrize("theme", [theme.name for theme in THEMES] + ["ansi-dark", "ansi-light"])
async def test_every_theme_paints_every_sign(started, theme, screen_text):
    app = ReadinessApp(started, Settings(theme=theme))
    async with app.run_test(size=(100, 30), **OPTIONS) as pilot:
        await pilot.pause()
        assert "Next three" in screen_text(app)


async def test_copying_gives_the_row_to_the_terminal(started, monkeypatch):
    app = ReadinessApp(started)
    monkeypatch.setattr("tui.comfort.copy_natively", lambda _: "")
    async with app.run_test(size=(100, 30), **OPTIONS) as pilot:
        written = []
        monkeypatch.setattr(app._driver, "write", written.append)
        await pilot.press("f")
        await pilot.pause()
        await pilot.press("Y")
        await app.workers.wait_for_complete()
        await pilot.pause()
    sent = re.search(r"\x1b\]52;c;([A-Za-z0-9+/=]+)\x07", "".join(written))
    assert base64.b64decode(sent.group(1)).decode() == "api/users.py:5"


def test_the_native_clipboard_is_found_and_given_the_text(tmp_path, monkeypatch):
    tool, out = tmp_path / "wl-copy", tmp_path / "out"
    tool.write_text(f"#!/bin/sh\ncat > {out}\n")
    tool.chmod(tool.stat().st_mode | stat.S_IXUSR)
    path = f"{tmp_path}:{os.environ['PATH']}"
    assert native_command({"PATH": path, "WAYLAND_DISPLAY": "wayland-0"}) == (str(tool),)
    assert native_command({"PATH": str(tmp_path)}) == () or sys.platform == "darwin"
    monkeypatch.setenv("PATH", path)
    monkeypatch.setenv("WAYLAND_DISPLAY", "wayland-0")
    assert copy_natively("api/users.py:5") == "wl-copy"
    assert out.read_text() == "api/users.py:5"


def test_the_editor_runs_outside_the_tree_and_gives_the_text_back(tmp_path):
    script = "import os, pathlib, sys; p = pathlib.Path(sys.argv[1]); p.write_text(p.read_text() + os.getcwd())"
    told = edited("line\n", [sys.executable, "-c", script])
    assert told.startswith("line\n")
    assert "readiness-note-" in told
    with pytest.raises(Refused):
        edited("kept", [sys.executable, "-c", "raise SystemExit(3)"])
    with pytest.raises(Refused):
        edited("kept", [str(tmp_path / "nothing")])
    with pytest.raises(Refused):
        editor_command({})
    assert editor_command({"EDITOR": "vim -n", "VISUAL": ""}) == ["vim", "-n"]


async def test_where_no_terminal_can_be_lent_the_note_stays(started, monkeypatch):
    monkeypatch.setenv("EDITOR", "true")
    app = ReadinessApp(started)
    async with app.run_test(size=(100, 30), **OPTIONS) as pilot:
        await pilot.press("g", "t")
        await pilot.pause()
        app.screen.query_one(Input).value = "half"
        await pilot.press("f4")
        await pilot.pause()
        assert isinstance(app.screen, TextPrompt)
        assert app.screen.query_one(Input).value == "half"
        assert "editor" in str(app.screen.query_one(".hint").content)


async def test_a_picture_is_written_and_never_overwrites(started, tmp_path):
    target = tmp_path / "board.svg"
    app = ReadinessApp(started)
    async with app.run_test(size=(100, 30), **OPTIONS) as pilot:
        for expected in ("<svg", "mine"):
            await pilot.press("f9")
            await pilot.pause()
            app.screen.query_one(Input).value = str(target)
            await pilot.press("enter")
            await pilot.pause()
            assert target.read_text().startswith(expected)
            target.write_text("mine")
        assert isinstance(app.screen, TextPrompt)


async def test_filters_by_key_and_by_word(started, screen_text):
    started.answer("rate-limiting", Status.NEEDS_REVIEW, gap=Gap.ABSENT)
    app = ReadinessApp(started)
    async with app.run_test(size=(100, 30), **OPTIONS) as pilot:
        await pilot.press("slash")
        await pilot.pause()
        assert isinstance(app.screen, Search)
        await pilot.press("f3")
        await pilot.pause()
        assert app.screen.query_one(Input).value == "severity:blocker"
        app.screen.query_one(Input).value = "standing:open-gap"
        await pilot.pause()
        shown = screen_text(app)
        assert "1 control." in shown
        assert "only in" in shown
        await pilot.press("enter")
        await pilot.pause()
        assert isinstance(app.screen, Detail)
        assert app.screen.question.control.id == "rate-limiting"
