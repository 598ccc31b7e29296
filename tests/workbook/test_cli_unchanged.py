"""What was said is said again by a look from outside alone, and never where anything may have changed."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from checks.cache import place, signs
from workbook.answers import Status
from workbook.cli import kept as stored
from workbook.cli import plainly, unchanged
from workbook.cli.again import Again
from workbook.cli.main import main
from workbook.cli.unchanged import Unchanged
from workbook.session import Session

OURS = Path(unchanged.__file__).parents[2]
STATUS = ["status"]


@pytest.fixture(autouse=True)
def calm(monkeypatch):
    """Files may have changed just now; that a file is too young is tested by itself."""
    monkeypatch.setattr(signs, "_MARGIN_NS", -(10**12))
    monkeypatch.setattr(signs, "_COARSE_MARGIN_NS", -(10**12))


@pytest.fixture
def answered(repository, git):
    (repository / ".gitignore").write_text("ignored/\nreadiness-waivers.toml\n.readiness/\nlocal/.gitignore\n")
    session = Session(repository)
    session.start(["fifty-point"])
    first = session.catalogue.controls_of(("fifty-point",))[0]
    session.answer(first, Status.READY, note="seen", watch=["api/**"])
    session.save()
    git(repository, "add", "-A")
    git(repository, "commit", "-qm", "Answer")
    (repository / "local").mkdir()
    (repository / "local" / ".gitignore").write_text("*.tmp\n")
    return repository


@pytest.fixture
def asked(monkeypatch):
    """Grows with each call that has to ask git."""
    calls = []
    usual = Again.of.__func__
    monkeypatch.setattr(Again, "of", classmethod(lambda *given: (calls.append(1), usual(*given))[1]))
    return calls


@pytest.fixture
def say(answered, asked, capsys, monkeypatch, tmp_path):
    """Asks for the status: what was said, and whether it had to be worked out."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    without_git = []
    usual = plainly.run_on
    monkeypatch.setattr(plainly, "run_on", lambda *given: (without_git.append(1), usual(*given))[1])

    def call(*arguments):
        before = len(asked) + len(without_git)
        assert main(["-C", str(answered), *(arguments or STATUS)]) == 0
        return (*capsys.readouterr(), len(asked) + len(without_git) > before)

    return call


def kept(tmp_path, kind="said"):
    (found,) = (tmp_path / "cache" / "readiness-workbook").glob(f"{kind}-*")
    return found


def test_nobody_is_asked_about_what_looks_the_same(say):
    first, second = say(), say()
    assert first[2]
    assert not second[2]
    assert second[:2] == first[:2]
    assert "1 stated" in second[0]


def replaced(root, path):
    """Another content of the same size and age."""
    before = (root / path).stat()
    (root / path).write_bytes((root / path).read_bytes()[::-1])
    os.utime(root / path, ns=(before.st_atime_ns, before.st_mtime_ns))


def ran(root, *order):
    subprocess.run(["git", "-c", "user.name=Bo", "-c", "user.email=bo@example.com", *order], cwd=root, check=True)


CHANGES = {
    "a dirty file": lambda root: (root / "api/main.py").write_text("print('changed')\n"),
    "a dirty file, of the same size and age": lambda root: replaced(root, "api/main.py"),
    "an untracked file": lambda root: (root / "new.py").write_text("pass\n"),
    "a new folder": lambda root: (root / "empty").mkdir(),
    "a file that is gone": lambda root: (root / "infra.tf").unlink(),
    "a file that may be run": lambda root: (root / "infra.tf").chmod(0o755),
    "a file that git ignores and we read": lambda root: (root / "readiness-waivers.toml").write_text("schema = 1\n"),
    "rules of ignoring that are ignored": lambda root: (root / "local/.gitignore").write_text("*.py\n"),
    "an answer": lambda root: (root / "readiness.toml").write_text(
        (root / "readiness.toml").read_text().replace('"seen"', '"heard"')
    ),
    "another HEAD": lambda root: ran(root, "commit", "-q", "--allow-empty", "-m", "More"),
    "another branch": lambda root: ran(root, "switch", "-qc", "other"),
    "a tag": lambda root: ran(root, "tag", "v1.0"),
    "packed refs": lambda root: ran(root, "pack-refs", "--all"),
    "a file no longer tracked": lambda root: ran(root, "rm", "-q", "--cached", "infra.tf"),
    "a setting": lambda root: ran(root, "config", "core.autocrlf", "true"),
    "local excludes": lambda root: (root / ".git/info/exclude").write_text("*.tf\n"),
    "a shallow clone": lambda root: (root / ".git/shallow").write_text(""),
    "a checklist of one's own": lambda root: (
        (root / ".readiness/checklists").mkdir(parents=True),
        (root / ".readiness/checklists/ours.toml").write_text('name = "Ours"\n'),
    ),
}


