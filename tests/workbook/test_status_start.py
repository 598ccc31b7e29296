"""What a `readiness status` or a look loads and runs: that is what it costs to ask it at every save."""

import json
import os
import subprocess
import sys
import time

import pytest

from workbook.answers import Status
from workbook.session import Session

NEVER = {"IPython", "git", "ipywidgets", "jinja2", "jupyterlab", "nbformat", "semgrep", "textual", "tomlkit", "tui"}
SLOW = {"argparse", "dataclasses", "hashlib", "inspect", "pathspec", "platformdirs", "pydantic", "sqlite3"}
"""What validates, compiles classes or matches patterns at length: each costs a tenth of a status, or more."""

GIT_CALLS = 3
"""The commit, the files, the tags: all of one snapshot."""

AGAIN_LOADS = {
    *("workbook", "workbook.cli", "workbook.cli.faces", "workbook.cli.kept", "workbook.cli.main"),
    *("workbook.cli.unchanged", "workbook.launch", "workbook.names"),
    *("checks", "checks.digests", "checks.cache", "checks.cache.place", "checks.cache.signs", "checks.cache.version"),
}
"""All of ours that is loaded to say the same again."""

AGAIN_NEVER = {
    *("argparse", "hashlib", "json", "pathlib", "platformdirs", "re", "shutil", "sqlite3", "subprocess", "tempfile"),
    *("asyncio", "dataclasses", "inspect", "pathspec", "pydantic", "tomllib", "typing", "yaml"),
}
"""Each of them costs a twentieth of an answer that is said again, or more."""

BY_GIT_LOADS = AGAIN_LOADS | {"workbook.cli.again", "workbook.cli.folder", "workbook.errors"}
"""All of the workbook that is loaded where git has to say that nothing changed."""

BY_GIT_ROOMS = {"cache", "children", "digests", "files", "git", "plugins"}
"""What of `checks` that takes."""

BY_GIT_NEVER = {
    *("argparse", "asyncio", "dataclasses", "inspect", "pathspec", "platformdirs", "pydantic", "sqlite3", "tomllib"),
    "yaml",
}

PROGRAM = """
import json, os, sys
ran = []
sys.addaudithook(lambda name, given: ran.append(" ".join(map(str, given[1]))) if name == "subprocess.Popen" else None)
from workbook.launch import main
code = main(sys.argv[1:])
open(os.environ["TOLD"], "w").write(json.dumps({"code": code, "modules": sorted(sys.modules), "ran": ran}))
"""


@pytest.fixture
def answered(repository):
    session = Session(repository)
    session.start(["fifty-point"])
    for name in session.catalogue.controls_of(("fifty-point",)):
        session.answer(name, Status.READY, note="seen", watch=["api/**"])
    session.save()
    assert len(session.state.answers) == 54
    return repository


@pytest.fixture
def status(answered, tmp_path):
    def run(*arguments, command="status"):
        told = tmp_path / "told.json"
        env = os.environ | {"XDG_CACHE_HOME": str(tmp_path / "cache"), "TOLD": str(told)}
        done = subprocess.run(
            [sys.executable, "-P", "-c", PROGRAM, "-C", str(answered), command, *arguments],
            env=env, capture_output=True, text=True, check=True,
        )  # fmt: skip
        return done, json.loads(told.read_text())

    return run


def settle():
    """Wait until no file changed so lately that a further change could look the same from outside."""
    time.sleep(0.1)


def change(root):
    with (root / "readiness.toml").open("a") as file:
        file.write("# changed\n")


