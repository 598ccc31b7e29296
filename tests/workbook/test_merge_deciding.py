"""What a merge left open, as the command shows it and takes the decisions."""

from __future__ import annotations

import contextlib
import io
import subprocess
import tomllib
from datetime import date

import pytest

from workbook.catalogue import load_catalogue
from workbook.cli.main import main
from workbook.merge.merging import merge
from workbook.merge.standoffs import standoffs
from workbook.skeleton import skeleton, table_order
from workbook.store import MISSING, Edit, apply

ANA, BO = "Ana Example <ana@example.com>", "Bo Sample <bo@example.com>"
CATALOGUE = load_catalogue()
ORDER = table_order(CATALOGUE)
CONTROLS = CATALOGUE.controls_of(("fifty-point",))
ONE, TWO = CONTROLS[3], CONTROLS[4]
BASE = skeleton(CATALOGUE, ("fifty-point",))


def edited(raw, table, fields):
    return apply(raw, [Edit(table, name, MISSING, value) for name, value in fields.items()], ORDER)


def answered(raw, control, status, by, day=20, **more):
    fields = {"status": status, "rung": "attested", "by": [by], "at": date(2026, 11, day), "commit": by[:3].lower()}
    return edited(raw, ("controls", control), fields | more)


def model(raw):
    return tomllib.loads(raw.decode("utf-8-sig"))


def control(raw, name):
    return model(raw)["controls"][name]


def merged(base, ours, theirs):
    done = merge(base, ours, theirs, ORDER)
    assert done.disagreements
    return done


def readiness(root, *words):
    """Run a command in this process, as if started in a folder."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.chdir(root), contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = main(list(words))
    return subprocess.CompletedProcess(words, code, out.getvalue(), err.getvalue())


def test_what_is_left_is_shown_and_decided(tmp_path):
    path = tmp_path / "readiness.toml"
    none = readiness(tmp_path, "merge")
    assert (none.returncode, none.stdout) == (2, "")
    assert "no workbook" in none.stderr
    assert "readiness init" in none.stderr
    path.write_bytes(BASE)
    assert readiness(tmp_path, "merge").stdout == "Nothing is left to decide.\n"
    raw = merged(BASE, answered(BASE, ONE, "ready", ANA), answered(BASE, ONE, "blocker", BO)).raw
    path.write_bytes(raw)
    shown = readiness(tmp_path, "merge")
    assert shown.returncode == 1
    assert ANA in shown.stdout
    assert BO in shown.stdout
    assert path.read_bytes() == raw
    assert readiness(tmp_path, "merge", "--take", "controls.nothing").returncode == 2
    assert readiness(tmp_path, "merge", "--take", f"controls.{ONE}").returncode == 0
    assert control(path.read_bytes(), ONE) == control(answered(BASE, ONE, "blocker", BO), ONE)
    path.write_bytes(raw)
    assert readiness(tmp_path, "merge", "--keep", f"controls.{ONE}").returncode == 0
    assert path.read_bytes() == answered(BASE, ONE, "ready", ANA)


def test_what_was_decided_is_said_so_and_only_what_is_left_is_listed(tmp_path):
    path = tmp_path / "readiness.toml"
    sides = [answered(answered(BASE, ONE, "ready", who), TWO, status, who, note=f"note of {who}")
             for who, status in ((ANA, "ready"), (BO, "blocker"))]  # fmt: skip
    sides[1] = edited(sides[1], ("controls", ONE), {"status": "blocker"})
    path.write_bytes(merged(BASE, *sides).raw)
    first = readiness(tmp_path, "merge", "--keep", f"controls.{ONE}")
    assert first.returncode == 1
    decided, *rest = first.stdout.splitlines()
    assert decided.startswith(f"decided: controls.{ONE} answer: ready, by {ANA}")
    assert not any(ONE in line for line in rest)
    assert f"controls.{TWO}" in rest[0]
    assert f"note of {BO}" in rest[2]
    assert rest[3].startswith("1 left to decide")
    second = readiness(tmp_path, "merge", "--take", f"controls.{TWO}")
    assert [line.partition(":")[0] for line in second.stdout.splitlines()[:1]] == ["decided"]
    assert second.stdout.splitlines()[1].startswith("All decided.")
    assert len(second.stdout.splitlines()) == 2
    assert control(path.read_bytes(), TWO) == control(sides[1], TWO)


@pytest.mark.parametrize(
    ("mine", "yours", "told"),
    [
        ({"security": {"level": 3, "at": date(2026, 11, 21)}}, {"security": {"level": 1}}, "level 3, at 2026-11-21"),
        ({"x": {"holds": True, "by": ANA}}, {"x": {"holds": False, "by": BO}}, f"holds true, by {ANA}"),
        ({"pieces": [{"a": [1, 2]}]}, {"pieces": 2}, "a 1, 2"),
    ],
)
def test_values_are_told_in_plain_words(mine, yours, told, tmp_path):
    table = ("scores", "ten-gates")
    (tmp_path / "readiness.toml").write_bytes(merged(BASE, edited(BASE, table, mine), edited(BASE, table, yours)).raw)
    for words in ("merge",), ("status",):
        done = readiness(tmp_path, *words)
        assert told in done.stdout + done.stderr
        assert "datetime" not in done.stdout + done.stderr
        assert "{" not in done.stdout + done.stderr


@pytest.mark.parametrize(("word", "note"), [("--take", "theirs, later"), ("--keep", "ours")])
def test_a_note_left_open_before_the_answers_clashed_is_decided_along(word, note, tmp_path):
    place = ("controls", ONE)
    base = merged(BASE, edited(BASE, place, {"note": "ours"}), edited(BASE, place, {"note": "theirs, later"})).raw
    path = tmp_path / "readiness.toml"
    path.write_bytes(merged(base, answered(base, ONE, "ready", ANA), answered(base, ONE, "blocker", BO)).raw)
    assert len(list(standoffs(model(path.read_bytes())))) == 2
    done = readiness(tmp_path, "merge", word, f"controls.{ONE}")
    assert (done.returncode, done.stderr) == (0, "")
    assert control(path.read_bytes(), ONE)["note"] == note
    assert "clash" not in control(path.read_bytes(), ONE)
