import os
from datetime import date

import pytest

from workbook import commit as committing
from workbook.answers import Evidence, Status
from workbook.commit import CommitFailed, commit, diff, preview
from workbook.decisions import Decider, Outcome
from workbook.errors import Refused
from workbook.people import People
from workbook.pull_request import template
from workbook.session import Session

TEMPLATE = ".github/pull_request_template.md"
ANA, BO = "Ana Example <ana@example.com>", "Bo Sample <bo@example.com>"


@pytest.fixture
def session(repository):
    opened = Session(repository)
    opened.start(["fifty-point"])
    return opened


@pytest.fixture
def started(session):
    commit(session)
    return session


def hook(session, text, name="pre-commit"):
    path = session.root / ".git" / "hooks" / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)


def test_it_saves_first_and_commits_only_our_files(session, git):
    (session.root / "api" / "main.py").write_text("print('changed')\n")
    (session.root / "staged.py").write_text("staged\n")
    (session.root / "loose.py").write_text("loose\n")
    git(session.root, "add", "staged.py")
    made = commit(session)
    assert not session.unsaved
    assert made.files == ("readiness.toml",)
    assert made.id == git(session.root, "rev-parse", "HEAD")
    assert git(session.root, "show", "--name-only", "--format=", "HEAD") == "readiness.toml"
    assert git(session.root, "diff", "--cached", "--name-only") == "staged.py"
    assert git(session.root, "diff", "--name-only") == "api/main.py"
    assert git(session.root, "ls-files", "--others") == "loose.py"


def test_our_folder_waivers_and_deleted_files_go_in(started, git):
    notebook = started.root / ".readiness" / "notebooks" / "pillar *.ipynb"
    notebook.parent.mkdir(parents=True)
    notebook.write_text("{}")
    (notebook.parent / ".ipynb_checkpoints").mkdir()
    (notebook.parent / ".ipynb_checkpoints" / "copy.ipynb").write_text("{}")
    (started.root / "readiness-waivers.toml").write_text("schema = 1\n")
    assert set(commit(started).files) == {".readiness/notebooks/pillar *.ipynb", "readiness-waivers.toml"}
    notebook.unlink()
    assert commit(started).files == (".readiness/notebooks/pillar *.ipynb",)
    assert git(started.root, "status", "--porcelain") == "?? .readiness/"


def test_an_existing_block_is_brought_up_to_date_and_none_is_added(started):
    started.answer("rate-limiting", Status.READY)
    assert commit(started).files == ("readiness.toml",)
    assert not (started.root / TEMPLATE).exists()
    template.write(started)
    started.answer("rate-limiting", Status.BLOCKER)
    assert set(commit(started).files) == {"readiness.toml", ".github/pull_request_template.md"}
    assert all(one.current for one in template.planned_blocks(Session(started.root)))


def test_a_template_of_the_team_alone_is_not_ours(started, git):
    (started.root / "pull_request_template.md").write_text("theirs\n")
    started.answer("rate-limiting", Status.READY)
    assert commit(started).files == ("readiness.toml",)
    assert "pull_request_template.md" in git(started.root, "ls-files", "--others")


def test_navigators_are_co_authors_and_the_driver_is_the_author(session, git):
    opened = Session(session.root, People(ANA, (BO,)))
    opened.start(["fifty-point"])
    commit(opened, navigators=[BO, ANA])
    assert git(opened.root, "log", "-1", "--format=%an <%ae>") == ANA
    assert git(opened.root, "log", "-1", "--format=%(trailers:key=Co-authored-by,valueonly)") == BO


@pytest.mark.parametrize(
    "name", ["Bo", "Bo <bo@example.com>\nSigned-off-by: Eve <eve@example.com>", "<bo@example.com>"]
)
def test_who_is_no_person_is_refused(session, name):
    with pytest.raises(Refused, match="is not a person"):
        commit(session, navigators=[name])
    assert session.unsaved


def test_the_message_says_what_changed_and_where_the_team_stands(started):
    started.answer("rate-limiting", Status.READY)
    started.answer("load-tested", Status.BLOCKER)
    text = preview(started)
    assert text.splitlines()[0] == "Answer 2 readiness controls"
    assert "- rate-limiting: unanswered → ready (attested)" in text
    assert "- load-tested: unanswered → blocker (attested)" in text
    assert "Before, no decision yet: 50 items unanswered." in text
    assert "Now, no decision yet" in text
    assert "not answered → " in next(line for line in text.splitlines() if line.startswith("Why, "))
    assert commit(started).message == text


