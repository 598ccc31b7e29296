"""After a merge that was not ours: what no branch said is found, and what cannot be read is opened read-only."""

from __future__ import annotations

import tomllib
from datetime import date

import pytest

from workbook.catalogue import load_catalogue
from workbook.cli import doctor
from workbook.cli.main import main
from workbook.merge.aftermath import Kind, doubts
from workbook.merge.merging import merge
from workbook.skeleton import skeleton, table_order
from workbook.store import MISSING, Edit, StoreError, apply, read, save

ANA, BO = "Ana Example <ana@example.com>", "Bo Sample <bo@example.com>"
CATALOGUE = load_catalogue()
ORDER = table_order(CATALOGUE)
ONE, TWO = CATALOGUE.controls_of(("fifty-point",))[3:5]
FIELDS = {"status": "ready", "rung": "attested", "by": [ANA], "at": date(2026, 11, 1), "commit": "1", "text": "x"}


def edited(raw, control, fields):
    return apply(raw, [Edit(("controls", control), key, MISSING, new) for key, new in fields.items()], ORDER)


BASE = edited(skeleton(CATALOGUE, ("fifty-point",)), ONE, FIELDS)
BLOCKED = edited(BASE, ONE, {"status": "blocker"})
RENAMED = edited(BASE, ONE, {"by": [BO]})


@pytest.fixture
def merged_by_lines(repository, git):
    """A repository whose last commit is git's own merge of two versions, clean, as a host's merge button makes it."""

    def make(ours, theirs, base=BASE):
        path = repository / "readiness.toml"
        for name, raw, start in (("base", base, "main"), ("theirs", theirs, "base"), ("ours", ours, "base")):
            git(repository, "checkout", "-q", "-b", name, start)
            path.write_bytes(raw)
            git(repository, "add", "-A")
            git(repository, "commit", "-q", "--allow-empty", "-m", name)
        git(repository, "merge", "-q", "--no-ff", "-m", "Merge", "theirs")
        return repository

    return make


def test_git_alone_puts_one_persons_name_under_the_others_answer_and_the_check_tells(merged_by_lines, capsys):
    root = merged_by_lines(BLOCKED, RENAMED)
    said = tomllib.loads((root / "readiness.toml").read_text())["controls"][ONE]
    assert (said["status"], said["by"]) == ("blocker", [BO]), "the merge this is about did not happen"
    assert main(["-C", str(root), "merge", "--check"]) == 1
    shown = capsys.readouterr().out
    assert f"controls.{ONE} answer: neither branch said this" in shown
    assert "blocker, by Ana" in shown
    assert "ready, by Bo" in shown


def test_a_right_merge_passes_and_what_is_no_merge_is_not_compared(merged_by_lines, git, capsys):
    root = merged_by_lines(BLOCKED, edited(BASE, TWO, FIELDS | {"by": [BO]}))
    assert main(["-C", str(root), "merge", "--check"]) == 0
    assert main(["-C", str(root), "merge", "--check", "theirs"]) == 0
    assert "not a merge" in capsys.readouterr().out
    assert main(["-C", str(root), "merge", "--check", "nowhere"]) == 2
    shallow = root.parent / "shallow"
    git(root.parent, "clone", "-q", "--depth=1", f"file://{root}", str(shallow))
    assert main(["-C", str(shallow), "merge", "--check"]) == 3


def test_a_change_that_the_merge_dropped_is_found():
    (doubt,) = doubts(BASE, BLOCKED, BASE, BASE)
    assert (doubt.table, doubt.kind) == (("controls", ONE), Kind.DROPPED)
    pieces = [{"kind": "link", "url": f"https://example.com/{number}"} for number in (1, 2)]
    ours, theirs = (edited(BASE, ONE, {"evidence": [piece]}) for piece in pieces)
    (doubt,) = doubts(BASE, ours, theirs, ours)
    assert (doubt.unit, doubt.kind) == ("evidence", Kind.DROPPED)
    assert not list(doubts(BASE, ours, theirs, edited(BASE, ONE, {"evidence": pieces})))