@pytest.mark.parametrize("what", CHANGES)
def test_whatever_changed_is_seen_from_outside(say, answered, what):
    say()
    assert not say()[2]
    CHANGES[what](answered)
    changed = say()
    assert changed[2]
    assert say()[:2] == changed[:2]


OUT_OF_SIGHT = {
    "a link to the answers": lambda root: (root / "api/link").symlink_to("../readiness.toml"),
    "a link beside the answers": lambda root: (root / "link").symlink_to("readiness.toml"),
    "answers behind a link": lambda root: (
        (root / "readiness-waivers.toml").write_text("schema = 1\n"),
        (root / "readiness-waivers.toml").rename(root / "aside.toml"),
        (root / "readiness-waivers.toml").symlink_to("aside.toml"),
    ),
    "a folder in the place of answers": lambda root: (root / "readiness-waivers.toml").mkdir(),
    "a pipe in the place of answers": lambda root: os.mkfifo(root / "readiness-waivers.toml"),
    "a link to another folder": lambda root: (root / "link").symlink_to("api/main.py"),
    "a link out of the repository": lambda root: (root / "link").symlink_to("/etc/hostname"),
    "a repository inside": lambda root: ran(root, "init", "-q", "inner"),
    "a git file inside": lambda root: ((root / "inner").mkdir(), (root / "inner/.git").write_text("gitdir: x\n")),
    "a tracked file of installed code": lambda root: (
        (root / "node_modules").mkdir(),
        (root / "node_modules/a.js").write_text("1\n"),
        ran(root, "add", "-f", "node_modules/a.js"),
    ),
}


@pytest.mark.parametrize("what", OUT_OF_SIGHT)
def test_what_cannot_be_seen_from_outside_is_git_s_to_tell(say, answered, what):
    OUT_OF_SIGHT[what](answered)
    first = say()
    again = say()
    assert again[2]
    assert again[:2] == first[:2]


def by_hand(old, new):
    """An answer changed in an editor."""

    def change(root):
        text = (root / "readiness.toml").read_text()
        assert old in text
        (root / "readiness.toml").write_text(text.replace(old, new, 1))

    return change


ANSWERED = {
    "a note": by_hand('"seen"', '"heard"'),
    "an answer": by_hand('status = "ready"', 'status = "needs-review"'),
    "other content than is there": by_hand('pins = "', 'pins = "0'),
    "a mistake": by_hand('status = "ready"', 'status = "no"'),
    "another checklist": by_hand("also = []", 'also = ["six-gates"]'),
    "accepted risk": lambda root: (root / "readiness-waivers.toml").write_text("schema = 1\n[waivers.nobody]\n"),
    "the same answers, saved again": lambda root: replaced_by_itself(root / "readiness.toml"),
}


def replaced_by_itself(file):
    """As editors save: another file of the same name."""
    file.with_name("other").write_bytes(file.read_bytes())
    file.with_name("other").replace(file)


def without_cache(answered, capsys, monkeypatch, tmp_path):
    with monkeypatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(tmp_path / f"cold-{len(list(tmp_path.iterdir()))}"))
        assert main(["-C", str(answered), *STATUS]) == 0
    return tuple(capsys.readouterr())


@pytest.mark.parametrize("what", ANSWERED)
def test_an_answer_is_held_against_what_git_said_before(say, asked, answered, capsys, monkeypatch, tmp_path, what):
    say()
    ANSWERED[what](answered)
    asked.clear()
    said, again = say()[:2], say()
    assert not asked, "nothing changed that git tells of"
    assert not again[2]
    assert said == again[:2] == without_cache(answered, capsys, monkeypatch, tmp_path)


NEEDS_MORE = {
    "other files watched": by_hand('watch = ["api/**"]', 'watch = ["infra.tf"]'),
    "releases counted by tags": by_hand("[workbook]", '[workbook]\nrelease = "v*"'),
}


