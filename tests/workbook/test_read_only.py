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
ANA = "Ana Example <ana@example.com>"
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
