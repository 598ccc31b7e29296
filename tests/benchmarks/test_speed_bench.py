import ast
import os
import sys
import time
import xml.etree.ElementTree as ET
from pathlib import Path

import psutil
import pytest

from benchmarks.speed import page, peers
from benchmarks.speed.beds import COMMITS, commit, git, synthetic
from benchmarks.speed.paint import first_paint
from benchmarks.speed.rounds import Command, Cost, FailedError, middle, ratio, run_once, run_rounds
from benchmarks.speed.rows import ADDED, IN_FUNCTION, Bed, Row, changing, own

ENV = {"PATH": os.environ["PATH"]}


def python(name: str, program: str, folder: Path, **options) -> Command:
    return Command(name, [sys.executable, "-I", "-c", program], folder, ENV, **options)


def test_a_bed_is_the_same_every_time_and_has_a_history(tmp_path):
    one, other = synthetic(tmp_path / "one", 60), synthetic(tmp_path / "other", 60)
    assert git(one, "rev-parse", "HEAD") == git(other, "rev-parse", "HEAD")
    assert len(git(one, "ls-files").splitlines()) == 60
    assert len(git(one, "log", "--format=%h").splitlines()) == COMMITS
    for path in one.rglob("*.py"):
        compile(path.read_text(), path.name, "exec")


def test_commands_run_in_turn_and_the_first_round_does_not_count(tmp_path):
    seen = []
    commands = [
        python("a", "pass", tmp_path, before=lambda number: seen.append(("a", number))),
        python("b", "print(2.5)", tmp_path, before=lambda number: seen.append(("b", number)), prints=True),
    ]
    costs = run_rounds(commands, 2, deadline=float("inf"))
    assert seen == [("a", 0), ("b", 0), ("a", 1), ("b", 1), ("a", 2), ("b", 2)]
    assert [len(costs[name]) for name in "ab"] == [2, 2]
    assert [cost.wall for cost in costs["b"]] == [2.5, 2.5]


def test_what_takes_long_runs_in_the_first_rounds_that_count(tmp_path):
    seen = []
    commands = [
        python("long", "pass", tmp_path, before=seen.append, most=2),
        python("short", "pass", tmp_path),
    ]
    costs = run_rounds(commands, 3, deadline=float("inf"))
    assert seen == [1, 2]
    assert (len(costs["long"]), len(costs["short"])) == (2, 3)
    first = [cost.wall / other.wall for cost, other in zip(costs["long"], costs["short"], strict=False)]
    assert ratio(costs, ["long"], ["short"], "wall") == sum(first) / 2


def test_a_command_that_fails_is_no_figure(tmp_path):
    with pytest.raises(FailedError, match="broken ended with 4: no more"):
        run_once(python("broken", "import sys; print('no more', file=sys.stderr); sys.exit(4)", tmp_path))
    run_once(python("known", "import sys; sys.exit(3)", tmp_path, fine=(0, 3)))


def test_what_a_command_leaves_running_is_ended(tmp_path):
    program = "import subprocess, sys; print(subprocess.Popen(['sleep', '600']).pid, file=open('pid', 'w'))"
    run_once(python("leaves", program, tmp_path))
    left = int((tmp_path / "pid").read_text())
    for _ in range(6000):  # the kernel has been asked; when it gets to it is its business
        if not is_alive(left):
            return
        time.sleep(0.01)
    pytest.fail("it still runs")


def is_alive(process: int) -> bool:
    try:
        return psutil.Process(process).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


COSTS = {
    "ours, bed": [Cost(2, 1, 50), Cost(4, 1, 50), Cost(9, 1, 50)],
    "scan": [Cost(1, 2, 10), Cost(1, 2, 20), Cost(1, 2, 30)],
    "raw": [Cost(1, 2, 40), Cost(1, 2, 10), Cost(2, 2, 10)],
}


