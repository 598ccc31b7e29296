"""Two branches of a workbook: merged field by field, both sides kept where they contradict, installed in real git."""

from __future__ import annotations

import contextlib
import dataclasses
import io
import os
import subprocess
import sys
import tomllib
from datetime import date
from pathlib import Path

import pytest

from workbook.answers import Answer
from workbook.catalogue import load_catalogue
from workbook.cli.main import main
from workbook.merge.driver import command, install, is_installed
from workbook.merge.merging import merge
from workbook.merge.standoffs import settle, standoffs
from workbook.merge.units import GROWING, UNITS, WHOLE_TABLES, unit_of
from workbook.skeleton import skeleton, table_order
from workbook.store import MISSING, Edit, StoreError, apply

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
    """The merge, with what must hold of every one: no markers, clashes in the file, nothing where nothing changed."""
    done = merge(base, ours, theirs, ORDER)
    assert not any(line.startswith((b"<<<<<<<", b">>>>>>>")) for line in done.raw.splitlines())
    assert bool(done.disagreements) == any(
        one.entry not in [kept.entry for kept in standoffs(model(ours))] for one in standoffs(model(done.raw))
    )
    assert model(merge(ours, ours, theirs, ORDER).raw) == model(theirs)
    assert merge(done.raw, done.raw, done.raw, ORDER).raw == done.raw
    return done


# What merges


def test_answers_to_neighboring_controls_merge_and_each_keeps_its_own_fields():
    ours, theirs = answered(BASE, ONE, "ready", ANA), answered(BASE, TWO, "blocker", BO)
    done = merged(BASE, ours, theirs)
    assert not done.disagreements
    assert control(done.raw, ONE) == control(ours, ONE)
    assert control(done.raw, TWO) == control(theirs, TWO)
    # The order of the sides makes no difference to what the file says.
    assert model(merged(BASE, theirs, ours).raw) == model(done.raw)


def test_the_same_change_on_both_sides_is_one_change():
    ours = answered(BASE, ONE, "ready", ANA)
    assert merged(BASE, ours, ours).raw == ours


def test_a_side_that_changed_nothing_gives_way():
    ours = answered(BASE, ONE, "ready", ANA)
    assert merged(BASE, ours, BASE).raw == ours
    assert model(merged(BASE, BASE, ours).raw) == model(ours)


def test_evidence_of_both_sides_is_kept_and_what_one_side_took_out_is_out():
    first, second, third = ({"kind": "link", "url": f"https://example.com/{number}"} for number in (1, 2, 3))
    base = edited(BASE, ("controls", ONE), {"evidence": [first]})
    ours = edited(base, ("controls", ONE), {"evidence": [first, second]})
    theirs = edited(base, ("controls", ONE), {"evidence": [third]})
    done = merged(base, ours, theirs)
    assert not done.disagreements
    assert control(done.raw, ONE)["evidence"] == [second, third]


def test_both_started_the_workbook_and_answered_different_controls():
    ours, theirs = answered(BASE, ONE, "ready", ANA), answered(BASE, TWO, "ready", BO)
    done = merged(b"", ours, theirs)
    assert not done.disagreements
    assert (control(done.raw, ONE)["by"], control(done.raw, TWO)["by"]) == ([ANA], [BO])


def test_lists_of_checklists_grow_and_shrink_from_both_sides():
    base = edited(BASE, ("workbook",), {"also": ["six-gates"]})
    ours = edited(base, ("workbook",), {"also": ["six-gates", "ten-gates"]})
    theirs = edited(base, ("workbook",), {"also": ["seven-steps"]})
    assert model(merged(base, ours, theirs).raw)["workbook"]["also"] == ["ten-gates", "seven-steps"]


