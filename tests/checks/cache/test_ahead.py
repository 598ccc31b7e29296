"""Other processes read code from the last file on: the look takes what they worked out, and needs none of it."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from checks.cache import ahead
from checks.cache.ahead import FREE, WRITTEN, Ahead
from checks.cache.store import Store
from checks.children import cores, process
from checks.look import Look
from checks.readers.python import PythonCode
from checks.readers.web import WebCode
from checks.run import look_over
from checks.tree import Tree

PYTHON = """import requests
from app.module_0 import load_0


def load_{n}(name):
    for one in range({n}):
        if one and name:
            return requests.get("https://example.com/" + name).json()
"""
WEB = """import {{ read_0 }} from "./read_0"
export async function read_{n}(name) {{
  try {{ return await fetch("/users/" + name) }} catch (error) {{}}
}}
"""
COUNT = 40


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A folder with enough code to be shared out."""
    root = tmp_path / "shop"
    for folder in ("app", "web"):
        (root / folder).mkdir(parents=True)
    for n in range(COUNT):
        (root / f"app/module_{n}.py").write_text(PYTHON.format(n=n))
        (root / f"web/read_{n}.ts").write_text(WEB.format(n=n))
    return root


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """A cache of which nothing is known yet."""
    with Store(tmp_path / "cache.sqlite3") as store:
        yield store


@pytest.fixture(autouse=True)
def two_cores(monkeypatch: pytest.MonkeyPatch) -> None:
    """As on a machine with two cores, whatever this one has."""
    monkeypatch.setattr(cores, "count", lambda: 2)


def _helped(root: Path, store: Store) -> tuple[Look, Ahead]:
    look = Look(Tree.read(root, None), store=store)
    look.facts.ahead = Ahead(look, store, cores.turns(), {})
    return look, look.facts.ahead


def _wait(help_: Ahead) -> None:
    for one in help_._threads:
        one.join()


def _never(*_: object) -> None:
    raise AssertionError("a file was parsed that another process had worked out")


def test_what_another_process_worked_out_is_not_parsed_again(
    root: Path, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    alone = Look(Tree.read(root, None))
    look, help_ = _helped(root, store)
    paths = ahead.files(look)
    # Asked for before anything was worked out, and not found then.
    assert look.facts.kept("python module", "app/module_0.py") is None
    help_.begin()
    _wait(help_)
    monkeypatch.setattr(PythonCode, "_parse", _never)
    monkeypatch.setattr(WebCode, "_parse", _never)
    seen = [look.module(path) for path in paths if path != "app/module_0.py"]
    assert all(seen)
    monkeypatch.undo()
    assert seen == [alone.module(path) for path in paths if path != "app/module_0.py"]
    help_.close()


def test_the_report_is_that_of_a_look_without_help(root: Path, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    begun: list[int] = []

    def begin(self: Ahead) -> None:
        first(self)
        begun.append(len(self._threads))

    first = Ahead.begin
    monkeypatch.setattr(Ahead, "begin", begin)
    helped = look_over(root, store=store)
    assert begun == [1]
    again = look_over(root, store=store)
    assert begun == [1]  # all is known
    assert helped == look_over(root) == again


@pytest.mark.parametrize("what", ["", "import os, signal; os.kill(os.getpid(), signal.SIGKILL)", "raise SystemExit(3)"])
def test_a_look_needs_none_of_it(root: Path, store: Store, what: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ahead, "_START", what)
    assert look_over(root, store=store) == look_over(root)


def test_without_python_to_start_there_is_no_help(root: Path, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.executable", "/nowhere/python")
    look, help_ = _helped(root, store)
    help_.begin()
    _wait(help_)
    assert look.module("app/module_3.py")
    help_.close()


def test_nothing_is_started_on_a_single_core(root: Path, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cores, "count", lambda: 1)
    _, help_ = _helped(root, store)
    help_.begin()
    assert not help_._threads


def test_nothing_is_started_for_few_files(root: Path, store: Store) -> None:
    for path in root.glob("*/*"):
        if not path.stem.endswith("_7"):
            path.unlink()
    _, help_ = _helped(root, store)
    help_.begin()
    assert not help_._threads


def test_files_are_numbered_as_they_were_listed(root: Path, store: Store) -> None:
    _, help_ = _helped(root, store)
    (root / "app/another.py").write_text("value = 1\n")
    help_.begin()
    _wait(help_)
    assert help_._shared is not None
    assert help_._shared[:].count(FREE) == 2 * COUNT
    help_.close()


def test_a_file_that_was_given_up_is_opened_by_nobody(root: Path, store: Store) -> None:
    tree = Tree.read(root, None)
    given_up = {"app/module_3.py": "took more than 10 seconds to read"}
    tree.give_up(given_up)
    look = Look(tree, store=store)
    look.facts.ahead = help_ = Ahead(look, store, cores.turns(), given_up)
    help_.begin()
    _wait(help_)
    assert help_.has_written("app/module_4.py")
    assert look.module("app/module_4.py")
    assert look.module("app/module_3.py") is None
    bare = Look(Tree.read(root, None), store=store)
    assert bare.facts.kept("python module", "app/module_4.py")
    assert bare.facts.kept("python module", "app/module_3.py") is None
    help_.close()


def test_what_still_runs_is_stopped(root: Path, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    started = threading.Event()
    first = process._remember

    def remember(group: int, mark: str) -> None:
        first(group, mark)
        groups.append(group)
        started.set()

    groups: list[int] = []
    monkeypatch.setattr(process, "_remember", remember)
    monkeypatch.setattr(ahead, "_START", "import time; time.sleep(600)")
    turns = cores.turns()
    look = Look(Tree.read(root, None), store=store)
    help_ = Ahead(look, store, turns, {})
    help_.begin()
    assert started.wait(30)
    assert not turns.acquire(blocking=False)
    help_.close()
    assert turns.acquire(blocking=False)
    assert help_._folder is not None
    assert not Path(help_._folder.name).exists()
    assert _is_gone(groups[0])


def test_a_process_that_is_killed_while_it_writes_spoils_nothing(root: Path, store: Store) -> None:
    look, help_ = _helped(root, store)
    help_.begin()
    assert help_._shared is not None
    while WRITTEN not in help_._shared[:]:
        time.sleep(0.001)
    for group in tuple(process._live):
        os.killpg(group, signal.SIGKILL)
    _wait(help_)
    alone = Look(Tree.read(root, None))
    assert [look.module(path) for path in ahead.files(look)] == [alone.module(path) for path in ahead.files(alone)]
    help_.close()


def _is_gone(group: int) -> bool:
    end = time.monotonic() + 30
    while time.monotonic() < end:
        try:
            os.killpg(group, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.01)
    return False
