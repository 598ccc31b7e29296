"""The merge base is looked at once: its report is kept by what the base holds."""

import subprocess

import pytest

import checks.isolated
from checks.git import Git
from checks.past import content_of
from workbook.change.base import base_of, look
from workbook.session import Session

SIGNALS = ("docs.readme",)


def git(root, *words):
    subprocess.run(["git", *words], cwd=root, check=True, capture_output=True)


@pytest.fixture
def looks(monkeypatch, tmp_path):
    """The folders that were really looked at."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    seen = []
    finished = checks.isolated._Look.finished

    def counted(self):
        seen.append(self.root)
        return finished(self)

    monkeypatch.setattr(checks.isolated._Look, "finished", counted)
    return seen


def test_a_merge_base_that_did_not_change_is_not_looked_at_again(repository, looks):
    session = Session(repository)
    (repository / "new.py").write_text("x = 1\n")
    git(repository, "add", "-A")
    git(repository, "commit", "-qm", "New")
    base = base_of(session, "HEAD~1")
    first, second = (look(session, base, SIGNALS) for _ in range(2))
    assert first is not None
    assert first == second
    assert len(looks) == 1
    # Another commit with the same files is the same content; other files are another.
    assert look(session, base_of(session, "HEAD"), SIGNALS) is not None
    assert len(looks) == 2


def test_content_is_named_by_files_and_not_by_commits(repository):
    def content(ref="HEAD"):
        with Git.open(repository) as opened:
            return content_of(opened, ref)

    before = content()
    git(repository, "commit", "-q", "--allow-empty", "-m", "Nothing")
    assert content() == before != ""
    (repository / "new.py").write_text("x = 1\n")
    git(repository, "add", "-A")
    git(repository, "commit", "-qm", "New")
    assert content() != before
    assert content("HEAD~1") == before
    assert content("origin/none") == ""