def test_an_order_that_one_side_alone_changed_is_taken():
    base = edited(BASE, ("workbook",), {"also": ["six-gates", "ten-gates"]})
    theirs = edited(base, ("workbook",), {"also": ["ten-gates", "six-gates"]})
    for one, other in ((base, theirs), (theirs, base)):
        assert model(merged(base, one, other).raw)["workbook"]["also"] == ["ten-gates", "six-gates"]


def test_the_same_statement_made_twice_stands_with_the_later_stamp():
    ours, theirs = answered(BASE, ONE, "ready", ANA, day=10, pins="old"), answered(BASE, ONE, "ready", ANA, pins="new")
    done = merged(BASE, ours, theirs)
    assert not done.disagreements
    assert control(done.raw, ONE) == control(theirs, ONE)
    assert control(merged(BASE, theirs, ours).raw, ONE) == control(theirs, ONE)


# What contradicts


def test_two_answers_to_one_control_are_both_kept_and_no_field_is_mixed():
    ours, theirs = answered(BASE, ONE, "ready", ANA, note="Seen."), answered(BASE, ONE, "blocker", BO, gap="absent")
    done = merged(BASE, ours, theirs)
    assert [(one.table, one.unit) for one in done.disagreements] == [(("controls", ONE), "answer")]
    said = control(done.raw, ONE)
    assert {name: said[name] for name in said if name != "clash"} == control(ours, ONE)
    assert said["clash"] == [{"unit": "answer", "other": control(theirs, ONE)}]


@pytest.mark.parametrize(("mine", "yours"), [(None, "no budget"), ("Seen.", None), ("Seen.", "no budget")])
def test_a_note_goes_with_its_answer_where_answers_clash(mine, yours):
    notes = [{"note": note} if note else {} for note in (mine, yours)]
    ours, theirs = answered(BASE, ONE, "ready", ANA, **notes[0]), answered(BASE, ONE, "blocker", BO, **notes[1])
    done = merged(BASE, ours, theirs)
    (one,) = standoffs(model(done.raw))
    assert (one.kept.get("note"), one.other.get("note")) == (mine, yours)
    assert all(note in str(one) for note in (mine, yours) if note)
    for take_other, side in ((False, ours), (True, theirs)):
        decided = apply(done.raw, settle(model(done.raw), one, take_other=take_other))
        assert control(decided, ONE) == control(side, ONE)


def test_a_note_alone_merges_beside_the_other_sides_answer():
    base = edited(BASE, ("controls", ONE), {"note": "old"})
    ours, theirs = answered(base, ONE, "ready", ANA), edited(base, ("controls", ONE), {"note": "new"})
    done = merged(base, ours, theirs)
    assert not done.disagreements
    assert (control(done.raw, ONE)["by"], control(done.raw, ONE)["note"]) == ([ANA], "new")


def test_a_name_and_a_status_of_different_sides_never_make_one_answer():
    """Line by line these two merge cleanly: one changed the status, the other the name under it."""
    base = answered(BASE, ONE, "ready", ANA, day=1, text="x")
    ours = edited(base, ("controls", ONE), {"status": "blocker"})
    theirs = edited(base, ("controls", ONE), {"by": [BO]})
    done = merged(base, ours, theirs)
    assert control(done.raw, ONE)["by"] == [ANA]
    assert control(done.raw, ONE)["clash"][0]["other"] == control(theirs, ONE)
    assert control(done.raw, ONE)["clash"][0]["other"]["status"] == "ready"


@pytest.mark.parametrize(
    ("table", "mine", "yours"),
    [
        (("scope",), {"by": ANA, "model": True}, {"by": BO, "websockets": False}),
        (("measurements", "p95"), {"value": 1, "unit": "s"}, {"value": 900, "unit": "ms"}),
        (("items", "fifty-point.4.31"), {"status": "ready", "by": ANA}, {"status": "blocker", "by": BO}),
        (("waivers", ONE), {"reason": "a", "owner": ANA}, {"reason": "b", "owner": ANA}),
        (("decisions", "2026-12-01"), {"outcome": "go"}, {"outcome": "no-go"}),
        (("controls", ONE), {"owner": ANA}, {"due": 3}),
    ],
)
def test_a_statement_of_several_fields_comes_from_one_side_whole(table, mine, yours):
    done = merged(BASE, edited(BASE, table, mine), edited(BASE, table, yours))
    (one,) = standoffs(model(done.raw))
    assert (one.table, dict(one.kept), dict(one.other)) == (table, mine, yours)


