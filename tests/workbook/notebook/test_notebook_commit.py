"""Committing from the form: the same operation as everywhere, seen before it is done."""

import pytest

from workbook.answers import Status
from workbook.commit import preview
from workbook.notebook.book import PillarBook
from workbook.session import Session

CONTROL = "dependency-scanning"
BO = "Bo Sample <bo@example.com>"


@pytest.fixture
def form(opened):
    pillar = next(item.pillar for item in opened.checklist.scored if CONTROL in item.controls)
    form = PillarBook(opened, pillar).form()
    form.open(CONTROL)
    yield form
    form.close()


def press(form):
    form.committing.go.click()
    form.committing.wait(60)


def test_it_shows_message_and_diff_first_and_writes_nothing(form, opened, git):
    head = git(opened.root, "rev-parse", "HEAD")
    form.panel.note.value = "Scanned <b>weekly</b>"
    form.panel.choices["y"].click()
    before = opened.state_path.read_bytes()
    form.commit.click()
    panel = form.committing
    assert panel.message.value == preview(opened).strip()
    assert "+note = &quot;Scanned &lt;b&gt;weekly&lt;/b&gt;&quot;" in panel._shown.value
    assert opened.state_path.read_bytes() == before
    assert git(opened.root, "rev-parse", "HEAD") == head
    panel.leave.click()
    assert panel.widget.children == ()
    assert git(opened.root, "rev-parse", "HEAD") == head
    assert opened.unsaved


def test_it_saves_and_commits_only_our_files_with_the_message_and_the_co_authors(form, opened, git):
    (opened.root / "loose.py").write_text("loose\n")
    (opened.root / "staged.py").write_text("staged\n")
    git(opened.root, "add", "staged.py")
    form.panel.choices["y"].click()
    form.commit.click()
    panel = form.committing
    panel.people.value = BO
    panel.look.click()
    assert f"Co-authored-by: {BO}".replace("<", "&lt;").replace(">", "&gt;") in panel._shown.value
    panel.message.value = "Answer with Bo"
    press(form)
    assert not form.guard.trouble, form.guard.status
    assert form.guard.status.startswith("Committed ")
    assert git(opened.root, "log", "-1", "--format=%B") == f"Answer with Bo\n\nCo-authored-by: {BO}"
    assert git(opened.root, "show", "--name-only", "--format=", "HEAD") == "readiness.toml"
    assert git(opened.root, "diff", "--cached", "--name-only") == "staged.py"
    assert not opened.unsaved
    assert Session(opened.root).state.answer(CONTROL).status is Status.READY


def test_the_message_follows_what_changes_until_it_is_touched(form, opened):
    form.commit.click()
    form.panel.choices["y"].click()
    form.committing.look.click()
    assert form.committing.message.value == preview(opened).strip()
    form.committing.message.value = "Mine"
    form.panel.choices["p"].click()
    form.committing.look.click()
    assert form.committing.message.value == "Mine"


def test_a_hook_that_says_no_is_shown_with_its_words_and_nothing_is_committed(form, opened, git):
    head = git(opened.root, "rev-parse", "HEAD")
    hook = opened.root / ".git" / "hooks" / "pre-commit"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text("#!/bin/sh\necho 'no commits <on> Fridays'\nexit 1\n")
    hook.chmod(0o755)
    form.panel.choices["y"].click()
    form.commit.click()
    press(form)
    assert form.guard.trouble
    assert "no commits &lt;on&gt; Fridays" in form.committing._shown.value
    assert git(opened.root, "rev-parse", "HEAD") == head
    assert not form.committing.go.disabled
    assert not opened.unsaved


@pytest.mark.parametrize("people", ["Bo", "Bo <nowhere>"])
def test_somebody_without_a_mail_is_refused_in_place(form, opened, git, people):
    head = git(opened.root, "rev-parse", "HEAD")
    form.panel.choices["y"].click()
    form.commit.click()
    form.committing.people.value = people
    press(form)
    assert form.guard.trouble
    assert "write Name <mail>" in form.guard.status
    assert git(opened.root, "rev-parse", "HEAD") == head


def test_somebody_elses_save_is_decided_before_a_commit(form, opened, git):
    form.panel.choices["y"].click()
    form.commit.click()
    head = git(opened.root, "rev-parse", "HEAD")
    other = Session(opened.root)
    other.answer(CONTROL, Status.NEEDS_REVIEW)
    other.save()
    press(form)
    assert form.guard.trouble
    assert form.clashes.open
    assert git(opened.root, "rev-parse", "HEAD") == head


def test_half_typed_message_and_people_survive_a_killed_kernel(form, opened):
    form.commit.click()
    asked = form.guard.asked
    form.guard.script._handle_custom_msg({"asked": asked, "typed": {"message": "Half a me", "people": "Bo"}}, [])
    assert {(field.kind, text) for field, text in opened.typed.texts.items()} == {
        ("commit message", "Half a me"),
        ("co-authors", "Bo"),
    }
    form.committing.leave.click()
    assert not opened.typed.texts
