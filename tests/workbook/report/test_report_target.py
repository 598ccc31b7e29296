"""Where `-o` writes: the place that was named, whole, and no other."""

import os
import stat

import pytest

from workbook.errors import Refused
from workbook.report.target import write


@pytest.fixture
def home(tmp_path):
    root = tmp_path / "acme"
    (root / "docs").mkdir(parents=True)
    (root / ".git").mkdir()
    (root / "readiness.toml").write_text("state")
    return root


def left(home):
    return sorted(str(path.relative_to(home.parent)) for path in home.parent.rglob("*"))


def test_a_file_is_made_and_replaced_whole_with_its_mode(home):
    target = home / "docs" / "report.html"
    write(home, str(target), b"one")
    assert target.read_bytes() == b"one"
    target.chmod(0o640)
    write(home, str(target), b"two")
    assert (target.read_bytes(), stat.S_IMODE(target.stat().st_mode)) == (b"two", 0o640)
    assert [path.name for path in target.parent.iterdir()] == ["report.html"]


def test_a_relative_name_is_relative_to_the_current_folder(home, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    write(home, "report.html", b"one")
    assert (tmp_path / "report.html").read_bytes() == b"one"


def test_what_cannot_be_finished_leaves_the_old_file(home, monkeypatch):
    target = home / "report.html"
    target.write_bytes(b"old")
    before = left(home)

    def fail(*_, **__):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", fail)
    with pytest.raises(Refused, match="the disk is full"):
        write(home, str(target), b"new")
    assert target.read_bytes() == b"old"
    assert left(home) == before


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("readiness.toml", "file of the workbook"),
        ("README/../readiness.toml", "folder is not there|file of the workbook"),
        ("docs/../readiness-waivers.toml", "file of the workbook"),
        ("Readiness.TOML", "file of the workbook"),
        ("hard.toml", "file of the workbook"),
        (".git/config", "git directory"),
        ("out/evil.html", "leads out of the repository"),
        ("link.html", "a symbolic link"),
        ("docs", "a folder"),
        ("docs/", "no name of a file"),
        ("pipe", "no regular file"),
        ("missing/report.html", "folder is not there"),
        ("a\0b", "no name of a file"),
        ("", "no name of a file"),
    ],
)
def test_every_other_place_is_refused_and_nothing_is_written(home, tmp_path, name, why):
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "precious").write_text("precious")
    (home / "out").symlink_to(outside)
    (home / "link.html").symlink_to(outside / "precious")
    (home / "hard.toml").hardlink_to(home / "readiness.toml")
    os.mkfifo(home / "pipe")
    before = left(home)
    with pytest.raises(Refused, match=why):
        write(home, f"{home}/{name}" if name else "", b"report")
    assert left(home) == before
    assert (outside / "precious").read_text() == "precious"
    assert (home / "readiness.toml").read_text() == "state"