def test_the_message_names_what_was_done_besides_answering(started):
    started.answer("load-tested", Status.NEEDS_REVIEW)
    commit(started)
    started.waive("load-tested", reason="small", owner=BO, approved_by=ANA, expires=date(2999, 1, 1))
    assert preview(started).splitlines()[0] == "Waived load-tested until 2999-01-01"
    commit(started)
    started.withdraw_waiver("load-tested")
    assert preview(started).splitlines()[0] == "Waiver of load-tested withdrawn"
    commit(started)
    started.attach("rate-limiting", Evidence("link", {"url": "https://example.com/limits"}))
    text = preview(started)
    assert (text.splitlines()[0], "unanswered" in text.splitlines()[2]) == ("Evidence added to rate-limiting", False)
    commit(started)
    started.note("rate-limiting", "asked Bo")
    assert preview(started).splitlines()[0] == "Note of rate-limiting changed"
    commit(started)
    started.answer("runbooks", Status.READY)
    started.measure("coverage.percent", 83.4, "%", "coverage.xml")
    started.decide(Outcome.NO_GO, [Decider(ANA, "engineering")])
    lines = preview(started).splitlines()
    assert lines[0] == "Answer 1 readiness control; decided no-go; measured coverage.percent: 83.4 %"
    assert lines[2:5] == [
        "- decided no-go", "- measured coverage.percent: 83.4 %", "- runbooks: unanswered → ready (attested)",
    ]  # fmt: skip


def test_the_message_names_what_judges_differently(started):
    started.choose("ten-gates", ["fifty-point"])
    started.score("security", 3)
    started.save()
    path = started.state_path
    path.write_text(path.read_text().replace("[workbook]\n", '[workbook]\nfour_eyes = ["blocker"]\n'))
    started.refresh()
    lines = preview(started).splitlines()
    assert "- level 3 for ten-gates security" in lines
    assert "- checklists: ten-gates decides, with fifty-point beside it" in lines
    assert "- setting four_eyes: blocker" in lines
    assert "checklists: ten-gates" in lines[0]


def test_the_verdict_before_counts_the_waivers_of_then(started):
    for name in started.catalogue.controls_of(("fifty-point",)):
        started.answer(name, Status.READY)
    started.answer("load-tested", Status.NEEDS_REVIEW)
    started.waive("load-tested", reason="small", owner=BO, approved_by=ANA, expires=date(2999, 1, 1))
    commit(started)
    started.note("load-tested", "asked Bo")
    assert "Before, " not in preview(started)


def test_a_message_of_ones_own_stands_and_its_comment_lines_stay(session, git):
    commit(session, message="Mine\n\n# not a comment", navigators=[BO])
    assert git(session.root, "log", "-1", "--format=%B") == f"Mine\n\n# not a comment\n\nCo-authored-by: {BO}"


def test_nothing_to_commit_says_so(started, git):
    before = git(started.root, "rev-parse", "HEAD")
    with pytest.raises(Refused, match="nothing to commit"):
        commit(started)
    assert git(started.root, "rev-parse", "HEAD") == before


def test_an_ignored_state_file_is_named_as_the_cause(session):
    (session.root / ".gitignore").write_text("*.toml\n")
    with pytest.raises(Refused, match="ignored by git"):
        commit(session)


def test_a_merge_in_progress_is_left_to_git(started, git):
    git(started.root, "switch", "-qc", "other")
    git(started.root, "commit", "-q", "--allow-empty", "-m", "Theirs")
    git(started.root, "switch", "-q", "main")
    git(started.root, "merge", "-q", "--no-ff", "--no-commit", "other")
    started.answer("rate-limiting", Status.READY)
    with pytest.raises(Refused, match="a merge is in progress") as refused:
        commit(started)
    assert refused.value.code == 1
    assert started.unsaved


def test_a_failing_hook_is_heard_and_changes_nothing(session, git):
    hook(session, "echo 'the hook \033[31mobjects' >&2; exit 1")
    (session.root / "staged.py").write_text("staged\n")
    git(session.root, "add", "staged.py")
    with pytest.raises(CommitFailed) as failed:
        commit(session)
    assert failed.value.code == 1
    assert "the hook \\x1b[31mobjects" in failed.value.output
    assert session.state_path.exists()
    assert not Session(session.root).unsaved
    assert git(session.root, "status", "--porcelain").splitlines() == ["A  staged.py", "?? readiness.toml"]


def test_hooks_and_the_users_settings_are_honored(session, git):
    hook(session, 'echo "Reviewed-by: nobody" >> "$1"', "commit-msg")
    commit(session)
    assert "Reviewed-by: nobody" in git(session.root, "log", "-1", "--format=%B")


