"""What a reading command said is said again where nothing changed, and never where anything did."""

import os
import subprocess
import time

import pytest

import checks.isolated
from checks.cache import signs
from checks.children import process
from checks.git.program import run_git
from checks.isolated_start import Started
from checks.observation import Examined, Observation, Outcome, ProbeReport
from workbook.answers import Status
from workbook.cli import again, unchanged
from workbook.cli.main import main
from workbook.session import Session
from workbook.view import View


@pytest.fixture
def answered(repository, git):
    """A workbook whose answers watch code, all of it committed, but for what git is told to ignore."""
    (repository / ".gitignore").write_text("ignored/\nreadiness-waivers.toml\n.readiness/\n")
    session = Session(repository)
    session.start(["fifty-point"])
    for name in session.catalogue.controls_of(("fifty-point",))[:5]:
        session.answer(name, Status.READY, note="seen", watch=["api/**", "/infra.tf"])
    session.save()
    git(repository, "add", "-A")
    git(repository, "commit", "-qm", "Answer")
    return repository


@pytest.fixture(autouse=True)
def one_day(monkeypatch):
    """No midnight comes between two questions."""
    now = again.time.time()
    monkeypatch.setattr(again.time, "time", lambda: now)


@pytest.fixture
def worked_out(monkeypatch):
    """How often a status was worked out rather than said again."""
    made = []
    usual = View.__init__

    def counted(self, *arguments, **options):
        made.append(self)
        usual(self, *arguments, **options)

    monkeypatch.setattr(View, "__init__", counted)
    return made


@pytest.fixture
def status(answered, capsys, monkeypatch, tmp_path):
    """What status says with what was kept, held to what it says without."""

    def say(*arguments):
        told = []
        for cache in ("warm", f"cold-{len(list(tmp_path.iterdir()))}"):
            (tmp_path / cache).mkdir(exist_ok=True)
            monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / cache))
            told.append((main(["-C", str(answered), "status", *arguments]), *capsys.readouterr()))
        assert told[0] == told[1]
        return told[0]

    return say


def test_the_same_question_about_the_same_tree_is_not_worked_out_twice(status, worked_out):
    first = status()
    assert len(worked_out) == 2
    assert status() == first
    assert len(worked_out) == 3  # only without what was kept
    assert first[0] == 0
    assert "5 stated" in first[1]


def test_another_form_of_the_same_status_is_another_answer(status):
    text, data = status(), status("--format", "json")
    assert data[1].startswith("{")
    assert (status(), status("--format", "json")) == (text, data)


def write(root, path, text):
    (root / path).parent.mkdir(parents=True, exist_ok=True)
    (root / path).write_text(text)


def same_size_and_age(root, path):
    """Other content that only reading tells from the old one."""
    before = (root / path).stat()
    (root / path).write_bytes((root / path).read_bytes()[::-1])
    os.utime(root / path, ns=(before.st_atime_ns, before.st_mtime_ns))


def committed(root):
    for order in (
        ("add", "-A"),
        ("-c", "user.name=Bo Sample", "-c", "user.email=bo@example.com", "commit", "-qm", "More"),
    ):
        subprocess.run(["git", *order], cwd=root, check=True)


WAIVER = """schema = 1
[waivers.rate-limiting]
reason = "later"
owner = "Bo Sample <bo@example.com>"
approved_by = "Ana Example <ana@example.com>"
at = 2026-11-01
expires = 2099-01-01
"""

CHANGES = {
    "a watched file": lambda root: write(root, "api/main.py", "print('changed')\n"),
    "a watched file, once more": lambda root: write(root, "api/main.py", "print('CHANGED')\n"),
    "a new watched file": lambda root: write(root, "api/new.py", "pass\n"),
    "a new watched file, of the same size and age": lambda root: same_size_and_age(root, "api/new.py"),
    "a commit of it": committed,
    "a watched file that is gone": lambda root: (root / "infra.tf").unlink(),
    "an answer by hand": lambda root: write(
        root, "readiness.toml", (root / "readiness.toml").read_text().replace('"seen"', '"heard"', 1)
    ),
    "a mistake in the state file": lambda root: write(
        root, "readiness.toml", (root / "readiness.toml").read_text().replace('status = "ready"', 'status = "no"', 1)
    ),
    "accepted risk, ignored by git": lambda root: write(root, "readiness-waivers.toml", WAIVER),
    "less accepted risk, ignored by git": lambda root: write(
        root, "readiness-waivers.toml", WAIVER.replace("2099", "2027")
    ),
    "a checklist of the team's own, ignored by git": lambda root: write(
        root, ".readiness/checklists/ours.toml", 'name = "Ours"\n'
    ),
    "another mistake in it": lambda root: write(root, ".readiness/checklists/ours.toml", 'nome = "Ours"\n'),
    "a tag": lambda root: subprocess.run(["git", "tag", "v1.0"], cwd=root, check=True),
}


def test_whatever_changes_the_status_is_that_of_now(status, answered):
    said = {status()}
    for change in CHANGES.values():
        change(answered)
        said.add(status())
        said.add(status())
    assert len(said) > 6, "most of these changes show"


def test_another_day_is_another_question(status, worked_out, monkeypatch):
    status()
    later = again.time.time() + 86_400
    monkeypatch.setattr(again.time, "time", lambda: later)
    status()
    assert len(worked_out) == 4


def test_another_version_of_ours_works_it_out_anew(status, worked_out, monkeypatch):
    status()
    monkeypatch.setattr(unchanged, "own_code", lambda: "another version")
    status()
    assert len(worked_out) == 4