def test_one_took_out_what_the_other_changed_and_both_ways_out_work():
    place = ("waivers", ONE)
    base = edited(b"schema = 1\n", place, {"reason": "old", "owner": ANA})
    theirs = edited(base, place, {"reason": "new"})
    gone = edited(base, place, {"reason": MISSING, "owner": MISSING})
    assert gone == b"schema = 1\n\n"
    done = merged(base, gone, theirs)
    (one,) = standoffs(model(done.raw))
    assert (one.kept, one.other) == ({}, {"reason": "new", "owner": ANA})
    assert model(apply(done.raw, settle(model(done.raw), one, take_other=False))) == {"schema": 1}
    assert model(apply(done.raw, settle(model(done.raw), one, take_other=True))) == model(theirs)
    (back,) = standoffs(model(merged(base, theirs, gone).raw))
    assert (back.kept, back.other) == ({"reason": "new", "owner": ANA}, {})


def test_what_was_not_decided_survives_the_next_merge_and_what_was_decided_stays_so():
    disputed = merged(BASE, answered(BASE, ONE, "ready", ANA), answered(BASE, ONE, "blocker", BO)).raw
    (one,) = standoffs(model(disputed))
    decided = apply(disputed, settle(model(disputed), one, take_other=True))
    assert control(decided, ONE)["by"] == [BO]
    elsewhere = answered(disputed, TWO, "ready", ANA)
    assert control(merged(disputed, elsewhere, disputed).raw, ONE) == control(disputed, ONE)
    after = merged(disputed, elsewhere, decided).raw
    assert control(after, ONE) == control(decided, ONE)
    assert control(after, TWO)["status"] == "ready"


# Text


def test_comments_and_unknown_keys_of_both_sides_are_there_afterwards():
    head = f"[controls.{ONE}]\n".encode()
    ours = BASE.replace(head, b"# ours above\n" + head + b'custom = "ours" # ours behind\n')
    theirs = BASE.replace(head, head + b'# theirs inside\nother = """\n# no comment\n""" # theirs behind\n')
    theirs += b'\n# theirs, new\n[team]\nchat = "#launch" # a channel\n'
    done = merged(BASE, ours, theirs)
    text = done.raw.decode()
    for comment in ("ours above", "ours behind", "theirs inside", "theirs behind", "theirs, new", "a channel"):
        assert text.count(f"# {comment}") == 1
    assert text.count("# no comment") == 1
    assert control(done.raw, ONE) == {"status": "unanswered", "custom": "ours", "other": "# no comment\n"}
    assert model(done.raw)["team"] == {"chat": "#launch"}


def test_comments_inside_an_array_survive_its_merge():
    base = BASE.replace(b"also = []", b"also = [\n  'six-gates', # why\n]")
    ours = base.replace(b"# why\n", b"# why\n  'ten-gates', # mine\n")
    theirs = base.replace(b"# why\n", b"# why\n  'seven-steps', # theirs\n")
    text = merged(base, ours, theirs).raw.decode()
    assert [text.count(f"# {word}\n") for word in ("why", "mine", "theirs")] == [1, 1, 1]


