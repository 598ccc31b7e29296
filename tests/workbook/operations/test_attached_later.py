"""A file attached after the answer is watched with it, unless what it watches has changed since."""

from workbook.answers import Evidence, Status
from workbook.assess import Standing
from workbook.session import Session


def begun(root):
    session = Session(root)
    session.start(["fifty-point"])
    session.answer("runbooks", Status.READY, evidence=[Evidence("file", {"path": "infra.tf"})])
    return session


def test_a_file_attached_later_is_watched_and_lapses_the_answer(repository):
    session = begun(repository)
    session.attach("runbooks", Evidence("file", {"path": "api/main.py"}))
    assert session.state.answer("runbooks").watch == ("infra.tf", "api/main.py")
    assert session.assessment.standings["runbooks"].standing is Standing.CLAIMED
    session.save()
    (repository / "api" / "main.py").write_text("print('other')\n")
    assert Session(repository).assessment.standings["runbooks"].standing is Standing.LAPSED


def test_attaching_is_no_fresh_look_at_what_changed(repository):
    session = begun(repository)
    session.save()
    (repository / "infra.tf").write_text("# moved\n")
    session = Session(repository)
    session.attach("runbooks", Evidence("file", {"path": "api/main.py"}))
    assert session.state.answer("runbooks").watch == ("infra.tf",)
    assert session.assessment.standings["runbooks"].standing is Standing.LAPSED