def test_one_side_taken_whole_was_a_decision():
    assert not list(doubts(BASE, BLOCKED, RENAMED, RENAMED))


def test_a_note_under_the_other_sides_answer_is_found():
    theirs = edited(RENAMED, ONE, {"note": "no budget"})
    (doubt,) = doubts(BASE, BLOCKED, theirs, edited(BLOCKED, ONE, {"note": "no budget"}))
    assert (doubt.unit, doubt.kind) == ("answer", Kind.MIXED)
    assert not list(doubts(BASE, BLOCKED, theirs, theirs))


HALF = f"\n# Again\n[controls.{ONE}]\nstatus = 'blocker'\n".encode()


BROKEN = {
    "a table twice": (BASE + HALF, f"[controls.{ONE}]", "twice"),
    "a key twice": (
        BASE.replace(b'commit = "1"\n', b'commit = "1"\nstatus = "blocker"\n'),
        'status = "blocker"',
        "overwrite",
    ),
    "markers": (
        BASE.replace(b"[gate]", b"<<<<<<< ours\n[gate]\n=======\n[gate]\n>>>>>>> theirs"),
        "<<<<<<<",
        "conflict",
    ),
}


@pytest.mark.parametrize("name", BROKEN)
def test_what_a_host_broke_is_opened_read_only_with_the_line_and_a_way_out(name, repository, capsys):
    raw, culprit, word = BROKEN[name]
    line = max(number for number, text in enumerate(raw.decode().split("\n"), 1) if text.startswith(culprit))
    path = repository / "readiness.toml"
    path.write_bytes(raw)
    trouble = read(path).trouble
    assert (trouble.line, word in trouble.what) == (line, True)
    assert trouble.remedy
    with pytest.raises(StoreError):
        save(path, [Edit(("controls", ONE), "status", MISSING, "ready")], lock_dir=repository / ".git")
    assert path.read_bytes() == raw
    assert main(["-C", str(repository), "status"]) == 2
    shown = capsys.readouterr().err
    assert f"readiness.toml:{line}" in shown
    assert "Traceback" not in shown


BLOCKS = BASE.split(b"\n\n")
SHUFFLED = b"\n\n".join([*BLOCKS[:5], *reversed(BLOCKS[5:])]) + b"\n"


def test_tables_out_of_order_are_read_edited_and_merged_all_the_same():
    assert tomllib.loads(SHUFFLED.decode()) == tomllib.loads(BASE.decode())
    result = edited(SHUFFLED, TWO, {"status": "ready"})
    assert result == SHUFFLED.replace(
        f'[controls.{TWO}]\nstatus = "unanswered"'.encode(), f'[controls.{TWO}]\nstatus = "ready"'.encode()
    )
    done = merge(SHUFFLED, result, edited(SHUFFLED, ONE, {"status": "blocker"}), ORDER)
    assert not done.disagreements
    assert done.raw == edited(result, ONE, {"status": "blocker"})


def test_the_doctor_says_how_the_file_will_merge(repository, monkeypatch, capsys):
    monkeypatch.setattr(doctor, "_semgrep", lambda _: doctor.Checkup("semgrep", "not looked at here"))
    path = repository / "readiness.toml"
    found = []
    for raw in (None, BASE, SHUFFLED, BASE + HALF):
        if raw is not None:
            path.write_bytes(raw)
        code = main(["-C", str(repository), "doctor"])
        found.append((code, next(line for line in capsys.readouterr().out.splitlines() if "workbook" in line)))
    none, sound, strayed, broken = found
    assert "none here yet" in none[1]
    assert "out of catalogue order" not in sound[1]
    assert "init --merge-driver" in sound[1]
    assert "out of catalogue order" in strayed[1]
    assert broken[0] == 2
    assert "read-only" in broken[1]
    path.write_bytes(BASE)
    assert main(["-C", str(repository), "init", "--merge-driver", "--yes"]) == 0
    capsys.readouterr()
    main(["-C", str(repository), "doctor"])
    assert "merge-driver" not in capsys.readouterr().out