@pytest.mark.parametrize("what", NEEDS_MORE)
def test_what_was_not_asked_before_is_asked_now(say, answered, capsys, monkeypatch, tmp_path, what):
    ran(answered, "tag", "v1.0")
    say()
    for change in (NEEDS_MORE[what], ANSWERED["a note"]):
        change(answered)
        assert say()[:2] == without_cache(answered, capsys, monkeypatch, tmp_path)


def test_what_git_said_before_holds_no_longer_where_anything_else_changed(say, asked, answered):
    say()
    ANSWERED["a note"](answered)
    (answered / "api/main.py").write_text("print('changed')\n")
    asked.clear()
    assert "needs a fresh look" in say()[0]
    assert asked


def test_what_git_said_before_is_no_answer_of_the_probes(say, answered):
    say()
    ANSWERED["a note"](answered)
    for call in (["status", "--probe"], ["probe"]):
        found = Unchanged.of(["-C", str(answered), *call])
        assert found.ground() == ""


def test_an_answer_given_while_it_was_worked_out_is_not_kept(say, answered, monkeypatch):
    say()
    ANSWERED["a note"](answered)
    usual = Unchanged.keep
    with monkeypatch.context() as patch:
        patch.setattr(Unchanged, "keep", lambda *given: (ANSWERED["an answer"](answered), usual(*given))[1])
        say()
    assert "open gap" in say()[0]


def test_a_link_to_a_file_beside_it_can_be_seen(say, answered):
    (answered / "CLAUDE.md").symlink_to("AGENTS.md")
    (answered / "AGENTS.md").write_text("Be kind.\n")
    say()
    assert not say()[2]
    (answered / "AGENTS.md").write_text("Be bold.\n")
    assert say()[2]


@pytest.mark.parametrize("tracked", [True, False])
def test_too_many_files_are_git_s_to_tell(say, answered, git, monkeypatch, tracked):
    for number in range(9):
        (answered / f"new{number}.py").write_text("pass\n")
    if tracked:
        git(answered, "add", "-A")
        # Its index says so, and nothing is walked.
        monkeypatch.setattr(signs, "_work_tree", lambda *_: pytest.fail("walked in vain"))
    monkeypatch.setattr(signs, "MOST_ENTRIES", 10)
    say()
    assert say()[2]


def test_a_linked_worktree_and_a_folder_below_are_git_s_to_tell(answered, tmp_path):
    ran(answered, "worktree", "add", "-q", str(tmp_path / "linked"))
    assert Unchanged.of(["-C", str(tmp_path / "linked"), "status"]) is None
    assert Unchanged.of(["-C", str(answered / "api"), "status"]) is None


@pytest.mark.parametrize("call", [["answer", "x"], ["gate"], [], ["-C"], ["status", "-C", "."]])
def test_only_a_plain_call_of_a_reader_is_said_again(answered, call):
    assert Unchanged.of(["-C", str(answered), *call]) is None


def test_a_file_that_changed_just_now_could_change_again_unseen(say, monkeypatch):
    monkeypatch.setattr(signs, "_MARGIN_NS", 10**12)
    monkeypatch.setattr(signs, "_COARSE_MARGIN_NS", 10**12)
    say()
    assert say()[2]


def test_what_changed_while_it_was_worked_out_is_not_kept(say, answered, monkeypatch, tmp_path):
    usual = Again.keep
    monkeypatch.setattr(Again, "keep", lambda *given: ((answered / "late.py").write_text("pass\n"), usual(*given))[1])
    say()
    assert not list((tmp_path / "cache").rglob("said-*"))


def test_another_form_and_another_day_are_other_questions(say, monkeypatch):
    text = say()
    data = say("status", "--format", "json")
    assert data[2]
    assert say()[:2] == text[:2]
    monkeypatch.setattr(unchanged, "DAY_S", 1000)
    assert say()[2]


ELSEWHERE = {
    "a plug-in": lambda patch: patch.setattr(signs, "of_distributions", lambda: ["acme"]),
    "our own code": lambda patch: patch.setattr(unchanged, "own_code", lambda: "another"),
    "a probe, a rule or a tool": lambda patch: patch.setattr(unchanged.version, "digest", lambda: "another"),
}