@pytest.mark.parametrize("arguments", [(), ("--format", "json")])
def test_status_loads_no_face_no_scanner_and_nothing_that_validates_or_writes(status, answered, arguments):
    first, _ = status(*arguments)
    change(answered)
    second, told = status(*arguments)
    assert told["code"] == 0
    assert second.stdout == first.stdout
    loaded = {name.partition(".")[0] for name in told["modules"]}
    # On the very first run the catalogue is checked, and that takes pydantic.
    assert not loaded & (NEVER | SLOW)
    assert not {name for name in told["modules"] if name.startswith(("workbook.operations.", "checks.semgrep"))}
    # Where there is no plug-in, no more is loaded than it takes to see that.
    plugins = {name for name in told["modules"] if name.startswith("checks.plugins")}
    assert plugins <= {"checks.plugins", "checks.plugins.installed"}
    assert "workbook.catalogue.plugged" not in told["modules"]


def test_a_look_waits_for_no_workbook_to_be_loaded(status):
    done, told = status("--format", "json", command="probe")
    assert told["code"] == 0
    assert json.loads(done.stdout)["signals"]
    assert not {"workbook.answers", "workbook.session", "workbook.plan", "pydantic"} & set(told["modules"])
    # Whether anything changed is asked before the look, and after it only where something looks different.
    assert sum("/git ls-files" in line for line in told["ran"]) == 1


def test_status_asks_git_a_handful_of_times(status):
    _, told = status()
    calls = [line for line in told["ran"] if "/git " in line]
    assert 0 < len(calls) <= GIT_CALLS, calls


@pytest.mark.parametrize("arguments", [(), ("--format", "json")])
def test_what_is_said_again_loads_next_to_nothing_and_asks_nobody(status, arguments):
    settle()
    first, _ = status(*arguments)
    second, told = status(*arguments)
    assert second.stdout == first.stdout
    assert {name for name in told["modules"] if name.partition(".")[0] in {"workbook", "checks"}} == AGAIN_LOADS
    # The program of this test loads json itself.
    assert not set(told["modules"]) & ((AGAIN_NEVER - {"json", "re"}) | NEVER)
    assert not told["ran"]


@pytest.mark.parametrize("arguments", [(), ("--format", "json")])
def test_where_git_must_say_that_nothing_changed_it_is_asked_once(status, answered, arguments):
    # A link out of its folder: what is behind it cannot be seen from outside.
    (answered / "link").symlink_to("api/main.py")
    first, _ = status(*arguments)
    second, told = status(*arguments)
    assert second.stdout == first.stdout
    assert {name for name in told["modules"] if name.partition(".")[0] == "workbook"} <= BY_GIT_LOADS
    assert not set(told["modules"]) & (BY_GIT_NEVER | NEVER)
    assert not {
        name for name in told["modules"] if name.startswith("checks.") and name.split(".")[1] not in BY_GIT_ROOMS
    }
    calls = [line for line in told["ran"] if "/git " in line]
    assert [line.split("/git ")[1].split()[0] for line in calls] == ["ls-files"]


@pytest.mark.parametrize("arguments", [(), ("--format", "json")])
def test_after_an_answer_nothing_is_asked_of_git_and_one_decision_model_is_loaded(status, answered, arguments):
    settle()
    first, _ = status(*arguments)
    change(answered)
    second, told = status(*arguments)
    assert second.stdout == first.stdout
    loaded = set(told["modules"])
    assert not told["ran"]
    assert not loaded & {"checks.git", "checks.tree", "shutil", "subprocess", "tempfile", "workbook.cli.again"}
    models = {name for name in loaded if name.startswith("workbook.verdicts.")}
    assert models == {f"workbook.verdicts.{name}" for name in ("fifty_point", "lines", "record")}


def test_a_checklist_of_the_teams_own_is_still_checked_by_file_and_key(status, answered):
    folder = answered / ".readiness" / "checklists"
    folder.mkdir(parents=True)
    (folder / "ours.toml").write_text('name = "Ours"\npillars = [{ id = "a", titel = "A" }]\nitems = []\n')
    done, _ = status()
    assert ".readiness/checklists/ours.toml: pillars.0.title: Field required; pillars.0.titel: " in done.stderr
