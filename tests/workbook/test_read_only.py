"""A state file that must not be touched is opened read-only by every face; its bytes stay as they are."""

from __future__ import annotations

import os
from datetime import date

import pytest

from workbook.answers import Status
from workbook.catalogue import load_catalogue
from workbook.cli.main import main
from workbook.errors import Refused
from workbook.people import People
from workbook.session import Session
from workbook.skeleton import skeleton
from workbook.store import SIZE_CAP

BASE = skeleton(load_catalogue(), ("fifty-point",))
ANA, BO = "Ana Example <ana@example.com>", "Bo Sample <bo@example.com>"
CONTROL = "rate-limiting"


def written(path, raw):
    path.write_bytes(raw)


def linked(path, _):
    (path.parent / "elsewhere.toml").write_bytes(BASE)
    path.symlink_to("elsewhere.toml")


def oversize(path, _):
    with path.open("wb") as stream:
        stream.truncate(SIZE_CAP + 1)


# How the file comes to be, its bytes, the line that is named (None where no line is to blame), a word of the reason.
BAD = {
    "damaged": (written, BASE + b"[controls.oops\n", BASE.count(b"\n") + 1, "not valid TOML"),
    "cut short": (written, BASE[: BASE.rindex(b'"')], BASE.count(b"\n"), "not valid TOML"),
    "newer": (written, BASE.replace(b"schema = 1", b"schema = 2"), 4, "schema 2"),
    "empty": (written, b"", None, "it is empty"),
    "a blank line": (written, b"\n", None, "it is empty"),
    "no schema": (written, BASE.replace(b"schema = 1\n", b""), None, "schema = 1"),
    "somebody else's": (written, b"[tool]\nname = 'x'\n", None, "readiness init"),
    "conflict": (written, b"<<<<<<< HEAD\n" + BASE + b"=======\n" + BASE + b">>>>>>> topic\n", 1, "conflict"),
    "not text": (written, BASE + b"# \xff\n", BASE.count(b"\n") + 1, "UTF-8"),
    "oversize": (oversize, b"", None, "larger than"),
    "link": (linked, b"", None, "symbolic link"),
    "pipe": (lambda path, _: os.mkfifo(path), b"", None, "not a regular file"),
}
COMMANDS = [
    ["status"],
    ["answer", CONTROL, "ready"],
    ["scope", "model", "yes"],
    ["init", "--yes"],
    ["merge"],
    ["merge", "--keep", f"controls.{CONTROL}"],
    ["guide", "--plain"],
    [],
]


@pytest.fixture(params=BAD)
def bad(request, repository):
    make, raw, line, word = BAD[request.param]
    path = repository / "readiness.toml"
    make(path, raw)
    return repository, f"readiness.toml:{line}:" if line else "readiness.toml:", word


def everything(root):
    """Name → kind, size and bytes of all there is, so that nothing changed and nothing was left behind."""
    found = {}
    for path in sorted(root.iterdir()):
        if path.name != ".git":
            about = path.lstat()
            small = path.is_file() and about.st_size <= SIZE_CAP
            found[path.name] = (about.st_ino, about.st_mode, about.st_size, path.read_bytes() if small else None)
    return found


def test_no_command_touches_it_and_each_says_why(bad, capsys):
    root, place, word = bad
    before = everything(root)
    for words in COMMANDS:
        assert main(["-C", str(root), *words]) == 2, words
        said = capsys.readouterr().err
        assert place in said, words
        assert word in said, words
        assert "Traceback" not in said
        assert len(said.splitlines()) == 1, words
    assert everything(root) == before


def test_no_operation_of_a_session_touches_it(bad):
    root, place, word = bad
    before = everything(root)
    session = Session(root, People(ANA), lambda: date(2026, 11, 20))
    assert place in session.read_only
    assert word in session.read_only
    for act in (
        lambda: session.answer(CONTROL, Status.READY),
        lambda: session.note(CONTROL, "x"),
        lambda: session.confirm_scope({"model": True}),
        lambda: session.override("fifty-point.1.1", Status.READY, "x"),
        session.save,
    ):
        with pytest.raises(Refused, match=word):
            act()
    session.refresh()
    session.recover()
    assert everything(root) == before


@pytest.mark.parametrize("head", ["", "# by hand\n"])
def test_accepted_risk_in_a_file_without_a_schema_does_not_count_and_is_left_alone(head, repository, capsys):
    (repository / "readiness.toml").write_bytes(BASE)
    path = repository / "readiness-waivers.toml"
    waiver = f"[waivers.{CONTROL}]\nreason = 'r'\nowner = '{ANA}'\napproved_by = '{BO}'\nexpires = 2026-12-01\n"
    path.write_text(head + waiver)
    session = Session(repository, People(ANA), lambda: date(2026, 11, 20))
    assert session.state.waivers == {}
    (problem,) = session.state.problems
    assert "readiness-waivers.toml: it does not say schema = 1" in str(problem)
    assert "no accepted risk counts" in str(problem)
    with pytest.raises(Refused, match="schema"):
        session.waive(CONTROL, reason="r", owner=ANA, approved_by=BO, expires=date(2026, 12, 1))
    assert main(["-C", str(repository), "status"]) == 0
    assert "it does not say schema = 1" in capsys.readouterr().err
    assert path.read_text() == head + waiver
    path.write_text(f"{head}schema = 1\n{waiver}")
    assert CONTROL in Session(repository, People(ANA), lambda: date(2026, 11, 20)).state.waivers


@pytest.mark.parametrize(
    ("version", "newer"), [("9.9", True), ("1.10", True), ("1.0", False), ("0.9", False), ("x", False)]
)
def test_a_catalogue_newer_than_ours_is_told(version, newer, repository):
    (repository / "readiness.toml").write_bytes(BASE.replace(b'catalogue = "1.0"', f'catalogue = "{version}"'.encode()))
    told = [str(problem) for problem in Session(repository, People(ANA)).state.problems]
    assert len(told) == newer
    assert all(f"newer catalogue, {version}" in one and "update readiness-workbook" in one for one in told)