def test_what_changed_while_it_was_worked_out_is_not_kept(status, answered, worked_out, monkeypatch):
    usual = View.headline

    def changing(self):
        text = usual.fget(self)
        same_size_and_age(answered, "api/new.py")
        return text

    write(answered, "api/new.py", "pass\n")
    with monkeypatch.context() as patch:
        patch.setattr(View, "headline", property(changing))
        status()  # twice worked out, so that the file is in the end what it was
    assert len(worked_out) == 2
    status()
    assert len(worked_out) == 4


def test_without_git_nothing_is_kept(tmp_path, capsys, worked_out):
    session = Session(tmp_path)
    session.start(["fifty-point"])
    session.save()
    made = len(worked_out)
    for number in (1, 2):
        assert main(["-C", str(tmp_path), "status"]) == 0
        assert len(worked_out) == made + number
    assert "50 items unanswered" in capsys.readouterr().out


def test_where_much_would_have_to_be_read_nothing_is_kept(status, answered, worked_out, monkeypatch):
    write(answered, "api/data.bin", "x" * 5000)
    # It cannot be told from outside either.
    monkeypatch.setattr(signs, "MOST_ENTRIES", 1)
    status()
    status()
    assert len(worked_out) == 3
    monkeypatch.setattr(again, "MOST_BYTES", 4000)
    status()
    assert len(worked_out) == 5


def test_a_cache_inside_the_repository_is_not_believed(answered, monkeypatch, capsys, worked_out):
    monkeypatch.setenv("XDG_CACHE_HOME", str(answered / "ignored"))
    for _ in range(2):
        assert main(["-C", str(answered), "status"]) == 0
    assert len(worked_out) == 2
    capsys.readouterr()


@pytest.fixture
def looks(monkeypatch):
    """Stands in for the probes; how often they were run, and whether they would see the same again."""

    class Looks:
        times, lasting = 0, True

        def over(self, *_, on_lasting, **__):
            self.times += 1
            on_lasting(self.lasting)
            seen = Observation("api.rate-limiting", Outcome.MET, f"look {self.times}", ())
            return ProbeReport("", {seen.signal: seen}, (), Examined(1), complete=True)

    one = Looks()
    monkeypatch.setattr(checks.isolated, "look_over", one.over)
    return one


@pytest.mark.parametrize("call", [["probe"], ["probe", "--format", "json"], ["status", "--probe"]])
def test_the_probes_are_not_asked_again_about_the_same_tree(answered, looks, capsys, call):
    for _ in range(3):
        assert main(["-C", str(answered), *call]) == 0
    assert looks.times == 1
    write(answered, "api/main.py", "print('changed')\n")
    assert main(["-C", str(answered), *call]) == 0
    assert looks.times == 2
    capsys.readouterr()


@pytest.mark.parametrize("call", [["probe"], ["probe", "--format", "json"], ["status", "--probe"]])
def test_what_changed_while_the_probes_looked_is_looked_at_again(answered, monkeypatch, capsys, call):
    looked = []

    def finished(self):
        looked.append(self.root)
        if len(looked) < 3:
            write(answered, "api/main.py", f"print({len(looked)})\n")
        self.lasting = True
        seen = Observation("api.rate-limiting", Outcome.MET, f"look {len(looked)}", ())
        return ProbeReport("", {seen.signal: seen}, (), Examined(1), complete=True)

    monkeypatch.setattr("checks.isolated._Look.finished", finished)
    for number in (1, 2, 3, 3, 3):
        assert main(["-C", str(answered), *call]) == 0
        assert len(looked) == number
        assert call[0] != "probe" or f"look {number}" in capsys.readouterr().out


@pytest.mark.parametrize("changes", [False, True])
def test_git_lists_files_again_only_where_something_looks_different(answered, monkeypatch, capsys, changes):
    asked = []

    def finished(self):
        if changes:
            write(answered, "api/main.py", "print('meanwhile')\n")
        self.lasting = True
        return ProbeReport("", {}, (), Examined(1), complete=True)

    def run(arguments, **how):
        asked.append(arguments[0])
        return run_git(arguments, **how)

    monkeypatch.setattr("checks.isolated._Look.finished", finished)
    monkeypatch.setattr("checks.git.repository.run_git", run)
    write(answered, "api/main.py", "print('changed')\n")
    time.sleep(0.1)  # files that young are not trusted to look the same
    assert main(["-C", str(answered), "probe"]) == 0
    assert asked.count("ls-files") == (2 if changes else 1)
    capsys.readouterr()


def test_a_look_that_git_spares_us_leaves_no_process(answered, looks, monkeypatch, capsys):
    begun = []

    class Counted(Started):
        def __init__(self):
            super().__init__()
            begun.append(self)

    monkeypatch.setattr("checks.isolated_start.Started", Counted)
    assert main(["-C", str(answered), "probe"]) == 0
    assert (looks.times, len(begun)) == (1, 1)
    os.utime(answered / "api/main.py", ns=(0, 0))
    time.sleep(0.1)  # files that young are not trusted to look the same
    for _ in range(2):
        assert main(["-C", str(answered), "probe"]) == 0
    assert (looks.times, len(begun)) == (1, 2)
    assert not process._live
    assert not any(one.note.parent.exists() for one in begun)
    capsys.readouterr()


def test_what_a_limit_had_a_part_in_is_worked_out_every_time(answered, looks, capsys):
    looks.lasting = False
    for _ in range(3):
        assert main(["-C", str(answered), "probe"]) == 0
    assert looks.times == 3
    capsys.readouterr()


def test_what_writes_is_done_every_time(answered, looks, capsys):
    for _ in range(3):
        assert main(["-C", str(answered), "probe", "--accept"]) == 0
    assert looks.times == 3
    capsys.readouterr()
