"""What a look's process loads while git is still asked."""

from __future__ import annotations

from importlib.util import find_spec

from checks.isolated_child import AHEAD


def test_every_module_that_is_loaded_ahead_is_there() -> None:
    assert [name for name in AHEAD if find_spec(f"checks.{name}") is None] == []