@pytest.mark.parametrize("what", ELSEWHERE)
def test_what_else_decides_the_answer_is_looked_at(say, monkeypatch, what):
    say()
    ELSEWHERE[what](monkeypatch)
    assert say()[2]


DAMAGE = {
    "cut short": lambda file: file.write_bytes(file.read_bytes()[:-3]),
    "another letter": lambda file: file.write_bytes(file.read_bytes().replace(b"a", b"o")),
    "empty": lambda file: file.write_bytes(b""),
    "no text of ours": lambda file: file.write_bytes(os.urandom(500)),
    "open to others": lambda file: file.chmod(0o644),
    "in an open folder": lambda file: file.parent.chmod(0o755),
    "a link": lambda file: (file.rename(file.with_name("aside")), file.symlink_to("aside")),
    "a folder": lambda file: (file.unlink(), file.mkdir()),
    "a pipe": lambda file: (file.unlink(), os.mkfifo(file, 0o600)),
}


@pytest.mark.parametrize("what", DAMAGE)
def test_what_git_said_is_believed_only_whole_and_our_own(say, asked, answered, tmp_path, what):
    say()
    ANSWERED["a note"](answered)
    DAMAGE[what](kept(tmp_path, "ground"))
    asked.clear()
    say()
    assert asked


@pytest.mark.parametrize("what", DAMAGE)
def test_what_is_kept_is_believed_only_whole_and_our_own(say, tmp_path, what):
    first = say()
    assert kept(tmp_path).stat().st_mode & 0o777 == 0o600
    DAMAGE[what](kept(tmp_path))
    again = say()
    assert again[2]
    assert again[:2] == first[:2]


def test_a_cache_inside_the_repository_is_not_believed(say, answered, monkeypatch, tmp_path):
    say()
    shutil.copytree(tmp_path / "cache", answered / "ignored")
    (answered / "ignored" / "readiness-workbook").chmod(0o700)
    monkeypatch.setenv("XDG_CACHE_HOME", str(answered / "ignored"))
    # As if it had been supplied with the right state.
    monkeypatch.setattr(Unchanged, "_state", lambda *_: kept(tmp_path).read_text().split("\n")[1])
    assert say()[2]


def test_only_so_many_answers_are_kept(say, monkeypatch, tmp_path):
    monkeypatch.setattr(stored, "MOST", 1)
    say()
    say("status", "--format", "json")
    assert kept(tmp_path)


@pytest.mark.parametrize("value", [None, "", "/somewhere/else", "relative", "~/mine", "/with/../dots", "/ends/"])
def test_the_cache_lies_where_platformdirs_says(monkeypatch, value):
    import platformdirs

    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    if value is not None:
        monkeypatch.setenv("XDG_CACHE_HOME", value)
    assert place.usual() == platformdirs.user_cache_dir(place.NAME)


EDITED = {
    "a rule": "checks/semgrep/rules/http.yml",
    "a probe": "checks/topics/release.py",
    "a module of ours": "workbook/assess.py",
    "the catalogue": "templates/controls/security.toml",
}

PROGRAM = (
    "import sys; from workbook.launch import main; main(sys.argv[1:]); sys.exit('workbook.cli.again' in sys.modules)"
)


def test_an_edit_of_ours_is_seen_from_outside(answered, tmp_path):
    ours = tmp_path / "ours"
    for name in ("checks", "workbook", "templates"):
        shutil.copytree(OURS / name, ours / name, ignore=shutil.ignore_patterns("__pycache__"))
    programs = tmp_path / "bin"
    programs.mkdir()
    env = os.environ | {"PYTHONPATH": str(ours), "XDG_CACHE_HOME": str(tmp_path / "cache")}
    env["PATH"] = f"{programs}{os.pathsep}{env['PATH']}"

    def asked_git():
        call = [sys.executable, "-c", PROGRAM, "-C", str(answered), "status"]
        return subprocess.run(call, env=env, cwd="/", stdout=subprocess.DEVNULL, check=False).returncode == 1

    def git_of_another_kind():
        (programs / "git").write_text(f'#!/bin/sh\nexec {shutil.which("git")} "$@"\n')
        (programs / "git").chmod(0o755)

    assert asked_git()
    assert not asked_git()
    for path in EDITED.values():
        with (ours / path).open("a") as file:
            file.write("# edited\n")
        assert asked_git(), path
        assert not asked_git(), path
    git_of_another_kind()
    assert asked_git()
    assert not asked_git()