def test_ratios_are_taken_round_by_round():
    assert ratio(COSTS, ["ours, bed"], ["scan", "raw"], "wall") == 2
    assert ratio(COSTS, ["ours, bed"], ["scan"], "cpu") == 0.5
    assert middle(COSTS, ["scan", "raw"], "memory") == 30


def test_the_page_says_which_bars_are_missed(tmp_path):
    bed = Bed("bed", 100, tmp_path, tmp_path, peers.Peers(tmp_path, tmp_path))
    table = [
        Row("slow", "`scan`", 1.5, "wall", ("ours, bed",), ("scan", "raw"), ("raw",)),
        Row("lean", "`scan`", 1.0, "cpu", ("ours, bed",), ("scan",)),
    ]
    text = page.page("command", "tools", 3, table, COSTS, [bed], "Identical.")
    assert "| slow | `scan` | time | 1.5 | 2.00 | 4.00 s | 2.00 s | **missed** |" in text
    assert "| lean | `scan` | processor | 1 | 0.50 | 1.00 s | 2.00 s | reached |" in text
    assert "- slow, time: 4.00 s is beyond 1.5 times `scan`. Measured by themselves: raw 1.00 s." in text
    assert "- lean" not in text


def test_the_picture_is_svg_without_anything_from_elsewhere(tmp_path):
    beds = [Bed(f"{n} files", n, tmp_path, tmp_path, peers.Peers(tmp_path, tmp_path)) for n in (100, 1000)]
    costs = {bed.called(what): [Cost(bed.files / 50, 1, 1)] for bed in beds for what in page.CURVES}
    drawing = page.picture(costs, beds)
    ET.fromstring(drawing)  # noqa: S314  # our own drawing
    assert drawing.count("<polyline") == len(page.CURVES)
    assert "http" not in drawing.replace("http://www.w3.org/2000/svg", "")


def test_a_paint_is_what_stands_on_the_screen():
    program = "import time; print('\\x1b[31mHel\\x1b[0mlo'); time.sleep(600)"
    assert first_paint(b"Hello", [sys.executable, "-I", "-c", program])
    assert first_paint(b"Hello", [sys.executable, "-I", "-c", "pass"]) is None


def test_a_bed_without_python_is_changed_in_its_own_language(tmp_path):
    place = tmp_path / "bed"
    git(tmp_path, "init", "-q", str(place))
    (place / "view.ts").write_text("export function view(rows) {\n  return rows.length;\n}\n")
    commit(place, "Start")
    bed = Bed("a page", 1, place, tmp_path, peers.Peers(Path("semgrep"), Path("radon")))
    for one in own(bed):
        if one.before:
            one.before(1)
    text = "export function view(rows) {\n  let counted = 1;\n  return rows.length;\n}\n// round 1\n"
    assert (place / "view.ts").read_text() == text
    assert (place / "added_1.ts").is_file()


def test_every_change_is_the_one_its_row_names(tmp_path):
    place = synthetic(tmp_path / "bed", 60)
    bed = Bed("60 files", 60, place, tmp_path, peers.Peers(Path("semgrep"), Path("radon")))
    changes = {one.name: one.before for one in own(bed) if one.before}
    path = place / changing(bed)
    text = path.read_text()
    changes[bed.called("one file changed")](1)
    assert path.read_text() == f"{text}# round 1\n"
    path.write_text(text)
    changes[bed.called(IN_FUNCTION)](1)
    before, after = ast.parse(text), ast.parse(path.read_text())
    assert [ast.dump(one) for one in before.body[:-1]] != [ast.dump(one) for one in after.body[:-1]]
    assert len(after.body) == len(before.body)
    assert len(path.read_text().splitlines()) == len(text.splitlines()) + 1
    path.write_text(text)
    changes[bed.called(ADDED)](1)
    assert git(place, "status", "--porcelain").split() == ["??", str(path.with_name("added_1.py").relative_to(place))]