@pytest.mark.parametrize("eol", [b"\n", b"\r\n"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_line_endings_and_the_byte_order_mark_are_those_of_ours(eol, mark):
    base, ours = BASE, mark + answered(BASE, ONE, "ready", ANA).replace(b"\n", eol)
    theirs = answered(BASE, TWO, "ready", BO) + b"\n# theirs\n[team]\nx = 1\n"
    done = merged(base, ours, theirs)
    assert done.raw.startswith(mark + b"# Production")
    assert done.raw.count(b"\n") == done.raw.count(eol)
    assert control(done.raw, TWO)["by"] == [BO]


def test_new_tables_land_in_catalogue_order():
    few = b"schema = 1\n" + b"".join(f"\n[controls.{name}]\nstatus = 'unanswered'\n".encode() for name in (ONE, "logs"))
    ours = answered(few, TWO, "ready", ANA)
    theirs = answered(answered(few, CONTROLS[1], "ready", BO), CONTROLS[9], "ready", BO)
    names = list(model(merged(few, ours, theirs).raw)["controls"])
    assert names[:4] == [CONTROLS[1], ONE, TWO, CONTROLS[9]]


# What cannot be merged


@pytest.mark.parametrize(
    ("bad", "word"),
    [(b"schema = 2\n", "schema 2"), (b"a = \n", "TOML"), (b"<<<<<<< x\n=======\n>>>>>>> y\n", "conflict")],
)
def test_a_side_that_cannot_be_read_is_refused_by_name(bad, word):
    with pytest.raises(StoreError, match=f"there.*{word}"):
        merge(BASE, BASE, bad)
    with pytest.raises(StoreError, match=f"here.*{word}"):
        merge(BASE, bad, BASE)
    # Without an ancestor that can be read everything different is shown, nothing is lost.
    done = merge(bad, answered(BASE, ONE, "ready", ANA), answered(BASE, ONE, "blocker", BO))
    assert len(done.disagreements) == 1


def test_the_units_are_data_that_hold_together():
    fields = [name for unit in UNITS["controls"] for name in unit.fields]
    assert len(fields) == len(set(fields))
    assert not {name for kind, name in GROWING if kind == "controls"} & set(fields)
    assert not set(WHOLE_TABLES) & set(UNITS)
    # A field that an answer gains later must be put into a unit, or named here because it is one by itself.
    assert {field.name for field in dataclasses.fields(Answer)} - set(fields) == {"note", "evidence"}
    assert unit_of(("controls", ONE), "pins") == unit_of(("controls", ONE), "status") != "note"


# The command


def readiness(root, *words):
    """Run a command in this process, as if started in a folder."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.chdir(root), contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = main(list(words))
    return subprocess.CompletedProcess(words, code, out.getvalue(), err.getvalue())


def test_the_command_writes_ours_and_says_by_its_code_whether_something_is_left(tmp_path):
    for name, raw in (
        ("base", BASE),
        ("a", answered(BASE, ONE, "ready", ANA)),
        ("b", answered(BASE, TWO, "ready", BO)),
        ("c", answered(BASE, ONE, "blocker", BO)),
    ):
        (tmp_path / name).write_bytes(raw)
    done = readiness(tmp_path, "merge", "base", "a", "b")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    done = readiness(tmp_path, "merge", "base", "a", "c", "--path", "readiness.toml")
    assert done.returncode == 1
    assert f"controls.{ONE} answer" in done.stderr
    assert "readiness merge; then: git add readiness.toml" in done.stderr
    done = readiness(tmp_path, "merge", "base", "a", "c", "--path", "my app/readiness.toml")
    assert "readiness -C 'my app' merge; then: git add 'my app/readiness.toml'" in done.stderr
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a", "b", "base", "c"]


def test_what_cannot_be_merged_leaves_ours_alone_and_says_how_to_see_the_other_side(tmp_path):
    (tmp_path / "base").write_bytes(BASE)
    (tmp_path / "a").write_bytes(BASE)
    (tmp_path / "b").write_bytes(b"schema = 1\noops\n")
    done = readiness(tmp_path, "merge", "base", "a", "b", "--path=readiness.toml")
    assert done.returncode == 1
    assert (tmp_path / "a").read_bytes() == BASE
    assert "there, line 2" in done.stderr
    assert "git show :3:readiness.toml" in done.stderr
    assert "Traceback" not in done.stderr
    (tmp_path / "pipe").symlink_to("a")
    for wrong in (("base", "a"), ("base", "pipe", "b"), ("base", "a", "nowhere"), ("base", "a", ".")):
        assert readiness(tmp_path, "merge", *wrong).returncode == 2


# In git


@pytest.fixture
def clone(repository, git):
    """A repository with a committed workbook and the driver installed."""
    (repository / "readiness.toml").write_bytes(BASE)
    assert not is_installed(repository)
    install(repository)
    assert is_installed(repository)
    git(repository, "add", "-A")
    git(repository, "commit", "-qm", "Start the workbook")
    return repository


def branch(clone, git, name, raw):
    git(clone, "checkout", "-q", "-b", name, "main")
    (clone / "readiness.toml").write_bytes(raw)
    git(clone, "commit", "-qam", name)


def attempt(clone, *words):
    return subprocess.run(
        ["git", *words], cwd=clone, capture_output=True, text=True, check=False,
        env={"PATH": "/usr/bin:/bin", "HOME": "/nonexistent", "GIT_EDITOR": "true", "GIT_CONFIG_NOSYSTEM": "1"},
    )  # fmt: skip


@pytest.mark.parametrize("verb", [["merge", "-m", "Merge"], ["rebase"], ["cherry-pick"]])
def test_git_merges_with_us_where_line_by_line_it_would_conflict(clone, git, verb):
    ours = answered(answered(BASE, ONE, "ready", ANA), TWO, "unanswered", ANA, note="Ana looks")
    branch(clone, git, "theirs", answered(BASE, TWO, "unanswered", ANA, owner=BO))
    branch(clone, git, "ours", ours)
    done = attempt(clone, *verb, "theirs")
    assert done.returncode == 0, done.stdout + done.stderr
    said = control((clone / "readiness.toml").read_bytes(), TWO)
    assert (said["note"], said["owner"]) == ("Ana looks", BO)
    assert git(clone, "status", "--porcelain") == ""
    # The same without the driver is what git calls a conflict.
    git(clone, "config", "--unset", "merge.readiness.driver")
    git(clone, "checkout", "-q", "-B", "again", "main")
    (clone / "readiness.toml").write_bytes(ours)
    git(clone, "commit", "-qam", "again")
    assert attempt(clone, *verb, "theirs").returncode != 0


@pytest.mark.parametrize("verb", [["merge", "-m", "Merge"], ["rebase"], ["cherry-pick"]])
def test_git_reports_a_real_clash_and_the_file_keeps_both_sides(clone, git, verb):
    branch(clone, git, "theirs", answered(BASE, ONE, "blocker", BO))
    branch(clone, git, "ours", answered(BASE, ONE, "ready", ANA))
    done = attempt(clone, *verb, "theirs")
    assert done.returncode != 0
    assert "CONFLICT" in done.stdout
    assert "readiness merge" in done.stderr
    raw = (clone / "readiness.toml").read_bytes()
    (one,) = standoffs(model(raw))
    assert {one.kept["by"][0], one.other["by"][0]} == {ANA, BO}
    assert readiness(clone, "merge", "--take", f"controls.{ONE}").returncode == 0
    git(clone, "add", "readiness.toml")
    goes_on = ["commit", "-qm", "x"] if verb[0] == "merge" else [verb[0], "--continue"]
    done = attempt(clone, "-c", "core.editor=true", *goes_on)
    assert done.returncode == 0, done.stdout + done.stderr


def test_installing_twice_changes_nothing_and_keeps_what_the_file_says(repository, git):
    (repository / "readiness.toml").write_bytes(BASE)
    attributes = repository / ".gitattributes"
    attributes.write_bytes(b"# ours\r\n*.png binary\r\n*.toml text")
    first = readiness(repository, "init", "--merge-driver", "--yes")
    assert first.returncode == 0, first.stderr
    assert "ignore merge drivers" in first.stdout
    assert attributes.read_bytes() == (
        b"# ours\r\n*.png binary\r\n*.toml text\r\n/readiness.toml merge=readiness\r\n"
        b"/readiness-waivers.toml merge=readiness\r\n"
    )
    before = attributes.read_bytes(), (repository / ".git" / "config").read_bytes()
    second = readiness(repository, "init", "--merge-driver", "--yes")
    assert "already" in second.stdout
    assert (attributes.read_bytes(), (repository / ".git" / "config").read_bytes()) == before
    assert git(repository, "config", "merge.readiness.driver") == command()
    assert git(repository, "check-attr", "merge", "readiness-waivers.toml").endswith("readiness")


def test_it_is_installed_along_with_a_new_workbook(repository):
    done = readiness(repository, "init", "--merge-driver", "--yes")
    assert done.returncode == 0, done.stderr
    assert (repository / ".gitattributes").exists()
    assert (repository / "readiness.toml").exists()


def test_a_line_that_would_win_over_ours_is_named(repository):
    (repository / "readiness.toml").write_bytes(BASE)
    (repository / ".gitattributes").write_text(
        "/readiness.toml merge=readiness\n/readiness-waivers.toml merge=readiness\n*.toml merge=union\n"
    )
    done = readiness(repository, "init", "--merge-driver", "--yes")
    assert done.returncode == 2
    assert "union" in done.stderr


def test_no_link_is_written_through(repository, tmp_path):
    (repository / "readiness.toml").write_bytes(BASE)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.write_text("mine\n")
    (repository / ".gitattributes").symlink_to(elsewhere)
    done = readiness(repository, "init", "--merge-driver", "--yes")
    assert (done.returncode, elsewhere.read_text()) == (2, "mine\n")
    assert not (Path(repository) / ".git" / "config").read_text().count("readiness")


def test_without_a_repository_it_says_so(tmp_path):
    (tmp_path / "readiness.toml").write_bytes(BASE)
    done = readiness(tmp_path, "init", "--merge-driver", "--yes")
    assert done.returncode == 2
    assert "git init" in done.stderr
    assert not (tmp_path / ".gitattributes").exists()


def test_nothing_of_the_repository_runs_when_git_calls_us(clone, git, tmp_path):
    """Modules with our names, and with those that Python loads by itself, lie in the folder git merges in."""
    canary = tmp_path / "canary"
    planted = f"open({str(canary)!r}, 'a').write(__name__)\n"
    git(clone, "checkout", "-q", "main")
    for name in ("workbook", "checks", "tomllib"):
        (clone / name).mkdir()
        (clone / name / "__init__.py").write_text(planted)
        (clone / name / "__main__.py").write_text(planted)
    for name in ("sitecustomize", "usercustomize", "argparse", "tomlkit"):
        (clone / f"{name}.py").write_text(planted)
    git(clone, "add", "-A")
    git(clone, "commit", "-qm", "Plant")
    branch(clone, git, "theirs", answered(BASE, TWO, "ready", BO))
    branch(clone, git, "ours", answered(BASE, ONE, "ready", ANA))
    done = subprocess.run(
        ["git", "merge", "-m", "Merge", "theirs"], cwd=clone, capture_output=True, text=True, check=False,
        env={"PATH": "/usr/bin:/bin", "HOME": "/nonexistent", "PYTHONPATH": ":.", "GIT_CONFIG_NOSYSTEM": "1"},
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert control((clone / "readiness.toml").read_bytes(), TWO)["by"] == [BO]
    assert not canary.exists()
    # The canary does sing for Python started carelessly in that folder.
    careless = {name: value for name, value in os.environ.items() if name != "PYTHONSAFEPATH"}
    subprocess.run([sys.executable, "-m", "workbook"], cwd=clone, env=careless, capture_output=True, check=False)
    assert canary.exists()
