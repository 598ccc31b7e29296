"""Our private names must not shadow Textual's: `self._running` once silently turned the commit screen off."""

import ast
from pathlib import Path

from textual.app import App
from textual.screen import ModalScreen
from textual.widgets import OptionList, Static

import tui
from tui.actions import ACTIONS, PLACES
from tui.app import ReadinessApp

MEANT = {"_fatal_error"}
"""Replaced on purpose: Textual's own would print a traceback with the values of variables, secrets among them."""

SOURCES = sorted(Path(tui.__file__).parent.rglob("*.py"))


def private_names(tree):
    """The methods, and the attributes set on self, that start with one underscore."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef):
            for part in ast.walk(node):
                match part:
                    case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                        yield name
                    case ast.Attribute(value=ast.Name(id="self"), attr=name, ctx=ast.Store()):
                        yield name


async def test_no_private_name_of_ours_shadows_textual():
    taken = set()
    async with App().run_test() as pilot:
        for thing in (pilot.app, ModalScreen(), OptionList(), Static()):
            taken |= {name for name in dir(thing) if name.startswith("_") and not name.startswith("__")}
    ours = {name for path in SOURCES for name in private_names(ast.parse(path.read_text())) if name.startswith("_")}
    assert ours & taken == MEANT


def test_every_action_has_a_place_and_can_be_run():
    """Actions are data; a typo in a method would be a key that does nothing."""
    assert {action.place for action in ACTIONS} == set(PLACES)
    methods = {
        node.name
        for path in SOURCES
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef)
    }
    inherited = {"action_command_palette", "action_select", "action_cursor_up", "action_cursor_down"}
    inherited |= {"action_first", "action_last", "action_page_up", "action_page_down"}
    for action in ACTIONS:
        name = "action_" + action.method.partition("(")[0].removeprefix("app.").removeprefix("screen.")
        assert name in methods | inherited, action
        if action.method.startswith("app."):
            assert hasattr(ReadinessApp, name)


def test_every_key_is_an_action_of_the_registry():
    """A binding made by hand would be missing from help, palette, keymap and the page of keys."""
    for path in SOURCES:
        made = [
            node.lineno
            for node in ast.walk(ast.parse(path.read_text()))
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Binding"
        ]
        assert path.name == "actions.py" or not made, f"{path.name}:{made}"


def test_external_text_reaches_widgets_only_through_the_encoders():
    """No f-string goes into a widget or `update`, where it would be parsed as markup; Content is never parsed."""
    parsers = {"Static", "Label", "Button", "Checkbox", "Option", "Collapsible", "update", "from_markup"}
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call):
                name = getattr(node.func, "id", getattr(node.func, "attr", ""))
                plain = [one for one in node.args if isinstance(one, ast.JoinedStr)]
                assert not (name in parsers and plain), f"{path.name}:{node.lineno}"
                if name == "notify":
                    loose = any(isinstance(part, ast.JoinedStr) for part in ast.walk(node))
                    keywords = {keyword.arg for keyword in node.keywords}
                    assert "markup" in keywords or not loose, f"{path.name}:{node.lineno}"
