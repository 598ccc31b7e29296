"""The keys are data: unique names, a page that cannot drift, and no key that a terminal keeps for itself alone."""

from pathlib import Path

from tui.actions import ACTIONS, PLACES
from tui.keys_page import page

EATEN = {"ctrl+s", "ctrl+q", "ctrl+z", "ctrl+c", "ctrl+p", "ctrl+w", "ctrl+t", "ctrl+n", "f1", "f10", "f11"}
"""Keys that terminals, multiplexers or desktops take: flow control, job control, tabs, menus, full screen."""


def test_the_page_of_keys_is_that_of_the_actions():
    written = (Path(__file__).parents[2] / "docs" / "keys.md").read_text(encoding="utf-8")
    assert written == page(), "write it again: python -P -m tui.keys_page"


def test_every_action_has_a_name_of_its_own():
    names = [action.id for action in ACTIONS]
    assert len(names) == len(set(names))
    assert all(name.partition(".")[0] in PLACES for name in names)


def test_no_key_that_terminals_take_is_the_only_one():
    alone = [action.id for action in ACTIONS if set(action.keys.split(",")) <= EATEN]
    assert not alone


def test_within_a_place_no_key_means_two_things():
    for place in PLACES:
        keys = [key for action in ACTIONS if action.place == place for key in action.keys.split(",")]
        assert len(keys) == len(set(keys)), place