def test_it_works_before_the_first_commit(tmp_path, git):
    git(tmp_path, "init", "-q", "-b", "main")
    git(tmp_path, "config", "user.name", "Ana Example")
    git(tmp_path, "config", "user.email", "ana@example.com")
    opened = Session(tmp_path)
    opened.start(["fifty-point"])
    hook(opened, "exit 1")
    with pytest.raises(CommitFailed):
        commit(opened)
    assert git(tmp_path, "status", "--porcelain") == "?? readiness.toml"
    hook(opened, "exit 0")
    assert commit(opened).files == ("readiness.toml",)


def test_it_works_in_a_worktree_and_in_a_folder_below_the_top(session, git, tmp_path):
    git(session.root, "worktree", "add", "-q", str(tmp_path / "second"), "-b", "second")
    below = tmp_path / "second" / "api"
    opened = Session(below)
    opened.start(["fifty-point"])
    assert commit(opened).files == ("readiness.toml",)
    assert git(below, "show", "--name-only", "--format=", "second") == "api/readiness.toml"


def test_inherited_git_settings_do_not_lead_elsewhere(session, git, tmp_path, monkeypatch):
    other = tmp_path / "other"
    other.mkdir()
    git(other, "init", "-q")
    monkeypatch.setenv("GIT_DIR", str(other / ".git"))
    monkeypatch.setenv("GIT_INDEX_FILE", str(other / "index"))
    commit(session)
    assert git(session.root, "show", "--name-only", "--format=", "HEAD") == "readiness.toml"
    assert not (other / "index").exists()


def test_outside_a_repository_it_is_refused_and_nothing_is_lost(tmp_path):
    opened = Session(tmp_path, People(ANA))
    opened.start(["fifty-point"])
    with pytest.raises(Refused) as refused:
        commit(opened)
    assert refused.value.code == 2
    assert "git init" in str(refused.value)
    assert opened.unsaved


def test_a_clash_commits_nothing(started, git):
    other = Session(started.root)
    other.answer("rate-limiting", Status.BLOCKER)
    other.save()
    started.answer("rate-limiting", Status.READY)
    before = git(started.root, "rev-parse", "HEAD")
    with pytest.raises(Refused) as refused:
        commit(started)
    assert refused.value.code == 1
    assert git(started.root, "rev-parse", "HEAD") == before
    assert started.unsaved


def test_the_diff_shows_the_answers_and_the_block_and_writes_nothing(started):
    template.write(started)
    commit(started)
    item = next(item for item in started.checklist.scored if len(item.controls) == 1)
    started.answer(
        item.controls[0], Status.READY, note="esc \x1b[2J", evidence=[Evidence("file", {"path": "infra.tf"})]
    )
    started.save()
    path = started.root / TEMPLATE
    before = path.read_bytes()
    shown = diff(started)
    assert '+status = "ready"' in shown
    assert "+- [x] " in shown
    assert "\x1b" not in shown
    assert path.read_bytes() == before


def test_a_program_called_git_inside_the_repository_is_never_run(session, monkeypatch):
    fake = session.root / "bin" / "git"
    fake.parent.mkdir()
    fake.write_text("#!/bin/sh\ntouch ran\n")
    fake.chmod(0o755)
    monkeypatch.setenv("PATH", f"{fake.parent}:{os.environ['PATH']}")
    commit(session)
    assert not (session.root / "ran").exists()


def test_a_long_list_of_changes_is_cut_with_its_count(started):
    for name in list(started.catalogue.controls_of(("fifty-point",)))[: committing.LISTED + 3]:
        started.answer(name, Status.READY)
    assert "- and 3 more" in preview(started)


def test_the_diff_shows_what_is_not_saved_yet_and_writes_nothing(started):
    before = started.state_path.read_bytes()
    started.answer("rate-limiting", Status.BLOCKER, note="None at all")
    shown = diff(started)
    assert '+note = "None at all"' in shown
    assert started.state_path.read_bytes() == before
    commit(started)
    assert diff(started) == ""


def test_the_diff_shows_a_workbook_that_is_about_to_be_started(session):
    shown = diff(session)
    assert "--- /dev/null" in shown
    assert '+decides = "fifty-point"' in shown
    assert not session.state_path.exists()


def test_the_diff_shows_accepted_risk_that_is_not_saved_yet(started):
    started.answer("rate-limiting", Status.BLOCKER)
    started.waive(
        "rate-limiting", reason="behind a VPN", owner=ANA, approved_by=BO, expires=date(started.today().year + 1, 1, 1)
    )
    assert '+reason = "behind a VPN"' in diff(started)
